"""Extends short walks and runs by looping them at two similar frames.

Recorded runs last hardly a second, but gestures over them and circles take longer. A gait is looped only where two moments look
alike, so that feet do not jump; `compose` does all other joining.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d

from ..motion.motion import Motion
from ..motion.skeleton import INDEX

GAITS = frozenset(
    ("walk", "run", "jog", "march", "sneak", "zombie", "sidestep", "treadmill_walk", "treadmill_run", "tiptoe", "limp", "shuffle",
     "skip", "gallop", "moonwalk", "high_knees", "butt_kicks", "duck_walk")
)  # fmt: skip
SHORTEST_CYCLE = 14  # frames: nobody's two steps take less
WINDOW = 5  # frames that have to look alike, and over which one cycle fades into the next
ALIKE = 0.09  # metres that joints are apart there on average
UNDER_WAY = 0.45  # of the ankles' usual speed: slower, and the gait has not begun or is over


def cycle(motion: Motion) -> tuple[int, int] | None:
    """Frames (first, last) of the best loop: ``last`` continues at ``first``.

    None where no two moments are alike. A gait that begins and ends standing is looped while it is under way. Longer cycles win
    over slightly better matches, so that a gait does not repeat the same two steps.
    """
    seen = motion.positions()[:, :22] - motion.pelvis[:, None] * np.float32([1, 0, 1])
    heading = motion.headings()
    c, s = np.cos(heading)[:, None], np.sin(heading)[:, None]
    local = np.stack([c * seen[..., 0] - s * seen[..., 2], seen[..., 1], s * seen[..., 0] + c * seen[..., 2]], axis=-1)
    last = len(motion) - WINDOW
    going = _under_way(local)
    best, found = ALIKE, None
    for first in range(max(0, last - SHORTEST_CYCLE + 1)):
        for end in range(first + SHORTEST_CYCLE, last + 1) if going[first] else ():
            if not going[end]:
                continue
            gap = local[end : end + WINDOW] - local[first : first + WINDOW]
            apart = float(np.linalg.norm(gap, axis=-1).mean()) - 0.0004 * (end - first)
            if apart < best:
                best, found = apart, (first, end)
    return found


def _under_way(local: np.ndarray) -> np.ndarray:
    """(T,) whether the ankles move under the body within half a second around a frame."""
    ankles = local[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    speed = np.linalg.norm(np.diff(ankles, axis=0, append=ankles[-1:]), axis=-1).mean(axis=1)
    smooth = uniform_filter1d(speed, 15, mode="nearest")
    return smooth >= UNDER_WAY * np.median(smooth)


def repetitions(motion: Motion, frames: int) -> list[Motion]:
    """Pieces that crossfade over `WINDOW` frames into the motion, extended to ``frames`` frames."""
    around = cycle(motion) if len(motion) < frames else None
    if around is None:
        return [motion]
    first, end = around
    pieces = [motion.slice(0, end + WINDOW)]
    while sum(len(piece) - WINDOW for piece in pieces) + len(motion) - first < frames:
        pieces.append(motion.slice(first, end + WINDOW))
    return [*pieces, motion.slice(first, len(motion))]
