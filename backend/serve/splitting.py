"""Splits a recording of several instructions at its pauses: when each was said, its words.

`audio.voice_activity` finds the speech, the generator its words. Motions are made from the parts one by one, by requests of their
own (`sources.Spoken.part`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from backend.audio.reading import SAMPLE_RATE
from backend.audio.scene import Scene, read_scene
from backend.audio.voice_activity import BLOCK, FRAME, KEPT, Span, SpeechSpans, VoiceDetector
from backend.errors import UserError
from backend.serve.messages import SpokenInstruction

if TYPE_CHECKING:
    from backend.serve.jobs import MotionGenerator

# Seconds of silence between two instructions. People stop inside one, too ("walk, um, forward"). On scenes of three to five by
# twelve training voices, half of them hesitating, 0.9 found the right number most often, in silence and in noise at 10 dB.
PAUSE = 0.9
LONGEST_PART = 60.0 - 2 * KEPT  # seconds
LONGEST_TALK = 600.0  # seconds without a pause that are kept, to be cut
MOST = 1000  # instructions in one answer
READING = 0.1  # share of the work that is done when the recording has been looked through


def split(
    generator: MotionGenerator,
    path: Path,
    on_progress: Callable[[str, float], None],
    on_note: Callable[[str], None] | None = None,
) -> list[SpokenInstruction]:
    """The instructions in a recording of any length, in order, without parts that have no word.

    Args:
        on_progress: called with the phase and the fraction of all; what it raises, such as Cancelled, ends the work.
        on_note: gets a sentence where something is worth knowing about the recording.

    Raises:
        UserError: the recording cannot be used, as `read_scene` says, nobody speaks in it (``no_speech``), or there are too
            many (``long_audio``).
    """
    on_progress("reading", 0.0)
    scene = read_scene(path, lambda seconds: on_progress("reading", READING * min(1.0, seconds / LONGEST_TALK)), on_note)
    found, done = [], READING

    def tell(seconds: float) -> None:
        nonlocal done
        done = max(done, READING + (1 - READING) * min(1.0, seconds / scene.seconds))
        on_progress("hearing", done)

    for part, wave in spoken_parts(scene, tell):
        heard, confidence = generator.hear(wave)
        if heard:
            found.append(SpokenInstruction(round(part.start, 3), round(part.end, 3), heard, confidence))
        if len(found) > MOST:
            raise UserError("long_audio", f"{path.name} has more than {MOST} instructions.", "Cut it into parts.")
    if not found:
        raise UserError(
            "no_speech", f"No instruction was understood in {path.name}.", "Speak clearly, with a pause after each instruction."
        )
    return found


def spoken_parts(scene: Scene, tell: Callable[[float], None]) -> Iterator[tuple[Span, np.ndarray]]:
    """The instructions in a recording and their waves (N,), with `KEPT` seconds around them.

    Args:
        scene: it is read block by block, and only the part under way is kept.
        tell: called with the seconds that are done, now and then; an exception in it ends the work.
    """
    detector, spans = VoiceDetector(scene.peak), SpeechSpans()
    wave, start = np.zeros(0, dtype=np.float32), 0  # what is kept, and its first sample in the recording
    for piece in _pieces(scene.blocks(), BLOCK * FRAME):
        tell((start + len(wave)) / SAMPLE_RATE)
        spans.add(detector.probability(piece))
        wave = np.concatenate([wave, piece])
        for part in parted(spans.take_closed(PAUSE, LONGEST_TALK)):
            tell(part.start)
            yield part, _cut_out(part, wave, start)
        seconds = (start + len(wave)) / SAMPLE_RATE
        forgotten = max(0, round((min(seconds, spans.begun) - KEPT) * SAMPLE_RATE) - start)
        wave, start = wave[forgotten:], start + forgotten
    for part in parted(spans.spans(scene.seconds)):
        tell(part.start)
        yield part, _cut_out(part, wave, start)


def _cut_out(part: Span, wave: np.ndarray, start: int) -> np.ndarray:
    """A part with silence around it, of a wave that begins at sample `start` of the recording."""
    first, last = (round(seconds * SAMPLE_RATE) for seconds in (max(0.0, part.start - KEPT), part.end + KEPT))
    return wave[max(0, first - start) : last - start]


def _pieces(blocks: Iterable[np.ndarray], size: int) -> Iterator[np.ndarray]:
    """Blocks of any length, cut anew to `size` samples, with what is left at last."""
    kept: list[np.ndarray] = []
    for block in blocks:
        kept.append(block)
        if sum(map(len, kept)) >= size:
            wave = np.concatenate(kept)
            whole = len(wave) // size * size
            yield from np.split(wave[:whole], whole // size)
            kept = [wave[whole:]]
    if any(map(len, kept)):
        yield np.concatenate(kept)


def parted(spans: list[Span]) -> list[Span]:
    """Spans of speech joined to instructions, apart by a `PAUSE` or more.

    None is longer than `LONGEST_PART`."""
    parts: list[list[Span]] = []
    for span in spans:
        if parts and span.start - parts[-1][-1].end < PAUSE:
            parts[-1].append(span)
        else:
            parts.append([span])
    return [piece for part in parts for piece in _short_enough(part)]


def _short_enough(part: list[Span]) -> list[Span]:
    """One span from first to last, or several if that is too long.

    It is cut at the longest pauses, or else anywhere."""
    whole = Span(part[0].start, part[-1].end)
    if whole.end - whole.start <= LONGEST_PART:
        return [whole]
    if len(part) == 1:
        middle = (whole.start + whole.end) / 2
        return _short_enough([Span(whole.start, middle)]) + _short_enough([Span(middle, whole.end)])
    at = max(range(1, len(part)), key=lambda index: part[index].start - part[index - 1].end)
    return _short_enough(part[:at]) + _short_enough(part[at:])
