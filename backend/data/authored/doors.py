"""Doors, drawers, buttons, knocking, and a key in a lock; right-handed."""

from __future__ import annotations

import numpy as np

from .curves import ease
from .gesture import AuthoredGesture
from .led_hands import LedTake, Times, columns, glide, rounds

FIVE = (2, 3, 4, 5)
HINGE = np.array([-0.88, 0.0, 0.0])  # metres from the handle of a door to its hinges, on the right


def _handle(rng: np.random.Generator) -> np.ndarray:
    return np.array([rng.uniform(-0.12, -0.02), rng.uniform(0.98, 1.08), rng.uniform(0.46, 0.52)])


def _on_arc(handle: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """(T, 3) where a handle is when its door is open by degrees towards the person, or away (-)."""
    angle = np.radians(degrees)
    radius = -HINGE[0]
    return handle + HINGE + radius * columns(np.cos(angle), 0.0 * angle, -np.sin(angle))


def open_door(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand turns a handle and pulls the door, or pushes it open with a step."""
    return _door(rng, tempo, opening=True, pulls=rng.random() < 0.6)


def close_door(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand takes the handle of a door that stands open and pushes it to with a step."""
    return _door(rng, tempo, opening=False, pulls=False)


def _door(rng: np.random.Generator, tempo: float, opening: bool, pulls: bool) -> LedTake:
    turn, swing, rest = rng.uniform(0.35, 0.5) / tempo, rng.uniform(0.9, 1.2) / tempo, 0.25
    when = Times.around(rng, turn + swing + rest, 0.75, 0.8)
    take = LedTake(rng, when)
    handle = _handle(rng)
    wide = rng.uniform(22, 28) if opening and not pulls else rng.uniform(34, 44)
    go, done = when.start + turn, when.start + turn + swing
    # towards the person where a pull opens or a push closes; a closing door starts where an opening one ends
    away = -1.0 if opening != pulls else 1.0
    first, last = (0.0, away * wide) if opening else (away * wide, 0.0)
    hand = _on_arc(handle, ease(take.t, [(go, first), (done, last)]))
    reach_out = ease(take.t, [(go, 0.0), (done, 1.0)])
    side = "right" if pulls else "left"
    stride = (-0.3 if pulls else 0.4) * rng.uniform(0.85, 1.15)
    foot, other = take.feet[side].place[0], take.feet["left" if pulls else "right"].place[0]
    take.step(side, go + 0.1, go + 0.1 + 0.5 / tempo**0.5, (float(foot[0]), float(foot[2]) + stride), 0.0, lift=0.06)
    take.step("left" if pulls else "right", when.end, when.end + 0.55, (float(other[0]), float(foot[2]) + stride), 0.0, lift=0.06)
    take.turn = np.zeros(len(take.t))
    take.stoop(
        take.on * (8.0 - (10.0 * reach_out if pulls else -6.0 * reach_out)),
        0.02 * take.on,
        take.on * ((-16.0 if pulls else 10.0) * reach_out),
    )
    body = (take.ground() + take.move * (0, 0, 1)) * (0, 0, 1)
    near = np.maximum(hand[:, 2] - body[:, 2], 0.2)  # never nearer to the body than that
    hand[:, 2] = body[:, 2] + near
    take.watch(hand + np.array([0, 0.1, 0.4]), take.on, 0.7)
    press = ease(take.t, [(when.start, 0.0), (when.start + 0.5 * turn, 1.0), (go + 0.4 * swing, 1.0), (go + 0.7 * swing, 0.0)])
    take.lead_palm(
        "right",
        hand - columns(0, 0.035 * press, 0),
        columns(0.3 + 0.4 * press, -0.85 + 0.3 * press, 0.1),
        columns(0.45 - 0.5 * press, -0.05 - 0.25 * press, 0.9),
        (-0.8, -0.9, -0.2),
    )
    return take


def open_drawer(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand, or both, draw a drawer at hip height straight out; a look inside."""
    return _drawer(rng, tempo, opening=True)


def close_drawer(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The drawer is pushed in with the right hand, or with both."""
    return _drawer(rng, tempo, opening=False)


def _drawer(rng: np.random.Generator, tempo: float, opening: bool) -> LedTake:
    swing, look = rng.uniform(0.7, 1.0) / tempo, rng.uniform(0.5, 1.0)
    when = Times.around(rng, 0.25 + swing + (look if opening else 0.2), 0.75)
    take = LedTake(rng, when, width=1.1)
    take.stagger(rng.uniform(0.15, 0.3))
    height, both = rng.uniform(0.76, 0.88), rng.random() < 0.4
    go, done = when.start + 0.25, when.start + 0.25 + swing
    out = ease(take.t, [(go, 0.0), (done, 1.0)]) if opening else ease(take.t, [(go, 1.0), (done, 0.0)])
    z = 0.5 - 0.24 * out
    take.stoop(take.on * (36.0 - 12.0 * out), 0.09 * take.on)
    take.lean_to(0.0, take.on * 0.05 * (1 - 2 * out))
    take.watch(columns(0.0, height - 0.1, z + 0.05), take.on)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        if side == "left" and not both:
            continue
        x = sign * 0.15 if both else -0.08
        palm = (0.0, 0.9, -0.4) if opening else (0.0, -0.1, 1.0)
        fingers = columns(-0.2 * sign, -0.1, 1.0) if opening else columns(-0.15 * sign, 0.75, 0.4)
        take.lead_palm(side, columns(x, height, z), palm, fingers, (0.6 * sign, -0.3, -1.0))
    return take


def press_button(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right forefinger presses a button on the wall ahead, as often as counted."""
    times, cycle = rounds(rng, count, 1, 1, rng.uniform(0.45, 0.6) / tempo)
    when = Times.around(rng, times * cycle + 0.15, 0.7)
    take = LedTake(rng, when)
    place = np.array([rng.uniform(-0.2, -0.05), rng.uniform(1.15, 1.4), rng.uniform(0.42, 0.48)])
    keys = [(when.start, 0.0)]
    for i in range(times):
        begin = when.start + 0.1 + i * cycle
        keys += [(begin + 0.35 * cycle, 1.0), (begin + 0.55 * cycle, 1.0), (begin + 0.9 * cycle, 0.0)]
    pressed = ease(take.t, keys)
    take.stoop(take.on * (2.0 + 3.0 * pressed), yaw=take.on * (6.0 + 4.0 * pressed))
    take.move[:, 2] += 0.03 * take.on
    take.watch(place + np.array([0, 0.1, 0.15]), take.on)
    take.lead_palm(
        "right", place + columns(0, 0.0 * pressed, 0.065 * pressed), (0.45, -0.9, 0.0), (0.12, 0.05, 1.0), (-0.7, -1.0, -0.2)
    )
    return take


def knock(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The knuckles of the right fist hit a door at the height of the face, as often as counted."""
    times, cycle = rounds(rng, count, 2, 4, rng.uniform(0.27, 0.36) / tempo**0.7)
    wait = rng.uniform(0.2, 0.7)
    when = Times.around(rng, times * cycle + 0.1 + wait, 0.65)
    take = LedTake(rng, when)
    place = np.array([rng.uniform(-0.14, -0.05), rng.uniform(1.4, 1.5), rng.uniform(0.4, 0.46)])
    keys = [(when.start, 0.6)]
    for i in range(times):
        begin = when.start + i * cycle
        keys += [(begin + 0.42 * cycle, 1.0), (begin + 0.78 * cycle, 0.0)]
    back = ease(take.t, [*keys, (when.start + times * cycle + 0.15, 0.5), (when.end, 0.5)])
    take.stoop(take.on * (4.0 - 3.0 * back), yaw=take.on * (8.0 - 7.0 * back))
    take.move[:, 2] += 0.02 * take.on
    take.head[:, 1] -= rng.choice([0.0, 14.0]) * take.on  # an ear to the door in half the takes
    take.head[:, 0] += 4.0 * take.on
    place = place + columns(0.0, -0.015 * back, -0.105 * back)
    take.lead_palm("right", place, (0.55, -0.1, -0.8), columns(0.1, 0.85, 0.45 - 0.45 * back), (-0.7, -1.0, 0.0))
    return take


def turn_key(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand puts a key into a lock, turns it, and draws it out."""
    turn = rng.uniform(0.55, 0.75) / tempo
    when = Times.around(rng, 0.4 + 2 * turn + 0.5, 0.75)
    take = LedTake(rng, when)
    lock = np.array([rng.uniform(-0.12, -0.04), rng.uniform(1.0, 1.06), 0.46])
    inside = glide(take.t, [(when.start, 0.0), (when.start + 0.4, 1.0), (when.end - 0.4, 1.0), (when.end, 0.0)])
    a = when.start + 0.45
    twist = ease(take.t, [(a, 0.0), (a + 0.7 * turn, 1.0), (a + turn, 1.0), (a + 1.7 * turn, 0.0)])
    take.stoop(take.on * rng.uniform(12, 20), 0.03 * take.on)
    take.watch(lock, take.on, 0.9)
    angle = np.radians(70.0 * twist)
    take.lead_palm(
        "right",
        lock + columns(0, 0, 0.05 * inside - 0.05),
        columns(np.cos(angle), -np.sin(angle), 0.1),
        (0.1, 0.0, 1.0),
        (-0.7, -1.0, -0.2),
    )
    return take


GESTURES = (
    AuthoredGesture("open_door", open_door),
    AuthoredGesture("close_door", close_door, 0.8),
    AuthoredGesture("open_drawer", open_drawer),
    AuthoredGesture("close_drawer", close_drawer, 0.7),
    AuthoredGesture("press_button.right", press_button, 0.8, speeds=False),
    AuthoredGesture("knock", knock, counts=FIVE),
    AuthoredGesture("turn_key", turn_key, 0.6, speeds=False),
)
