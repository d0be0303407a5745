"""Feet that are put down and picked up: contacts, and the swings between them.

Whatever goes on two feet is a row of contacts a foot. During a contact the foot stands still and rolls from the heel (or the
ball) over the flat foot to the toes; between contacts it swings. Where the feet go is `gait`'s and the topics' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from .curves import blur, min_jerk
from .take import SIGN, STANCE, AuthoredTake

_LANDING = 0.10  # seconds at most from the strike to the flat foot
_ROLL = 0.45  # share of a contact in which the foot rolls onto its toes


@dataclass(frozen=True)
class Contact:
    """A foot on the floor, and the swing that brought it there.

    Attributes:
        on, off: seconds of strike and toe-off; the first contact of a foot begins before the clip, the last ends after it.
        x, y, z: where it stands, metres; y is a stair's height.
        yaw: degrees it points to, added to how the foot stands anyway.
        strike, flat, push: heel angle at the strike, in the middle and at toe-off, degrees; positive is heel up.
        lift: metres the swing before it clears the line between both places.
        drive: metres the foot swings ahead (+) or behind (-) of that line.
        early: how much sooner (> 0) than along the floor the foot rises; 1 for stairs.
    """

    on: float
    off: float
    x: float
    z: float
    y: float = 0.0
    yaw: float = 0.0
    strike: float = 0.0
    flat: float = 0.0
    push: float = 0.0
    lift: float = 0.06
    drive: float = 0.0
    early: float = 0.0


class FootRow:
    """Contacts of both feet, told in order of time by `put`; they begin side by side.

    Attributes:
        first: a foot drawn to begin with.
        knots: (seconds, (x, z)) midway between the feet at each landing, for `gait.follow`.
    """

    def __init__(self, rng: np.random.Generator, start: float = 0.0) -> None:
        self.stance = STANCE * rng.uniform(0.85, 1.05)
        self.first = str(rng.choice(["left", "right"]))
        self.contacts = {side: [Contact(-1.0, 99.0, sign * self.stance, 0.0)] for side, sign in SIGN.items()}
        self.knots: list[tuple[float, np.ndarray]] = [(start, np.zeros(2))]

    def put(
        self, side: str, leave: float, land: float, z: float, *, x: float = 0.0, push: float = 30.0, width: float | None = None,
        shared: float = 0.05, **swing: float,
    ) -> None:  # fmt: skip
        """Lift a foot off at one time and put it down at another.

        Args:
            z, x: where the middle of the body would be if it stood on both feet there.
            width: of the ankle from that middle; as it stood at first when None.
            shared: seconds after the landing at which both feet have the weight in equal shares.
            swing: more of `Contact`.
        """
        before = self.contacts[side][-1]
        self.contacts[side][-1] = replace(before, off=leave, push=push)
        place = x + SIGN[side] * (self.stance if width is None else width)
        self.contacts[side].append(Contact(land, 99.0, place, z, **swing))
        spots = [np.array([found[-1].x, found[-1].z]) for found in self.contacts.values()]
        self.knots.append((land + shared, (spots[0] + spots[1]) / 2))

    def lay(self, take: AuthoredTake) -> None:
        """Give the take's feet their contacts."""
        for side, contacts in self.contacts.items():
            lay_contacts(take, side, contacts)


def lay_contacts(take: AuthoredTake, side: str, contacts: Sequence[Contact]) -> None:
    """Let a foot do its ``contacts`` for the whole clip, in order of time."""
    t, foot = take.t, take.feet[side]
    take.free_legs = True
    first = contacts[0]
    foot.place[:] = (first.x, first.y, first.z)
    foot.ground[:] = first.y
    yaw = np.full(len(t), first.yaw)
    loaded = np.zeros(len(t))
    angles: list[tuple[float, float]] = []
    for before, after in zip((None, *contacts), contacts, strict=False):
        angles += _roll(after)
        loaded[(t >= after.on) & (t <= after.off)] = 1.0
        if before is None:
            continue
        span = after.on - before.off
        angles.append((before.off + 0.12 * span, 1.12 * before.push))
        angles.append((before.off + 0.6 * span, 0.25 * before.push + 0.4 * after.strike))
        progress = np.clip((t - before.off) / span, 0, 1)
        # the toes leave the floor slowly, for the heel has come up; the foot is at speed until shortly before it lands
        along = (1 - np.cos(np.pi * progress**1.3)) / 2
        if after.early:
            along = (1 - after.early) * along + after.early * min_jerk((progress - 0.22) / 0.78)
        swinging = t > before.off
        start, end = np.array([before.x, before.y, before.z]), np.array([after.x, after.y, after.z])
        path = start + (end - start) * along[:, None]
        rising = min_jerk(progress * (1.6 if end[1] > start[1] else 1.0) - (0.35 if end[1] < start[1] else 0.0))
        path[:, 1] = start[1] + (end[1] - start[1]) * np.where(end[1] == start[1], along, rising / max(rising[-1], 1e-6))
        path[:, 1] += after.lift * np.sin(np.pi * progress**0.85) ** 1.1
        path[:, 2] += after.drive * np.sin(np.pi * progress) ** 2
        foot.place[swinging] = path[swinging]
        foot.ground[t > before.off + 0.5 * span] = after.y
        yaw += (after.yaw - before.yaw) * min_jerk(progress)
    foot.yaw += yaw
    angles.sort()
    times = np.array([time for time, _ in angles])
    keep = np.concatenate([[True], np.diff(times) > 1e-4])
    foot.heel += PchipInterpolator(times[keep], np.array([angle for _, angle in angles])[keep])(np.clip(t, times[0], times[-1]))
    foot.load = np.minimum(foot.load, blur(loaded, 0.035))


def _roll(contact: Contact) -> list[tuple[float, float]]:
    """Heel angles (seconds, degrees) of one contact."""
    time = contact.off - contact.on
    down = contact.on + min(_LANDING, 0.25 * time)
    up = contact.off - min(0.26, _ROLL * time)
    return [(contact.on, contact.strike), (down, contact.flat), (up, contact.flat), (contact.off, contact.push)]
