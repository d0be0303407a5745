"""Meaning numbers, corpus windows and sample lengths."""

import numpy as np
import pytest

from backend.data import meaning
from backend.data.corpus import Clip, Corpus, held
from backend.data.instruction import Instruction
from backend.data.samples import SHORTEST, fitted
from backend.motion.features import D


@pytest.mark.parametrize("key", ["walk.forward", "kick.left*2>wave.right@slow", "walk.forward+wave.both", "jump.up*3"])
def test_meaning_is_read_back(key: str) -> None:
    numbers = meaning.encode(Instruction.parse(key))
    assert len(numbers) == len(meaning.classes())
    assert all(0 <= number < size for number, size in zip(numbers, meaning.classes(), strict=True))
    assert meaning.decode(numbers).key == key


def test_no_action_means_nothing() -> None:
    assert meaning.decode([0] * len(meaning.classes())) is None


def test_windows_hold_short_clips_still_at_their_end() -> None:
    array = np.random.default_rng(0).normal(size=(30, D)).astype(np.float32)
    corpus = Corpus(array, [Clip("a", "open", "x", "train", 0, 20), Clip("b", "open", "x", "train", 20, 10)])
    windows = corpus.windows(np.random.default_rng(1), 8, 16)
    assert windows.shape == (8, 16, D)
    assert (windows[:, 0, :3] == 0).all(), "a window starts without a step"
    short = windows[np.isclose(windows[:, 9, 10], array[29, 10])]
    assert len(short) and (short[:, 10:, :3] == 0).all() and (short[:, 10:, 3:] == array[29, 3:]).all()


@pytest.mark.parametrize(("frames", "expected"), [(5, SHORTEST), (25, 28), (28, 28), (400, 300)])
def test_samples_are_whole_tokens(frames: int, expected: int) -> None:
    features = np.random.default_rng(0).normal(size=(frames, D)).astype(np.float32)
    out = fitted(features)
    assert len(out) == expected
    kept = min(frames, expected)
    np.testing.assert_array_equal(out[:kept], features[:kept])
    np.testing.assert_array_equal(out[kept:], np.repeat(held(features[kept - 1])[None], expected - kept, axis=0))
