"""Single steps: turning on the spot, walking backward, side steps.

Feet are put down and stay; the pelvis follows them. Authored to the left where there is a side, and mirrored by
the caller.
"""

from __future__ import annotations

import numpy as np

from .curves import blur, min_jerk
from .take import STANCE, AuthoredTake


def _turn(rng: np.random.Generator, tempo: float, degrees: float, steps: int) -> AuthoredTake:
    lead, tail = rng.uniform(0.15, 0.45), rng.uniform(0.35, 0.8)
    step = rng.uniform(0.40, 0.54) / tempo
    gap = rng.uniform(0.85, 1.0) * step  # from one lift to the next
    end = lead + (steps - 1) * gap + step
    take = AuthoredTake(rng, end + tail)
    total = degrees * rng.uniform(0.95, 1.05)
    stance = STANCE * rng.uniform(0.9, 1.25)
    centre = rng.normal(0, 0.04, 2)
    # the inner foot opens first; the last two steps bring both feet to the new heading
    share = np.linspace(0, 1, steps)[1:]
    headings = [total * min(1.0, value) for value in (*share, 1.0)]
    sides = ["left", "right"] * steps
    for i in range(steps):
        start = lead + i * gap
        yaw = headings[i] if i < steps - 2 else total
        along = centre * (i + 1) / steps
        sign = 1 if sides[i] == "left" else -1
        place = (along[0] + sign * stance * np.cos(np.radians(yaw)), along[1] - sign * stance * np.sin(np.radians(yaw)))
        take.step(sides[i], start, start + step, place, yaw, lift=rng.uniform(0.05, 0.09))

    def heading(ahead: float) -> np.ndarray:
        progress = (take.t + ahead - lead + 0.05) / (end - lead - 0.1)
        return total * (0.5 * min_jerk(progress) + 0.5 * np.clip(progress, 0, 1))

    feet = blur((take.feet["left"].yaw + take.feet["right"].yaw - sum(take.toes_out.values())) / 2, 0.12)
    take.turn = blur(0.5 * heading(0.0) + 0.5 * feet, 0.08)
    take.head[:, 1] += np.clip(0.7 * (blur(heading(0.30), 0.08) - take.turn), -38, 38)
    take.spine[:, 1] += np.clip(0.5 * (blur(heading(0.16), 0.08) - take.turn), -22, 22)
    take.move[:, 1] -= 0.012 * blur(1 - np.minimum(take.feet["left"].load, take.feet["right"].load), 0.08)
    take.swing_arms(30.0)
    return take


def turn_left(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A quarter turn on the spot in three or four steps; head and chest lead."""
    return _turn(rng, tempo, 90.0, int(rng.integers(3, 5)))


def turn_around(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Half a turn over the left shoulder in five or six steps."""
    return _turn(rng, tempo, 180.0, int(rng.integers(5, 7)))


def spin(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Once all the way round in quick steps."""
    return _turn(rng, 1.35 * tempo, 360.0, int(rng.integers(8, 11)))


def walk_backward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Short steps backward, toes first, trunk a little forward; feet close at the end."""
    lead, tail = rng.uniform(0.1, 0.35), rng.uniform(0.3, 0.6)
    steps = int(rng.integers(4, 8 if tempo > 0.7 else 6))
    length = rng.uniform(0.36, 0.5) * min(1.15, tempo**0.3)
    step = rng.uniform(0.50, 0.62) / tempo
    gap = 0.86 * step
    take = AuthoredTake(rng, lead + steps * gap + step + tail)
    take.flow, take.shift = 0.2 / tempo, 0.6
    sides = ["left", "right"] if rng.random() < 0.5 else ["right", "left"]
    stance = STANCE * rng.uniform(0.75, 1.0)
    for i in range(steps + 1):
        side = sides[i % 2]
        place = -length * (i + 0.5) if i < steps else -length * (steps - 0.5)
        start = lead + i * gap
        take.step(
            side, start, start + step, ((1 if side == "left" else -1) * stance, place), 0.0, lift=rng.uniform(0.06, 0.1)
        )
    moving = blur(((take.t > lead) & (take.t < lead + steps * gap + step)).astype(float), 0.15)
    take.tilt[:, 0] += rng.uniform(1, 5) * moving
    take.spine[:, 0] += rng.uniform(1, 5) * moving
    take.head[:, 1] += rng.choice([0.0, rng.uniform(-30, 30)]) * moving  # a glance over the shoulder in half the takes
    take.move[:, 1] -= 0.015 * moving
    take.swing_arms(rng.uniform(25, 45))
    return take


def sidestep_left(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The left foot steps out, the right closes, as often as counted; hips face forward."""
    lead, tail = rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.7)
    times = count or int(rng.integers(1, 5 if tempo > 0.7 else 4))
    length, step = rng.uniform(0.34, 0.5), rng.uniform(0.42, 0.56) / tempo
    gap = rng.uniform(0.88, 1.0) * step
    take = AuthoredTake(rng, lead + 2 * times * gap + step + tail)
    take.flow, take.shift = 0.11, 0.6
    stance = STANCE * rng.uniform(0.85, 1.15)
    for i in range(times):
        start, x = lead + 2 * i * gap, length * (i + 1)
        drift = rng.normal(0, 0.012)
        take.step("left", start, start + step, (x + stance, drift), 0.0, lift=rng.uniform(0.05, 0.1))
        take.step("right", start + gap, start + gap + step, (x - stance, drift), 0.0, lift=rng.uniform(0.05, 0.1))
    moving = blur(((take.t > lead) & (take.t < lead + 2 * times * gap + 0.5 * step)).astype(float), 0.15)
    take.move[:, 1] -= rng.uniform(0.015, 0.05) * moving
    take.head[:, 1] += rng.uniform(0, 35) * moving
    take.spine[:, 2] += rng.uniform(-3, 3) * moving
    return take
