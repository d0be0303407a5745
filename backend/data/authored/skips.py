"""Rhythms of unlike steps: skipping, galloping, a leap from a run-up, the moonwalk.

The first foot is drawn; what has a side goes to the left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arms import arm
from .curves import blur, ease, hermite
from .footfalls import FootRow
from .gait import GRAVITY, carry_arms, follow, lean_over_feet, moving
from .gesture import AuthoredGesture
from .take import OTHER, SIGN, AuthoredTake


def _fly(take: AuthoredTake, flights: Sequence[tuple[float, float]], top: float, dip: float, end: float) -> None:
    """The pelvis falls freely during each flight.

    It leaves and lands ``top`` metres above standing, and goes down by ``dip`` between flights.
    """
    keys = [(0.0, 0.0, 0.0), (max(0.01, flights[0][0] - 0.42), 0.0, 0.0)]
    for number, (start, land) in enumerate(flights):
        speed = GRAVITY * (land - start) / 2
        if number == 0:
            keys.append((start - 0.16, -dip, 0.0))
        keys += [(start, top, speed), (land, top, -speed)]
        after = flights[number + 1][0] if number + 1 < len(flights) else end
        keys.append((land + 0.45 * (after - land), -dip, 0.0))
    keys += [(end + 0.25, 0.0, 0.0), (end + 9.0, 0.0, 0.0)]
    take.move[:, 1] += hermite(take.t, keys)


def _skip(rng: np.random.Generator, tempo: float, length: float) -> AuthoredTake:
    """Step, hop, and the same with the other foot; the free knee swings up with each hop."""
    beat = rng.uniform(0.58, 0.68) / tempo**0.6
    cycles, lead = int(rng.integers(4, 7)) - (1 if tempo < 0.7 else 0), rng.uniform(0.4, 0.6)
    flight = min(0.26 * beat, 0.2)
    row, strike, z = FootRow(rng), lead + 0.42, 0.0
    high = rng.uniform(0.2, 0.32)
    knots, flights = [(lead - 0.12, np.zeros(2))], []
    side, off = row.first, lead
    for cycle in range(cycles):
        z += length * (0.25 if cycle == 0 else 0.37)
        row.put(side, off, strike, z, push=32, lift=high if cycle else 0.08, drive=0.22 if cycle else 0.05, strike=4, width=0.06)
        knots.append((strike + 0.19 * beat, np.array([0.0, z])))
        leave = strike + 0.4 * beat
        z += 0.63 * length
        row.put(side, leave, leave + flight, z, push=34, lift=0.05, strike=14, width=0.06)
        flights.append((leave, leave + flight))
        knots.append((leave + flight + 0.14 * beat, np.array([0.0, z])))
        off = strike + 0.04 * beat
        side, strike = OTHER[side], strike + beat
    row.put(side, off, strike, z, push=30, width=row.stance, lift=0.12, drive=0.08)
    knots.append((strike + 0.1, np.array([0.0, z])))
    take = AuthoredTake(rng, strike + rng.uniform(0.6, 0.9))
    row.lay(take)
    follow(take, knots, 0.06)
    lean_over_feet(take, 0.35, 3.0, beat)
    _fly(take, flights, 0.02, 0.045, strike)
    going = moving(take, lead, strike)
    take.tilt[:, 0] += rng.uniform(0, 4) * going
    phase = blur(take.feet["right"].load - take.feet["left"].load, 0.09)
    take.swing_with(phase * rng.uniform(26, 42) * going)
    take.tilt[:, 1] += 6 * phase * going
    take.spine[:, 1] -= 12 * phase * going
    return take


def skip_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Skipping along with swinging arms."""
    return _skip(rng, tempo, rng.uniform(0.85, 1.15) * tempo**0.3)


