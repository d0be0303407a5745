"""Voice activity: where in a recording somebody speaks, by Silero's network.

The weights are those of silero-vad 6.2.3 (MIT, `silero_vad/`), unchanged. The package is not used, because it runs frame by frame
through TorchScript, which torch has deprecated, and sets the thread count of the whole process. The same network here is a page of
torch, agrees to six digits, and takes all frames at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from backend.packs.tensors import damaged_weights, read_tensors

WEIGHTS = Path(__file__).parent / "silero_vad" / "silero_vad_16k.safetensors"
SAMPLE_RATE = 16_000
FRAME = 512  # samples per probability, 32 ms
STEP = FRAME / SAMPLE_RATE  # seconds
CONTEXT, AFTER = 64, 64  # samples repeated from the frame before, and samples mirrored at the end
WINDOW, HOP = 256, 128  # of the spectrum, samples
BINS = WINDOW // 2 + 1
BLOCK = 1024  # frames at once, 33 s: bounds memory and the time until cancelling takes effect

BEGINS, ENDS = 0.5, 0.35  # probabilities of onset and offset
SHORTEST_SPEECH, SHORTEST_PAUSE = 0.1, 0.1  # seconds; shorter ones are clicks or closures of stop consonants
KEPT = 0.2  # seconds of silence kept before the first and after the last word
QUIETEST = 1e-4  # peak of digital silence with dither, which is not amplified
LEVEL = 0.5  # peak that recordings are scaled to: the network was trained at usual levels


@dataclass(frozen=True)
class Span:
    """A stretch of speech, in seconds from the recording's start."""

    start: float
    end: float


