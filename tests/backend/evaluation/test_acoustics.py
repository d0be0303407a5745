"""Conditions of listening: what they do to level and length, and that a seed fixes them."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from backend.evaluation import acoustics

RATE = acoustics.SAMPLE_RATE


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    """Bursts with pauses between them, like syllables; half a second of silence at both ends."""
    time = np.arange(2 * RATE) / RATE
    bursts = np.sin(2 * np.pi * 180 * time) * (np.sin(2 * np.pi * 3 * time) > 0)
    return np.pad(0.3 * bursts, RATE // 2).astype(np.float32)


def test_clean_is_untouched(voice):
    assert acoustics.degraded(voice, "clean", 1) is voice


@pytest.mark.parametrize("recordings", [True, False])
def test_noise_is_ten_decibels_under_the_voice(voice, recordings, monkeypatch, tmp_path):
    monkeypatch.setattr(acoustics, "NOISES", tmp_path)
    if recordings:  # steady rain may be used; a single bark, and what training may use, may not
        rain = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * RATE)
        bark = np.where(np.arange(3 * RATE) < RATE // 2, rain, 0.0)
        for name, sound in (("2-rain", rain), ("2-bark", bark), ("1-rain", 0.1 * rain)):
            soundfile.write(tmp_path / f"{name}.wav", sound, RATE)
        acoustics._noises.cache_clear()
        assert len(acoustics._noises(tmp_path)) == 1
    for seed in range(4):
        noisy = acoustics.degraded(voice, "noise", seed).astype(float)
        gain = float(voice @ noisy / (voice @ voice))  # less than one where it was turned down not to clip
        noise = noisy - gain * voice
        ratio = 20 * np.log10(gain * acoustics.level(voice) / np.sqrt(np.mean(noise**2)))
        assert ratio == pytest.approx(10.0, abs=0.7)
        assert np.abs(noisy).max() <= 1.0


def test_pauses_do_not_count_for_the_level(voice):
    assert acoustics.level(voice) == pytest.approx(0.3 / np.sqrt(2), rel=0.06)


def test_a_room_rings_on(voice):
    heard = acoustics.degraded(voice, "reverb", 5)
    assert len(heard) > len(voice)
    end = int(2.5 * RATE)  # the voice has stopped there
    ringing = np.sqrt(np.mean(heard[end + 400 : end + 1600].astype(float) ** 2))
    assert 0.005 < ringing / acoustics.level(heard) < 1.0
    assert heard.dtype == np.float32 and np.isfinite(heard).all()


@pytest.mark.parametrize("name", ["noise", "reverb"])
def test_the_seed_decides(voice, name):
    one, again, other = (acoustics.degraded(voice, name, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert len(one) != len(other) or not np.allclose(one, other)


def test_unknown_condition(voice):
    with pytest.raises(ValueError, match="no condition called 'under water'"):
        acoustics.degraded(voice, "under water", 0)
