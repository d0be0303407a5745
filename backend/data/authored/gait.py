"""Walking and running as a cycle: strikes and toe-offs, and a pelvis and arms that go along.

A gait begins and ends standing: the weight goes over one foot, the other takes a first, shorter step, and a last step closes.
Timing and amplitudes are those of CMU's walks (step 0.6 m in 0.55 s, pelvis up and down by 4 cm, hips turning by 6 to 19 and
tilting by 11 degrees, knee 15 to 75 degrees) and of running as physics has it (flight is free fall).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from .arms import ArmPose
from .curves import blur, min_jerk
from .footfalls import Contact, lay_contacts
from .take import OTHER, STANCE, AuthoredTake

GRAVITY = 9.81
Knots = list[tuple[float, np.ndarray]]  # seconds, (2,) x and z


@dataclass(frozen=True)
class Gait:
    """How somebody goes; lengths in metres, times in seconds, angles in degrees.

    Attributes:
        step: from one strike to the next, of the other foot.
        duty: share of its two steps that a foot is on the floor; under a half is running.
        length: along the way, one foot ahead of the other.
        way: to which side of the facing the way leads, left positive; 180 is backward.
        width: of each ankle from the middle.
        lift, drive, strike, flat, push: of each swing and contact, as in `footfalls.Contact`.
        drop, bob: of the pelvis below standing, and how far it goes up and down (half of it) with each step.
        sway: share of the way to the standing foot that the pelvis leans over it.
        roll: how far the hip of the swinging leg drops.
        swing: of the arms, a metre that a foot is ahead; ``pump`` is their swing by which foot is up.
        lean, curl: of pelvis and spine forward.
    """

    step: float = 0.54
    duty: float = 0.62
    length: float = 0.62
    way: float = 0.0
    width: float = 0.055
    lift: float = 0.05
    drive: float = 0.0
    strike: float = -20.0
    flat: float = 0.0
    push: float = 42.0
    drop: float = 0.036
    bob: float = 0.016
    sway: float = 0.35
    roll: float = 4.5
    swing: float = 30.0
    pump: float = 0.0
    lean: float = 2.0
    curl: float = 2.0


class GaitPlan:
    """Contacts of both feet, times of strikes, and when the going begins and ends."""

    def __init__(self, rng: np.random.Generator, gait: Gait, steps: int, *, lead: float, first: str = "", limp: str = "") -> None:
        self.gait, self.lead = gait, lead
        self.first = first or str(rng.choice(["left", "right"]))
        stance = STANCE * rng.uniform(0.85, 1.1)
        self.contacts = {side: [Contact(-1.0, 0.0, sign * stance, 0.0)] for side, sign in (("left", 1), ("right", -1))}
        self.strikes: list[float] = []
        self.sides: list[str] = []
        swing = 2 * gait.step * (1 - gait.duty)
        shares = self._shares(steps)
        along = np.cumsum(shares) * gait.length
        way = np.radians(gait.way)
        strike = lead + 1.1 * max(swing, 0.75 * gait.step)
        for number in range(steps + 1):
            side = self.first if number % 2 == 0 else OTHER[self.first]
            sign, last = 1 if side == "left" else -1, number >= steps - 1
            slow = 1.0 if 0 < number < steps else 1.1
            width = stance if last else gait.width
            before = self.contacts[side][-1]
            took = slow * swing if number else strike - lead
            contact = Contact(
                strike, 99.0, sign * width + along[number] * np.sin(way) + rng.normal(0, 0.006), along[number] * np.cos(way),
                strike=gait.strike * (0.35 if last and number == steps else 1.0), flat=0.0 if last else gait.flat, push=gait.push,
                lift=gait.lift * rng.uniform(0.92, 1.08) * (0.8 if number == steps else 1.0), drive=gait.drive,
            )  # fmt: skip
            self.contacts[side][-1] = replace(before, off=strike - took, push=gait.push * (0.7 if number in (0, steps) else 1.0))
            self.contacts[side].append(contact)
            self.strikes.append(strike)
            self.sides.append(side)
            strike += gait.step * rng.uniform(0.98, 1.02) * (1.0 if number < steps - 1 else 1.12) * (0.86 if limp == side else 1.0)
        self.end = self.strikes[-1]

    def _shares(self, steps: int) -> np.ndarray:
        """(steps + 1,) how long each step is, as a share of the usual one; the last closes."""
        shares = np.ones(steps + 1)
        shares[0], shares[-1] = 0.62, 0.0
        if steps > 2:
            shares[-2] = 0.75
        if self.gait.duty < 0.5 and steps > 4:
            shares[[1, -3]] = 0.85
            shares[-2] = 0.55
        return shares

    def perform(self, rng: np.random.Generator, tail: float, carry: tuple[ArmPose, ArmPose] | None = None) -> AuthoredTake:
        """The take, ``tail`` seconds longer than the going.

        Args:
            carry: how the left and the right arm are held while going; hanging when None.
        """
        take, gait = AuthoredTake(rng, self.end + tail), self.gait
        for side, contacts in self.contacts.items():
            lay_contacts(take, side, contacts)
        going = moving(take, self.lead, self.end, gait.drop)
        if carry is not None:
            carry_arms(take, carry, self.lead, self.end)
        follow(take, self._knots(), 0.12 * gait.step + 0.02)
        lean_over_feet(take, gait.sway, gait.roll, gait.step)
        lowest = gait.duty if gait.duty < 0.5 else gait.duty - 0.5
        phases = np.arange(len(self.strikes) + 1.0)
        phases[[0, -1]] = lowest + 0.5, len(self.strikes) - 0.5 + lowest  # from standing height, and back to it
        phase = np.interp(take.t, [self.strikes[0] - gait.step, *self.strikes], phases)
        take.move[:, 1] -= (gait.drop + gait.bob * np.cos(2 * np.pi * (phase - lowest))) * going
        take.tilt[:, 0] += gait.lean * going
        take.spine[:, 0] += gait.curl * going
        take.head[:, 0] -= 0.7 * (gait.lean + gait.curl) * going
        take.swing_arms(gait.swing)
        if gait.pump:
            left, right = take.feet["left"], take.feet["right"]
            take.swing_with(-blur(left.load - right.load, 0.2 * gait.step) * gait.pump * going)
        return take

    def _knots(self) -> Knots:
        """The pelvis is midway between both feet when they share the weight, or both fly."""
        shared = (self.gait.duty - 0.5) * self.gait.step  # from a strike to the middle of double support, or back to the flight's
        spots = {side: np.array([found[0].x, found[0].z]) for side, found in self.contacts.items()}
        knots = [(self.lead - 0.12, (spots["left"] + spots["right"]) / 2)]
        taken = dict.fromkeys(spots, 0)
        for strike, side in zip(self.strikes, self.sides, strict=True):
            taken[side] += 1
            contact = self.contacts[side][taken[side]]
            spots[side] = np.array([contact.x, contact.z])
            knots.append((strike + shared, (spots["left"] + spots["right"]) / 2))
        knots[-1] = (self.end + 0.3, knots[-1][1])
        return knots


def moving(take: AuthoredTake, start: float, end: float, deep: float = 0.0) -> np.ndarray:
    """(T,) 1 while somebody goes, 0 while they stand.

    ``deep`` is how many metres they must get down and up for it.
    """
    before = min(start - 0.12, 0.2 + deep)
    return min_jerk((take.t - start + before) / (before + 0.3)) * (1 - min_jerk((take.t - end + 0.25) / (0.5 + deep)))


def carry_arms(take: AuthoredTake, carry: tuple[ArmPose, ArmPose], start: float, end: float) -> None:
    """Hold the left and the right arm so from ``start`` to ``end``, hanging before and after."""
    for side, pose in zip(("left", "right"), carry, strict=True):
        rest = take.rest_arm[side]
        keys = [(0.0, rest), (max(0.0, start - 0.15), rest), (start + 0.4, pose), (end - 0.15, pose), (end + 0.5, rest)]
        take.key_arm(side, keys)


def follow(take: AuthoredTake, knots: Knots, smooth: float) -> None:
    """Lead the pelvis through (seconds, (x, z)) at an even pace, facing ahead."""
    take.shift = 0.5
    take.turn = np.zeros(len(take.t))
    times = np.array([time for time, _ in knots])
    curve = PchipInterpolator(times, np.array([spot for _, spot in knots]))
    path = blur(curve(np.clip(take.t, times[0], times[-1])), smooth)
    take.move[:, [0, 2]] += path - take.ground()[:, [0, 2]]


def lean_over_feet(take: AuthoredTake, sway: float, roll: float, step: float) -> None:
    """Bring the pelvis a share ``sway`` of the way over the standing foot.

    The free hip drops by ``roll`` degrees.
    """
    left, right = take.feet["left"], take.feet["right"]
    loaded = blur(left.load - right.load, 0.16 * step)
    towards = np.where(loaded > 0, left.place[:, 0], right.place[:, 0]) - take.ground()[:, 0] - take.move[:, 0]
    take.move[:, 0] += blur(sway * np.abs(loaded) * towards, 0.14 * step)
    take.tilt[:, 2] += roll * loaded
    take.spine[:, 2] -= 1.1 * roll * loaded


def free_fall_bob(step: float) -> float:
    """Metres of bob with which the top of each step of a run is free fall."""
    return GRAVITY / (2 * np.pi / step) ** 2
