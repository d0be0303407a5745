"""Golf, baseball, tennis, bowling, throws, catches, juggling, fencing; right-handed."""

from __future__ import annotations

import numpy as np

from .curves import blur, ease
from .gesture import AuthoredGesture
from .led_hands import LedTake, Times, columns, cycles, glide, rounds, wave

Key = tuple[float, tuple[float, float, float], tuple[float, float, float]]  # seconds, hands, direction of what they hold


def _paths(take: LedTake, keys: list[Key]) -> tuple[np.ndarray, np.ndarray]:
    return tuple(glide(take.t, [(key[0], np.array(key[k])) for key in keys]) for k in (1, 2))


def _turn_body(take: LedTake, keys: list[tuple[float, float]], size: float, hips: float = 0.42) -> np.ndarray:
    """Hips and trunk turn along ``keys``, the hips a little before the chest."""
    early = glide(take.t + 0.05, keys) * size
    late = glide(take.t, keys) * size
    take.tilt[:, 1] += hips * early
    take.spine[:, 1] += (1 - hips) * late
    return late


def golf(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Address, backswing over the right shoulder, through the ball, and a finish over the left."""
    back, down, through = rng.uniform(0.75, 0.95) / tempo, rng.uniform(0.26, 0.32) / tempo, rng.uniform(0.35, 0.45) / tempo
    settle, hold = rng.uniform(0.5, 1.0), rng.uniform(0.5, 0.9)
    when = Times.around(rng, settle + back + down + through + hold)
    take = LedTake(rng, when, width=1.7)
    ball = np.array([0.04, 0.03, rng.uniform(0.82, 0.9)])
    grip = np.array([0.0, 0.8, 0.36])
    address = tuple(ball - grip)
    a = when.start + settle
    hit, top = a + back + down, a + back
    keys: list[Key] = [
        (when.start, tuple(grip), address),
        (a, tuple(grip), address),
        (a + 0.45 * back, (-0.36, 0.92, 0.38), (-0.9, 0.05, 0.35)),
        (top, (-0.34, 1.42, 0.16), (0.35, 0.75, -0.45)),
        (top + 0.55 * down, (-0.33, 1.0, 0.34), (-0.9, 0.25, 0.1)),
        (hit, (0.05, 0.81, 0.38), tuple(ball - np.array([0.05, 0.81, 0.38]))),
        (hit + 0.3 * through, (0.36, 0.96, 0.42), (0.95, 0.1, 0.25)),
        (hit + through, (0.28, 1.5, 0.12), (-0.75, 0.25, -0.6)),
        (when.end, (0.28, 1.48, 0.12), (-0.75, 0.15, -0.6)),
    ]
    hands, club = _paths(take, keys)
    shape = [(when.start, 0.0), (a, 0.0), (top, -1.0), (hit, 0.12), (hit + through, 1.0), (when.end, 1.0), (when.back, 0.0)]
    turned = _turn_body(take, shape, rng.uniform(66, 80))
    finish = np.clip(turned / 70.0, 0, 1)
    take.stoop(take.on * rng.uniform(34, 40) * (1 - 0.8 * finish), 0.05 * take.on * (1 - finish))
    take.spine[:, 2] += 8.0 * take.on * (1 - finish) * (1 - 1.2 * np.clip(-turned / 70.0, 0, 1))
    take.lean_to(
        glide(
            take.t,
            [(when.start, 0.0), (a, 0.0), (top, -0.035), (hit, 0.05), (hit + through, 0.09), (when.end, 0.09), (when.back, 0.0)],
        )
    )
    take.feet["right"].heel += 38.0 * blur(finish, 0.03)
    gone = ease(take.t, [(hit + 0.1, 0.0), (hit + through + 0.1, 1.0)])
    take.watch(ball + gone[:, None] * (columns(4.0, 1.0, 0.5) - ball), take.on)
    take.hold(hands, club, ("left", 0.0, 1), ("right", 0.11, 1), slant=40.0, elbows=(0.5, -1.0, -0.2))
    return take


def bat(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Bat over the right shoulder, a stride to the left, a level swing, and round."""
    settle, load, swing = rng.uniform(0.5, 0.9), rng.uniform(0.4, 0.55) / tempo, rng.uniform(0.3, 0.36) / tempo
    through, hold = rng.uniform(0.3, 0.4) / tempo, rng.uniform(0.25, 0.5)
    when = Times.around(rng, settle + load + swing + through + hold)
    take = LedTake(rng, when, width=1.9)
    a = when.start + settle
    go = a + load
    hit, done = go + 0.68 * swing, go + swing + through
    level = rng.uniform(1.0, 1.12)
    keys: list[Key] = [
        (when.start, (-0.2, 1.36, 0.2), (-0.15, 0.9, -0.35)),
        (a, (-0.22, 1.38, 0.18), (-0.05, 0.9, -0.4)),
        (go, (-0.31, 1.42, 0.12), (0.1, 0.85, -0.5)),
        (go + 0.4 * swing, (-0.24, 1.16, 0.32), (-0.8, 0.15, 0.15)),
        (hit, (0.08, level, 0.46), (0.1, -0.08, 1.0)),
        (go + swing, (0.3, level + 0.06, 0.34), (0.95, 0.1, 0.2)),
        (done, (0.26, 1.4, 0.08), (-0.4, 0.35, -0.8)),
        (when.end, (0.26, 1.38, 0.1), (-0.4, 0.3, -0.8)),
    ]
    hands, club = _paths(take, keys)
    shape = [(when.start, 0.0), (a, -0.25), (go, -0.7), (hit, 0.5), (done, 1.0), (when.end, 1.0), (when.back, 0.0)]
    turned = _turn_body(take, shape, rng.uniform(66, 78))
    left = take.feet["left"].place[0]
    stride = rng.uniform(0.12, 0.2)
    take.step("left", go - 0.3, go + 0.02, (float(left[0]) + stride, float(left[2]) + 0.02), 25.0, lift=0.06)
    take.step("left", when.end + 0.1, when.back + 0.1, (float(left[0]), float(left[2])), 0.0, lift=0.05)
    take.turn = np.zeros(len(take.t))
    take.stoop(take.on * rng.uniform(12, 18), 0.06 * take.on)
    take.lean_to(glide(take.t, [(when.start, 0.0), (go, -0.06), (hit, 0.05), (done, 0.07), (when.end, 0.06), (when.back, 0.0)]))
    take.feet["right"].heel += 40.0 * blur(np.clip(turned / 70.0, 0, 1), 0.03)
    take.watch((3.0, 1.3, 1.2), take.on * (1 - 0.4 * np.clip(turned / 70.0, 0, 1)), 0.75)
    take.hold(hands, club, ("left", 0.0, 1), ("right", 0.1, 1), slant=35.0, elbows=(0.4, -1.0, 0.1))
    return take


def tennis(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A forehand: racket back, a step, through the ball, and over the left shoulder."""
    back, swing, through = rng.uniform(0.6, 0.8) / tempo, rng.uniform(0.28, 0.36) / tempo, rng.uniform(0.3, 0.4) / tempo
    when = Times.around(rng, 0.35 + back + swing + through + 0.25)
    take = LedTake(rng, when, width=1.4)
    a = when.start + 0.35
    go, hit, done = a + back, a + back + 0.62 * swing, a + back + swing + through
    ready, height = (-0.08, 1.12, 0.38), rng.uniform(0.95, 1.12)
    keys: list[Key] = [
        (when.start, ready, (0.1, 0.6, 0.8)), (a, ready, (0.1, 0.6, 0.8)), (go, (-0.62, 1.08, -0.12), (-0.5, 0.5, -0.7)),
        (hit, (-0.5, height, 0.42), (-1.0, 0.05, 0.25)), (go + swing, (-0.1, 1.25, 0.55), (0.2, 0.5, 0.9)),
        (done, (0.2, 1.5, 0.22), (0.6, 0.2, -0.8)), (when.end, (0.2, 1.48, 0.24), (0.6, 0.2, -0.8)),
    ]  # fmt: skip
    hand, racket = _paths(take, keys)
    turned = _turn_body(
        take, [(when.start, 0.0), (a, 0.0), (go, -1.0), (hit, 0.1), (done, 0.65), (when.end, 0.6), (when.back, 0.0)], 62.0
    )
    left = take.feet["left"].place[0]
    step = rng.uniform(0.28, 0.4)
    take.step("left", go - 0.35, go + 0.03, (float(left[0]) - 0.02, float(left[2]) + step), 0.0, lift=0.07)
    right = take.feet["right"].place[0]
    take.step("right", when.end, when.back, (float(right[0]), float(left[2]) + step), 0.0, lift=0.06)
    take.turn = np.zeros(len(take.t))
    take.stoop(take.on * rng.uniform(8, 14), 0.05 * take.on)
    take.move[:, 2] += 0.07 * glide(take.t, [(go, 0.0), (done, 1.0), (when.end, 1.0), (when.back, 0.0)])
    take.feet["right"].heel += 34.0 * np.clip(turned / 40.0, 0, 1) * take.on
    take.watch((-0.6, 1.1, 2.5), take.on)
    elbow = ease(take.t, [(go + 0.1, (-0.4, -0.5, -1.0)), (done, (-0.4, -1.0, 0.1))])
    take.grip("right", hand, racket, columns(0.2 + 0 * take.t, -0.1, 1.0), 35.0, elbow)
    balance = [
        (when.start, (0.08, 1.16, 0.36)), (a, (0.08, 1.16, 0.36)), (go, (0.0, 1.28, 0.52)), (hit, (0.3, 1.2, 0.3)),
        (done, (0.28, 1.3, 0.2)), (when.end, (0.28, 1.28, 0.2)),
    ]  # fmt: skip
    take.lead_palm("left", glide(take.t, balance), (-1.0, -0.4, 0.0), (-0.3, 0.3, 0.9), (1.0, -0.5, -0.1))
    return take


def tennis_serve(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The left hand tosses the ball, the racket drops behind the head and hits high."""
    toss, hit_after, down = rng.uniform(0.75, 0.95) / tempo, rng.uniform(0.34, 0.42) / tempo, rng.uniform(0.3, 0.4) / tempo
    when = Times.around(rng, 0.4 + toss + hit_after + down + 0.25)
    take = LedTake(rng, when, width=1.2)
    a = when.start + 0.4
    up = a + toss
    hit, done = up + hit_after, up + hit_after + down
    keys: list[Key] = [
        (when.start, (-0.06, 1.1, 0.36), (0.1, 0.5, 0.9)), (a, (-0.06, 1.08, 0.36), (0.1, 0.4, 0.9)),
        (a + 0.5 * toss, (-0.42, 0.92, -0.05), (-0.5, -0.5, -0.7)), (up, (-0.42, 1.52, -0.12), (0.1, 1.0, 0.15)),
        (up + 0.5 * hit_after, (-0.3, 1.6, -0.06), (0.25, -0.85, -0.5)), (hit, (-0.2, 1.98, 0.28), (0.0, 1.0, 0.25)),
        (hit + 0.5 * down, (-0.05, 1.4, 0.6), (0.1, -0.3, 1.0)), (done, (0.2, 0.92, 0.26), (0.6, -0.6, -0.3)),
        (when.end, (0.2, 0.94, 0.26), (0.6, -0.6, -0.3)),
    ]  # fmt: skip
    hand, racket = _paths(take, keys)
    _turn_body(take, [(when.start, -0.1), (a, -0.2), (up, -1.0), (hit, 0.25), (done, 0.8), (when.end, 0.7), (when.back, 0.0)], 55.0)
    arch = glide(take.t, [(when.start, 0.2), (a, 0.4), (up, -1.0), (hit, 0.1), (done, 1.6), (when.end, 1.2), (when.back, 0.0)])
    take.stagger(0.3)
    take.stoop(take.on * 14.0 * arch, glide(take.t, [(a, 0.0), (up, 0.12), (hit, -0.02), (done, 0.04), (when.back, 0.0)]) * take.on)
    take.move[:, 2] += 0.12 * glide(take.t, [(when.start, 0.0), (up, 0.2), (done, 1.0), (when.end, 1.0), (when.back, 0.0)])
    rise = np.exp(-(((take.t - hit) / 0.12) ** 2))
    for foot in take.feet.values():
        foot.heel += 26.0 * rise
    take.feet["right"].heel += 30.0 * glide(take.t, [(hit, 0.0), (done, 1.0), (when.end, 1.0), (when.back, 0.0)])
    take.watch(columns(0.2, glide(take.t, [(a, 1.4), (up, 3.2), (hit, 2.6), (done, 1.3), (when.back, 1.3)]), 1.4), take.on)
    take.grip("right", hand, racket, (0.4, 0.0, 1.0), 40.0, (-0.9, -0.1, -0.3))
    ball = [
        (when.start, (0.06, 1.12, 0.4)),
        (a, (0.08, 1.0, 0.4)),
        (up - 0.1, (0.2, 1.92, 0.36)),
        (hit, (0.14, 1.2, 0.26)),
        (when.end, (0.2, 1.1, 0.2)),
    ]
    take.lead_palm("left", glide(take.t, ball), columns(-0.3, 0.9, 0.1), columns(0.0, 0.4, 1.0))
    return take


def bowl(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Two steps, the right arm swings back, and the ball rolls away from a left lunge."""
    step = rng.uniform(0.46, 0.56) / tempo
    when = Times.around(rng, 0.3 + 3.4 * step, 0.6, 0.8)
    take = LedTake(rng, when, width=0.9)
    a = when.start + 0.25
    stride = rng.uniform(0.34, 0.42)
    low = rng.uniform(0.6, 0.72)
    x = {side: float(take.feet[side].place[0, 0]) for side in ("left", "right")}
    take.step("right", a, a + step, (x["right"], stride), 0.0, lift=0.07)
    take.step("left", a + 0.9 * step, a + 2.0 * step, (x["left"] - 0.02, stride + low), 0.0, lift=0.06)
    take.step("right", when.end + 0.1, when.back + 0.1, (x["right"], stride + low), 0.0, lift=0.06)
    take.turn = np.zeros(len(take.t))
    let_go = a + 2.1 * step
    bent = (
        glide(take.t, [(when.start, 0.1), (a, 0.15), (let_go, 1.0), (let_go + 0.5 * step, 0.9), (when.end, 0.6), (when.back, 0.0)])
        * take.on
    )
    take.stoop(rng.uniform(36, 46) * bent, 0.16 * np.clip(bent, 0, 1))
    take.flow = 0.12
    body = take.ground() + take.move * (0, 0, 1)
    take.feet["right"].heel += 34.0 * blur(((take.t > let_go - 0.35) & (take.t < when.end + 0.1)).astype(float), 0.08)
    keys = [
        (when.start, (-0.1, 1.15, 0.34)), (a, (-0.12, 1.1, 0.36)), (a + 0.6 * step, (-0.24, 0.82, 0.3)),
        (a + 1.5 * step, (-0.3, 0.98, -0.42)), (let_go - 0.05, (-0.2, 0.42, 0.3)), (let_go + 0.35 * step, (-0.12, 1.1, 0.8)),
        (let_go + 0.7 * step, (-0.08, 1.5, 0.6)), (when.end, (-0.1, 1.4, 0.55)),
    ]  # fmt: skip
    hand = glide(take.t, keys) + body
    facing = glide(
        take.t,
        [
            (when.start, (0.2, 1.0, 0.1)),
            (a + 0.6 * step, (0.2, 0.6, 1.0)),
            (a + 1.5 * step, (0.1, -0.5, 1.0)),
            (let_go, (0.0, 0.5, 1.0)),
            (when.end, (0.6, 0.5, -0.6)),
        ],
    )
    fingers = unit_way(hand, take)
    take.watch(columns(0.0, 0.2, 5.0), take.on)
    take.lead_palm("right", hand, facing, fingers, (-0.9, -0.1, -0.3))
    left = [
        (when.start, (0.06, 1.18, 0.36)),
        (a, (0.06, 1.12, 0.36)),
        (a + 1.2 * step, (0.5, 1.1, 0.15)),
        (when.end, (0.55, 1.05, 0.1)),
    ]
    take.lead_palm("left", glide(take.t, left) + body, columns(-0.3, -0.9, 0.1), columns(0.6, 0.0, 0.7))
    return take


def unit_way(hand: np.ndarray, take: LedTake) -> np.ndarray:
    """(T, 3) from about the right shoulder to a hand: the way the fingers of a long arm point."""
    shoulder = take.ground() + take.move + np.array([-0.17, 1.42, 0.05])
    return hand - shoulder


def throw_underhand(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right arm swings back and forward past the hip and lets go; a step."""
    back, fling = rng.uniform(0.5, 0.7) / tempo, rng.uniform(0.3, 0.4) / tempo
    when = Times.around(rng, 0.15 + back + fling + 0.45, 0.5)
    take = LedTake(rng, when, width=1.0)
    a = when.start + 0.1
    go, let_go = a + back, a + back + fling
    stride = rng.uniform(0.25, 0.38)
    left, right = take.feet["left"].place[0], take.feet["right"].place[0]
    take.step("left", go - 0.25, go + 0.15, (float(left[0]), float(left[2]) + stride), 0.0, lift=0.06)
    take.step("right", when.end, when.back, (float(right[0]), float(left[2]) + stride), 0.0, lift=0.06)
    take.turn = np.zeros(len(take.t))
    _turn_body(take, [(when.start, 0.0), (go, -1.0), (let_go, 0.5), (when.end, 0.4), (when.back, 0.0)], 26.0)
    bent = glide(take.t, [(when.start, 0.0), (go, 0.8), (let_go - 0.1, 1.0), (when.end, 0.2), (when.back, 0.0)])
    take.stoop(rng.uniform(16, 24) * bent, 0.06 * bent)
    body = take.ground() + take.move * (0, 0, 1)
    keys = [
        (when.start, (-0.2, 1.0, 0.32)), (a, (-0.2, 1.0, 0.32)), (go, (-0.32, 0.92, -0.42)), (let_go - 0.12, (-0.24, 0.76, 0.12)),
        (let_go, (-0.18, 1.06, 0.52)), (let_go + 0.22, (-0.12, 1.42, 0.5)), (when.end, (-0.14, 1.3, 0.48)),
    ]  # fmt: skip
    hand = glide(take.t, keys) + body
    facing = glide(
        take.t, [(when.start, (0.3, 0.9, 0.2)), (go, (0.1, -0.3, 1.0)), (let_go, (0.1, 0.9, 0.6)), (when.end, (0.3, 0.8, -0.4))]
    )
    take.watch((0.0, 1.3, 4.0), take.on)
    take.lead_palm("right", hand, facing, unit_way(hand, take), (-0.3, -0.4, -1.0))
    take.lead_palm(
        "left",
        glide(
            take.t,
            [
                (when.start, (0.26, 0.92, 0.1)),
                (go, (0.22, 1.1, 0.42)),
                (let_go, (0.36, 0.95, -0.05)),
                (when.end, (0.32, 0.9, 0.05)),
            ],
        )
        + body,
        (-1.0, -0.2, 0.0),
        (0.0, -0.5, 0.8),
        (0.7, -0.1, -0.9),
    )
    return take


def catch(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Both hands meet a ball that comes to the chest, or over the head, and draw it in."""
    reach, give, hold = rng.uniform(0.4, 0.55) / tempo, rng.uniform(0.22, 0.32) / tempo, rng.uniform(0.4, 0.8)
    when = Times.around(rng, reach + give + hold, 0.35)
    take = LedTake(rng, when, width=1.3)
    high = rng.random() < 0.35
    meet = np.array([rng.uniform(-0.1, 0.1), rng.uniform(1.82, 1.95) if high else rng.uniform(1.2, 1.5), 0.3 if high else 0.54])
    drawn = np.array([0.0, rng.uniform(1.15, 1.25), 0.26])
    at = when.start + reach
    ready = np.array([0.0, 1.18, 0.36])
    path = glide(take.t, [(when.start - 0.05, ready), (at, meet), (at + give, drawn), (when.end, drawn + np.array([0, -0.02, 0]))])
    taken = ease(take.t, [(at - 0.05, 0.0), (at + give, 1.0), (when.end, 1.0), (when.back, 0.0)])
    out = ease(take.t, [(when.lead, 0.0), (at, 1.0), (at + give, 0.0)])
    take.stoop(take.on * (8.0 - (14.0 if high else -4.0) * out + 8.0 * taken), take.on * (0.07 * (1 - out) + 0.03 * taken))
    take.move[:, 2] += 0.05 * out - 0.03 * taken
    if high:
        for foot in take.feet.values():
            foot.heel += 20.0 * out
    take.watch(columns(path[:, 0], path[:, 1] + 0.12 * (1 - taken), path[:, 2] + 1.2 * (1 - taken)), take.on)
    wide = 0.09 + 0.03 * (1 - ease(take.t, [(at - 0.08, 0.0), (at + 0.06, 1.0)]))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        facing = columns(-0.75 * sign, -0.1, 0.7 - 0.7 * taken)
        fingers = columns(0.15 * sign, 0.9 - 0.3 * taken, 0.35 + 0.45 * taken)
        take.lead_palm(side, path + columns(sign * wide, 0.0 * wide, 0.0 * wide), facing, fingers, (0.9 * sign, -0.9, -0.1))
    return take


def juggle(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The hands scoop and toss in turn before the waist; the eyes stay up where the balls turn."""
    period = rng.uniform(0.62, 0.74) / tempo
    times = int(rng.integers(4, 7 if tempo > 0.7 else 5))
    when = Times.around(rng, times * period)
    take = LedTake(rng, when, width=1.15)
    phase = cycles(take.t, when.start, period, times)
    take.stoop(take.on * (2.0 + 1.0 * wave(phase, 0.2)), 0.02 * take.on + 0.006 * wave(2 * phase) * take.on)
    take.watch((0.0, rng.uniform(1.75, 1.95), 0.55), take.on)
    size, height = rng.uniform(0.07, 0.09), rng.uniform(1.06, 1.14)
    for side, sign, shift in (("left", 1.0, 0.0), ("right", -1.0, 0.5)):
        x, y = wave(phase, shift), wave(phase, shift + 0.25)
        toss = np.clip(-y, 0, 1) ** 2
        place = columns(sign * (0.2 + 0.06 * x), height - size * y + 0.03 * toss, 0.34 + 0.02 * x)
        take.lead_palm(
            side, place, columns(-0.15 * sign * x, 1.0, 0.0), columns(-0.25 * sign, 0.15 - 0.25 * y, 1.0), (0.6 * sign, -1.0, -0.4)
        )
    return take


def fence(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """On guard with the right foot ahead, a lunge behind a straight arm, and back."""
    times, cycle = rounds(rng, count, 1, 2, rng.uniform(1.35, 1.7) / tempo)
    when = Times.around(rng, 0.35 + times * cycle, 0.7, 0.8)
    take = LedTake(rng, when, width=0.7)
    take.stagger(rng.uniform(0.42, 0.5), ahead="right")
    take.feet["left"].yaw += 48.0
    turned = rng.uniform(34, 44)
    right = take.feet["right"].place[0].copy()
    lunge, lunges = rng.uniform(0.36, 0.46), [(when.start, 0.0)]
    for i in range(times):
        begin = when.start + 0.3 + i * cycle
        take.step("right", begin + 0.12 * cycle, begin + 0.34 * cycle, (float(right[0]), float(right[2]) + lunge), 0.0, lift=0.06)
        take.step("right", begin + 0.6 * cycle, begin + 0.86 * cycle, (float(right[0]), float(right[2])), 0.0, lift=0.05)
        lunges += [(begin, 0.0), (begin + 0.34 * cycle, 1.0), (begin + 0.55 * cycle, 1.0), (begin + 0.9 * cycle, 0.0)]
    out = ease(take.t, lunges)
    take.shift = 0.5
    take.turn = np.full(len(take.t), 0.0)
    take.stoop(take.on * (4.0 + 12.0 * out), take.on * (0.09 + 0.1 * out), turned * take.on)
    body = take.ground() + take.move * (0, 0, 1)
    take.watch((0.0, 1.4, 3.0), take.on)
    hand = columns(-0.14 + 0.06 * out, 1.2 + 0.16 * out, 0.44 + 0.26 * out) + body
    take.grip("right", hand, columns(0.05, 0.12 - 0.1 * out, 1.0), (0.75, 0.65, 0.0), 50.0, (-0.4, -1.0, -0.1))
    back = columns(0.36 + 0.1 * out, 1.5 - 0.42 * out, -0.28 - 0.18 * out) + body
    take.lead_palm("left", back, (0.0, -1.0, 0.3), columns(0.5 + 0.2 * out, 0.5 - 0.5 * out, -0.1 - 0.5 * out), (0.8, -0.4, -0.2))
    return take


GESTURES = (
    AuthoredGesture("golf", golf),
    AuthoredGesture("bat", bat),
    AuthoredGesture("tennis", tennis),
    AuthoredGesture("tennis_serve", tennis_serve, 0.7),
    AuthoredGesture("bowl", bowl, speeds=False),
    AuthoredGesture("throw_underhand.right", throw_underhand, speeds=False),
    AuthoredGesture("catch", catch, speeds=False),
    AuthoredGesture("juggle", juggle, 0.7),
    AuthoredGesture("fence", fence, 0.7),
)
