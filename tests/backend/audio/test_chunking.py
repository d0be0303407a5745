"""Long recordings are cut in their pauses, and nowhere else."""

import numpy as np

from backend.audio.chunking import LONGEST, split_at_pauses
from backend.audio.features import SAMPLE_RATE


def _tones(*seconds: float, noise: float = 0.0) -> np.ndarray:
    """Sound and silence in turns, of these lengths."""
    parts = [np.sin(np.arange(round(s * SAMPLE_RATE)) / 5) * (i % 2 == 0) for i, s in enumerate(seconds)]
    wave = np.concatenate(parts) * 0.5
    return (wave + noise * np.random.default_rng(0).standard_normal(len(wave))).astype(np.float32)


def test_what_is_short_stays_whole() -> None:
    wave = _tones(1.2, 0.4, 1.3)
    assert [len(piece) for piece in split_at_pauses(wave)] == [len(wave)]
    assert [len(piece) for piece in split_at_pauses(np.zeros(0, np.float32))] == [0]


def test_what_is_long_is_cut_in_the_middle_of_a_pause_nearest_to_the_middle() -> None:
    wave = _tones(1.0, 0.3, 1.0, 0.4, 1.0, 0.3, 1.0)
    found = split_at_pauses(wave)
    assert len(found) == 2 and abs(len(found[0]) / SAMPLE_RATE - 2.5) < 0.03
    np.testing.assert_array_equal(np.concatenate(found), wave)


def test_very_long_ones_are_cut_until_all_are_short() -> None:
    wave = _tones(*[1.5, 0.2] * 8)
    assert all(len(piece) <= LONGEST * SAMPLE_RATE for piece in split_at_pauses(wave))


def test_without_pauses_nothing_is_cut() -> None:
    for wave in (_tones(9.0), _tones(4.0, 0.05, 4.0), _tones(4.0, 0.5, 4.0, noise=0.05), np.zeros(160_000, np.float32)):
        assert len(split_at_pauses(wave)) == 1
