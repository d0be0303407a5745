"""Punches, kicks and throws with the right limb; the caller mirrors them."""

from __future__ import annotations

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import blur, ease
from .take import AuthoredTake


def _guard(rng: np.random.Generator) -> ArmPose:
    height, front = rng.uniform(1.3, 1.46), rng.uniform(0.2, 0.28)
    return reach((rng.uniform(0.08, 0.16), height, front), (0.45, -1.0, -0.1), (-1.0, 0.0, -0.2), (-0.25, 0.8, 0.5))


def _stance(take: AuthoredTake, length: float) -> None:
    """Left foot ahead, right foot behind and turned out, for the whole clip."""
    for side, sign in (("left", 0.5), ("right", -0.5)):
        take.feet[side].place[:, 2] += sign * length
    take.feet["right"].yaw -= 18.0
    take.turn = np.full(len(take.t), -10.0)
    take.move[:, 1] -= 0.03 + 0.05 * length


def punch(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """From a guard the right fist goes straight out and comes back.

    Hips and chest turn into it.
    """
    lead, tail = rng.uniform(0.1, 0.35), rng.uniform(0.3, 0.6)
    times, rise, fall = count or 1, rng.uniform(0.35, 0.5) / tempo**0.5, rng.uniform(0.5, 0.75)
    load, out, back = 0.16 / tempo**0.5, rng.uniform(0.16, 0.23) / tempo, rng.uniform(0.24, 0.34) / tempo
    hit_hold, pause = rng.uniform(0.02, 0.1), rng.uniform(0.06, 0.22) / tempo
    cycle = load + out + hit_hold + back + pause
    take = AuthoredTake(rng, lead + rise + times * cycle + fall + tail)
    _stance(take, rng.uniform(0.16, 0.34))
    guard, cocked = _guard(rng), reach((0.2, 1.28, 0.08), (0.4, -0.8, -0.8), (-1.0, 0.0, 0.0), (-0.1, 0.5, 0.8))
    aim = rng.uniform(-0.25, 0.2)
    hit = arm((0.12, aim, 1.0), (-0.16, aim + 0.05, 1.0), (-0.2, -1.0, 0.0))
    rest = take.rest_arm["right"]
    keys, turn = [(0.0, rest), (lead, rest), (lead + rise, guard)], [(lead, 0.0), (lead + rise, 0.0)]
    for i in range(times):
        begin = lead + rise + i * cycle
        keys += [(begin + load, cocked), (begin + load + out, hit), (begin + load + out + hit_hold, hit)]
        keys.append((begin + load + out + hit_hold + back, guard))
        turn += [(begin + 0.85 * load, -0.45), (begin + load + 0.9 * out, 1.0), (begin + load + out + hit_hold, 1.0)]
        turn.append((begin + load + out + hit_hold + back, 0.0))
    end = lead + rise + times * cycle
    take.key_arm("right", [*keys, (end, guard), (end + fall, rest)], lag=0.4)
    other, rest = _guard(rng), take.rest_arm["left"]
    take.key_arm("left", [(0, rest), (lead, rest), (lead + rise, other), (end, other), (end + fall, rest)])
    shape = ease(take.t, turn)
    take.tilt[:, 1] += rng.uniform(12, 22) * shape
    take.spine[:, 1] += rng.uniform(18, 30) * shape
    take.head[:, 1] -= 26.0 * shape  # eyes stay on the target
    take.spine[:, 0] += rng.uniform(2, 8) * np.abs(shape)
    take.move[:, 2] += rng.uniform(0.03, 0.08) * shape
    take.feet["right"].heel += 28.0 * np.clip(shape, 0, 1)
    return take


def kick(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A front kick: weight on the left foot, knee up, shin out, back, and down again."""
    lead, tail = rng.uniform(0.15, 0.35), rng.uniform(0.4, 0.7)
    times = count or 1
    shift, chamber, out = rng.uniform(0.2, 0.3), rng.uniform(0.24, 0.34) / tempo, rng.uniform(0.16, 0.24) / tempo
    back, down = rng.uniform(0.22, 0.32) / tempo, rng.uniform(0.28, 0.4) / tempo**0.5
    cycle = chamber + out + back + down + 0.1
    take = AuthoredTake(rng, lead + shift + times * cycle + tail)
    foot = take.feet["right"]
    height = rng.uniform(0.5, 1.0)
    length = 0.06 + np.sqrt(rng.uniform(0.77, 0.82) ** 2 - (0.8 - height) ** 2)  # metres ahead with the leg nearly open
    raise_keys, ahead_keys, toes = [(0.0, 0.0)], [(0.0, 0.0)], [(0.0, 0.0)]
    lean = [(lead, 0.0)]
    for i in range(times):
        begin = lead + shift + i * cycle
        times_of = np.cumsum([begin, chamber, out, back, down])
        raise_keys += list(zip(times_of, (0.0, 0.4 + 0.25 * (height - 0.4), height, 0.36, 0.0), strict=True))
        ahead_keys += list(zip(times_of, (0.0, 0.16, length, 0.2, 0.0), strict=True))
        toes += list(zip(times_of, (22.0, 35.0, -25.0, 30.0, 0.0), strict=True))
        lean += list(zip(times_of, (0.15, 0.35, 1.0, 0.4, 0.1), strict=True))
    end = lead + shift + times * cycle
    foot.place[:, 1] += np.clip(blur(ease(take.t, raise_keys), 0.025), 0, None)
    foot.place[:, 2] += blur(ease(take.t, ahead_keys), 0.025)
    airborne = np.clip(foot.place[:, 1] / 0.05, 0, 1)
    foot.place[:, 2] = (
        foot.place[0, 2] + (foot.place[:, 2] - foot.place[0, 2]) * airborne
    )  # nothing slides on the floor
    foot.place[:, 0] += 0.04 * np.clip(foot.place[:, 1] / 0.3, 0, 1)
    foot.heel += blur(ease(take.t, toes), 0.02)
    take.shift = 0.95
    loaded = ease(take.t, [(lead, 0.0), (lead + shift, 1.0), (end - 0.1, 1.0), (end + 0.25, 0.0)])
    foot.load = 1 - loaded
    shape = ease(take.t, [*lean, (end + 0.2, 0.0)])
    take.tilt[:, 0] -= rng.uniform(8, 18) * shape
    take.spine[:, 0] += rng.uniform(2, 12) * shape
    take.tilt[:, 1] += rng.uniform(5, 16) * shape
    take.spine[:, 1] -= rng.uniform(10, 20) * shape
    take.move[:, 1] -= 0.03 * loaded
    take.move[:, 2] -= 0.03 * shape
    for side in ("left", "right"):
        rest = take.rest_arm[side]
        if rng.random() < 0.5:
            ready = _guard(rng)
        else:
            ready = arm((0.75, -0.8, 0.15), (0.5, -0.35, 0.7), (-0.6, -0.6, 0.0))
        take.key_arm(
            side, [(0, rest), (lead, rest), (lead + shift + 0.1, ready), (end - 0.1, ready), (end + 0.5, rest)]
        )
    return take


def throw(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Overarm: the arm goes back, the left foot steps, the arm follows through."""
    lead, tail = rng.uniform(0.1, 0.3), rng.uniform(0.4, 0.7)
    wind, fling = rng.uniform(0.55, 0.8) / tempo, rng.uniform(0.2, 0.28) / tempo
    follow, recover = rng.uniform(0.2, 0.3) / tempo, rng.uniform(0.6, 0.9)
    times = np.cumsum([lead, wind, fling, follow, recover])
    take = AuthoredTake(rng, times[-1] + tail, width=1.1)
    stride = rng.uniform(0.28, 0.45)
    left = take.feet["left"].place[0]
    take.step("left", lead + 0.45 * wind, lead + wind + 0.05, (float(left[0]), float(left[2]) + stride), 0.0, lift=0.1)
    home = (float(left[0]), float(left[2]) + stride)
    right = take.feet["right"].place[0]
    take.step("right", times[3] + 0.1, times[4] + 0.05, (float(right[0]), home[1]), 0.0, lift=0.07)
    back = arm((0.8, 0.15, -0.55), (0.1, 1.0, -0.5), (0.1, 0.35, 0.9), (0.0, 0.8, -0.75))
    release = arm((0.45, 0.45, 0.85), (0.0, 0.5, 1.0), (-0.1, -0.8, 0.6))
    across = arm((-0.25, -0.65, 0.8), (-0.75, -0.8, 0.5), (-0.2, -0.6, -0.8))
    swing = arm((0.35, -0.5, 0.8), (0.0, 0.5, 1.0), (-0.7, 0.1, 0.5))
    rest = take.rest_arm["right"]
    via = arm((0.8, -0.6, -0.3), (0.75, 0.1, 0.3), (0, -1, 0.2))
    keys = [(0, rest), (lead, rest), (times[1], back, via), (times[2], release), (times[3], across), (times[4], rest)]
    take.key_arm("right", keys, lag=0.6)
    rest = take.rest_arm["left"]
    tucked = arm((0.45, -0.9, -0.2), (0.2, 0.0, 0.9), (-1.0, 0.0, 0.0))
    take.key_arm(
        "left", [(0, rest), (lead, rest), (times[1], swing), (times[2], tucked), (times[3], tucked), (times[4], rest)]
    )
    shape = ease(take.t, [(lead, 0.0), (times[1], -1.0), (times[2] - 0.02, 0.7), (times[3], 1.0), (times[4], 0.0)])
    take.tilt[:, 1] += rng.uniform(14, 24) * shape
    take.spine[:, 1] += rng.uniform(20, 30) * shape
    take.head[:, 1] -= 32.0 * shape
    take.spine[:, 0] += rng.uniform(10, 18) * np.clip(shape, 0, 1) - 6.0 * np.clip(-shape, 0, 1)
    take.move[:, 2] += 0.09 * shape
    take.move[:, 1] -= 0.03 * np.clip(shape, 0, 1)
    take.feet["right"].heel += 30.0 * np.clip(shape, 0, 1)
    return take
