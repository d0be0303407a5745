"""Jumps to a side and back, and with a rope; and ducking, the opposite of a jump."""

from __future__ import annotations

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import blur, ease, hermite
from .gesture import AuthoredGesture
from .jumping import JumpTimes, settled, spring, swing_up
from .take import AuthoredTake

FIVE = (2, 3, 4, 5)


def _travel(take: AuthoredTake, jumps: JumpTimes, axis: int, distance: float, gap: float) -> None:
    """Move feet and pelvis ``distance`` metres along an axis during the one flight.

    The pelvis lands ``gap`` behind the feet.
    """
    start, end = jumps.take_off[0], jumps.landing[0]
    flight = np.clip((take.t - start) / (end - start), 0, 1)
    for foot in take.feet.values():
        foot.place[:, axis] += distance * flight
    sign = np.sign(distance)
    speed = (distance - sign * gap) / (end - start)
    path = hermite(
        take.t,
        [(0, 0, 0), (start - 0.3, 0, 0), (start, 0.6 * sign * gap, speed), (end, distance - 0.4 * sign * gap, speed),
         (jumps.bottom + 0.14, distance, 0), (jumps.end + 9, distance, 0)],
    )  # fmt: skip
    shift = path - take.ground()[:, axis] + take.ground()[0, axis]
    take.move[:, axis] += shift


def jump_backward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both feet together back off the floor, landing with the trunk forward for balance."""
    lead = rng.uniform(0.2, 0.45)
    jumps = JumpTimes(lead, [rng.uniform(0.1, 0.2)], rng.uniform(0.16, 0.24), 0.2, tempo)
    take = AuthoredTake(rng, settled(jumps, rng), width=1.1)
    spring(rng, take, jumps, ("left", "right"))
    swing_up(rng, take, jumps, lead, rng.uniform(-0.4, 0.1))
    _travel(take, jumps, 2, -rng.uniform(0.4, 0.75), 0.12)
    after = ease(take.t, [(jumps.take_off[0], 0.0), (jumps.landing[0] + 0.05, 1.0), (jumps.end, 0.0)])
    take.spine[:, 0] += rng.uniform(8, 16) * after
    take.tilt[:, 0] += 6 * after
    return take


def jump_left(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A jump to the side with both feet, facing ahead."""
    lead = rng.uniform(0.2, 0.45)
    jumps = JumpTimes(lead, [rng.uniform(0.09, 0.2)], rng.uniform(0.15, 0.24), 0.2, tempo)
    take = AuthoredTake(rng, settled(jumps, rng), width=1.1)
    spring(rng, take, jumps, ("left", "right"))
    out = arm((0.6, -1.0, 0.0), (0.5, -0.5, 0.5), (-0.8, -0.5, 0.0))
    for side in ("left", "right"):
        rest = take.rest_arm[side]
        keys = [(0, rest), (lead, rest), (jumps.take_off[0] + 0.1, out), (jumps.landing[0] + 0.1, out), (jumps.end + 0.2, rest)]
        take.key_arm(side, keys, lag=0.5)
    _travel(take, jumps, 0, rng.uniform(0.45, 0.85), 0.14)
    start, end = jumps.take_off[0], jumps.landing[0]
    lean = ease(take.t, [(lead, 0.0), (start, -1.0), (end, 0.8), (jumps.end, 0.0)])
    take.tilt[:, 2] += 5 * lean
    take.spine[:, 2] += 6 * lean
    take.head[:, 1] += rng.uniform(5, 20) * ease(take.t, [(0.1, 0.0), (lead + 0.2, 1.0), (end, 1.0), (jumps.end, 0.0)])
    return take


