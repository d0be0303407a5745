"""How smooth the borders of a range are that the trained models make anew: 48 ranges, one line each, and the sums.

The bar: no joint's velocity changes more at a border than 1.5 times the clip's own 99th percentile of such changes. The clip is
the one the animator gets, with the new frames. Beside it stands what comes of the motion as it was before: of use for a walk
that goes on, but somebody who stands still has next to none, and whatever they begin to do is many times that.

Measured on the joints of the default character at 30 frames a second, before anything of it is keyed; test_ranges.py in
tests/addon/clips and tests/gui/range_session.py measure on the keyed character.

Run from the repository root: `.venv/bin/python -m tests.addon.bench_borders`. Takes half a minute on one core.
"""

from __future__ import annotations

import itertools
import sys

import numpy as np

from backend.motion.edits import Edit
from backend.motion.motion import Motion
from backend.serve.loading import load_generator

WALKS = ("walk forward", "walk in a circle to the left", "jog forward", "stand still")
NEW = ("wave with your right hand", "jump up", "turn around and walk back", "raise both arms")
RANGES = ((50, 110), (40, 70), (0, 60))
BAR = 1.5


def jumps(motion: Motion) -> np.ndarray:
    """(T - 2,) how much the velocity of the joint that changes it most changes at each inner frame."""
    return np.linalg.norm(np.diff(motion.positions(), 2, axis=0), axis=-1).max(axis=1)


def border_jump(motion: Motion, first: int, last: int) -> float:
    """The largest in which frames of both sides of a border take part."""
    change = jumps(motion)
    return max(change[row] for row in (first - 2, first - 1, last - 1, last) if 0 <= row < len(change))


def main() -> int:
    """Make, measure, print; 0 where the bar holds."""
    generator = load_generator("cpu")
    of_new, of_old = [], []
    for number, walk in enumerate(WALKS):
        around = generator.generate(walk, seed=number, seconds=6.0).motions[0]
        for words, (first, last) in itertools.product(NEW, RANGES):
            made = generator.generate(words, seed=10 + number, edit=Edit(around, first, last), force=True).motions[0]
            rows = [row for row in range(len(around)) if not first <= row <= last]
            if not np.array_equal(made.rotations[rows], around.rotations[rows]):
                raise AssertionError("frames outside the range have changed")
            worst = border_jump(made, first, last)
            of_new.append(worst / np.percentile(jumps(made), 99))
            of_old.append(worst / np.percentile(jumps(around), 99))
            print(f"{of_new[-1]:5.2f} {of_old[-1]:5.2f}  {walk}, frames {first} to {last}: {words}", flush=True)
    for what, found in (("with the new frames", of_new), ("as it was before", of_old)):
        held = sum(value <= BAR for value in found)
        print(f"against the clip {what}: {held} of {len(found)} within {BAR}, median {np.median(found):.2f}, most {max(found):.2f}")
    return int(max(of_new) > BAR)


if __name__ == "__main__":
    sys.exit(main())
