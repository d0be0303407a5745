"""What a request wants of an existing motion: a range generated anew, or a continuation.

Files and frame numbers are checked here; how it is done is `generation.edit_context`'s matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError
from .formats.reading import read_motion
from .motion import Motion


@dataclass(frozen=True)
class Edit:
    """A motion at the result's frame rate, and the range first..last to be generated anew.

    Both ends are included. Without a range the result begins with the motion's last pose. ``fixed`` are frames of the range whose
    poses the result is to lead through. Raises UserError ``bad_range`` for a range that is not in it, or for others."""

    motion: Motion
    first: int | None = None
    last: int | None = None
    notes: tuple[str, ...] = ()  # about the file it was read from
    fixed: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        end = len(self.motion) - 1
        if self.first is not None and not 0 <= self.first <= self.last <= end:
            raise UserError(
                "bad_range", f"Frames {self.first} to {self.last} are not a range of the motion, which has frames 0 to {end}.",
                "Choose a first and a last frame inside the motion.",
            )  # fmt: skip
        outside = [row for row in self.fixed if self.first is None or not self.first <= row <= self.last]
        if outside:
            raise UserError(
                "bad_range", f"Frame {outside[0]} cannot be fixed, because it is not generated anew.",
                "Fix frames from the first to the last one of the range.",
            )  # fmt: skip

    @property
    def whole(self) -> bool:
        """Whether the range leaves nothing of the motion."""
        return self.first == 0 and self.last == len(self.motion) - 1


def read_edit(path: Path | str, first: int | None, last: int | None, fps: float, fixed: tuple[int, ...] = ()) -> Edit:
    """An edit of a motion file of any kind, resampled to ``fps``.

    ``first``, ``last`` and ``fixed`` count its frames then.

    Raises UserError ``bad_range``, and as `read_motion` does."""
    found = read_motion(path)
    return Edit(found.motion.resampled(fps), first, last, found.notes, fixed)
