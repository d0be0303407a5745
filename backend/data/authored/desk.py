"""Typing, writing, reading, telephones, photographs, driving; right-handed."""

from __future__ import annotations

import numpy as np

from .curves import blur, ease, smooth_noise
from .gesture import AuthoredGesture
from .led_hands import LedTake, Times, columns, glide, wave


def type_keys(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Both hands strike keys in turn; the eyes go from the screen to the keys and back."""
    when = Times.around(rng, rng.uniform(2.4, 4.2))
    take = LedTake(rng, when, width=1.0)
    desk = rng.uniform(1.02, 1.1)
    rate = rng.uniform(2.6, 3.4) * tempo
    take.stoop(take.on * rng.uniform(4, 10))
    take.head[:, 0] += take.on * (8.0 + smooth_noise(rng, take.t, 5.0)[:, 0])
    take.head[:, 1] += take.on * smooth_noise(rng, take.t, 4.0)[:, 0]
    spaced = blur((smooth_noise(rng, take.t, 1.0, 1, 0.3, 0.8)[:, 0] > -0.7).astype(float), 0.08) * take.on  # thinks now and then
    for side, sign, shift in (("left", 1.0, 0.0), ("right", -1.0, 0.5)):
        strike = spaced * np.maximum(np.sin(2 * np.pi * (rate * take.t + shift)), 0)
        wander = smooth_noise(rng, take.t, 0.018, 2, 0.5, 1.6) * spaced[:, None]
        place = columns(sign * 0.12 + wander[:, 0], desk + 0.014 * strike, 0.4 + wander[:, 1])
        take.lead_palm(side, place, (0.0, -1.0, 0.0), columns(-0.2 * sign, -0.02 + 0.28 * strike, 1.0), (0.7 * sign, -1.0, -0.5))
    return take


def write(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand writes from left to right; the left keeps the paper, the head is bent."""
    when = Times.around(rng, rng.uniform(2.6, 4.4))
    take = LedTake(rng, when, width=1.0)
    desk = rng.uniform(1.0, 1.08)
    line = rng.uniform(1.5, 2.1) / tempo
    lines = max(1, round((when.end - when.start) / line))
    edge = np.clip((take.t - when.start) / (when.end - when.start), 0, 1) * lines
    across = np.where(edge >= lines, 1.0, edge % 1.0)
    across = blur(across, 0.07)
    jot = blur((np.abs(np.gradient(across)) < 0.06).astype(float), 0.04) * take.on
    rate = rng.uniform(3.2, 4.4) * tempo
    loops = 0.012 * jot * np.sin(2 * np.pi * rate * take.t)
    take.stoop(take.on * rng.uniform(12, 18), yaw=-4.0 * take.on)
    hand = columns(0.05 - 0.22 * across + 0.6 * loops, desk + 0.02 + np.abs(loops), 0.38 + loops - 0.012 * np.floor(edge))
    take.watch(hand, take.on)
    take.lead_palm("right", hand, (0.75, -0.6, 0.1), (0.45, -0.35, 0.8), (-0.8, -0.8, -0.3))
    take.lead_palm("left", (0.2, desk, 0.36), (0.0, -1.0, 0.0), (-0.55, -0.08, 0.8))
    return take


def read(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Both hands hold an open book, the head follows the lines, a page is turned."""
    when = Times.around(rng, rng.uniform(3.0, 4.6))
    take = LedTake(rng, when, width=1.0)
    height, near = rng.uniform(1.16, 1.26), rng.uniform(0.3, 0.35)
    take.stoop(take.on * rng.uniform(2, 6))
    take.lean_to(0.03 * take.on * rng.choice([-1, 1]))
    lines = wave(take.t * rng.uniform(0.5, 0.8))
    turn_at = when.start + rng.uniform(0.35, 0.6) * (when.end - when.start)
    page = [(turn_at - 0.4, 0.0), (turn_at, 1.0), (turn_at + 0.5, 0.0)]
    turned = ease(take.t, page)
    over = glide(take.t, [(turn_at - 0.1, 0.0), (turn_at + 0.25, 1.0), (turn_at + 0.55, 0.0)]) * (turned > 0)
    take.watch((0.0, height + 0.06, near + 0.03), take.on, 0.9)
    take.head[:, 1] += take.on * (4.0 * lines * (1 - turned) - 5.0 * turned)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        place = columns(sign * 0.125, height, near)
        if side == "right":
            place = place + columns(0.02 * turned + 0.15 * over, 0.07 * turned, 0.0 * over)
        take.lead_palm(side, place, columns(-0.5 * sign, 0.65, -0.45), columns(-0.35 * sign, 0.6, 0.75), (0.9 * sign, -1.0, -0.2))
    return take


def phone(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A telephone at the right ear; head and left hand go along with the talk."""
    when = Times.around(rng, rng.uniform(2.6, 4.4), 0.8, 0.8)
    take = LedTake(rng, when)
    take.lean_to(0.035 * rng.choice([-1, 1]) * take.on)
    take.head[:, 2] += 7.0 * take.on
    take.head[:, 0] += take.on * (2.0 + smooth_noise(rng, take.t, 4.0, 1, 0.3, 0.9)[:, 0])
    take.head[:, 1] += take.on * smooth_noise(rng, take.t, 7.0, 1, 0.15, 0.5)[:, 0]
    take.lead_palm("right", (-0.125, 1.605, 0.045), (1.0, 0.0, 0.05), (0.12, 0.85, -0.5), (-0.6, -1.0, 0.15), of_chest=True)
    if rng.random() < 0.7:  # the other hand talks along
        start = when.start + rng.uniform(0.2, 0.8)
        keys = [(start, 0.0), (start + 0.5, 1.0), (start + 1.4, 1.0), (start + 2.1, 0.0)]
        place = np.array([0.26, 1.06, 0.28]) + smooth_noise(rng, take.t, 0.022, 3, 0.5, 1.3)
        take.lead_palm("left", place, (-0.4, 0.9, 0.0), (-0.1, 0.15, 1.0), weight=ease(take.t, keys) * take.on)
    return take


def text_phone(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Both hands hold a telephone before the chest, the thumbs type, the head is bent to it."""
    when = Times.around(rng, rng.uniform(2.6, 4.2))
    take = LedTake(rng, when)
    height, near = rng.uniform(1.14, 1.26), rng.uniform(0.26, 0.32)
    one_hand = rng.random() < 0.3
    take.stoop(take.on * rng.uniform(2, 7))
    take.lean_to(0.03 * take.on * rng.choice([-1, 1]))
    take.watch((0.0, height + 0.04, near + 0.02), take.on, 0.95)
    rate = rng.uniform(2.2, 3.2) * tempo
    for side, sign, shift in (("left", 1.0, 0.0), ("right", -1.0, 0.5)):
        if one_hand and side == "left":
            continue
        tap = 0.006 * np.maximum(np.sin(2 * np.pi * (rate * take.t + shift)), 0) * take.on
        place = columns(sign * (0.05 if not one_hand else 0.02), height + tap, near - tap)
        take.lead_palm(side, place, columns(-0.75 * sign, 0.55, -0.25), columns(-0.2 * sign, 0.6, 0.75), (0.8 * sign, -1.0, -0.3))
    return take


def take_photo(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A camera goes to the eye, or a telephone before the face; it clicks and comes down."""
    rise, hold = rng.uniform(0.7, 0.9) / tempo, rng.uniform(1.2, 2.2)
    when = Times.around(rng, hold, rise, 0.8)
    take = LedTake(rng, when, width=1.15)
    at_eye = rng.random() < 0.5
    height, near, wide = (1.6, 0.19, 0.075) if at_eye else (rng.uniform(1.48, 1.58), rng.uniform(0.38, 0.44), 0.085)
    click = when.start + rng.uniform(0.5, 0.8) * hold
    press = np.exp(-(((take.t - click) / 0.09) ** 2)) * take.on
    take.stoop(take.on * rng.uniform(2, 8), rng.uniform(0.0, 0.06) * take.on)
    take.head[:, 0] += take.on * (4.0 if at_eye else 0.0)
    take.head[:, 2] += take.on * rng.uniform(-6, 6)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        dip = 0.012 * press if side == "right" else 0.0 * press
        facing = (-0.9 * sign, 0.15, -0.3) if at_eye else (-0.6 * sign, 0.0, -0.75)
        place = columns(sign * wide, height - dip, near)
        take.lead_palm(side, place, facing, columns(-0.3 * sign, 0.55, 0.75), (0.7 * sign, -1.0, 0.1), of_chest=True)
    return take


def drive(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Seated, both hands on a wheel that turns, eyes on the road, a glance in the mirror."""
    work = rng.uniform(3.4, 5.6)
    take = LedTake(rng, Times.throughout(work), width=1.2)
    take.seat(0.46, 0.52, knees=10.0, slouch=0.0)
    take.tilt[:, 0] -= 8.0
    take.feet["right"].heel -= 12.0
    busy = ease(take.t, [(0.0, 0.0), (0.6, 1.0), (work - 0.6, 1.0), (work, 0.0)])
    steer = smooth_noise(rng, take.t, rng.uniform(18, 30), 1, 0.12 * tempo, 0.4 * tempo)[:, 0] * busy
    centre, radius, rake = np.array([0.0, 0.84, -0.06]), 0.175, np.radians(rng.uniform(28, 40))
    plane_up = np.array([0.0, np.cos(rake), np.sin(rake)])
    spread = rng.uniform(10, 35)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        angle = np.radians(spread - sign * steer)[:, None]  # above the horizontal; turning left lowers the left hand
        outward = sign * np.cos(angle) * np.array([1.0, 0.0, 0.0]) + np.sin(angle) * plane_up
        rim = -sign * np.sin(angle) * np.array([1.0, 0.0, 0.0]) + np.cos(angle) * plane_up
        ahead = np.array([0.0, -np.sin(rake), np.cos(rake)])
        take.grip(side, centre + radius * outward, rim, 0.8 * ahead - 0.6 * outward, 20.0, (0.9 * sign, -0.9, -0.1))
    take.spine[:, 2] -= 0.12 * steer
    take.head[:, 1] += 0.35 * steer
    if rng.random() < 0.7:
        at = rng.uniform(0.8, work - 1.2)
        glance = ease(take.t, [(at, 0.0), (at + 0.3, 1.0), (at + 0.6, 1.0), (at + 0.95, 0.0)])
        take.head[:, 1] += glance * rng.choice([42.0, -48.0])
        take.head[:, 0] += glance * 4.0
    pedal = ease(take.t, [(0.4, 0.0), (0.9, 1.0), (work - 1.0, 1.0), (work - 0.5, 0.0)])
    take.feet["right"].heel += 7.0 * pedal
    return take


GESTURES = (
    AuthoredGesture("type", type_keys),
    AuthoredGesture("write", write),
    AuthoredGesture("read", read, speeds=False),
    AuthoredGesture("phone", phone, speeds=False),
    AuthoredGesture("text_phone", text_phone, speeds=False),
    AuthoredGesture("take_photo", take_photo, speeds=False),
    AuthoredGesture("drive", drive),
)
