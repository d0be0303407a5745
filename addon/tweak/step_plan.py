"""When each foot steps in a transition, and where it stands in between.

Every foot stands where it stood, makes no, one or two swings, and is then on the next motion's own path. All such plans of
one foot are listed and judged alone (does the leg reach, is the swing as calm as a step), then the best pair is chosen
(somebody who neither runs nor jumps has a foot on the floor). Swings may be the next motion's own: a foot that soon lifts
anyway stands until then.

Rows count frames of the next motion; row -1 is the last one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .contacts import true_runs
from .foot_tracks import FootTrack

_GRID = 0.1  # seconds between the moments at which a foot may lift or land
_SHORTEST = 0.2  # seconds of a swing
_UPRIGHT = 0.06  # of a swing at either end in which the foot goes straight up or down
_QUICK, _CALM = 0.3, 0.45  # seconds that a step takes
_PACE = 1.3  # metres per second, mean speed of a swing that is not hurried
_LIMIT = 1.02  # of a leg's length, to the ankle of a flat foot; a raised heel gives the rest
_IN_AIR = 0.3  # how much a leg that is too short counts while it swings
_SLIDES = 16.0  # cost of a frame in which a foot slides along under the body
_FOLLOWING = 0.4  # of a swing, until the foot follows a fast body
_CLOSE = 0.12  # metres between the balls of two feet that do not touch
_FEW = 40  # plans of each foot that are compared in pairs


@dataclass(frozen=True)
class Swing:
    """One step of one foot.

    Attributes:
        lifts: the last row at which it stands, -1 for a foot in the air before the transition.
        lands: the first row at which it is at its new place.
        rest: the row of `FootTrack.rests` that is its place; None on the next motion's own path.
        own: whether the next motion itself makes this step, only from elsewhere.
    """

    lifts: int
    lands: int
    rest: int | None = None
    own: bool = False

    def part(self, count: int) -> np.ndarray:
        """(count,) how far the swing has come at each row, 0..1."""
        return _eased(np.arange(count), self.lifts, self.lands)


@dataclass(frozen=True)
class _Plans:
    """K plans of one foot.

    Attributes:
        swings: of each plan.
        costs: (K,).
        air: (K, H) bool, when the foot does not stand.
        places: (K, H, 3) its ball.
    """

    swings: list[list[Swing]]
    costs: np.ndarray
    air: np.ndarray
    places: np.ndarray


def plan_steps(feet: list[FootTrack], frames: int, fps: float) -> list[list[Swing]]:
    """The swings of the left and the right foot; none for a foot that waits all the time.

    Args:
        feet: left and right.
        frames: rows of the transition, at most H.
    """
    flying = ~feet[0].standing & ~feet[1].standing
    plans = [_judged(foot, _listed(foot, frames, fps), fps) for foot in feet]
    best = [np.argsort(each.costs, kind="stable")[:_FEW] for each in plans]
    left, right = (each.air[rows] & ~flying for each, rows in zip(plans, best, strict=True))
    cost = plans[0].costs[best[0]][:, None] + plans[1].costs[best[1]][None]
    cost = cost + 60.0 / fps * left.astype(float) @ right.astype(float).T
    (left_x, left_z), (right_x, right_z) = (
        each.places[rows][..., [0, 2]].transpose(2, 0, 1) for each, rows in zip(plans, best, strict=True)
    )
    gap = np.hypot(left_x[:, None] - right_x, left_z[:, None] - right_z)
    own = np.linalg.norm((feet[0].path - feet[1].path)[:, [0, 2]], axis=-1)
    cost = cost + 30.0 / fps * np.maximum((np.minimum(_CLOSE, own) - gap) / 0.04, 0.0).sum(axis=-1)
    a, b = np.unravel_index(np.argmin(cost), cost.shape)
    return [plans[0].swings[best[0][a]], plans[1].swings[best[1][b]]]


def _listed(foot: FootTrack, frames: int, fps: float) -> list[list[Swing]]:
    """All plans of one foot."""
    count = len(foot.path)
    step, shortest = max(round(_GRID * fps), 1), max(int(np.ceil(_SHORTEST * fps)), 2)
    last = min(frames, count - 1)
    grid = [*range(0, max(last - step // 2, 1), step), last]
    pairs = [(lifts, lands) for lifts, lands in combinations(grid, 2) if lands - lifts >= shortest]
    found = []
    flights = [(first - 1, min(end + 1, count - 1)) for first, end in true_runs(~foot.standing)]
    landing = [lands for lifts, lands in flights[:1] if lifts < 0 and lands >= shortest]
    if foot.stands:
        own = [flight for flight in flights[:1] if flight[0] >= 0]
        if foot.waits and (not own or (own[0][0] >= frames and own[0][1] == count - 1)):
            found.append([])
        found += [
            [Swing(lifts, lands, own=True)] for lifts, lands in own if lands - lifts >= shortest and (lifts <= frames or foot.waits)
        ]
        firsts = [*pairs, *((lifts, lands) for lands in landing for lifts in grid if lands - lifts >= shortest)]
    else:
        firsts = [(-1, lands) for lands in [*grid, *landing] if lands + 1 >= shortest]
    found += [[Swing(lifts, lands)] for lifts, lands in firsts]
    for first in firsts:
        found += [[Swing(*first, (first[1] + pair[0]) // 2), Swing(*pair)] for pair in pairs if pair[0] >= first[1]]
    return found or [[Swing(-1, last)]]


def _judged(foot: FootTrack, plans: list[list[Swing]], fps: float) -> _Plans:
    """The plans of one foot with what each costs alone."""
    count = len(foot.path)
    # Plans of one swing get a first one that ends before the transition.
    none = Swing(-3, -2, None)
    table = [[none] * (2 - len(plan)) + plan for plan in plans]
    lifts, lands = (np.array([[getattr(swing, name) for swing in plan] for plan in table]) for name in ("lifts", "lands"))
    rests = np.array([plan[0].rest or 0 for plan in table])
    real = np.array([[swing is not none for swing in plan] for plan in table])
    between = real[:, :1] & real[:, 1:]
    rows = np.arange(count)
    parts = _eased(rows, lifts[..., None], lands[..., None]) * real[..., None]
    places = np.repeat(foot.held[None], len(plans), axis=0)
    first = np.where(between[..., None], foot.rests[rests][:, None], foot.held[None])
    follows = foot.hurries * following(rows, lifts[..., None], lands[..., None]) * real[..., None]
    for swing, goal in enumerate((first, foot.path)):
        places = places + follows[:, swing, :, None] * (foot.along - places)
        places = places + parts[:, swing, :, None] * (goal - places)
    for number, plan in enumerate(plans):
        if plan and plan[0].own:
            places[number] = along_own(foot, plan[0])

    swinging = (rows > lifts[..., None]) & (rows < lands[..., None]) & real[..., None]
    landed = (rows >= lands[:, 1:]) & real[:, 1:]
    air = swinging.any(axis=1) | (landed & ~foot.standing)
    seconds = np.maximum(lands - lifts, 1) / fps
    start = places[np.arange(len(plans))[:, None], np.maximum(lifts, 0)]
    end = places[np.arange(len(plans))[:, None], np.clip(lands, 0, count - 1)]
    far = np.linalg.norm((end - start)[..., [0, 2]], axis=-1)
    own = np.array([[swing.own for swing in plan] for plan in table])
    hurry = (far / seconds / _PACE) ** 2
    timing = (np.maximum(_QUICK - seconds, 0.0) / 0.05) ** 2 + np.maximum(seconds - _CALM, 0.0) / 0.3
    costs = (real * (hurry + np.where(own, 0.0, 1.0 + timing))).sum(axis=1)
    moved, moves = (np.linalg.norm(np.diff(each, axis=-2), axis=-1) * fps / foot.fastest for each in (places, foot.path))
    hasty = np.where(swinging.any(axis=1)[:, 1:], moved - np.maximum(1.1 * moves, 0.8), 0.0)
    costs += (np.maximum(hasty.max(axis=1), 0.0) / 0.1) ** 2
    length = np.linalg.norm(foot.hips - (places + foot.to_ankle), axis=-1) / foot.leg
    usual = np.linalg.norm(foot.hips - (foot.path + foot.to_ankle), axis=-1) / foot.leg
    excess = np.maximum(length - np.maximum(usual, _LIMIT), 0.0)
    # A foot in the air that cannot follow its path is only a little nearer, one on the floor is dragged.
    excess = np.where(swinging.any(axis=1), _IN_AIR * excess, excess)
    costs += 30.0 / fps * ((excess / 0.02) ** 2).clip(max=100.0).sum(axis=1)
    # Landing out of reach of its own place, it would slide over the floor.
    costs += 30.0 / fps * _SLIDES * (landed & foot.carried).sum(axis=1)
    return _Plans(plans, costs, air, places)


def along_own(foot: FootTrack, swing: Swing) -> np.ndarray:
    """(H, 3) where the ball is if it waits and makes the motion's own step from there."""
    rows = np.arange(len(foot.path))
    off = (1 - swing.part(len(rows)))[:, None] * (foot.held[swing.lifts] - foot.path[swing.lifts])
    return np.where((rows > swing.lifts)[:, None], foot.path + off, foot.held)


def following(rows: np.ndarray, lifts: np.ndarray | int, lands: np.ndarray | int) -> np.ndarray:
    """How far a lifted foot follows a fast body, 0..1: its leg is not stretched out behind."""
    part = np.clip((rows - lifts) / (_FOLLOWING * (lands - lifts)), 0.0, 1.0)
    return part * part * (3 - 2 * part)


def _eased(rows: np.ndarray, lifts: np.ndarray | int, lands: np.ndarray | int) -> np.ndarray:
    """How far a swing has come, 0..1, with the least jerk; it rises first and lands last."""
    part = np.clip(((rows - lifts) / (lands - lifts) - _UPRIGHT) / (1 - 2 * _UPRIGHT), 0.0, 1.0)
    return part**3 * (10 - 15 * part + 6 * part**2)
