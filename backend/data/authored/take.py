"""One take of an authored clip: an animator's channels, converted to a `Motion`.

The pelvis, the spine and the head are curves in degrees and metres; arms are keyed poses (`arms`); feet stand where
they are put and step with lifted arcs, and leg inverse kinematics (`legs`) keeps them there whatever the pelvis does.
Everything idles: weight shifts, breathing and small drifts are added unless the amount is set to zero. What a gesture
looks like is decided in the modules that use a take, not here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import minimum_filter1d
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.hands import relaxed_hands
from backend.motion.motion import FPS, Motion
from backend.motion.skeleton import INDEX, J

from .arms import ArmPose, mirrored, relaxed
from .curves import Keys, about, blur, ease, ease_rotations, min_jerk, smooth_noise, soften
from .legs import ANKLE_HEIGHT, BALL, highest_pelvis, solve_leg
from .touches import Touch

SIDES = ("left", "right")
OTHER = {"left": "right", "right": "left"}
SIGN = {"left": 1, "right": -1}  # of x on a side
STANCE = 0.105  # metres of each ankle from the middle line when standing
_HEEL = np.array([0.0, -ANKLE_HEIGHT, -0.045])  # what a foot turns about when its toes come up
_ARM_LAG = {
    "collar": -0.03,
    "shoulder": 0.0,
    "elbow": 0.035,
    "wrist": 0.065,
}  # seconds: the shoulder leads, the wrist trails


class Foot:
    """Ankle position (T, 3), yaw and heel angle (T,) in degrees of one foot.

    The position is that of a flat foot; y is its lift.
    """

    def __init__(self, frames: int, x: float, z: float, yaw: float) -> None:
        self.place = np.tile([x, 0.0, z], (frames, 1)).astype(float)
        self.yaw = np.full(frames, float(yaw))
        self.heel = np.zeros(frames)  # positive: heel up about the ball; negative: toes up about the heel
        self.load = np.ones(frames)  # 1 carries weight, 0 is in the air
        self.ground = np.zeros(frames)  # height of what it stands on or will stand on: a stair, the floor


class AuthoredTake:
    """Channels of one clip of ``seconds`` at 30 fps, at rest to begin with.

    The module docstring lists them.

    Attributes:
        rng: the only source of variation.
        t: (T,) seconds.
        move: (T, 3) pelvis displacement from the middle of the feet at standing height, in the heading frame, metres.
        tilt: (T, 3) pelvis pitch (forward +), yaw (left +), roll (right +), degrees, on top of the heading.
        spine, head: (T, 3) pitch, yaw, roll in degrees, shared by their joints.
        hang: (T,) 0..1, how far arms stay vertical when the trunk bends.
        splay: (T,) degrees the knees open.
        turn: (T,) heading in degrees, or None to follow the feet.
        pelvis: (T, 3) where the pelvis is in the room; known from `motion` on, before the arms are placed.
    """

    def __init__(self, rng: np.random.Generator, seconds: float, *, width: float = 1.0, idle: float = 1.0) -> None:
        self.rng, self.idle = rng, idle
        self.t = np.arange(round(seconds * FPS)) / FPS
        frames = len(self.t)
        self.move, self.tilt, self.spine, self.head = (np.zeros((frames, 3)) for _ in range(4))
        self.hang, self.splay = np.full(frames, 0.5), np.zeros(frames)
        self.turn: np.ndarray | None = None
        self.pelvis = np.zeros((frames, 3))
        stance, toes = STANCE * width * rng.uniform(0.85, 1.2), rng.uniform(4, 13)
        self.toes_out = {"left": toes, "right": -toes * rng.uniform(0.7, 1.3)}
        stagger = rng.normal(0, 0.012)
        self.feet = {
            side: Foot(frames, sign * stance, sign * stagger, self.toes_out[side])
            for side, sign in zip(SIDES, (1, -1), strict=True)
        }
        self.rest_arm = {side: relaxed(rng) for side in SIDES}
        self._arms: dict[str, dict[str, Rotation]] = {}
        self.touches: list[Touch] = []  # hands on the body, in the order in which they are solved
        self.flow = 0.06  # seconds over which the pelvis smooths the feet's progress; more for continuous walking
        self.free_legs = False  # whether a foot in the air may trail behind its path instead of holding the pelvis down
        self.shift = 0.62  # share of the body's weight the standing foot draws while the other steps
        for side in SIDES:
            self.key_arm(side, [(0.0, self.rest_arm[side])])

    # ---- authoring -------------------------------------------------------------------------------------------------

    def key(self, channel: np.ndarray, keys: Keys) -> None:
        """Add a minimum-jerk curve through ``keys`` to a channel."""
        channel += ease(self.t, keys)

    def key_arm(self, side: str, keys: Sequence[tuple], lag: float = 1.0) -> None:
        """Replace one arm's motion by (time, pose) or (time, pose, pose it passes on the way there).

        The joints pass each key one after another, spread by ``lag`` times a natural amount.
        """
        stretch = lag * self.rng.uniform(0.8, 1.2)
        vias = [key[2] if len(key) > 2 else None for key in keys]
        self._arms[side] = {
            joint: ease_rotations(
                self.t,
                [key[0] + delay * stretch for key in keys],
                Rotation.concatenate([getattr(key[1], joint) for key in keys]),
                [via and getattr(via, joint) for via in vias],
            )
            for joint, delay in _ARM_LAG.items()
        }

    def path_arm(self, side: str, start: float, end: float, path: ArmPose, blend: float = 0.35) -> None:
        """Let the arm follow a pose a frame between two times, easing over ``blend`` s."""
        weight = min_jerk((self.t - start) / blend) * (1 - min_jerk((self.t - end + blend) / blend))
        for joint, base in self._arms[side].items():
            step = (base.inv() * getattr(path, joint)).as_rotvec()
            self._arms[side][joint] = base * Rotation.from_rotvec(step * weight[:, None])

    def step(
        self, side: str, start: float, end: float, to: tuple[float, float], yaw: float | None = None, lift: float = 0.07
    ) -> None:
        """Lift a foot and put it down at ``to`` (x, z), pointing to the world's ``yaw`` (degrees)."""
        foot = self.feet[side]
        progress = (self.t - start) / (end - start)
        travel = min_jerk(progress * 1.08 - 0.04)[:, None]
        foot.place[:, [0, 2]] = foot.place[:, [0, 2]] * (1 - travel) + np.array(to) * travel
        inside = (progress > 0) & (progress < 1)
        arc = np.where(inside, np.sin(np.pi * np.clip(progress, 0, 1)) ** 1.5, 0.0)
        foot.place[:, 1] = np.maximum(foot.place[:, 1], lift * arc)
        peel = ease(self.t, [(start - 0.12, 0.0), (start + 0.04, 1.0), (start + 0.55 * (end - start), 0.3), (end, 0.0)])
        foot.heel += 24.0 * min(1.0, lift / 0.07) * peel
        if yaw is not None:
            foot.yaw += (yaw + self.toes_out[side] - foot.yaw) * travel[:, 0]
        foot.load = np.minimum(foot.load, 1 - np.where(inside, np.sin(np.pi * np.clip(progress, 0, 1)) ** 0.5, 0.0))

    def swing_arms(self, degrees_per_metre: float) -> None:
        """Each arm swings with the opposite foot; the pelvis turns with its own."""
        left, right = self.feet["left"].place, self.feet["right"].place
        facing = np.radians(self._base()[1])
        ahead = blur(((left - right) * np.stack([np.sin(facing), 0 * facing, np.cos(facing)], -1)).sum(-1), 0.06)
        self.tilt[:, 1] -= 9.0 * ahead
        self.spine[:, 1] += 12.0 * ahead
        self.swing_with(ahead * degrees_per_metre)

    def swing_with(self, degrees: np.ndarray) -> None:
        """Swing the left arm back and the right arm forward by (T,) degrees.

        A forward arm bends more.
        """
        for side, sign in zip(SIDES, (1, -1), strict=True):
            swing = sign * degrees
            arm = self._arms[side]
            level = about("x", swing)
            arm["shoulder"] = arm["collar"].inv() * level * arm["collar"] * arm["shoulder"]
            arm["elbow"] = arm["elbow"] * about("y", np.minimum(swing, 0.0))

    def ground(self) -> np.ndarray:
        """(T, 3) point on the floor that the pelvis stands over before `move` is added."""
        return self._base()[0]

    def breathe(self) -> None:
        """Weight shifts, breathing and drifts of head and arms, scaled by ``idle``."""
        rng, t, size = self.rng, self.t, self.idle
        sway = smooth_noise(rng, t, 0.010 * size, 1, 0.08, 0.35)[:, 0]
        self.move[:, 0] += sway
        self.move[:, 2] += smooth_noise(rng, t, 0.006 * size, 1, 0.1, 0.4)[:, 0]
        self.tilt[:, 2] += -sway * 90.0  # the hip on the loaded side rises
        self.spine[:, 2] += sway * 80.0
        self.tilt[:, 1] += smooth_noise(rng, t, 1.2 * size)[:, 0]
        self.spine += smooth_noise(rng, t, 0.7 * size, 3)
        self.head += smooth_noise(rng, t, 1.6 * size, 3) + rng.normal(0, 1.5, 3) * size
        breath = np.sin(2 * np.pi * (t * rng.uniform(0.22, 0.34) + rng.uniform()))
        self.spine[:, 0] += -0.8 * breath * size
        for side in SIDES:
            for joint, degrees in (("collar", 0.5), ("shoulder", 1.1), ("elbow", 0.9), ("wrist", 1.5)):
                drift = np.radians(smooth_noise(rng, t, degrees * size, 3))
                if joint == "collar":
                    drift[:, 2] += np.radians(0.9) * breath * size
                self._arms[side][joint] = self._arms[side][joint] * Rotation.from_rotvec(drift)

    # ---- conversion ------------------------------------------------------------------------------------------------

    def motion(self) -> Motion:
        """Idle noise added, legs solved: the finished clip. Call once."""
        self.breathe()
        frames = len(self.t)
        base, heading = self._base()
        root = euler(np.stack([self.tilt[:, 0], heading + self.tilt[:, 1], self.tilt[:, 2]], axis=-1))
        pelvis = base + about("y", heading).apply(self.move)
        pelvis[:, 1] += default_body().standing_pelvis_height - self.rng.uniform(0.002, 0.008)
        ankles = {side: self._ankle(side) for side in SIDES}
        pelvis[:, 1] = self._within_reach(pelvis, root, ankles)
        self.pelvis = pelvis

        local = {name: Rotation.identity(frames) for name in ("left_foot", "right_foot")}
        local["pelvis"] = root
        for name, share in (("spine1", 0.3), ("spine2", 0.35), ("spine3", 0.35)):
            local[name] = euler(self.spine * share)
        for name, share in (("neck", 0.4), ("head", 0.6)):
            local[name] = euler(self.head * share)
        for side in SIDES:
            ankle, foot, toe = ankles[side]
            solved = solve_leg(pelvis, root, ankle, foot, side, self.splay)
            local[f"{side}_hip"], local[f"{side}_knee"], local[f"{side}_ankle"] = solved
            local[f"{side}_foot"] = about("x", toe)
            self._place_arm(local, side)
        rotations = np.zeros((frames, J, 4), dtype=np.float32)
        rotations[..., 3] = 1.0
        rotations[:, 25:] = relaxed_hands()
        for name, rotation in local.items():
            rotations[:, INDEX[name]] = rotation.as_quat()
        for touch in self.touches:
            touch.apply(rotations, pelvis)
        return Motion(rotations, pelvis.astype(np.float32)).placed_at_origin()

    def _within_reach(self, pelvis: np.ndarray, root: Rotation, ankles: dict[str, tuple]) -> np.ndarray:
        """(T,) pelvis height at which both legs reach their ankles."""
        limit = np.min([highest_pelvis(pelvis, root, ankles[side][0], side) + self._slack(side) for side in SIDES], axis=0)
        low = np.minimum(pelvis[:, 1], limit)
        if self.free_legs:  # the limit comes and goes with the contacts: go down for it beforehand
            low = minimum_filter1d(low, 5)
        return np.minimum(blur(low, 0.05), limit)

    def _slack(self, side: str) -> np.ndarray | float:
        """Metres that the pelvis may be above where the leg would reach its foot."""
        return 0.6 * np.clip(1 - 2 * self.feet[side].load, 0, 1) if self.free_legs else 0.0

    def _base(self) -> tuple[np.ndarray, np.ndarray]:
        """Floor point under the pelvis (T, 3) and heading (T,) in degrees.

        The point is drawn to the loaded foot.
        """
        left, right = self.feet["left"], self.feet["right"]
        lean = blur(left.load - right.load, 0.07) * (self.shift - 0.5)
        weight = (0.5 + lean)[:, None]
        base = blur(weight * left.place + (1 - weight) * right.place, self.flow) * np.array([1.0, 0.0, 1.0])
        if self.turn is not None:
            return base, self.turn
        facing = [self.feet[side].yaw - self.toes_out[side] for side in SIDES]
        return base, blur((facing[0] + facing[1]) / 2, 0.10)

    def _ankle(self, side: str) -> tuple[np.ndarray, Rotation, np.ndarray]:
        """Ankle position (T, 3), foot orientation (T,) and toe bend (T,) in degrees."""
        foot = self.feet[side]
        turn = about("y", foot.yaw)
        pitch = about("x", foot.heel)
        pivot = np.where(foot.heel[:, None] > 0, BALL[side], _HEEL)
        ankle = foot.place + np.array([0.0, ANKLE_HEIGHT, 0.0]) + turn.apply(pivot - pitch.apply(pivot))
        grounded = 1 - np.clip((foot.place[:, 1] - foot.ground) / 0.06, 0, 1)
        return ankle, turn * pitch, -np.maximum(foot.heel, 0.0) * (0.15 + 0.85 * grounded)

    def _place_arm(self, local: dict[str, Rotation], side: str) -> None:
        arm = {j: (r if side == "left" else mirrored(r)) for j, r in self._arms[side].items()}
        trunk = (self.tilt[:, 0] + self.spine[:, 0]) * self.hang
        level = about("x", -trunk)
        arm["shoulder"] = arm["collar"].inv() * level * arm["collar"] * arm["shoulder"]
        for joint, rotation in arm.items():
            local[f"{side}_{joint}"] = soften(rotation, 0.033)


def euler(angles: np.ndarray) -> Rotation:
    """(T, 3) pitch, yaw, roll in degrees: yaw outermost, then pitch, then roll."""
    return Rotation.from_euler("YXZ", angles[:, [1, 0, 2]], degrees=True)
