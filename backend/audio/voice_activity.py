"""Where in a recording somebody speaks: spans in seconds, found by Silero's voice activity network, and silence cut off.

The weights are those of silero-vad 6.2.3 (MIT, `silero_vad/`), number for number. The package itself runs them frame by frame
through TorchScript, which torch has deprecated, and sets the number of threads of the whole process; the same network is a page
of torch, gives the same answers to six digits, and takes all frames at once. What the words are is the encoder's matter, what
an instruction is `splitting`'s.
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

from backend.packs.tensors import damaged, read_tensors

WEIGHTS = Path(__file__).parent / "silero_vad" / "silero_vad_16k.safetensors"
SAMPLE_RATE = 16_000
FRAME = 512  # samples between two answers, 32 ms
CONTEXT, AFTER = 64, 64  # samples of the frame before that are heard again, and samples mirrored at its end
WINDOW, HOP = 256, 128  # of the spectrum, samples
BINS = WINDOW // 2 + 1
BLOCK = 1024  # frames at once, 33 s: bounds memory and the time until a cancel is noticed

BEGINS, ENDS = 0.5, 0.35  # probability from which speech begins, and below which it has ended
SHORTEST_SPEECH, SHORTEST_PAUSE = 0.1, 0.1  # seconds; what is shorter is a click, or the closure of a stop consonant
KEPT = 0.2  # seconds of silence left before the first and after the last word
QUIETEST = 1e-4  # peak; below it a recording is digital silence with dither, not to be made louder
LEVEL = 0.5  # peak that recordings are brought to: the network was trained at usual levels


@dataclass(frozen=True)
class Span:
    """A stretch of speech, in seconds from the start of the recording."""

    start: float
    end: float


class VoiceNetwork(nn.Module):
    """Silero's network for 16 kHz: a spectrum by convolution, four convolutions, an LSTM from frame to frame, a sigmoid."""

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
        """frames (F, 576), each with the context before it -> speech probability (F,), and the state for what follows."""
        padded = functional.pad(frames[:, None], (0, AFTER), mode="reflect")
        cosines, sines = self.spectrum(padded).split(BINS, dim=1)  # (F, 129, 4)
        x = (cosines.square() + sines.square()).sqrt()
        for convolution in self.convolutions:
            x = convolution(x).relu()  # at last (F, 128, 1)
        x, state = self.memory(x.squeeze(-1), state)  # the frames are one sequence
        return self.answer(x.relu()[..., None]).sigmoid().flatten(), state


@cache
def network() -> VoiceNetwork:
    """The network with its weights, read once. Raises UserError where the file is missing or damaged."""
    try:
        module = VoiceNetwork()
        module.load_state_dict(read_tensors(WEIGHTS))
    except (OSError, RuntimeError) as error:
        raise damaged(WEIGHTS, str(error)) from error
    return module.eval().requires_grad_(False)


@contextmanager
def one_thread() -> Iterator[None]:
    """The steps are so small that threads mostly wait for each other: on busy cores a hundred times as long as one takes."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@torch.inference_mode()
def speech_probability(wave: np.ndarray, tell: Callable[[float], None] | None = None) -> np.ndarray:
    """How likely each 32 ms of a wave are speech.

    Args:
        wave: (N,) float32 mono at 16 kHz, any level.
        tell: called now and then with the share that is done; what it raises ends the work.

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
    with one_thread():
        for first in range(0, count, BLOCK):
            if tell is not None:
                tell(first / count)
            probability, state = network()(frames[first : first + BLOCK], state)
            found.append(probability)
    return torch.cat(found).numpy()


def speech_spans(wave: np.ndarray, tell: Callable[[float], None] | None = None) -> list[Span]:
    """Where somebody speaks, in order; none where nobody does. Arguments as of `speech_probability`."""
    probability = speech_probability(wave, tell)
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


def trimmed(wave: np.ndarray) -> np.ndarray:
    """A wave (N,) at 16 kHz without the silence, or the noise, before its first and after its last word.

    One in which no speech is found comes back whole: what it is, is for others to say.
    """
    spans = speech_spans(wave)
    if not spans:
        return wave
    first = max(0, round((spans[0].start - KEPT) * SAMPLE_RATE))
    last = round((spans[-1].end + KEPT) * SAMPLE_RATE)
    return wave[first:last]