def skip_place(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Skipping on the spot."""
    return _skip(rng, tempo, 0.0)


def gallop(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The same foot leads all the way; the other closes behind it in the air."""
    beat = rng.uniform(0.46, 0.54) / tempo**0.5
    length, times, lead = rng.uniform(0.7, 0.9), int(rng.integers(5, 8)) - (2 if tempo < 0.7 else 0), rng.uniform(0.4, 0.6)
    flight = min(0.34 * beat, 0.2)
    row, z = FootRow(rng), 0.0
    front, back = row.first, OTHER[row.first]
    strike = lead + 0.4
    knots, flights = [(lead - 0.12, np.zeros(2))], []
    off = lead
    for number in range(times):
        ahead = length * (0.5 if number == 0 else 1.0)
        z += ahead
        row.put(front, off, strike, z, push=30, lift=0.12, drive=0.05, strike=-8, width=0.06)
        leave = strike + 0.42 * beat  # the front foot pushes off; the back one lands next to it
        row.put(
            back, strike + 0.08 * beat, leave + flight - 0.02, z - 0.1 + 0.2 * length, push=36, lift=0.12, strike=10, width=0.06
        )
        flights.append((leave + 0.01, leave + flight))
        knots += [
            (strike + 0.1 * beat, np.array([0.0, z - 0.35 * length + 0.02])),
            (leave + flight, np.array([0.0, z + 0.12 * length])),
        ]
        off, strike = leave, strike + beat
    close = strike + 0.1
    row.put(front, off, close, z - 0.1 + 0.2 * length, push=34, width=row.stance, lift=0.09)
    knots.append((close + 0.2, np.array([0.0, z - 0.1 + 0.2 * length])))
    take = AuthoredTake(rng, close + rng.uniform(0.6, 0.9))
    row.lay(take)
    follow(take, knots, 0.06)
    _fly(take, flights, 0.015, 0.05, close)
    going = moving(take, lead, close)
    turn = SIGN[front] * rng.uniform(10, 20) * going
    take.tilt[:, 1] -= turn  # the leading hip goes first
    take.head[:, 1] += 0.8 * turn
    take.tilt[:, 0] += rng.uniform(2, 7) * going
    reins = arm((0.3, -1.0, 0.25), (0.0, 0.0, 1.0), (-0.6, -0.6, 0.0))
    carry_arms(take, (reins, reins), lead, close)
    beats = blur(take.feet[front].load, 0.06) * going
    take.swing_with(8 * beats)
    return take


def leap(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Two quick steps, off one foot, far through the air with the legs apart.

    It lands on the other foot and comes to a stand.
    """
    lead, stride = rng.uniform(0.45, 0.6), rng.uniform(0.6, 0.75)
    flight, far = rng.uniform(0.38, 0.46), rng.uniform(1.5, 1.9)
    row = FootRow(rng)
    a, b = row.first, OTHER[row.first]
    times = np.cumsum([lead, 0.45, 0.38, 0.26])  # lift off, strike of a, strike of b, take-off of b
    row.put(a, times[0], times[1], stride, push=34, lift=0.08, width=0.06)
    row.put(b, times[1] - 0.28, times[2], 2.1 * stride, push=45, lift=0.14, strike=-10, width=0.06)
    land = times[3] + flight
    row.put(a, times[2] - 0.02, land, 2.1 * stride + far, push=52, lift=0.34, drive=0.3, strike=6, width=0.06)
    step = land + 0.42
    row.put(b, times[3], step, 2.8 * stride + far, push=56, lift=0.42, drive=-0.25, strike=-8, width=0.06)
    close = step + 0.5
    row.put(a, step + 0.04, close, 2.8 * stride + far, push=34, width=row.stance, lift=0.06)
    spots = [(lead - 0.1, 0.0), (times[1] + 0.02, 0.55 * stride), (times[2], 1.7 * stride), (times[3], 2.1 * stride + 0.3),
             (land, 2.1 * stride + far - 0.22), (step, 2.5 * stride + far), (close + 0.25, 2.8 * stride + far)]  # fmt: skip
    take = AuthoredTake(rng, close + rng.uniform(0.6, 0.9))
    row.lay(take)
    follow(take, [(time, np.array([0.0, z])) for time, z in spots], 0.05)
    _fly(take, [(times[3], land)], 0.03, 0.11, close)
    air = ease(take.t, [(times[2], 0.0), ((times[3] + land) / 2, 1.0), (land + 0.3, 0.0)])
    take.tilt[:, 0] += 8 * moving(take, lead, close)
    take.spine[:, 0] += 10 * ease(take.t, [(land - 0.05, 0.0), (land + 0.15, 1.0), (close, 0.0)])
    for side, up in ((a, 0.15), (b, 0.55)):
        rest = take.rest_arm[side]
        back, high = (
            arm((0.35, -1.0, -0.5), (0.25, -0.9, 0.2), (-1.0, 0.0, 0.0)),
            arm((0.55, up, 0.8), (0.4, up + 0.2, 0.9), (-0.4, -1.0, 0.0)),
        )
        take.key_arm(
            side, [(0, rest), (lead, rest), (times[3] - 0.2, back), (times[3] + 0.5 * flight, high), (close, rest)], lag=0.5
        )
    take.spine[:, 1] += SIGN[a] * 12 * air
    return take


def moonwalk(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """One flat foot glides back past the other, which stands on its toes.

    Then they change at once.
    """
    lead, beat = rng.uniform(0.4, 0.6), rng.uniform(0.5, 0.62) / tempo
    glides, length, up = int(rng.integers(6, 9)) - (2 if tempo < 0.7 else 0), rng.uniform(0.3, 0.38), rng.uniform(38, 46)
    snap, end = 0.16, lead + 0.35 + glides * beat
    take = AuthoredTake(rng, end + 0.5 + rng.uniform(0.5, 0.8), width=0.6)
    t, sides = take.t, ("left", "right") if rng.random() < 0.5 else ("right", "left")
    start = lead + 0.35
    places = {side: [(lead, 0.0)] for side in sides}
    heels = {side: [(lead - 0.1, 0.0)] for side in sides}
    heels[sides[0]].append((start - 0.05, up))
    z = 0.0
    for number in range(glides):
        flat, toe = sides[(number + 1) % 2], sides[number % 2]
        begin, stop = start + number * beat, start + (number + 1) * beat
        z -= length * (0.5 if number == 0 else 1.0)
        before = places[flat][-1][1]
        # the flat foot glides for the whole beat; then it comes up on its toes as the other goes flat
        places[flat] += [(begin + 0.03, before), (stop - 0.5 * snap, z)]
        heels[flat] += [(stop - 0.6 * snap, 0.0), (stop + 0.4 * snap, up)]
        heels[toe] += [(stop - 0.6 * snap, up), (stop + 0.4 * snap, 0.0)]
    last = sides[glides % 2]
    heels[last][-1] = (end - 0.6 * snap, 0.0)
    other = sides[(glides + 1) % 2]
    places[other] += [(end + 0.05, places[other][-1][1]), (end + 0.4, z)]
    for side in sides:
        foot = take.feet[side]
        foot.place[:, 2] += _glide(t, places[side])
        foot.heel += ease(t, heels[side])
    take.flow = 0.4 * beat
    going = moving(take, lead, end + 0.2)
    take.move[:, 1] -= 0.035 * going
    take.tilt[:, 0] += rng.uniform(3, 7) * going
    take.spine[:, 0] += rng.uniform(2, 8) * going
    take.head[:, 0] += rng.uniform(0, 8) * going
    phase = blur(take.feet["left"].place[:, 2] - take.feet["right"].place[:, 2], 0.06)
    take.swing_with(60 * phase)
    take.spine[:, 1] += 18 * phase
    return take


def _glide(t: np.ndarray, keys: list[tuple[float, float]]) -> np.ndarray:
    """An even pace between keys, rounded where it starts and stops."""
    times, values = np.array(keys).T
    return blur(np.interp(t, times, values), 0.035)


GESTURES = (
    AuthoredGesture("skip.forward", skip_forward),
    AuthoredGesture("skip.place", skip_place, 0.6),
    AuthoredGesture("gallop.forward", gallop),
    AuthoredGesture("leap", leap, speeds=False),
    AuthoredGesture("moonwalk.backward", moonwalk),
)
