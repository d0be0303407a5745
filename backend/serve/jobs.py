"""One generate request from wave to files, the same for the command line and for Blender.

Options are checked here before anything expensive. Where the files go is `outputs`' matter; loading models, queueing
and printing are left to the callers.
"""

from __future__ import annotations

import math
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from backend.errors import UserError
from backend.serve.outputs import write

if TYPE_CHECKING:
    import numpy as np

    from backend.generation.asked import Reached
    from backend.generation.pipeline import AccountedWord, OnHeard
    from backend.motion.edits import Edit
    from backend.motion.motion import Motion

MAX_SEED = 2**31 - 1  # Blender's IntProperty is a signed 32-bit number
MAX_SECONDS = 40  # four steps of the ten that the models are trained on
PROGRESS_INTERVAL = 0.05  # seconds between two reports of one phase
READING, WRITING = 0.02, 0.08  # shares of a request, roughly as measured; the generator has the rest


class GeneratedMotions(Protocol):
    """What a generator returns."""

    motions: list[Motion]
    heard: str
    seeds: list[int]
    timings: dict[str, float]
    confidence: float | None
    words: Sequence[AccountedWord]
    reached: list[list[Reached]]


class MotionGenerator(Protocol):
    """The part of `backend.generation.pipeline.Generator` that is used here."""

    def generate(
        self,
        wave: np.ndarray | str,
        *,
        seed: int,
        seconds: float | None = None,
        variations: int = 1,
        guidance: float | None = None,
        edit: Edit | None = None,
        force: bool = False,
        follow: float = 0.5,
        on_progress: Callable[[str, float], None] | None = None,
        on_heard: OnHeard | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> GeneratedMotions:
        """Motions from a wave (N,) float32 mono at 16 kHz, or from a text.

        Progress is (phase, fraction of the generator's work)."""

    def hear(self, wave: np.ndarray) -> tuple[str, float | None]:
        """The words in a wave, and how sure they are an instruction; None where that cannot be told."""

    def warm_up(self) -> None:
        """Run every network once, so that the first request is as fast as the others."""


@dataclass(frozen=True)
class Settings:
    """Options of a request; None leaves the choice to the models (seed: to chance).

    ``motion`` is a file to go on from, or, with ``first`` and ``last``, of which to make these frames anew; what is made leads
    through its poses at the frames ``fixed``. ``force`` makes something of what is no instruction, too.

    Raises UserError ``bad_option`` when made with a value out of range, ``bad_range`` for half of a range.
    """

    seed: int | None = None
    seconds: float | None = None
    variations: int = 1
    guidance: float | None = None
    fps: float = 30.0
    motion: Path | None = None
    first: int | None = None
    last: int | None = None
    force: bool = False
    fixed: tuple[int, ...] = ()
    follow: float = 0.5

    def __post_init__(self) -> None:
        in_range("The seed", self.seed, 0, MAX_SEED)
        in_range("The length in seconds", self.seconds, 0.5, MAX_SECONDS)
        in_range("The number of variations", self.variations, 1, 8)
        in_range("The guidance", self.guidance, 0, 10)
        in_range("How much the motion follows the voice", self.follow, 0, 1)
        in_range("The frame rate", self.fps, 1, 240)
        if (self.first is None) != (self.last is None) or (self.first is not None and self.motion is None):
            raise UserError(
                "bad_range", "A range is missing its first frame, its last frame or the motion it is in.", "Give all three."
            )

    def drawn_seed(self) -> int:
        """The seed, or a random one when none was given."""
        return secrets.randbelow(MAX_SEED + 1) if self.seed is None else self.seed

    def edit(self) -> Edit | None:
        """The motion to start from, read; what there is to know about its file goes to stderr.

        Raises UserError ``bad_range``, and as `motion.formats.reading` does."""
        from backend.motion.edits import read_edit

        if self.motion is None:
            return None
        found = read_edit(self.motion, self.first, self.last, self.fps, self.fixed)
        for note in found.notes:
            print(f"{self.motion.name}: {note}", file=sys.stderr)
        return found


def in_range(what: str, value: float | None, low: float, high: float) -> None:
    """Refuse a number outside low..high, NaN too. Raises UserError ``bad_option``."""
    if value is not None and not low <= value <= high:
        shown = f"{value:g}" if isinstance(value, float) else str(value)[:24]
        raise UserError("bad_option", f"{what} must be between {low} and {high}, not {shown}.")


@dataclass(frozen=True)
class JobResult:
    """What a finished request made.

    ``seconds`` has the time of each stage and the ``total``; ``confidence`` is how sure it is that an instruction was understood,
    0..1, or None where the pack cannot tell. ``words`` has the account of every content word, ``reached`` the numbers that were
    asked for and what each variation came to.
    """

    files: tuple[str, ...]
    heard: str
    seeds: tuple[int, ...]
    frames: tuple[int, ...]
    fps: float
    seconds: dict[str, float]
    confidence: float | None = None
    words: tuple[dict, ...] = ()
    reached: tuple[dict, ...] = ()

    def as_dict(self) -> dict:
        """For JSON."""
        return asdict(self)


class OverallProgress:
    """Progress of generating and writing as a fraction of the whole request that never falls."""

    def __init__(self, report: Callable[[str, float], None] | None) -> None:
        self._report = report
        self._done = 0.0

    def generating(self, phase: str, fraction: float) -> None:
        """The generator is at this fraction of its own work."""
        self._tell(phase, READING, 1.0 - WRITING, fraction)

    def writing(self, phase: str, fraction: float) -> None:
        """Writing is at this fraction."""
        self._tell(phase, 1.0 - WRITING, 1.0, fraction)

    def _tell(self, phase: str, start: float, end: float, fraction: float) -> None:
        share = min(1.0, max(0.0, fraction)) if math.isfinite(fraction) else 0.0
        self._done = max(self._done, start + (end - start) * share)
        if self._report:
            self._report(phase, self._done)


class ThrottledProgress:
    """Passes progress on at most every `PROGRESS_INTERVAL`, and always when the phase changes."""

    def __init__(self, report: Callable[[str, float], None]) -> None:
        self._report = report
        self._phase = ""
        self._last = 0.0

    def __call__(self, phase: str, fraction: float) -> None:
        now = time.monotonic()
        if phase != self._phase or now - self._last >= PROGRESS_INTERVAL:
            self._phase, self._last = phase, now
            self._report(phase, round(fraction, 4))


def run(
    generator: MotionGenerator,
    wave: np.ndarray | str,
    paths: list[Path],
    settings: Settings,
    *,
    seed: int,
    audio: str | Path = "",
    model: str = "",
    licence: str = "",
    on_progress: Callable[[str, float], None] | None = None,
    on_heard: OnHeard | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> JobResult:
    """Generate from a wave and write one exchange file per variation.

    Args:
        generator: loaded models.
        wave: (N,) float32 mono at 16 kHz, from `backend.audio.reading`; or the instruction as text.
        paths: where to write, one path per variation, all in one folder; existing files are replaced.
        settings: checked options.
        seed: of the first variation.
        audio: noted in the files as their source.
        model: noted in the files as their maker.
        licence: of the maker's weights, noted as well.
        on_progress: called with the phase and the fraction of the whole request.
        on_heard: called with the recognised words and the confidence in them, and again with the account of the words.
        cancelled: polled; when it turns true, nothing is written.

    Returns:
        What was written. Raises UserError and Cancelled; then no file of this request is in the folder.
    """
    progress = OverallProgress(on_progress)
    clock = time.perf_counter()
    generation = generator.generate(
        wave,
        seed=seed,
        seconds=settings.seconds,
        variations=settings.variations,
        guidance=settings.guidance,
        edit=settings.edit(),
        force=settings.force,
        follow=settings.follow,
        on_progress=progress.generating,
        on_heard=on_heard,
        cancelled=cancelled,
    )
    started = time.perf_counter()
    motions = [motion.resampled(settings.fps) for motion in generation.motions]
    notes = {"heard": generation.heard, "audio": str(audio), "model": model, "weights_licence": licence}
    write(motions, paths, generation.seeds, notes, progress.writing, cancelled)
    ended = time.perf_counter()
    timings = {name: round(float(value), 4) for name, value in generation.timings.items()}
    timings |= {"writing": round(ended - started, 4), "total": round(ended - clock, 4)}
    return JobResult(
        files=tuple(map(str, paths)),
        heard=generation.heard,
        seeds=tuple(map(int, generation.seeds)),
        frames=tuple(map(len, motions)),
        fps=settings.fps,
        seconds=timings,
        confidence=None if generation.confidence is None else round(float(generation.confidence), 4),
        words=tuple(word.as_dict() for word in generation.words),
        reached=tuple(
            {"variation": variation, **asdict(number), "got": round(float(number.got), 3), "met": bool(number.met)}
            for variation, numbers in enumerate(generation.reached)
            for number in numbers
        ),
    )


def as_user_error(error: Exception) -> UserError:
    """Any exception as a sentence.

    One that is not the user's doing goes to stderr with its traceback as well."""
    if isinstance(error, UserError):
        return error
    traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":  # torch's, without importing torch
        return UserError("out_of_memory", "There is not enough memory for this.", "Ask for fewer variations or a shorter motion.")
    return UserError(
        "internal",
        f"Something went wrong inside ({type(error).__name__}: {str(error)[:200]}).",
        "The log has the details; please report it.",
    )
