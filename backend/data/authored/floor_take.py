"""A take whose body may leave its feet: it falls, lies, crawls, swims.

It has the channels of an `AuthoredTake`. Besides, hands can be kept at places of the world, knees can carry weight, legs can hang
from the hips (pitch forward, yaw, roll; knee and ankle bend), and what would sink into the floor is lifted out of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.floor import THICKNESS, skin_heights
from backend.motion.hands import relaxed_hands
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX, J

from .arms import mirrored, reach
from .curves import about, blur
from .legs import HIP, SHIN, THIGH, kneeling_leg, solve_loose_leg
from .take import SIDES, AuthoredTake, euler

_REST = default_body().rest_positions().astype(float)
_TRUNK = [INDEX[name] for name in ("pelvis", "left_hip", "right_hip", "spine1", "spine2", "spine3", "neck", "head")]
_SPINE = (("spine1", 0.3), ("spine2", 0.35), ("spine3", 0.35))
_HEAD = (("neck", 0.4), ("head", 0.6))


@dataclass(frozen=True)
class _Hold:
    """A wrist at a place of the world.

    Its place, elbow, palm and fingers (T, 3) or (3,), and how much it counts (T,).
    """

    side: str
    place: np.ndarray
    elbow: np.ndarray
    palm: np.ndarray
    fingers: np.ndarray
    weight: np.ndarray


class FloorTake(AuthoredTake):
    """Channels of one clip whose body may lie; see the module's text."""

    def __init__(self, rng: np.random.Generator, seconds: float, *, width: float = 1.0, idle: float = 1.0) -> None:
        super().__init__(rng, seconds, width=width, idle=idle)
        self._holds: list[_Hold] = []
        self.knees: dict[str, tuple[np.ndarray, np.ndarray, Rotation]] = {}  # side -> knee, ankle (T, 3), foot (T,)
        self.hanging: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}  # side -> hip (T, 3), knee, ankle (T,), degrees
        self.hangs = np.ones(len(self.t))  # how far legs that hang are free of their feet's places
        self.foot_roll = {
            side: np.zeros(len(self.t)) for side in SIDES
        }  # degrees, right +, of a foot that comes to lie on its side
        self.loose = np.zeros(len(self.t))  # 1 where the pelvis goes where it is told, whatever the legs reach

    def hold(
        self, side: str, place: np.ndarray, elbow: np.ndarray, palm: np.ndarray, fingers: np.ndarray, weight: np.ndarray
    ) -> None:
        """Keep a wrist at (T, 3) or (3,) metres of the world, as far as ``weight`` (T,) says.

        Directions are the world's, too.
        """
        self._holds.append(_Hold(side, *(np.asarray(v, dtype=float) for v in (place, elbow, palm, fingers, weight))))

    def motion(self) -> Motion:
        """Idle noise added, legs and hands solved, nothing in the floor.

        This is the finished clip. Call once.
        """
        self.breathe()
        base, heading = self._base()
        root = euler(np.stack([self.tilt[:, 0], heading + self.tilt[:, 1], self.tilt[:, 2]], axis=-1))
        pelvis = base + about("y", heading).apply(self.move)
        pelvis[:, 1] += default_body().standing_pelvis_height - 0.004
        held = self._within_reach(pelvis, root, {side: self._ankle(side) for side in SIDES})
        pelvis[:, 1] = held + (pelvis[:, 1] - held) * self.loose
        local = self._trunk()
        for _ in range(2):  # lifting the pelvis moves the hands that hold on to the floor
            made = self._solve(pelvis, root, dict(local))
            sunk = np.maximum(-skin_heights(made.positions(), default_body())[:, _TRUNK].min(axis=1), 0.0)
            if sunk.max() < 0.002:
                break
            pelvis[:, 1] += blur(maximum_filter1d(sunk, 5), 0.05)
        return made.placed_at_origin()

    def _ankle(self, side: str) -> tuple[np.ndarray, Rotation, np.ndarray]:
        ankle, foot, toe = super()._ankle(side)
        return ankle, foot * about("z", self.foot_roll[side]), toe

    def _trunk(self) -> dict[str, Rotation]:
        return {name: euler(self.spine * share) for name, share in _SPINE} | {
            name: euler(self.head * share) for name, share in _HEAD
        }

    def _solve(self, pelvis: np.ndarray, root: Rotation, local: dict[str, Rotation]) -> Motion:
        frames = len(self.t)
        local["pelvis"] = root
        for side in SIDES:
            if side in self.knees:
                knee, ankle, foot = self.knees[side]
                local[f"{side}_hip"], local[f"{side}_knee"], local[f"{side}_ankle"] = kneeling_leg(
                    pelvis, root, knee, ankle, foot, side
                )
                continue
            ankle, foot, toe = self._ankle(side)
            ankle = self._stretched(pelvis, root, ankle, foot, side)
            solved = solve_loose_leg(pelvis, root, ankle, foot, side, self.splay)
            local[f"{side}_hip"], local[f"{side}_knee"], local[f"{side}_ankle"] = solved
            local[f"{side}_foot"] = about("x", toe)
            if side in self.hanging:
                hip, knee, ankle = self.hanging[side]
                free = {"hip": euler(hip * [-1, 1, 1]), "knee": about("x", knee), "ankle": about("x", ankle)}
                for joint, rotation in free.items():
                    turn = (local[f"{side}_{joint}"].inv() * rotation).as_rotvec()
                    local[f"{side}_{joint}"] = local[f"{side}_{joint}"] * Rotation.from_rotvec(turn * self.hangs[:, None])
        chest, turned = pelvis.copy(), root
        for name, _ in _SPINE:
            chest = chest + turned.apply(default_body().offsets[INDEX[name]])
            turned = turned * local[name]
        for side in SIDES:
            self._place_arm(local, side)
        for hold in self._holds:
            self._grip(local, hold, chest, turned)
        rotations = np.zeros((frames, J, 4), dtype=np.float32)
        rotations[..., 3] = 1.0
        rotations[:, 25:] = relaxed_hands()
        for name, rotation in local.items():
            rotations[:, INDEX[name]] = rotation.as_quat()
        return Motion(rotations, pelvis.astype(np.float32))

    def _stretched(self, pelvis: np.ndarray, root: Rotation, ankle: np.ndarray, foot: Rotation, side: str) -> np.ndarray:
        """(T, 3) the ankle, farther away where its knee would be in the floor.

        The leg lies straight then.
        """
        hip = pelvis + root.apply(HIP[side])
        turned = root * solve_loose_leg(pelvis, root, ankle, foot, side, self.splay)[0]
        knee = hip + turned.apply(default_body().offsets[INDEX[f"{side}_knee"]])
        sunk = blur(maximum_filter1d(np.clip((THICKNESS["left_knee"] - knee[:, 1]) / 0.03, 0, 1), 3), 0.04)
        sunk *= np.clip((0.4 - hip[:, 1]) / 0.1, 0, 1)  # a body that kneels needs its feet where they are
        away = ankle - hip
        distance = np.linalg.norm(away, axis=-1, keepdims=True)
        farther = np.maximum(distance, 0.999 * (THIGH + SHIN))
        return ankle + away * (1, 0, 1) / distance * (farther - distance) * sunk[:, None]

    def _grip(self, local: dict[str, Rotation], hold: _Hold, chest: np.ndarray, turned: Rotation) -> None:
        """Turn an arm's joints towards a hold, which is worked out on the left."""
        mirror = np.array([1.0 if hold.side == "left" else -1.0, 1.0, 1.0])
        place = (turned.inv().apply(hold.place - chest) + _REST[INDEX["spine3"]]) * mirror
        directions = [
            turned.inv().apply(np.broadcast_to(way, place.shape).copy()) * mirror for way in (hold.elbow, hold.palm, hold.fingers)
        ]
        pose = reach(place, *directions)
        for joint in ("collar", "shoulder", "elbow", "wrist"):
            held = getattr(pose, joint) if hold.side == "left" else mirrored(getattr(pose, joint))
            base = local[f"{hold.side}_{joint}"]
            turn = (base.inv() * held).as_rotvec()
            local[f"{hold.side}_{joint}"] = base * Rotation.from_rotvec(turn * hold.weight[:, None])


def fall(t: np.ndarray, start: float, end: float, power: float = 2.2) -> np.ndarray:
    """(T,) 0 to 1, faster and faster like something that topples, and stopped by the floor."""
    return blur(np.clip((t - start) / (end - start), 0, 1) ** power, 0.028)


def hips_over_knees(
    knees: dict[str, np.ndarray], loads: dict[str, np.ndarray], pelvis: np.ndarray, root: Rotation
) -> np.ndarray:
    """(T,) pelvis height at which the thighs of loaded knees are as long as they are.

    Args:
        knees, loads: (T, 3) places and (T,) loads by side.
        pelvis: (T, 3), its height unused.
        root: (T,) orientations of the pelvis.
    """
    heights = []
    for side in SIDES:
        hip = root.apply(HIP[side])
        away = np.linalg.norm((pelvis + hip - knees[side])[:, [0, 2]], axis=-1)
        heights.append(knees[side][:, 1] + np.sqrt(np.maximum(THIGH**2 - away**2, 0.01)) - hip[:, 1])
    share = loads["left"] / np.maximum(loads["left"] + loads["right"], 1e-6)
    return share * heights[0] + (1 - share) * heights[1]
