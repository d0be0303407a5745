"""Voice activity: where in a recording somebody speaks, by Silero's network.

The weights are those of silero-vad 6.2.3 (MIT, `silero_vad/`), unchanged. The package is not used, because it runs frame by frame
through TorchScript, which torch has deprecated, and sets the thread count of the whole process. The same network here is a page of
torch, agrees to six digits, and takes all frames at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


@torch.inference_mode()
def speech_probability(wave: np.ndarray, on_progress: Callable[[float], None] | None = None) -> np.ndarray:
    """The probability of speech in each 32 ms of a wave.

    Args:
        wave: (N,) float32 mono at 16 kHz, any level.
        on_progress: called with the share done, now and then; an exception in it ends the work.

    Returns:
        (F,) float32, 0..1, F = ceil(N / 512).
    """
    count = -(-len(wave) // FRAME)
    if not count:
        return np.zeros(0, dtype=np.float32)
    peak = float(np.abs(wave).max(initial=0.0))
    scale = LEVEL / peak if peak > QUIETEST else 1.0
    padded = np.zeros(CONTEXT + count * FRAME, dtype=np.float32)
    padded[CONTEXT : CONTEXT + len(wave)] = wave * np.float32(scale)
    frames = torch.from_numpy(padded).unfold(0, CONTEXT + FRAME, FRAME)  # (F, 576), without a copy
    found, state = [], None
    with single_threaded():
        for first in range(0, count, BLOCK):
            if on_progress is not None:
                on_progress(first / count)
            probability, state = voice_network()(frames[first : first + BLOCK], state)
            found.append(probability)
    return torch.cat(found).numpy()


def speech_spans(wave: np.ndarray, on_progress: Callable[[float], None] | None = None) -> list[Span]:
    """The stretches of speech, in order. Arguments as of `speech_probability`."""
    probability = speech_probability(wave, on_progress)
    spans: list[list[int]] = []  # first frame and the one after the last
    speaking = False
    for frame, share in enumerate(probability):
        if not speaking and share >= BEGINS:
            speaking = True
            if spans and (frame - spans[-1][1]) * FRAME < SHORTEST_PAUSE * SAMPLE_RATE:
                spans[-1][1] = frame + 1
            else:
                spans.append([frame, frame + 1])
        elif speaking and share < ENDS:
            speaking = False
        elif speaking:
            spans[-1][1] = frame + 1
    length, step = len(wave) / SAMPLE_RATE, FRAME / SAMPLE_RATE
    return [Span(a * step, min(b * step, length)) for a, b in spans if (b - a) * step >= SHORTEST_SPEECH]


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
