"""Splits: whole subjects, recordings of two people together, derived versions with their original, voices by name."""

import pytest

from backend.data.annotations import load_segments
from backend.data.splits import HELD_VOICES, shares, split_of, split_of_voice


def test_held_out_subjects_are_held_out_whole():
    segments = load_segments()
    for dataset, subject, split in (("CMU", "39", "val"), ("CMU", "07", "test"), ("HDM05", "dg", "test")):
        found = {s.split for s in segments if s.dataset == dataset and s.subject == subject}
        assert found == {split}


def test_both_partners_of_a_dance_are_in_one_split():
    for trial in ("01", "10", "14", "15"):
        assert split_of(f"cmu_60_{trial}", "60") == split_of(f"cmu_61_{trial}", "61")


def test_derived_versions_stay_with_their_original():
    for clip in ("kaykit_general__throw", "cmu_07_01", "mass_dance"):
        assert split_of(clip + "~mirror", "07") == split_of(clip, "07")


def test_every_kind_that_has_clips_has_some_in_training():
    segments = load_segments()
    kinds = {s.instruction.steps[0][0].kind for s in segments}
    trained = {s.instruction.steps[0][0].kind for s in segments if s.split == "train"}
    assert kinds == trained


def test_shares_are_near_eight_percent():
    part = shares((s.split, s.seconds) for s in load_segments())
    assert part["train"] > 0.78
    assert 0.05 < part["val"] < 0.12 and 0.05 < part["test"] < 0.13
    assert sum(part.values()) == pytest.approx(1.0)


def test_unknown_names_are_dealt_evenly_and_always_the_same():
    names = [f"somebody_{i}" for i in range(4000)]
    part = shares((split_of(name), 1.0) for name in names)
    assert 0.065 < part["val"] < 0.095 and 0.065 < part["test"] < 0.095
    assert split_of("somebody_7") == split_of("somebody_7", "") == split_of("somebody_7", None)


@pytest.mark.parametrize("voice", ["awb", "ked_diphone", "awb@+3st", "KED_diphone", "cmu_us_awb_arctic"])
def test_held_out_voices_and_their_shifts(voice):
    assert split_of_voice(voice) == "test"


@pytest.mark.parametrize("voice", ["slt", "rms@-2st", "kal16", "en+f3"])
def test_other_voices_train(voice):
    assert split_of_voice(voice) == "train"
    assert not voice.startswith(HELD_VOICES)
