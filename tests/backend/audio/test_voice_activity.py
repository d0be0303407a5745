"""Where speech is: the same answers as the package the network is from, and what becomes of recordings with none."""

from pathlib import Path

import numpy as np
import pytest
import torch

from backend.audio import voice_activity
from backend.audio.reading import read_instruction
from backend.audio.voice_activity import (
    FRAME,
    SAMPLE_RATE,
    SpeechSpans,
    VoiceDetector,
    speech_probability,
    speech_spans,
    trim_silence,
)
from backend.errors import UserError

EXAMPLE = Path(__file__).parents[3] / "addon/examples/walk_forward_then_wave.ogg"
# Every fourth answer of silero-vad 6.2.3 (its TorchScript model) to the example with its peak at 0.5.
EXPECTED = [
    0.0131, 0.0044, 0.8866, 0.9997, 0.9951, 0.9999, 0.9997, 1.0, 0.8173, 0.9998, 0.9999, 1.0, 1.0, 1.0, 1.0, 0.9999, 1.0, 0.9999,
    0.9998, 0.9999, 0.9999, 0.9995, 0.0233,
]  # fmt: skip


@pytest.fixture(scope="module")
def spoken() -> np.ndarray:
    return read_instruction(EXAMPLE)


def noise(seconds: float, level: float) -> np.ndarray:
    return (np.random.default_rng(1).standard_normal(round(seconds * SAMPLE_RATE)) * level).astype(np.float32)


def test_the_answers_of_the_package(spoken):
    np.testing.assert_allclose(speech_probability(spoken)[::4], EXPECTED, atol=2e-3)


def test_blocks_make_no_difference(spoken, monkeypatch):
    whole = speech_probability(spoken)
    monkeypatch.setattr(voice_activity, "BLOCK", 7)
    np.testing.assert_allclose(speech_probability(spoken), whole, atol=1e-5)


@pytest.mark.parametrize("level", [1.0, 0.01, 0.001])
def test_level_makes_no_difference(spoken, level):
    whole, quiet = speech_spans(spoken), speech_spans(spoken * np.float32(level))
    assert [(span.start, span.end) for span in whole] == [(span.start, span.end) for span in quiet]


@pytest.mark.parametrize("silence", [
    np.zeros(0, np.float32), np.zeros(1, np.float32), np.zeros(48_000, np.float32), noise(3, 1e-5), noise(3, 0.1),
    (0.4 * np.sin(np.arange(48_000) * 0.17)).astype(np.float32),
])  # fmt: skip
def test_what_is_no_speech_is_left_alone(silence):
    assert speech_spans(silence) == []
    assert trim_silence(silence) is silence


def test_silence_and_noise_around_speech_are_cut_off(spoken):
    padded = np.concatenate([noise(2, 0.01), spoken + noise(10, 0.01)[: len(spoken)], noise(3, 0.01)])
    (found,) = speech_spans(padded)
    (alone,) = speech_spans(spoken)
    assert abs(found.start - 2 - alone.start) < 0.1 and abs(found.end - 2 - alone.end) < 0.1
    cut = trim_silence(padded)
    assert abs(len(cut) / SAMPLE_RATE - (alone.end - alone.start + 0.4)) < 0.2
    start = round((found.start - 0.2) * SAMPLE_RATE)
    np.testing.assert_array_equal(cut, padded[start : start + len(cut)])


def test_the_process_keeps_its_threads(spoken):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    speech_probability(spoken)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)


def test_piece_by_piece_is_as_at_once(spoken):
    scene = np.concatenate([noise(3, 1e-4), spoken, noise(2, 1e-4), spoken, noise(0.5, 1e-4), spoken, noise(40, 1e-4), spoken])
    whole, spans = speech_spans(scene), SpeechSpans()
    detector, found = VoiceDetector(float(np.abs(scene).max())), []
    for first in range(0, len(scene), 4 * FRAME):
        spans.add(detector.probability(scene[first : first + 4 * FRAME]))
        closed = spans.take_closed(0.9, 600.0)
        assert not closed or spans.begun > closed[-1].end + 0.9
        found += closed
    assert found + spans.spans(len(scene) / SAMPLE_RATE) == whole and len(found) >= 3


def test_talk_without_a_pause_is_given_out_in_time():
    spans = SpeechSpans()
    found = []
    for _ in range(100):
        spans.add(np.ones(100))
        found += spans.take_closed(0.9, 60.0)
    assert len(found) >= 4 and all(50 < span.end - span.start < 70 for span in found)


def test_damaged_weights_are_said(tmp_path, monkeypatch):
    path = tmp_path / "damaged.safetensors"
    path.write_bytes(b"x" * 100)
    monkeypatch.setattr(voice_activity, "WEIGHTS", path)
    voice_activity.voice_network.cache_clear()
    try:
        with pytest.raises(UserError, match="damaged"):
            speech_spans(noise(1, 0.1))
        path.unlink()
        with pytest.raises(UserError, match="damaged"):
            speech_spans(noise(1, 0.1))
    finally:
        voice_activity.voice_network.cache_clear()
