"""Measurements by where the hands are: places in order, and strokes to and fro.

A place is a box for each wrist: metres outward and ahead of the pelvis, and height over the floor. What is the same to the left is
accepted as well unless a side is named. `work`, `sports` and `music` list the places of their kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from .signals import Signals
from .verdict import Verdict, all_hold, count_checks

Range = tuple[float, float]
ANY: Range = (-9.0, 9.0)
AXES = {"out": 0, "height": 1, "ahead": 2}


@dataclass(frozen=True)
class Box:
    """Where a wrist is: outward, over the floor, and ahead of the pelvis, metres."""

    out: Range = ANY
    height: Range = ANY
    ahead: Range = ANY


@dataclass(frozen=True)
class Place:
    """Where both hands are at once, for a number of frames.

    ``apart`` is the distance of the wrists, ``pelvis`` the pelvis' height as a share of the standing one.
    """

    right: Box = Box()
    left: Box = Box()
    apart: Range = ANY
    pelvis: Range = ANY
    frames: int = 3


@dataclass(frozen=True)
class Stroke:
    """A movement of a hand or the pelvis to and fro along an axis: least metres, how often."""

    joint: str
    axis: str
    least: float
    times: tuple[int, int] = (2, 99)


@dataclass(frozen=True)
class Visits:
    """A measurement: places in order, strokes there, and metres the body goes ahead.

    Hands do not go back to ``not_after``.

    With a ``count`` the first stroke happens exactly that often. With a ``side`` only that hand is the right one.
    """

    places: tuple[Place, ...]
    strokes: tuple[Stroke, ...] = ()
    gone: Range = ANY
    not_after: Place | None = None

    def __call__(self, s: Signals, count: int | None = None, side: str = "") -> Verdict:
        hands = [s] if side == "right" else [s.mirrored] if side == "left" else [s, s.mirrored]
        if len(hands) == 1:
            return self._judge(hands[0], count)
        plain = [self._judge(hand) for hand in hands]
        # The greater, the more the right hand does it: passes, places, strokes.
        right = max(range(2), key=lambda number: (plain[number].passed, *plain[number].measured.values()))
        return plain[right] if count is None else self._judge(hands[right], count)

    def _judge(self, s: Signals, count: int | None = None) -> Verdict:
        wrists = {side: _wrist(s, side) for side in ("right", "left")}
        masks = [_mask(s, wrists, place) for place in self.places]
        reached, at = 0, 0
        for mask, place in zip(masks, self.places, strict=True):
            inside = at + np.flatnonzero(mask[at:])
            if len(inside) < place.frames:
                break
            reached, at = reached + 1, int(inside[place.frames - 1])
        checks = [("places", reached, ">=", len(self.places))]
        anywhere = np.flatnonzero(np.any(masks, axis=0))
        start, end = (int(anywhere[0]), int(anywhere[-1]) + 1) if len(anywhere) else (0, len(s))
        for number, stroke in enumerate(self.strokes):
            line = s["pelvis"][:, 1] if stroke.joint == "pelvis" else wrists[stroke.joint][:, AXES[stroke.axis]]
            done = strokes(line[start:end], stroke.least)
            counted = count if number == 0 else None
            checks += count_checks(f"{stroke.joint}_{stroke.axis}", done, counted, stroke.times)
        if self.gone != ANY:
            ahead = s.gone_as_faced[0]
            checks += [("gone_m", ahead, ">=", self.gone[0]), ("gone_m ", ahead, "<=", self.gone[1])]
        if self.not_after is not None:
            again = int(_mask(s, wrists, self.not_after)[at:].sum())
            checks.append(("back_frames", again, "<=", self.not_after.frames))
        return all_hold(*checks)


def strokes(line: np.ndarray, least: float) -> int:
    """How often a curve rises by ``least``, at first or after having fallen as much."""
    rises, rising = 0, False
    low = high = float(line[0]) if len(line) else 0.0
    for value in map(float, line):
        low, high = min(low, value), max(high, value)
        if not rising and value - low >= least:
            rises, rising, high = rises + 1, True, value
        elif rising and high - value >= least:
            rising, low = False, value
    return rises


def _wrist(s: Signals, side: str) -> np.ndarray:
    """(T, 3) outward, over the floor, and ahead of the pelvis."""
    path = s.seen_from(f"{side}_wrist", "pelvis") * np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
    path[:, 1] = s[f"{side}_wrist"][:, 1] - s.floor
    return path


def _mask(s: Signals, wrists: dict[str, np.ndarray], place: Place) -> np.ndarray:
    """(T,) whether both hands are at a place."""
    inside = np.ones(len(s), dtype=bool)
    for path, box in ((wrists["right"], place.right), (wrists["left"], place.left)):
        for axis, number in AXES.items():
            low, high = getattr(box, axis)
            inside &= (path[:, number] > low) & (path[:, number] < high)
    apart = np.linalg.norm(s["left_wrist"] - s["right_wrist"], axis=-1)
    for values, (low, high) in ((apart, place.apart), (s.pelvis_height, place.pelvis)):
        inside &= (values > low) & (values < high)
    return inside


def any_of(*ways: Visits) -> Callable[[Signals], Verdict]:
    """One of several ways to do the same: the first that passes, or the one that gets farthest."""
    return partial(_best, ways)


def _best(ways: tuple[Visits, ...], s: Signals) -> Verdict:
    found = [way(s) for way in ways]
    return max(found, key=lambda verdict: (verdict.passed, verdict.measured["places"]))
