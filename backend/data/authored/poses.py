"""Clips made of whole-body key poses.

What an `AuthoredTake` on two feet cannot do, such as lying or a tree pose.

Every channel of a pose is a smooth curve through the keys (monotone cubics, so a limb that two keys put in one place stays there).
Legs and planted hands are solved frame by frame, so they stay where they are put whatever the trunk does between the keys.
All places and directions are in the world: the clip begins at the origin and faces +z.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.hands import relaxed_hands
from backend.motion.motion import FPS, Motion
from backend.motion.rotations import perpendicular, unit
from backend.motion.skeleton import INDEX, J

from .arms import ArmPose, mirrored, reach, relaxed
from .curves import blur, smooth_noise, soften
from .legs import ANKLE_HEIGHT, BALL, HIP, SHIN, THIGH, leg_with_pole
from .take import SIDES, STANCE

Point = tuple[float, float, float]

STANDING = default_body().standing_pelvis_height
FORWARD: Point = (0.0, 0.0, 1.0)
KNEE_ON_FLOOR = 0.055  # metres of the joint over the floor
# metres that joints of the trunk keep from the floor; the pelvis is raised where a curve between two keys goes lower
_CLEARANCE = {"pelvis": 0.095, "spine2": 0.1, "spine3": 0.11, "neck": 0.06, "head": 0.085}
_REST = default_body().rest_positions()
_OFFSETS = default_body().offsets.astype(float)
_SHARES = (("spine1", 0.3), ("spine2", 0.35), ("spine3", 0.35))


@dataclass(frozen=True)
class LegPose:
    """Where an ankle is, how the foot is turned (degrees), where the knee points.

    How far the toes bend up.
    """

    ankle: Point
    yaw: float = 0.0
    pitch: float = 0.0  # positive: heel up
    roll: float = 0.0
    knee: Point = FORWARD
    toe: float = 0.0


@dataclass(frozen=True)
class HandPlace:
    """A wrist at a place, with the directions of elbow, palm and fingers."""

    wrist: Point
    elbow: Point
    palm: Point
    fingers: Point


@dataclass(frozen=True)
class BodyPose:
    """A key pose.

    ``turn``, ``spine`` and ``head`` are pitch, yaw, roll in degrees, as in `take`.

    A hand is at a place of the world, or an `ArmPose` against the chest.
    """

    pelvis: Point
    turn: Point
    spine: Point
    head: Point
    left_leg: LegPose
    right_leg: LegPose
    left_hand: ArmPose | HandPlace
    right_hand: ArmPose | HandPlace

    def but(self, **changes: object) -> BodyPose:
        """The same pose with other parts."""
        return replace(self, **changes)


def standing(rng: np.random.Generator, width: float = 1.0) -> BodyPose:
    """At ease on both feet, over the origin."""
    stance, toes = STANCE * width * rng.uniform(0.85, 1.15), rng.uniform(4, 12)
    low = STANDING - rng.uniform(0.006, 0.014)
    legs = [flat(sign * stance, rng.normal(-0.02, 0.008), sign * toes) for sign in (1, -1)]
    none = (0.0, 0.0, 0.0)
    return BodyPose((0.0, low, 0.0), none, none, none, *legs, relaxed(rng), relaxed(rng))


def flat(x: float, z: float, yaw: float = 0.0, up: float = 0.0, knee: Point | None = None) -> LegPose:
    """A foot flat on the floor, or ``up`` metres over it; the knee points where the foot does."""
    way = (float(np.sin(np.radians(yaw))), 0.0, float(np.cos(np.radians(yaw))))
    return LegPose((x, ANKLE_HEIGHT + up, z), yaw, knee=knee or way)


def on_ball(side: str, x: float, z: float, pitch: float, yaw: float = 0.0, knee: Point = FORWARD) -> LegPose:
    """A foot on its ball at (x, z), the heel up by ``pitch`` degrees and the toes flat."""
    ankle = np.array([x, ANKLE_HEIGHT + BALL[side][1], z]) - _euler(np.array([[pitch, yaw, 0.0]])).apply(BALL[side])[0]
    return LegPose(tuple(ankle), yaw, pitch, knee=knee, toe=-min(pitch, 75.0))


def pivoted(side: str, leg: LegPose, yaw: float, pitch: float = 0.0, knee: Point | None = None) -> LegPose:
    """A standing foot after it turned on its ball, the heel up by ``pitch`` degrees."""
    ball = np.array(leg.ankle) + _euler(np.array([[leg.pitch, leg.yaw, leg.roll]])).apply(BALL[side])[0]
    way = (float(np.sin(np.radians(yaw))), 0.0, float(np.cos(np.radians(yaw))))
    return on_ball(side, float(ball[0]), float(ball[2]), pitch, yaw, knee or way)


def kneeling(sign: float, x: float, knee_z: float, out: float = 0.0) -> LegPose:
    """A shin on the floor behind a knee at (x, knee_z), the top of the foot down.

    ``sign``: 1 left, -1 right.
    """
    way = np.array([sign * np.sin(np.radians(out)), 0.0, -np.cos(np.radians(out))])
    ankle = np.array([x, 0.075, knee_z]) + SHIN * way
    return LegPose(tuple(ankle), -sign * out, 155.0, knee=(0.0, -0.6, 1.0))


def over_knees(knee_z: float, back: float = 0.0) -> tuple[float, float]:
    """Height and z of a pelvis upright over knees at ``knee_z``, set back by ``back`` metres."""
    return KNEE_ON_FLOOR + float(np.sqrt(THIGH**2 - back**2)) + 0.075, knee_z - back


def hand_on_floor(x: float, z: float, sign: float, spread: float = 0.15) -> HandPlace:
    """A palm on the floor with the fingers ahead. ``sign``: 1 left, -1 right."""
    return HandPlace((x, 0.09, z), (sign * 0.6, 0.1, -1.0), (0.0, -1.0, 0.15), (-sign * spread, -0.25, 1.0))


def mirrored_leg(leg: LegPose) -> LegPose:
    """The same leg on the other side of x = 0."""
    (x, *ankle), (kx, *knee) = leg.ankle, leg.knee
    return LegPose((-x, *ankle), -leg.yaw, leg.pitch, -leg.roll, (-kx, *knee), leg.toe)


def turned_foot(ankle: Point, toes: Point, top: Point, knee: Point) -> LegPose:
    """A foot whose toes and whose top look in given directions, for feet that stand on no sole."""
    z = unit(np.array(toes))
    x = unit(np.cross(np.array(top), z))
    yaw, pitch, roll = Rotation.from_matrix(np.stack([x, np.cross(z, x), z], axis=-1)).as_euler("YXZ", degrees=True)
    return LegPose(ankle, float(yaw), float(pitch), float(roll), knee)


def posed(rng: np.random.Generator, tempo: float, stages: Sequence[tuple[float, BodyPose]], idle: float = 1.0) -> PosedTake:
    """A take that rests at the first stage, goes through the others and rests at the last.

    Seconds at tempo 1.
    """
    now = rng.uniform(0.15, 0.4)
    keys = [(now, stages[0][1])]
    for seconds, pose in stages[1:]:
        now += seconds * rng.uniform(0.93, 1.07) / tempo
        keys.append((now, pose))
    return PosedTake(rng, [*keys, (now + rng.uniform(0.3, 0.5), keys[-1][1])], idle)


class PosedTake:
    """A clip through key poses at times in seconds; it rests at the first and the last."""

    def __init__(
        self, rng: np.random.Generator, keys: Sequence[tuple[float, BodyPose]], idle: float = 1.0, soft: float = 0.05
    ) -> None:
        times = [key[0] for key in keys]
        if (np.diff(times) <= 0).any():
            raise ValueError(f"keys out of order: {np.round(times, 3).tolist()}")
        self.rng, self.idle, self.soft = rng, idle, soft  # soft: seconds over which corners are rounded
        self.t = np.arange(round(times[-1] * FPS)) / FPS
        first, last = (times[0] - 0.4, keys[0][1]), (times[-1] + 0.4, keys[-1][1])
        self._keys = [first, *keys, last]

    def motion(self) -> Motion:
        """Idle noise added, limbs solved: the finished clip. Call once."""
        rng, t, size = self.rng, self.t, self.idle
        pelvis, turn = self._curve(lambda p: p.pelvis), self._turning(lambda p: p.turn)
        spine = self._curve(lambda p: p.spine) + smooth_noise(rng, t, 0.6 * size, 3)
        head = self._curve(lambda p: p.head) + smooth_noise(rng, t, 1.4 * size, 3)
        spine[:, 0] -= 0.8 * size * np.sin(2 * np.pi * (t * rng.uniform(0.22, 0.34) + rng.uniform()))
        pelvis[:, [0, 2]] += smooth_noise(rng, t, 0.005 * size, 2, 0.08, 0.35)
        local = {name: _euler(spine * share) for name, share in _SHARES}
        local |= {name: _euler(head * share) for name, share in (("neck", 0.4), ("head", 0.6))}
        local["pelvis"] = root = turn
        pelvis[:, 1] += self._too_low(pelvis, local)
        chest, at = _chest(pelvis, local)
        for side in SIDES:
            self._place_leg(local, pelvis, root, side)
            self._place_arm(local, chest, at, side)
        rotations = np.zeros((len(t), J, 4), dtype=np.float32)
        rotations[..., 3] = 1.0
        rotations[:, 25:] = relaxed_hands()
        for name, rotation in local.items():
            rotations[:, INDEX[name]] = rotation.as_quat()
        return Motion(rotations, pelvis.astype(np.float32)).placed_at_origin()

    def _curve(self, part: object) -> np.ndarray:
        values = np.array([part(pose) for _, pose in self._keys], dtype=float)
        return blur(PchipInterpolator([time for time, _ in self._keys], values)(self.t), self.soft)

    def _turning(self, part: object) -> Rotation:
        """Rotations (T,) through the keys' pitch, yaw and roll.

        Less than half a turn from key to key.
        """
        return _through([time for time, _ in self._keys], _euler([part(pose) for _, pose in self._keys]), self.t, self.soft)

    def _too_low(self, pelvis: np.ndarray, local: dict[str, Rotation]) -> np.ndarray:
        """(T,) metres by which the trunk has to rise to stay over the floor."""
        missing = np.zeros(len(pelvis))
        at, frame = pelvis, local["pelvis"]
        missing = np.maximum(missing, _CLEARANCE["pelvis"] - at[:, 1])
        for name in ("spine1", "spine2", "spine3", "neck", "head"):
            at, frame = at + frame.apply(_OFFSETS[INDEX[name]]), frame * local[name]
            missing = np.maximum(missing, _CLEARANCE.get(name, 0.09) - at[:, 1])
        return np.maximum(blur(missing, 0.08), missing)

    def _place_leg(self, local: dict[str, Rotation], pelvis: np.ndarray, root: Rotation, side: str) -> None:
        def leg(pose: BodyPose) -> LegPose:
            return pose.left_leg if side == "left" else pose.right_leg

        foot = self._turning(lambda p: (leg(p).pitch, leg(p).yaw, leg(p).roll))
        pole = self._curve(lambda p: unit(np.array(leg(p).knee)))
        ankle = self._curve(lambda p: leg(p).ankle)
        ball = ankle[:, 1] + foot.apply(BALL[side])[:, 1]
        ankle[:, 1] += np.maximum(ANKLE_HEIGHT + BALL[side][1] - ball, 0.0)  # a rolling foot would dip between two keys
        pole = _knee_over_floor(pelvis + root.apply(HIP[side]), ankle, pole, side)
        solved = leg_with_pole(pelvis, root, ankle, foot, side, pole)
        local[f"{side}_hip"], local[f"{side}_knee"], local[f"{side}_ankle"] = solved
        toe = np.radians(self._curve(lambda p: (leg(p).toe, 0.0, 0.0)))
        local[f"{side}_foot"] = Rotation.from_rotvec(toe)

    def _place_arm(self, local: dict[str, Rotation], chest: Rotation, at: np.ndarray, side: str) -> None:
        """A free arm goes through its poses, a planted one reaches for its place.

        Between them it blends.
        """
        keys = [(time, pose.left_hand if side == "left" else pose.right_hand) for time, pose in self._keys]
        free = [(time, hand) for time, hand in keys if isinstance(hand, ArmPose)]
        placed = [(time, hand) for time, hand in keys if isinstance(hand, HandPlace)]
        arms = [self._free_arm(free)] if free else []
        if placed:
            arms.append(self._placed_arm(placed, chest, at, -1.0 if side == "right" else 1.0))
        weight = PchipInterpolator([time for time, _ in keys], [float(isinstance(hand, HandPlace)) for _, hand in keys])(self.t)
        drift = np.radians(smooth_noise(self.rng, self.t, 0.9 * self.idle, 3)) * (1 - weight)[:, None]
        for joint in ("collar", "shoulder", "elbow", "wrist"):
            rotation = getattr(arms[0], joint)
            if len(arms) == 2:
                step = (rotation.inv() * getattr(arms[1], joint)).as_rotvec()
                rotation = rotation * Rotation.from_rotvec(step * weight[:, None])
            rotation = rotation * Rotation.from_rotvec(drift)
            local[f"{side}_{joint}"] = rotation if side == "left" else mirrored(rotation)

    def _free_arm(self, keys: list[tuple[float, ArmPose]]) -> ArmPose:
        times = [time for time, _ in keys]
        joints = []
        for joint in ("collar", "shoulder", "elbow", "wrist"):
            rotations = Rotation.concatenate([getattr(pose, joint)[0] for _, pose in keys])
            joints.append(_through(times, rotations, self.t, 0.05))
        return ArmPose(*joints)

    def _placed_arm(self, keys: list[tuple[float, HandPlace]], chest: Rotation, at: np.ndarray, sign: float) -> ArmPose:
        times = [time for time, _ in keys]
        inside = np.clip(self.t, times[0], times[-1])
        flip = np.array([sign, 1.0, 1.0])

        def curve(name: str) -> np.ndarray:
            values = np.array([getattr(hand, name) for _, hand in keys], dtype=float)
            if name != "wrist":
                values = unit(values)
            return PchipInterpolator(times, values)(inside) if len(times) > 1 else np.repeat(values, len(self.t), 0)

        back = chest.inv()
        wrist = (back.apply(curve("wrist") - at) + _REST[INDEX["spine3"]]) * flip
        return reach(wrist, *(back.apply(curve(name)) * flip for name in ("elbow", "palm", "fingers")))


def _chest(pelvis: np.ndarray, local: dict[str, Rotation]) -> tuple[Rotation, np.ndarray]:
    """World orientation (T,) and place (T, 3) of the chest (spine3)."""
    frame, at = local["pelvis"], pelvis
    for name, _ in _SHARES:
        at, frame = at + frame.apply(_OFFSETS[INDEX[name]]), frame * local[name]
    return frame, at


def _knee_over_floor(hip: np.ndarray, ankle: np.ndarray, pole: np.ndarray, side: str) -> np.ndarray:
    """Directions (T, 3) of a knee.

    Turned about the line from hip to ankle where it would be below the floor.
    """
    line = ankle - hip
    distance = np.linalg.norm(line, axis=-1)
    along = (THIGH**2 + distance**2 - SHIN**2) / (2 * distance)  # from the hip to the foot of the knee's perpendicular
    out = np.sqrt(np.maximum(THIGH**2 - along**2, 1e-6))
    line = line / distance[:, None]
    up = perpendicular(np.array([[0.0, 1.0, 0.0]]), line)
    least = (KNEE_ON_FLOOR - hip[:, 1] - along * line[:, 1]) / out / np.maximum(up[:, 1], 0.1)
    way = perpendicular(pole, line)
    level = np.cross(line, up)
    share, across = (way * up).sum(-1), (way * level).sum(-1)
    outward = np.sign(level[:, 0] * (1 if side == "left" else -1) + 1e-9)
    across = np.where(np.abs(across) < 0.05, 0.05 * outward, across)
    share = np.clip(np.maximum(share, least), -1.0, 1.0)
    return share[:, None] * up + (np.sqrt(1 - share**2) * np.sign(across))[:, None] * level


def _through(times: Sequence[float], rotations: Rotation, t: np.ndarray, soft: float) -> Rotation:
    """Rotations (T,) by a monotone cubic through the quaternions of keys; constant outside them."""
    quaternions = rotations.as_quat()
    for i in range(1, len(quaternions)):
        if quaternions[i] @ quaternions[i - 1] < 0:
            quaternions[i] *= -1
    if len(times) == 1:
        return Rotation.from_quat(np.repeat(quaternions, len(t), 0))
    return soften(Rotation.from_quat(PchipInterpolator(times, quaternions)(np.clip(t, times[0], times[-1]))), soft)


def _euler(angles: np.ndarray) -> Rotation:
    return Rotation.from_euler("YXZ", np.asarray(angles)[:, [1, 0, 2]], degrees=True)
