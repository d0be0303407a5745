"""Gaits: plain ones from standing to standing, marches, limps, lunges, on the spot.

Where there is a side they go to the left, or limp with the right leg.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import blur
from .gait import Gait, GaitPlan, free_fall_bob
from .gesture import AuthoredGesture
from .take import AuthoredTake

LONGEST = 5.8  # seconds of going, so that a slow take is not cut off


def _go(
    rng: np.random.Generator,
    tempo: float,
    gait: Gait,
    steps: tuple[int, int],
    carry: tuple[ArmPose, ArmPose] | None = None,
    limp: str = "",
) -> tuple[GaitPlan, AuthoredTake]:
    """A gait at a tempo, in as many steps as asked for or as `LONGEST` has room for."""
    quick = tempo**0.65
    gait = replace(gait, step=gait.step / quick, length=gait.length * tempo**0.25, swing=gait.swing * rng.uniform(0.7, 1.2))
    if gait.duty < 0.5:
        gait = replace(gait, bob=free_fall_bob(gait.step) * rng.uniform(0.85, 1.0))
    number = min(int(rng.integers(steps[0], steps[1] + 1)), int((LONGEST - 2 * max(0.0, gait.drop)) / gait.step))
    plan = GaitPlan(rng, gait, number, lead=rng.uniform(0.4, 0.6) + max(0.0, gait.drop), limp=limp)
    return plan, plan.perform(rng, rng.uniform(0.75, 1.0) + max(0.0, gait.drop), carry)


def _bent(rng: np.random.Generator, bend: float = 0.0) -> tuple[ArmPose, ArmPose]:
    """A runner's arms, forearms about level."""
    fore = (rng.uniform(0.0, 0.12), rng.uniform(-0.2, 0.05) + bend, 1.0)
    pose = arm((0.28, -1.0, rng.uniform(-0.2, 0.05)), fore, (-1.0, 0.0, 0.0))
    return pose, pose


def walk_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A plain walk from standing to standing."""
    gait = Gait(step=rng.uniform(0.5, 0.58), length=rng.uniform(0.56, 0.68), lean=rng.uniform(0, 4), curl=rng.uniform(0, 4))
    return _go(rng, tempo, gait, (5, 9))[1]


def jog_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """An easy run, from standing to standing."""
    gait = Gait(
        step=rng.uniform(0.37, 0.41), duty=0.42, length=rng.uniform(0.72, 0.86), width=0.045, lift=rng.uniform(0.16, 0.22),
        strike=-8, push=50, drop=0.05, lean=5, curl=3, swing=36, roll=4,
    )  # fmt: skip
    return _go(rng, tempo**0.5, gait, (8, 11), _bent(rng))[1]


def run_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A run from standing to standing: long steps with a flight between them."""
    gait = Gait(
        step=rng.uniform(0.33, 0.37), duty=0.36, length=rng.uniform(1.0, 1.16), width=0.04, lift=rng.uniform(0.24, 0.32),
        strike=-6, push=56, drop=0.055, lean=rng.uniform(6, 10), curl=4, swing=42, roll=4,
    )  # fmt: skip
    return _go(rng, tempo**0.5, gait, (9, 12), _bent(rng, 0.1))[1]


def march_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Knees up, chest out, straight arms swinging from the shoulders."""
    gait = Gait(
        step=rng.uniform(0.47, 0.53), duty=0.6, length=rng.uniform(0.5, 0.62), lift=rng.uniform(0.2, 0.32),
        drive=rng.uniform(0.14, 0.22), strike=-4, push=26, lean=-1, curl=-4, swing=34, pump=rng.uniform(12, 24),
    )  # fmt: skip
    straight = arm((0.16, -1.0, 0.02), (0.1, -1.0, 0.14), (-1.0, 0.0, -0.2))
    return _go(rng, tempo, gait, (6, 9), (straight, straight))[1]


def march_place(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Knees up in turn on the spot, arms swinging with the opposite leg."""
    gait = Gait(
        step=rng.uniform(0.46, 0.54), duty=0.58, length=0.0, width=0.085, lift=rng.uniform(0.24, 0.36), drive=rng.uniform(0.1,
        0.18), strike=8, push=24, drop=0.02, bob=0.008, lean=-1, curl=-3, pump=rng.uniform(26, 38), sway=0.5,
    )  # fmt: skip
    return _go(rng, tempo, gait, (8, 12))[1]