def jump_rope(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Small jumps, elbows at the sides, wrists turning a rope once for each."""
    times, lead = count or int(rng.integers(5, 9)), rng.uniform(0.55, 0.75)
    jumps = JumpTimes(lead, [rng.uniform(0.045, 0.075) for _ in range(times)], rng.uniform(0.05, 0.08), 0.045, 1.25 * tempo)
    take = AuthoredTake(rng, settled(jumps, rng) + 0.2, width=0.7)
    spring(rng, take, jumps, ("left", "right"))
    middle = [(a + b) / 2 for a, b in zip(jumps.take_off, jumps.landing, strict=True)]
    pace = middle[1] - middle[0] if times > 1 else 0.5
    # the rope passes under the feet in the middle of each flight: hands low then, and forward before
    turns = np.interp(take.t, [middle[0] - pace, *middle, middle[-1] + 0.6 * pace], [-1.0, *np.arange(times), times - 0.4])
    angle = 2 * np.pi * turns
    size = rng.uniform(0.05, 0.08)
    out, height, front = rng.uniform(0.36, 0.44), rng.uniform(1.0, 1.08), rng.uniform(0.12, 0.2)
    circle = np.stack([np.full(len(take.t), out), height - size * np.cos(angle), front - size * np.sin(angle)], axis=-1)
    path = reach(circle, (0.2, -1.0, -0.8), (0.0, 0.1, 1.0), (0.8, -0.2, 0.5))
    still = reach(circle[:1], (0.2, -1.0, -0.8), (0.0, 0.1, 1.0), (0.8, -0.2, 0.5))
    for side in ("left", "right"):
        rest = take.rest_arm[side]
        keys = [(0, rest), (0.1, rest), (lead - 0.05, still), (jumps.bottom, still), (jumps.end + 0.5, rest)]
        take.key_arm(side, keys, lag=0.4)
        take.path_arm(side, lead - 0.35, jumps.bottom + 0.3, path, blend=0.3)
    return take


def _cover(rng: np.random.Generator) -> ArmPose:
    """A hand over the back of the head, the elbow forward."""
    return reach((0.09, 1.66, 0.06), (0.7, -0.2, 1.0), (-0.4, -0.6, -0.6), (-0.7, 0.4, -0.5))


def duck(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Quickly down under something at head height, and up again."""
    lead, down = rng.uniform(0.3, 0.6), rng.uniform(0.24, 0.32) / tempo**0.5
    hold, up = rng.uniform(0.2, 0.6), rng.uniform(0.55, 0.8) / tempo**0.7
    take = AuthoredTake(rng, lead + down + hold + up + rng.uniform(0.4, 0.7), width=rng.uniform(1.15, 1.4))
    shape = ease(take.t, [(lead, 0.0), (lead + down, 1.0), (lead + down + hold, 0.95), (lead + down + hold + up, 0.0)])
    take.move[:, 1] -= rng.uniform(0.26, 0.38) * shape
    take.move[:, 2] -= rng.uniform(0.1, 0.16) * shape
    take.tilt[:, 0] += rng.uniform(24, 34) * shape
    take.spine[:, 0] += rng.uniform(24, 36) * shape
    late = ease(take.t, [(lead + 0.04, 0.0), (lead + down, 1.0), (lead + down + hold, 0.6), (lead + down + hold + 0.6 * up, 0.0)])
    take.head[:, 0] += rng.uniform(8, 22) * late
    take.splay += rng.uniform(4, 12) * shape
    covered = rng.random() < 0.5
    low = arm((0.5, -1.0, 0.3), (0.1, -0.3, 0.9), (-0.6, -0.8, 0.0))
    for side in ("left", "right"):
        rest, pose = take.rest_arm[side], _cover(rng) if covered else low
        end = lead + down + hold
        take.key_arm(side, [(0, rest), (lead, rest), (lead + down + 0.05, pose), (end, pose), (end + up, rest)], lag=0.5)
    take.hang[:] = 0.5 + 0.3 * blur(shape, 0.05)
    return take


GESTURES = (
    AuthoredGesture("jump.backward", jump_backward, speeds=False),
    AuthoredGesture("jump.left", jump_left, speeds=False),
    AuthoredGesture("jump_rope", jump_rope, counts=FIVE),
    AuthoredGesture("duck", duck),
)