class VoiceNetwork(nn.Module):
    """Silero's network for 16 kHz: spectrum, four convolutions, LSTM over the frames, sigmoid."""

    def __init__(self) -> None:
        super().__init__()
        self.spectrum = nn.Conv1d(1, 2 * BINS, WINDOW, stride=HOP, bias=False)  # cosines, then sines
        self.convolutions = nn.ModuleList(
            nn.Conv1d(before, after, 3, stride=stride, padding=1)
            for before, after, stride in ((BINS, 128, 1), (128, 64, 2), (64, 64, 2), (64, 128, 1))
        )
        self.memory = nn.LSTM(128, 128)
        self.answer = nn.Conv1d(128, 1, 1)

    def forward(self, frames: Tensor, state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """frames (F, 576), each with its context -> speech probability (F,) and the LSTM's state."""
        padded = functional.pad(frames[:, None], (0, AFTER), mode="reflect")
        cosines, sines = self.spectrum(padded).split(BINS, dim=1)  # (F, 129, 4)
        x = (cosines.square() + sines.square()).sqrt()
        for convolution in self.convolutions:
            x = convolution(x).relu()  # at last (F, 128, 1)
        x, state = self.memory(x.squeeze(-1), state)  # the frames are one sequence
        return self.answer(x.relu()[..., None]).sigmoid().flatten(), state


@cache
def voice_network() -> VoiceNetwork:
    """The network with its weights, read once. UserError where they are missing or damaged."""
    try:
        module = VoiceNetwork()
        module.load_state_dict(read_tensors(WEIGHTS))
    except (OSError, RuntimeError) as error:
        raise damaged_weights(WEIGHTS, str(error)) from error
    return module.eval().requires_grad_(False)


@contextmanager
def single_threaded() -> Iterator[None]:
    """Run torch on one thread: in steps this small, threads on busy cores are 100 times slower."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class VoiceDetector:
    """The probability of speech in a wave that comes piece by piece.

    Args:
        peak: of the whole wave; it is scaled to a usual level.
    """

    def __init__(self, peak: float) -> None:
        self._scale = np.float32(LEVEL / peak if peak > QUIETEST else 1.0)
        self._context = np.zeros(CONTEXT, dtype=np.float32)
        self._state: tuple[Tensor, Tensor] | None = None

    @torch.inference_mode()
    def probability(self, wave: np.ndarray) -> np.ndarray:
        """The probability of speech in each 32 ms of the next piece.

        Args:
            wave: (N,) float32 mono at 16 kHz; N a multiple of 512, except at the end.

        Returns:
            (F,) float32, 0..1, F = ceil(N / 512).
        """
        count = -(-len(wave) // FRAME)
        padded = np.zeros(CONTEXT + count * FRAME, dtype=np.float32)
        padded[:CONTEXT] = self._context
        padded[CONTEXT : CONTEXT + len(wave)] = wave * self._scale
        self._context = padded[-CONTEXT:].copy()
        frames = torch.from_numpy(padded).unfold(0, CONTEXT + FRAME, FRAME)  # (F, 576), without a copy
        with single_threaded():
            found, self._state = voice_network()(frames, self._state)
        return found.numpy()


def speech_probability(wave: np.ndarray) -> np.ndarray:
    """The probability of speech in each 32 ms of a wave.

    Args:
        wave: (N,) float32 mono at 16 kHz, any level.

    Returns:
        (F,) float32, 0..1, F = ceil(N / 512).
    """
    detector, found = VoiceDetector(float(np.abs(wave).max(initial=0.0))), [np.zeros(0, dtype=np.float32)]
    for first in range(0, len(wave), BLOCK * FRAME):
        found.append(detector.probability(wave[first : first + BLOCK * FRAME]))
    return np.concatenate(found)


class SpeechSpans:
    """Joins probabilities to stretches of speech, in the order they come."""

    def __init__(self) -> None:
        self._spans: list[list[int]] = []  # first frame and the one after the last
        self._speaking, self._frame = False, 0

    def add(self, probability: np.ndarray) -> None:
        """Take in the next frames (F,)."""
        for frame, share in enumerate(probability, start=self._frame):
            if not self._speaking and share >= BEGINS:
                self._speaking = True
                if self._spans and (frame - self._spans[-1][1]) * FRAME < SHORTEST_PAUSE * SAMPLE_RATE:
                    self._spans[-1][1] = frame + 1
                else:
                    self._spans.append([frame, frame + 1])
            elif self._speaking and share < ENDS:
                self._speaking = False
            elif self._speaking:
                self._spans[-1][1] = frame + 1
        self._frame += len(probability)

    def take_closed(self, pause: float, longest: float) -> list[Span]:
        """The spans before the last pause of that many seconds; they are forgotten.

        Of what lasts longer than ``longest`` seconds without such a pause, everything is returned."""
        self._spans = [span for span in self._spans[:-1] if _is_speech(span)] + self._spans[-1:]
        edges = [*self._spans, [self._frame, self._frame]] if not self._speaking else self._spans
        gaps = [number for number in range(1, len(edges)) if (edges[number][0] - edges[number - 1][1]) * STEP >= pause]
        count = gaps[-1] if gaps else 0
        if self._spans[count:] and (self._frame - self._spans[count][0]) * STEP > longest:
            count, self._speaking = len(self._spans), False
        closed, self._spans = self._spans[:count], self._spans[count:]
        return [Span(a * STEP, b * STEP) for a, b in closed if _is_speech((a, b))]

    @property
    def begun(self) -> float:
        """When the first span that is not forgotten began, in seconds; infinite where there is none."""
        return self._spans[0][0] * STEP if self._spans else float("inf")

    def spans(self, length: float = float("inf")) -> list[Span]:
        """The spans so far that are no clicks, in a recording of that many seconds."""
        return [Span(a * STEP, min(b * STEP, length)) for a, b in self._spans if _is_speech((a, b))]


def _is_speech(span: Sequence[int]) -> bool:
    """Whether a span of frames is longer than a click."""
    return (span[1] - span[0]) * STEP >= SHORTEST_SPEECH


def speech_spans(wave: np.ndarray) -> list[Span]:
    """The stretches of speech in a wave (N,) float32 at 16 kHz, in order."""
    found = SpeechSpans()
    found.add(speech_probability(wave))
    return found.spans(len(wave) / SAMPLE_RATE)


def only_speech(wave: np.ndarray) -> np.ndarray:
    """The stretches of speech in a wave (N,) at 16 kHz, joined, with silence around each."""
    edges: list[list[int]] = []
    for span in speech_spans(wave):
        first, last = max(0, round((span.start - KEPT) * SAMPLE_RATE)), round((span.end + KEPT) * SAMPLE_RATE)
        if edges and first <= edges[-1][1]:
            edges[-1][1] = last
        else:
            edges.append([first, last])
    return np.concatenate([wave[:0], *(wave[first:last] for first, last in edges)])


def trim_silence(wave: np.ndarray) -> np.ndarray:
    """A wave (N,) at 16 kHz without silence or noise around its speech.

    Where no speech is found it is returned whole.
    """
    spans = speech_spans(wave)
    if not spans:
        return wave
    first = max(0, round((spans[0].start - KEPT) * SAMPLE_RATE))
    last = round((spans[-1].end + KEPT) * SAMPLE_RATE)
    return wave[first:last]