def walk_place(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Relaxed steps on the spot."""
    gait = Gait(
        step=rng.uniform(0.5, 0.58), duty=0.63, length=0.0, width=0.08, lift=rng.uniform(0.09, 0.14), drive=rng.uniform(0.03,
        0.06), strike=8, push=30, drop=0.025, bob=0.008, pump=rng.uniform(12, 20), sway=0.5,
    )  # fmt: skip
    return _go(rng, tempo, gait, (7, 11))[1]


def jog_place(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Light running steps on the spot, heels up behind."""
    gait = Gait(
        step=rng.uniform(0.36, 0.4), duty=0.44, length=0.0, width=0.07, lift=rng.uniform(0.12, 0.18), drive=-0.06, strike=14,
        push=40, drop=0.025, lean=2, curl=3, pump=rng.uniform(14, 22),
    )  # fmt: skip
    return _go(rng, tempo**0.5, gait, (11, 16), _bent(rng))[1]


def run_place(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A sprint on the spot: quick feet, knees well up, arms pumping."""
    gait = Gait(
        step=rng.uniform(0.29, 0.33), duty=0.42, length=0.0, width=0.07, lift=rng.uniform(0.25, 0.34), drive=rng.uniform(0.05,
        0.11), strike=16, push=34, drop=0.03, lean=4, curl=5, pump=rng.uniform(30, 42),
    )  # fmt: skip
    return _go(rng, tempo**0.5, gait, (13, 19), _bent(rng, 0.15))[1]


def high_knees(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Running on the spot with each thigh up to level."""
    gait = Gait(
        step=rng.uniform(0.33, 0.38), duty=0.44, length=0.0, width=0.08, lift=rng.uniform(0.42, 0.5), drive=rng.uniform(0.2,
        0.26), strike=16, push=24, drop=0.02, lean=-2, curl=-1, pump=rng.uniform(26, 38),
    )  # fmt: skip
    return _go(rng, tempo**0.5, gait, (12, 18), _bent(rng, 0.1))[1]


def butt_kicks(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Running on the spot, each heel swinging up to the seat."""
    gait = Gait(
        step=rng.uniform(0.34, 0.39), duty=0.44, length=0.0, width=0.075, lift=rng.uniform(0.4, 0.46),
        drive=-rng.uniform(0.36, 0.42), strike=16, push=52, drop=0.025, lean=4, curl=2, pump=rng.uniform(14, 22),
    )  # fmt: skip
    return _go(rng, tempo**0.5, gait, (12, 18), _bent(rng))[1]


def tiptoe(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Small steps on the balls of the feet, heels never down, arms a little away from the body."""
    up = rng.uniform(28, 36)
    gait = Gait(
        step=rng.uniform(0.5, 0.6), duty=0.64, length=rng.uniform(0.3, 0.4), lift=rng.uniform(0.05, 0.09), strike=up + 6,
        flat=up, push=up + 10, drop=-0.06, bob=0.006, width=0.05, swing=12, curl=5, lean=1,
    )  # fmt: skip
    out = arm((0.5, -1.0, 0.1), (0.35, -0.75, 0.45), (-0.5, -0.9, 0.0), (0.6, -0.2, 0.6))
    return _go(rng, tempo, gait, (7, 10), (out, out))[1]


def limp_right(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right leg hurts: its contacts are short.

    The body drops and leans as it takes the weight.
    """
    gait = Gait(
        step=rng.uniform(0.66, 0.78), duty=0.64, length=rng.uniform(0.34, 0.42), lift=0.04, push=24, strike=-8, drop=0.04,
        bob=0.006, sway=0.4, swing=14, lean=4, curl=6,
    )  # fmt: skip
    plan, take = _go(rng, tempo, gait, (6, 8), limp="right")
    right, left = take.feet["right"], take.feet["left"]
    going = blur(((take.t > plan.lead) & (take.t < plan.end - 0.2)).astype(float), 0.15)
    hurt = blur(np.clip(right.load - left.load, 0, 1), 0.08) * going
    take.move[:, 1] -= rng.uniform(0.035, 0.06) * hurt
    take.spine[:, 0] += 9 * hurt
    take.spine[:, 2] -= rng.uniform(5, 9) * hurt  # towards the right
    take.tilt[:, 2] -= 3 * hurt
    take.head[:, 0] += 8 * hurt + 4 * going
    if rng.random() < 0.5:
        thigh = reach((0.17, 0.86, 0.12), (0.8, -0.2, -0.6), (-0.3, -0.2, -1.0), (-0.1, -1.0, 0.1))
        rest = take.rest_arm["right"]
        take.key_arm("right", [(0, rest), (plan.lead, rest), (plan.lead + 0.6, thigh), (plan.end, thigh), (plan.end + 0.5, rest)])
    return take


def lunge_walk(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Long steps, each sinking until the knee behind is just over the floor."""
    deep = rng.uniform(0.15, 0.18)
    gait = Gait(
        step=rng.uniform(1.15, 1.4), duty=0.72, length=rng.uniform(0.72, 0.84), lift=rng.uniform(0.08, 0.14), strike=-10,
        push=62, drop=deep + 0.03, bob=deep, width=0.08, sway=0.3, roll=2, swing=10, lean=3, curl=0,
    )  # fmt: skip
    hips = reach((0.2, 1.0, 0.06), (1.0, -0.1, -0.5), (-1.0, 0.0, 0.0), (-0.5, -0.6, 0.6))
    carry = (hips, hips) if rng.random() < 0.5 else None
    return _go(rng, tempo, gait, (3, 4), carry)[1]


def crouch_walk(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Bent low in hips and knees, soft steps, hands in front, eyes ahead."""
    gait = Gait(
        step=rng.uniform(0.55, 0.68), duty=0.66, length=rng.uniform(0.36, 0.46), lift=rng.uniform(0.05, 0.08), strike=-6,
        push=30, drop=rng.uniform(0.24, 0.32), bob=0.008, width=0.09, lean=rng.uniform(18, 28), curl=rng.uniform(8, 16),
        swing=14,
    )  # fmt: skip
    ready = arm((0.35, -1.0, 0.1), (0.05, -0.45, 0.9), (-1.0, -0.2, 0.0))
    _, take = _go(rng, tempo, gait, (7, 9), (ready, ready))
    take.hang[:] = 0.8
    return take


def duck_walk(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A deep squat that walks: seat near the heels, feet wide, short rocking steps."""
    gait = Gait(
        step=rng.uniform(0.55, 0.68), duty=0.66, length=rng.uniform(0.22, 0.3), lift=rng.uniform(0.05, 0.08), strike=16,
        flat=22, push=40, drop=rng.uniform(0.46, 0.5), bob=0.006, width=0.12, sway=0.55, roll=-4, lean=10, curl=12, swing=0,
    )  # fmt: skip
    front = arm((0.2, -0.35, 1.0), (-0.1, 0.0, 1.0), (-0.6, -0.7, 0.0))
    plan, take = _go(rng, tempo, gait, (7, 9), (front, front))
    take.splay += 16 * blur(((take.t > plan.lead) & (take.t < plan.end)).astype(float), 0.2)
    return take


def shuffle(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Short flat steps, the soles hardly off the floor, knees and back bent."""
    gait = Gait(
        step=rng.uniform(0.42, 0.52), duty=0.7, length=rng.uniform(0.17, 0.26), lift=rng.uniform(0.034, 0.042), strike=-2,
        push=8, drop=0.05, bob=0.003, width=0.085, lean=5, curl=rng.uniform(8, 16), swing=14, roll=2,
    )  # fmt: skip
    return _go(rng, tempo, gait, (9, 13))[1]


def _diagonal(rng: np.random.Generator, tempo: float, way: float) -> AuthoredTake:
    ahead = way < 90
    gait = Gait(
        step=rng.uniform(0.52, 0.6), duty=0.64, length=rng.uniform(0.38, 0.46), way=way * rng.uniform(0.9, 1.1) if ahead else
        180 - (180 - way) * rng.uniform(0.9, 1.1), strike=-12 if ahead else 16, push=32 if ahead else -8, lift=0.06,
        width=0.1, sway=0.3, swing=16, lean=2 if ahead else 4,
    )  # fmt: skip
    plan, take = _go(rng, tempo, gait, (6, 8))
    glance = blur(((take.t > plan.lead - 0.2) & (take.t < plan.end)).astype(float), 0.2)
    take.head[:, 1] += (rng.uniform(8, 25) if ahead else rng.uniform(0, 35)) * glance
    return take


def walk_forward_left(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Ahead and to the left at once, facing ahead."""
    return _diagonal(rng, tempo, 45.0)


def walk_backward_left(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Back and to the left at once, facing ahead."""
    return _diagonal(rng, tempo, 135.0)


GESTURES = (
    AuthoredGesture("walk.forward", walk_forward, 0.5),
    AuthoredGesture("jog.forward", jog_forward, 0.5),
    AuthoredGesture("run.forward", run_forward, 0.5),
    AuthoredGesture("march.forward", march_forward),
    AuthoredGesture("march.place", march_place, 0.8),
    AuthoredGesture("walk.place", walk_place),
    AuthoredGesture("walk.forward-left", walk_forward_left, 0.8),
    AuthoredGesture("walk.backward-left", walk_backward_left, 0.8),
    AuthoredGesture("jog.place", jog_place, 0.7),
    AuthoredGesture("run.place", run_place),
    AuthoredGesture("high_knees", high_knees),
    AuthoredGesture("butt_kicks", butt_kicks),
    AuthoredGesture("tiptoe.forward", tiptoe),
    AuthoredGesture("limp.right", limp_right),
    AuthoredGesture("lunge_walk", lunge_walk),
    AuthoredGesture("crouch.forward", crouch_walk, speeds=False),
    AuthoredGesture("duck_walk", duck_walk),
    AuthoredGesture("shuffle.forward", shuffle),
)
