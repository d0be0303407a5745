"""The experiments on stand-ins whose answers are known."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from backend.data.speech import voices
from backend.evaluation.experiments import motion_quality, probes, semantics
from backend.evaluation.experiments.context import Context
from backend.evaluation.probes.instructions import Probe
from backend.evaluation.probes.verdict import Verdict
from backend.language.instruction import Instruction
from backend.language.kinds import check_instruction
from backend.motion.body import default_body
from backend.motion.motion import Motion


def standing(frames: int = 30) -> Motion:
    rotations = np.zeros((frames, 55, 4), dtype=np.float32)
    rotations[..., 3] = 1.0
    return Motion(rotations, np.tile([0.0, default_body().standing_pelvis_height, 0.0], (frames, 1)).astype(np.float32))


class Answers:
    """A generator that gives the motion it is told to, and remembers how it was asked."""

    def __init__(self) -> None:
        self.asked: list = []

    def generate(self, wave, *, seed: int, **options) -> SimpleNamespace:
        self.asked.append((len(wave), seed))
        return SimpleNamespace(motions=[standing()], heard="walk", meaning="walk.forward")


def test_probes_are_asked_in_every_condition_and_counted(monkeypatch: pytest.MonkeyPatch):
    spoken: list = []

    def say_all(texts, names):
        spoken.extend(zip(texts, names, strict=True))
        return [np.full(1600, 0.1, np.float32) for _ in texts]

    def judge(passed: bool):
        return lambda signals: Verdict(passed, {}, "")

    listed = tuple(
        Probe(kind, text, key, judge(passed))
        for kind, text, key, passed in (
            ("walk", "walk", "walk.forward", True),
            ("jump", "jump", "jump.up", False),
            ("two", "walk then jump", "walk.forward>jump.up", True),
            ("both", "walk while waving", "walk.forward+wave", False),
        )
    )
    monkeypatch.setattr(probes, "PROBES", listed)
    monkeypatch.setattr(voices, "say_all", say_all)
    context = Context(quick=True)
    context.generator = Answers()
    told: list = []
    result = probes.measure_for_page(context, lambda done, total: told.append((done, total)))
    clean = result["conditions"]["clean"]
    assert clean["share"] == 0.5 and clean["trials"] == 4 and clean["by_kind"]["walk"] == [1, 1]
    assert clean["compositions"] == {"then": 1.0, "while": 0.0, "both": 0.5, "trials": 2}
    assert [text for text, *_ in clean["worst"]] == ["jump", "walk while waving"]
    assert result["conditions"]["noise"]["trials"] == 2
    assert told[-1] == (8, 8) and [done for done, _ in told] == list(range(1, 9))
    assert {voice for text, voice in spoken if text == "walk"} == {"awb"} and {v for _, v in spoken} == {"awb", "ked_diphone"}
    assert len(spoken) == 4, "said once, heard in every condition"
    assert len({length for length, _ in context.generator.asked}) > 1, "a room makes a recording longer"


def test_scores_tell_right_sentences_from_shuffled_ones():
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((96, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    kinds = ("walk.forward", "wave.left", "jump.up", "bow", "sit", "clap", "turn.left", "kick.right")
    keys = [f"{a}>{b}" for a in kinds for b in kinds if a != b][:48] * 2
    right = semantics.scores(vectors, vectors, keys, vectors)
    assert right["r_precision_1"] == {"value": 1.0, "half": 0.0} and right["fid"]["value"] == pytest.approx(0.0, abs=1e-6)
    wrong = semantics.scores(vectors, np.roll(vectors, 5, axis=0), keys, vectors)
    assert wrong["r_precision_3"]["value"] < 0.3 and wrong["mm_distance"]["value"] > 1.0 > right["mm_distance"]["value"]
    assert wrong["r_precision_3"]["half"] > 0.02


def test_what_is_asked_of_every_group_is_in_the_vocabulary():
    for key in (key for keys in motion_quality.GROUPS.values() for key in keys):
        check_instruction(Instruction.parse(key))


def test_motion_quality_of_the_same_motions_is_a_ratio_of_one():
    rng = np.random.default_rng(1)
    motions = []
    for _ in range(4):
        motion = standing(40)
        motion.pelvis[:, 0] += np.cumsum(rng.uniform(0, 0.02, 40))
        motions.append(motion)
    found = motion_quality.compared(motions, motions)
    assert found["motions"] == {"real": 4, "generated": 4}
    assert found["foot_skate_m_s"]["ratio"] == pytest.approx(1.0) and found["jerk_m_s3"]["real"] > 0


@pytest.mark.slow
def test_held_out_rows_are_of_the_test_split_and_every_prefix_is_the_same(real_data: Path):
    from backend.data.speech.speaking import for_validation
    from backend.data.splits import split_of
    from backend.evaluation.held_out import held_out_rows

    rows, fewer = held_out_rows(real_data, "test", 24), held_out_rows(real_data, "test", 8)
    assert len(rows) == 24 and rows.keys[:8] == fewer.keys and rows.texts[:8] == fewer.texts
    assert np.array_equal(rows.motions[5], fewer.motions[5])
    clips = [source for sources in rows.sources for source in sources if "_" in source]
    assert clips and all(split_of(clip) == "test" for clip in clips if clip.startswith("bn_"))
    assert np.mean([for_validation(text) for text in rows.texts]) > 0.8
