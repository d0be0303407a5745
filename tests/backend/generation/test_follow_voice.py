"""A motion follows the voice: its pace and its size, by the share that was asked for, and never against a given length."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from backend.audio.prosody import Manner
from backend.data.authored import authored_clips
from backend.data.speech.speakers import by_name
from backend.data.speech.voices import say
from backend.generation.follow_voice import follow_voice
from backend.generation.pipeline import Generator
from backend.motion.controls import measure_controls
from backend.motion.features import to_features
from backend.motion.motion import Motion


@pytest.fixture(scope="module")
def wave() -> Motion:
    return next(clip.motion for clip in authored_clips(0, 1, {"wave"}))


def test_pace_and_size_follow(wave: Motion) -> None:
    slow, fast = (follow_voice(wave, Manner(pace), 1.0, keeps_length=False) for pace in (0.75, 1.33))
    assert 1.2 < len(slow) / len(wave) < 1.33 and 0.75 < len(fast) / len(wave) < 0.85
    soft, loud = (follow_voice(wave, Manner(1.0, effort), 1.0, keeps_length=True) for effort in (-1.0, 1.0))
    energies = [measure_controls(to_features(motion))["energy"] for motion in (soft, wave, loud)]
    assert energies == sorted(energies) and energies[2] - energies[0] > 0.3
    assert len(soft) == len(wave) == len(loud)


def test_a_share_follows_less_and_none_not_at_all(wave: Motion) -> None:
    lengths = [len(follow_voice(wave, Manner(0.7), share, keeps_length=False)) for share in (0.0, 0.5, 1.0)]
    assert lengths == sorted(lengths) and lengths[0] == len(wave) < lengths[1] < lengths[2]
    assert follow_voice(wave, Manner(0.7), 0.0, keeps_length=False) is wave
    assert follow_voice(wave, Manner(), 1.0, keeps_length=False) is wave


@pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")
def test_one_sentence_said_slowly_and_quickly() -> None:
    generator = Generator.load(device="cpu")
    said = [say("walk forward", replace(by_name()["slt"], rate=rate)) for rate in (0.75, 1.33)]
    slow, fast = (generator.generate(of, seed=3, follow=1.0) for of in said)
    assert slow.heard == fast.heard == "walk forward"
    assert 1.2 < len(slow.motions[0]) / len(fast.motions[0]) < 1.8
    same = [generator.generate(of, seed=3, follow=0.0).motions[0] for of in said]
    assert np.array_equal(same[0].rotations, same[1].rotations)
    given = [len(generator.generate(of, seed=3, seconds=3.0, follow=1.0).motions[0]) for of in said]
    assert given == [90, 90]
