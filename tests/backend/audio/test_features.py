"""The log-mel frames: where a tone lands, how silence and level are treated, and what is refused."""

import numpy as np
import pytest

from backend.audio.features import HOP, RANGE, SAMPLE_RATE, band_centres, log_mel


def tone(hertz: float, seconds: float = 0.5) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE).astype(np.float32)


@pytest.mark.parametrize("hertz", [300.0, 1000.0, 3000.0, 6000.0])
def test_a_tone_is_loudest_in_its_band(hertz):
    mel = log_mel(tone(hertz))
    assert mel.dtype == np.float32 and mel.shape == (1 + 8000 // HOP, 80)
    loudest = band_centres()[mel[25].argmax()]
    assert abs(loudest - hertz) < 0.06 * hertz + 20


def test_ten_times_louder_is_a_constant_in_nats():
    noise = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
    assert np.allclose(log_mel(10 * noise) - log_mel(noise), 2 * np.log(10), atol=1e-3)


def test_digital_silence_is_not_deeper_than_the_range():
    mel = log_mel(np.concatenate([np.zeros(8000, np.float32), tone(500)]))
    assert mel.max() - mel.min() == pytest.approx(RANGE, abs=1e-3)
    assert np.isfinite(log_mel(np.zeros(16_000, np.float32))).all()


@pytest.mark.parametrize("wave", [np.zeros(0, np.float32), np.zeros((2, 100), np.float32)])
def test_refuses_what_is_not_one_channel(wave):
    with pytest.raises(ValueError, match="one channel"):
        log_mel(wave)
