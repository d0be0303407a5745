"""The tremor of a decoder goes; what a body does stays."""

import numpy as np
import pytest

from backend.motion.smoothing import smooth_features


def swinging(hertz: float, size: float, frames: int = 150) -> np.ndarray:
    """(T, 6) curves of one frequency."""
    return size * np.sin(2 * np.pi * hertz * np.arange(frames) / 30 + np.arange(6)[:, None]).T


def test_a_calm_bodys_tremor_goes() -> None:
    calm, tremor = swinging(0.5, 0.2), swinging(11.0, 0.002)
    left = smooth_features(calm + tremor) - calm
    assert left[10:-10].std() < 0.2 * tremor.std()


@pytest.mark.parametrize("hertz", [1.0, 2.0, 3.0])
def test_waves_and_claps_are_not_flattened(hertz: float) -> None:
    wave = swinging(hertz, 0.2)
    assert np.ptp(smooth_features(wave)[15:-15]) > 0.98 * np.ptp(wave[15:-15])


def test_what_is_quick_stays_sharp() -> None:
    """A blow: there and back within a fifth of a second."""
    blow = np.zeros((90, 6))
    blow[42:48] = 0.8 * np.sin(np.pi * np.arange(6) / 5)[:, None]
    assert smooth_features(blow).max() > 0.95 * blow.max()


def test_sums_and_parabolas_stay() -> None:
    """Steps add up to the same path, and the last frames are bent by nothing."""
    t = np.linspace(-1, 1, 60)[:, None]
    values = np.random.default_rng(3).normal(size=(60, 4)) * 0.01
    np.testing.assert_allclose(smooth_features(values).sum(0), values.sum(0), atol=1e-9)
    np.testing.assert_allclose(smooth_features(t**2 + t), t**2 + t, atol=1e-9)


@pytest.mark.parametrize("frames", [1, 3, 4, 5])
def test_however_short(frames: int) -> None:
    values = np.random.default_rng(5).normal(size=(frames, 140)).astype(np.float32)
    out = smooth_features(values)
    assert out.shape == values.shape and out.dtype == np.float32 and np.isfinite(out).all()
