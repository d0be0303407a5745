"""Crawling on hands and knees.

Four limbs have contacts with the floor; the pelvis is as high as the thighs that carry it.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body

from .curves import blur, min_jerk
from .floor_take import FloorTake, hips_over_knees
from .gesture import AuthoredGesture
from .legs import HIP, SHIN
from .take import OTHER, SIDES, SIGN, euler

_KNEE = 0.062  # metres of a knee's middle above the floor it rests on
_INSTEP = 0.085  # of an ankle whose foot lies on its back
_WRIST = 0.06  # of a wrist whose palm is on the floor
_SPAN = 0.54  # metres from the knees to the hands
Moves = list[tuple[float, float, float]]  # leaves, lands (seconds), where (metres ahead)


def _carried(t: np.ndarray, moves: Moves, lift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where a limb is ahead, its height above the floor, and its load (T,) each."""
    ahead, height, load = np.zeros(len(t)), np.zeros(len(t)), np.ones(len(t))
    before = 0.0
    for leaves, lands, z in moves:
        progress = np.clip((t - leaves) / (lands - leaves), 0, 1)
        ahead += (z - before) * min_jerk(progress)
        arch = np.sin(np.pi * progress)
        height += lift * arch**1.2
        load -= arch**0.5
        before = z
    return ahead, height, np.clip(load, 0, 1)


def _crawl(rng: np.random.Generator, tempo: float, way: float) -> FloorTake:
    """On hands and knees; each knee goes with the opposite hand, which is a little ahead of it."""
    step, beat, lead = rng.uniform(0.26, 0.32) * tempo**0.3, rng.uniform(0.5, 0.62) / tempo**0.75, rng.uniform(0.35, 0.6)
    steps = int(rng.integers(5, 8)) - (2 if tempo < 0.7 else 0)
    swing, early, side = 0.82 * beat, 0.1 * beat, str(rng.choice(["left", "right"]))
    shares = np.ones(steps + 1)
    shares[0], shares[-1] = 0.5, 0.0
    shares[-2] = 0.75
    places = way * step * np.cumsum(shares)
    knees: dict[str, Moves] = {name: [] for name in SIDES}
    hands: dict[str, Moves] = {name: [] for name in SIDES}
    spots, knots = dict.fromkeys(SIDES, 0.0), [(lead - 0.05, 0.0)]
    for number, z in enumerate(places):
        lands = lead + swing + number * beat
        knees[side].append((lands - swing, lands, z))
        hands[OTHER[side]].append((lands - swing - early, lands - early, z))
        spots[side] = z
        knots.append((lands + (0.3 if number == steps else 0.09 * beat), (spots["left"] + spots["right"]) / 2))
        side = OTHER[side]
    take = FloorTake(rng, knots[-1][0] + rng.uniform(0.3, 0.6), idle=0.6)
    t = take.t
    take.loose[:] = 1.0
    take.turn = np.zeros(len(t))
    take.shift, take.toes_out = 0.5, dict.fromkeys(SIDES, 0.0)
    for foot in take.feet.values():
        foot.place[:] = 0.0
    curve = PchipInterpolator([time for time, _ in knots], [z for _, z in knots])
    pelvis = np.zeros((len(t), 3))
    pelvis[:, 2] = blur(curve(np.clip(t, knots[0][0], knots[-1][0])), 0.05)
    wide = rng.uniform(0.09, 0.12)
    places_of, loads = {}, {}
    for name in SIDES:
        ahead, height, loads[name] = _carried(t, knees[name], rng.uniform(0.02, 0.035))
        places_of[name] = np.stack([np.full(len(t), SIGN[name] * wide), _KNEE + height, ahead], -1)
        ankle = places_of[name] + np.array([SIGN[name] * 0.01, _INSTEP - _KNEE, -SHIN])
        foot = Rotation.from_euler("YX", [SIGN[name] * -6, 150], degrees=True)
        take.knees[name] = (places_of[name], ankle, foot)
        ahead, height, _ = _carried(t, hands[name], rng.uniform(0.05, 0.09))
        place = np.stack([np.full(len(t), SIGN[name] * 0.19), _WRIST + height, _SPAN + ahead], -1)
        fingers = (SIGN[name] * -0.15, -0.25, 1.0)
        take.hold(name, place, (SIGN[name] * 0.5, 0.0, -1.0), (0.0, -1.0, -0.2), fingers, np.ones(len(t)))
    loaded = blur(loads["left"] - loads["right"], 0.08)
    pelvis[:, 0] += 0.025 * loaded
    take.tilt += np.outer(np.ones(len(t)), (rng.uniform(73, 81), 0, 0)) + np.outer(loaded, (0, 6, 3))
    root = euler(take.tilt)
    pelvis[:, 2] -= root.apply(HIP["left"])[:, 2].mean()  # the thighs stand over the knees
    height = blur(hips_over_knees(places_of, loads, pelvis, root), 0.05)
    take.move[:, [0, 2]] += pelvis[:, [0, 2]] - take.ground()[:, [0, 2]]
    take.move[:, 1] += height - default_body().standing_pelvis_height + 0.004
    take.spine[:, 0] += rng.uniform(2, 10)
    take.spine[:, 1] -= 7 * loaded
    take.head[:, 0] -= rng.uniform(30, 48)
    return take


def crawl_forward(rng: np.random.Generator, tempo: float, count: int | None) -> FloorTake:
    """Ahead on hands and knees."""
    return _crawl(rng, tempo, 1.0)


def crawl_backward(rng: np.random.Generator, tempo: float, count: int | None) -> FloorTake:
    """Back on hands and knees."""
    return _crawl(rng, tempo, -1.0)


GESTURES = (
    AuthoredGesture("crawl.forward", crawl_forward),
    AuthoredGesture("crawl.backward", crawl_backward),
)
