"""Barbells, dumbbells, rowing, fishing, riding, skiing, surfing, skating; right-handed."""

from __future__ import annotations

import numpy as np

from .curves import blur, ease, smooth_noise
from .gesture import AuthoredGesture
from .led_hands import SIGN, LedTake, Times, columns, cycles, glide, rounds, wave
from .take import SIDES

FIVE = (2, 3, 4, 5)


def barbell(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A barbell goes from the floor to the shoulders, over the head, and down again."""
    times = count or 1
    parts = np.array([0.85, 0.3, 0.75, 0.45, 0.6, 0.7, 0.55, 0.85]) * rng.uniform(0.9, 1.1) / tempo**0.4
    presses = 0.5 / tempo**0.4
    lead = rng.uniform(0.15, 0.35)
    low, go, rack, press, top, hold = lead + np.cumsum(parts[:6])
    again = (times - 1) * 2 * presses
    down, floor = hold + again + np.cumsum(parts[6:])
    end = floor + 0.15
    take = LedTake(rng, Times(lead, low - 0.1, end, end + 0.85, end + 1.25), width=rng.uniform(1.4, 1.7))
    bottom, wide = 0.4, rng.uniform(0.27, 0.33)
    hips, chest, over = (0.0, 0.84, 0.24), (0.0, 1.4, 0.17), (0.0, 1.95, 0.02)
    at_floor = (0.0, bottom, 0.3)
    keys = [
        (low - 0.2, at_floor),
        (go, at_floor),
        (go + 0.5 * (rack - go), hips),
        (rack, chest),
        (press, chest),
        (top, over),
        (hold, over),
    ]
    for i in range(times - 1):
        b = hold + 2 * i * presses
        keys += [(b + presses, chest), (b + 1.9 * presses, over)]
    keys += [(hold + again + 0.01, over), (down, chest), (down + 0.5 * (floor - down), hips), (floor, at_floor), (end, at_floor)]
    bar = glide(take.t, keys)
    squat = ease(
        take.t,
        [
            (lead, 0.0),
            (low, 1.0),
            (go, 1.0),
            (go + 0.6 * (rack - go), 0.05),
            (rack, 0.22),
            (press - 0.05, 0.0),
            (down, 0.0),
            (down + 0.2 * (floor - down), 0.1),
            (floor, 1.0),
            (end, 1.0),
            (end + 0.8, 0.0),
        ],
    )
    stooped = ease(
        take.t,
        [
            (lead, 0.0),
            (low, 1.0),
            (go, 1.0),
            (go + 0.7 * (rack - go), 0.0),
            (down, 0.0),
            (floor, 1.0),
            (end, 1.0),
            (end + 0.8, 0.0),
        ],
    )
    take.stoop(54.0 * stooped, 0.36 * squat)
    take.splay += 12.0 * squat
    take.spine[:, 0] -= 5.0 * ease(take.t, [(rack, 0.0), (press, 1.0), (down, 1.0), (down + 0.3, 0.0)])
    take.head[:, 0] -= 10.0 * ease(take.t, [(press, 0.0), (top, 1.0), (hold + again, 1.0), (down, 0.0)])
    turned = ease(take.t, [(go + 0.4 * (rack - go), 0.0), (rack, 1.0), (down, 1.0), (down + 0.4 * (floor - down), 0.0)])
    for side in SIDES:
        sign = SIGN[side]
        palm = columns(0.0, -0.6 + 0.9 * turned, -0.8 + 1.8 * turned)
        elbow = columns(sign * (0.8 - 0.2 * turned), -0.9, -0.5 + 0.9 * turned)
        take.grip(side, bar + np.array([sign * wide, 0.0, 0.0]), (-sign, 0.0, 0.0), palm, 0.0, elbow)
    take.tie()
    return take


def curl(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand curls a dumbbell to the shoulder and lets it down again."""
    return _curl(rng, tempo, count, ("right",))


def curl_both(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Both hands curl dumbbells, together or in turn."""
    return _curl(rng, tempo, count, SIDES)


def _curl(rng: np.random.Generator, tempo: float, count: int | None, arms: tuple[str, ...]) -> LedTake:
    times, cycle = rounds(rng, count, 2, 4, rng.uniform(1.2, 1.6) / tempo)
    when = Times.around(rng, times * cycle, 0.45, 0.5)
    take = LedTake(rng, when, width=1.15)
    phase = cycles(take.t, when.start, cycle, times)
    up = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    bend = np.radians(8.0 + rng.uniform(118, 130) * up)
    take.spine[:, 0] -= 3.0 * wave(phase, -0.1) * take.on
    take.lean_to(0.02 * take.on * (-1 if len(arms) == 1 else 0))
    for side in arms:
        sign = SIGN[side]
        elbow = np.array([sign * 0.23, 1.15, -0.01]) + columns(0.0, 0.01 * up, 0.05 * up)
        fore = columns(sign * 0.04, -np.cos(bend), np.sin(bend))
        palm = columns(-0.25 * sign * np.ones_like(bend), np.sin(bend), np.cos(bend))
        take.lead_palm(side, elbow + 0.335 * fore, palm, fore, (0.3 * sign, -0.6, -1.0), of_chest=True)
    return take


def row(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Seated low, the legs push, the back opens, the hands draw the oars to the belly."""
    times, cycle = rounds(rng, count, 3, 4, rng.uniform(1.5, 1.9) / tempo)
    work = times * cycle + 0.6
    take = LedTake(rng, Times.throughout(work), width=1.1)
    phase = cycles(take.t, 0.3, cycle, times)
    legs = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    back = 0.5 - 0.5 * np.cos(2 * np.pi * (phase - 0.05 * np.sin(2 * np.pi * phase)))
    arms = np.clip(0.5 - 0.62 * np.cos(2 * np.pi * (phase - 0.08 * np.sin(2 * np.pi * phase))), 0, 1)
    take.seat(0.33, 0.42, knees=8.0, slouch=4.0)
    take.move[:, 2] -= rng.uniform(0.2, 0.26) * legs
    take.tilt[:, 0] += 20.0 - 30.0 * back
    take.spine[:, 0] += 12.0 - 14.0 * back
    take.head[:, 0] -= 12.0 - 14.0 * back
    reach = -0.42 - 0.23 * legs
    chest_z = reach + 0.26 * (1 - back) - 0.02
    handle = columns(0.0, 0.66 + 0.03 * wave(phase, 0.75), chest_z + 0.5 - 0.28 * arms)
    for side in SIDES:
        sign = SIGN[side]
        take.grip(
            side, handle + np.array([sign * 0.14, 0.0, 0.0]), (-sign, 0.0, 0.0), (0.0, -0.8, -0.5), 0.0, (0.7 * sign, -0.6, -0.7)
        )
    take.tie()
    for foot in take.feet.values():
        foot.heel += 10.0 * (1 - legs)
    return take


def fish(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A rod goes back over the right shoulder and is cast forward; the left hand reels."""
    back, cast = rng.uniform(0.6, 0.8) / tempo, rng.uniform(0.25, 0.32) / tempo
    wait, reel = rng.uniform(0.3, 0.7), rng.uniform(1.2, 2.2)
    when = Times.around(rng, 0.3 + back + cast + wait + reel + 0.2, 0.65)
    take = LedTake(rng, when, width=1.2)
    a = when.start + 0.3
    top, out = a + back, a + back + cast
    start = out + 0.2 + wait
    ready, over, ahead = (-0.12, 1.08, 0.34), (-0.2, 1.6, 0.02), (-0.1, 1.2, 0.52)
    keys = [
        (when.start, ready),
        (a, ready),
        (top, over),
        (out, ahead),
        (out + 0.3, (-0.12, 1.08, 0.4)),
        (when.end, (-0.12, 1.08, 0.38)),
    ]
    ways = [
        (when.start, (0.0, 0.6, 0.9)),
        (a, (0.0, 0.6, 0.9)),
        (a + 0.6 * back, (0.0, 1.0, 0.2)),
        (top, (-0.05, 0.65, -0.8)),
        (out, (0.0, 0.35, 1.0)),
        (when.end, (0.0, 0.45, 1.0)),
    ]
    hand, rod = glide(take.t, keys), glide(take.t, ways)
    swing = glide(take.t, [(when.start, 0.0), (a, 0.0), (top, -1.0), (out, 1.0), (start, 0.25), (when.end, 0.2), (when.back, 0.0)])
    take.stagger(rng.uniform(0.25, 0.35))
    take.stoop(take.on * 7.0 * np.clip(swing, -0.8, 1), 0.03 * take.on, 14.0 * swing * take.on)
    take.lean_to(0.0, 0.07 * swing)
    take.watch(columns(0.0, 1.3 - 0.8 * ease(take.t, [(out, 0.0), (start, 1.0)]), 5.0), take.on)
    take.grip("right", hand, rod, (0.8, -0.3, 0.0), 35.0, (-0.8, -0.8, -0.2))
    turning = ease(take.t, [(start - 0.1, 0.0), (start + 0.3, 1.0), (when.end, 1.0)])
    angle = 2 * np.pi * cycles(take.t, start, 0.5 / tempo, round(reel / 0.5 * tempo))
    crank = hand + columns(0.12 + 0 * angle, 0.05 * np.sin(angle) * turning - 0.02, 0.05 * np.cos(angle) * turning + 0.02)
    butt = hand - 0.14 * rod / np.linalg.norm(rod, axis=-1, keepdims=True) + np.array([0.02, 0.0, 0.0])
    take.lead_palm("left", butt + (crank - butt) * turning[:, None], (-0.8, 0.1, -0.2), columns(-0.35, 0.1, 0.9))
    return take


def ride_horse(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Astride, knees wide, hands with the reins before the belly; hips go along with a gallop."""
    strides, stride = rounds(rng, None, 6, 9, rng.uniform(0.5, 0.62) / tempo)
    take = LedTake(rng, Times.throughout(strides * stride + 0.7), width=2.6)
    phase = cycles(take.t, 0.35, stride, strides)
    seat = rng.uniform(0.66, 0.72)
    take.seat(seat, 0.08, knees=34.0, slouch=4.0)
    for side in SIDES:
        take.feet[side].yaw += SIGN[side] * 14.0
    bob = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    take.move[:, 1] += 0.085 * bob
    take.move[:, 2] += 0.05 * wave(phase, 0.1) * np.clip(phase, 0, 1)
    rock = wave(phase, 0.85) * np.clip(phase, 0, 1)
    take.tilt[:, 0] += 8.0 + 7.0 * rock
    take.spine[:, 0] += 3.0 - 6.0 * rock
    take.head[:, 0] -= 8.0 + 2.0 * rock
    for side in SIDES:
        sign = SIGN[side]
        give = columns(0.0, 0.03 * rock, 0.05 * rock)
        take.grip(
            side,
            np.array([sign * 0.07, 1.14, 0.34]) + give,
            (0.1 * sign, 0.9, 0.4),
            (-sign, 0.0, 0.0),
            15.0,
            (0.6 * sign, -1.0, -0.4),
            of_chest=True,
        )
    return take


def ski(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Bent knees swing from side to side over skis, the fists with the poles before the body."""
    turns, turn = rounds(rng, None, 3, 5, rng.uniform(0.85, 1.1) / tempo)
    when = Times.around(rng, turns * turn, 0.6, 0.7)
    take = LedTake(rng, when, width=1.15)
    phase = cycles(take.t, when.start, 2 * turn, turns / 2)
    side_to_side = wave(phase, 0.0) * take.on
    sink = 0.5 - 0.5 * np.cos(4 * np.pi * phase)
    take.stoop(take.on * (24.0 + 5.0 * sink), take.on * (0.17 + 0.06 * sink))
    take.move[:, 0] += 0.15 * side_to_side
    take.tilt[:, 2] -= 13.0 * side_to_side
    take.spine[:, 2] += 12.0 * side_to_side
    take.tilt[:, 1] += 14.0 * side_to_side
    take.spine[:, 1] -= 14.0 * side_to_side
    take.head[:, 0] -= 6.0 * take.on
    for side in SIDES:
        sign = SIGN[side]
        plant = np.clip(sign * wave(phase, -0.1), 0, 1) ** 3
        place = columns(sign * 0.3 + 0.5 * take.move[:, 0], 0.98 + 0.08 * plant - 0.05 * sink, 0.36 + 0.1 * plant)
        take.grip(side, place, columns(0.1 * sign, 1.0, 0.35 - 0.5 * plant), (-sign, -0.1, 0.0), 15.0, (0.9 * sign, -0.6, -0.5))
    return take


def surf(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Sideways on a board, knees bent, arms out for balance, the hips go with the wave."""
    when = Times.around(rng, rng.uniform(2.6, 4.2) / tempo**0.5, 0.75, 0.8)
    take = LedTake(rng, when, width=2.9)
    for side in SIDES:
        take.feet[side].yaw += SIGN[side] * 4.0
    ride = smooth_noise(rng, take.t, 1.0, 3, 0.3 * tempo, 0.75 * tempo)
    a, b, c = (np.tanh(ride[:, i]) * take.on for i in range(3))
    take.stoop(take.on * (20.0 + 5.0 * b), take.on * (0.2 + 0.05 * b), take.on * (24.0 + 9.0 * a))
    take.move[:, 0] += 0.08 * a
    take.tilt[:, 2] -= 6.0 * a
    take.spine[:, 2] += 12.0 * a
    take.splay += 10.0 * take.on
    take.watch((4.0, 1.1, 2.0), take.on, 0.75)
    lead = np.array([0.5, 1.12, 0.24])
    rear = np.array([-0.52, 1.2, -0.06])
    take.lead_palm(
        "left", lead + columns(0.0, 0.14 * a + 0.04 * c, 0.08 * b), (0.0, -1.0, 0.1), columns(0.9, 0.1, 0.4), (0.1, -0.8, -0.6)
    )
    take.lead_palm(
        "right",
        rear + columns(0.0, -0.16 * a + 0.05 * c, -0.06 * b),
        (0.0, -1.0, 0.1),
        columns(-0.9, 0.15, 0.1),
        (-0.1, -0.8, -0.6),
    )
    return take


def skate(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Long gliding pushes from side to side: one leg reaches out behind, the arms swing across."""
    pairs, pair = rounds(rng, None, 2, 3, rng.uniform(1.55, 1.9) / tempo)
    pushes, push = 2 * pairs, pair / 2
    when = Times.around(rng, pushes * push + 0.2, 0.55, 0.6)
    take = LedTake(rng, when, width=0.9)
    take.shift, take.flow = 0.92, 0.09
    home = {side: take.feet[side].place[0].copy() for side in SIDES}
    swing = np.zeros(len(take.t))
    for i in range(pushes):
        free, start = SIDES[i % 2], when.start + i * push
        foot = take.feet[free]
        out = np.sin(np.pi * np.clip((take.t - start) / push, 0, 1)) ** 2
        foot.place[:, 0] += SIGN[free] * 0.2 * out
        foot.place[:, 2] -= 0.36 * out
        foot.place[:, 1] += 0.17 * out
        foot.heel += 30.0 * out
        foot.load = np.minimum(foot.load, 1 - np.clip(2.2 * out, 0, 1))
        swing += SIGN[free] * out
    swing = blur(swing, 0.05)
    lifted = {side: np.clip(take.feet[side].place[:, 1] / 0.05 - 0.3, 0, 1) for side in SIDES}
    for side in SIDES:  # nothing slides on the floor
        foot = take.feet[side]
        foot.place[:, [0, 2]] = home[side][[0, 2]] + (foot.place[:, [0, 2]] - home[side][[0, 2]]) * lifted[side][:, None]
    take.turn = np.zeros(len(take.t))
    take.stoop(take.on * 26.0, take.on * 0.13)
    take.move[:, 0] -= 0.05 * swing * take.on
    take.tilt[:, 1] -= 8.0 * swing
    take.spine[:, 1] += 20.0 * swing
    take.head[:, 1] -= 8.0 * swing
    for side in SIDES:
        sign = SIGN[side]
        fore = np.clip(-sign * swing, -1, 1)  # the arm goes forward with the other leg's push
        place = columns(sign * (0.3 - 0.18 * np.clip(fore, 0, 1)), 0.98 + 0.12 * np.abs(fore), 0.1 + 0.36 * fore)
        take.lead_palm(side, place, (-sign, -0.2, 0.0), columns(-0.2 * sign, -0.2, 0.4 + 0.8 * fore), (0.6 * sign, -0.3, -1.0))
    return take


GESTURES = (
    AuthoredGesture("barbell", barbell, 0.8, counts=(2, 3)),
    AuthoredGesture("curl.right", curl, 0.7, counts=FIVE),
    AuthoredGesture("curl.both", curl_both, 0.5, counts=FIVE),
    AuthoredGesture("row", row),
    AuthoredGesture("fish", fish, 0.8, speeds=False),
    AuthoredGesture("ride_horse", ride_horse, 0.7),
    AuthoredGesture("ski", ski, 0.7),
    AuthoredGesture("surf", surf, 0.7, speeds=False),
    AuthoredGesture("skate", skate, 0.7),
)
