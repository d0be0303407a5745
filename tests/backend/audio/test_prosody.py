"""How something was said, on one sentence spoken by a synthetic voice at other paces and with another spectrum."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter

from backend.audio.prosody import Manner, spectral_tilt
from backend.audio.prosody import manner_of as manner_in
from backend.audio.voice_activity import speech_spans
from backend.data.speech.speakers import by_name
from backend.data.speech.voices import say

TEXT, PHONES = "walk forward and then wave with your left hand", 32
needs_flite = pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")


def spoken(rate: float = 1.0) -> np.ndarray:
    return say(TEXT, replace(by_name()["slt"], rate=rate))


def manner_of(wave: np.ndarray, phones: int) -> Manner:
    """As a transcript has it."""
    return manner_in(wave, phones, speech_spans(wave))


@needs_flite
def test_who_speaks_faster_has_more_pace() -> None:
    slow, usual, fast = (manner_of(spoken(rate), PHONES).pace for rate in (0.75, 1.0, 1.33))
    assert usual / slow == pytest.approx(1.33, rel=0.08) and fast / usual == pytest.approx(1.33, rel=0.08)


@needs_flite
def test_effort_is_heard_in_the_spectrum_and_not_in_the_level() -> None:
    wave = spoken()
    raised, soft = (lfilter(*of, wave).astype(np.float32) for of in (([1.0, -0.85], [1.0]), ([0.3], [1.0, -0.7])))
    one, other = manner_of(raised, PHONES), manner_of(soft, PHONES)
    assert one.effort > other.effort + 0.5 and one.pace == pytest.approx(other.pace, rel=0.15)
    assert manner_of(0.2 * wave, PHONES).effort == pytest.approx(manner_of(wave, PHONES).effort, abs=0.1)


def test_silence_and_single_sounds_have_no_manner() -> None:
    assert manner_of(np.zeros(16_000, np.float32), 10) == Manner() == manner_of(np.zeros(0, np.float32), 0)
    assert np.isfinite(spectral_tilt(np.zeros(16_000, np.float32))) and np.isfinite(spectral_tilt(np.zeros(10, np.float32)))
