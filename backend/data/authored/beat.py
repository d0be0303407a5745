"""The timing that most gestures share (wait, rise, hold, fall, wait) and what goes along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arms import ArmPose, Vector, arm
from .curves import ease, min_jerk
from .take import SIDES, AuthoredTake
from .touches import Touch

Range = tuple[float, float]
Angles = tuple[float, float, float]
BEHIND = arm((0.5, -1.0, -0.55), (0.0, -1.0, -0.2), (-0.1, 0.0, -1.0))  # on the way behind the back
STILL = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Beat:
    """One gesture in time, in seconds; a beat that ``stays`` ends in the pose it rose to."""

    lead: float
    rise: float
    hold: float
    fall: float
    tail: float
    stays: bool = False

    @classmethod
    def draw(
        cls,
        rng: np.random.Generator,
        tempo: float,
        rise: Range = (0.55, 0.8),
        hold: Range = (0.8, 1.6),
        fall: Range = (0.6, 0.9),
        stays: bool = False,
    ) -> Beat:
        """A random beat; ``tempo`` shortens its moves, and its hold half as much."""
        return cls(
            rng.uniform(0.15, 0.5),
            rng.uniform(*rise) / tempo,
            rng.uniform(*hold) / tempo**0.5,
            rng.uniform(*fall) / tempo,
            rng.uniform(0.3, 0.7),
            stays,
        )

    @property
    def top(self) -> float:
        return self.lead + self.rise

    @property
    def end(self) -> float:
        return self.top + self.hold

    @property
    def down(self) -> float:
        return self.end if self.stays else self.end + self.fall

    @property
    def seconds(self) -> float:
        return self.end + 0.2 if self.stays else self.down + self.tail

    def keys(self, size: float = 1.0, shift: float = 0.0) -> list[tuple[float, float]]:
        """Keys of a curve from 0 to ``size`` and back, ``shift`` seconds later."""
        keys = [(self.lead + shift, 0.0), (self.top + shift, size), (self.end + shift, size)]
        return keys if self.stays else [*keys, (self.down + shift, 0.0)]

    def key_arms(
        self, take: AuthoredTake, poses: dict[str, ArmPose], via: ArmPose | None = None, lag: float = 0.8, early: float = 0.0
    ) -> None:
        """Arms go to their poses (by side) with the beat, past ``via``, and back.

        They are there ``early``, by a share of the rise, and leave as much later.
        """
        for side, pose in poses.items():
            rest, late = take.rest_arm[side], take.rng.uniform(0, 0.05)
            top, end = self.top + late - early * self.rise, self.end + late + early * self.fall
            keys = [(0.0, rest), (self.lead + late, rest), (top, pose, via), (end, pose)]
            take.key_arm(side, keys if self.stays else [*keys, (self.down + late, rest, via)], lag)

    def body(
        self,
        take: AuthoredTake,
        head: Angles = STILL,
        spine: Angles = STILL,
        tilt: Angles = STILL,
        move: Angles = STILL,
        shift: float = 0.0,
    ) -> None:
        """Head, spine and pelvis go along: degrees of pitch, yaw, roll; ``move`` in metres."""
        for channel, sizes in ((take.head, head), (take.spine, spine), (take.tilt, tilt), (take.move, move)):
            for column, size in enumerate(sizes):
                if size:
                    take.key(channel[:, column], self.keys(size, shift))

    def touch(
        self,
        take: AuthoredTake,
        side: str,
        joint: str,
        points: Vector,
        elbow: Vector,
        palm: Vector,
        hand: Vector,
        contact: str = "fingertips",
        lift: float = 0.0,
        late: float = 0.0,
    ) -> None:
        """A hand lies on the body from the top of the beat to its end (see `touches`).

        With ``late``, a share of the rise and the fall, the arm's keyed pose shows the way round the body first.
        """
        keys = [(self.lead + late * self.rise, 0.0), (self.top, 1.0), (self.end, 1.0)]
        weight = ease(take.t, keys if self.stays else [*keys, (self.down - late * self.fall, 0.0)])
        take.touches.append(Touch(side, joint, points, weight, elbow, palm, hand, contact, lift))

    def strokes(self, take: AuthoredTake, times: float) -> np.ndarray:
        """(T,) a to and fro of -1..1, ``times`` times within the hold, easing in and out."""
        progress = np.clip((take.t - self.top) / max(self.end - self.top, 1e-6), 0.0, 1.0)
        window = min_jerk(progress * 5) * min_jerk((1 - progress) * 5)
        return window * np.sin(2 * np.pi * times * progress)


def along(start: Vector, move: Vector, amount: np.ndarray) -> np.ndarray:
    """(T, 3) points that leave ``start`` by ``amount`` (T,) times ``move``."""
    return np.asarray(start) + amount[:, None] * np.asarray(move)


def jitter(rng: np.random.Generator, vector: Vector, size: float) -> np.ndarray:
    """The vector, a little different each time."""
    return np.asarray(vector, dtype=float) + rng.normal(0, size, 3)


def both(pose: ArmPose) -> dict[str, ArmPose]:
    """The same pose for both arms."""
    return dict.fromkeys(SIDES, pose)
