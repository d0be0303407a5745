"""Splits a recording of several instructions at its pauses: when each was said, its words.

`audio.voice_activity` finds the speech, the generator its words. Motions are made from the parts one by one, by requests of their
own (`sources.Spoken.part`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from backend.audio.reading import LONGEST, SAMPLE_RATE, read_scene
from backend.audio.voice_activity import KEPT, Span, speech_spans
from backend.errors import UserError
from backend.serve.messages import SpokenInstruction

if TYPE_CHECKING:
    from backend.serve.jobs import MotionGenerator

# Seconds of silence between two instructions. People stop inside one, too ("walk, um, forward"). On scenes of three to five by
# twelve training voices, half of them hesitating, 0.9 found the right number most often, in silence and in noise at 10 dB.
PAUSE = 0.9
LONGEST_PART = LONGEST - 2 * KEPT  # seconds
READING, FINDING = 0.1, 0.4  # shares of the work that are done when these are


def split(
    generator: MotionGenerator,
    path: Path,
    on_progress: Callable[[str, float], None],
) -> list[SpokenInstruction]:
    """The instructions in a recording, in order; parts without a word are left out.

    Args:
        on_progress: called with the phase and the fraction of all; what it raises, such as Cancelled, ends the work.

    Raises:
        UserError: the recording cannot be used, as `read_scene` says, or nobody speaks in it (``no_speech``).
    """
    on_progress("reading", 0.0)
    wave = read_scene(path, lambda share: on_progress("reading", READING * share))
    parts = parted(speech_spans(wave, lambda share: on_progress("hearing", READING + (FINDING - READING) * share)))
    found = []
    for number, part in enumerate(parts):
        on_progress("hearing", FINDING + (1 - FINDING) * number / len(parts))
        first, last = (round(seconds * SAMPLE_RATE) for seconds in (max(0.0, part.start - KEPT), part.end + KEPT))
        heard, confidence = generator.hear(wave[first:last])
        if heard:
            found.append(SpokenInstruction(round(part.start, 3), round(part.end, 3), heard, confidence))
    if not found:
        raise UserError(
            "no_speech", f"No instruction was understood in {path.name}.", "Speak clearly, with a pause after each instruction."
        )
    return found


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
