"""Styles: a motion done sadly, or like a robot: changes of posture, timing, size.

What a style changes is data, at strength 1: `backend/motion/styles.json`, the file that the backend reads as well, as it does
`default_body.json`, so that a tweaked motion and a generated one mean the same by a style. A strength of 0 changes nothing, 2 twice
as much. The pelvis goes lower or higher and every way is scaled as a whole, so feet that stand go on standing; legs follow by
inverse kinematics (`motion.two_bone`). Who sits or lies keeps the height.

The even part of the timing, `tempo`, is a part of a motion's speed; `uneven_time` is the rest, which leaves the length as it is.
The twin is `backend/motion/styles.py`; `tests/test_twins.py` holds both to the same numbers.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from ..installation import backend_folder
from ..motion.body import Skeleton, default_body, forward_kinematics
from ..motion.coordinates import continuous_signs, quaternions_from_rotation_vectors
from ..motion.motion import Motion
from ..motion.quaternions import conjugate, multiply, normalized, rotate, rotation_vectors
from ..motion.two_bone import leg_joints, reach_with_leg

PLAIN = "NONE"  # no style
MENU = (  # name, label, tooltip, in the table's order
    (PLAIN, "None", "As generated"),
    ("tired", "Tired", "Hanging head and arms, slow, feet hardly lifted"),
    ("sad", "Sad", "Bowed head, drawn-in shoulders, small slow movements"),
    ("happy", "Happy", "Upright, bouncing, swinging arms"),
    ("angry", "Angry", "Bent forward, elbows out, fast and large"),
    ("proud", "Proud", "Chest and chin up, shoulders back"),
    ("afraid", "Afraid", "Cowering, arms before the body, short steps, trembling"),
    ("careful", "Careful", "Slow, short high steps, arms ready"),
    ("sneaky", "Sneaky", "Low on bent knees, high steps, hands before the chest"),
    ("drunk", "Drunk", "Swaying from side to side, now slower, now faster"),
    ("old", "Old", "Bent back, short dragging steps, shaking hands"),
    ("child", "Child", "Fast and bouncing, large movements of arms and head"),
    ("heavy", "Heavy", "Arms away from the body, swaying, low"),
    ("robot", "Robot", "In ticks, stiff trunk, bent elbows"),
    ("zombie", "Zombie", "Arms forward, crooked head, one leg dragged"),
)
_TRUNK, _HEAD = ("spine1", "spine2", "spine3"), ("neck", "head")
_ARMS = tuple(f"{side}_{joint}" for side in ("left", "right") for joint in ("collar", "shoulder", "elbow", "wrist"))
_UPRIGHT = (0.62, 0.85)  # shares of the standing height: below the first nothing is lowered further, above the second all of it
_SLOW_PART = 1.2  # seconds over which a swing is told from the posture it swings about
_TREMBLE = (5.0, 7.0)  # Hz
_EASED = 0.55  # share of a robot's tick that is movement; the rest is stillness
_FEWEST = 4  # frames that have a style
_SEED = 0  # where it sways and trembles: the same each time, so that a tweak that is taken back leaves no trace


@cache
def styles() -> dict[str, dict]:
    """The table: name of a style -> what it changes at strength 1."""
    return json.loads((backend_folder() / "motion" / "styles.json").read_text(encoding="utf-8"))


def tempo(style: str, strength: float) -> float:
    """How many times as fast a style is; 1 for none, and for one that is not in the table."""
    return _power(styles()[style]["tempo"], strength) if style in styles() else 1.0


def uneven_time(count: int, style: str, strength: float, seed: int = _SEED) -> np.ndarray | None:
    """(T,) how much of a motion has passed at each frame, 0..1; None where it passes evenly."""
    row = styles().get(style, {})
    if strength == 0.0 or count < _FEWEST or not {"uneven", "ticks"} & row.keys():
        return None
    time = np.linspace(0.0, 1.0, count)
    if "uneven" in row:
        noise = _smoothed(np.random.default_rng(seed).normal(size=count), 8, "symmetric")
        passed = np.cumsum(np.exp(row["uneven"] * strength * noise * 4))
        time = (passed - passed[0]) / (passed[-1] - passed[0])
    if "ticks" in row:
        ticks = max(1, round((count - 1) / row["ticks"]))
        place = time * ticks
        whole = np.minimum(np.floor(place), ticks - 1)
        moved = np.clip((place - whole) / _EASED, 0.0, 1.0)
        stepped = (whole + moved * moved * (3 - 2 * moved)) / ticks
        time = time + (stepped - time) * min(1.0, strength)
    return np.clip(time, 0.0, 1.0)


def restyle(motion: Motion, style: str, strength: float, skeleton: Skeleton, seed: int = _SEED) -> Motion:
    """The poses of a motion in a style; its timing is `tempo`'s and `uneven_time`'s.

    Args:
        strength: 0 leaves the motion as it is, 1 is the style, 2 twice as much.
        seed: decides where it sways and trembles.
    """
    row = styles().get(style)
    if row is None or strength == 0.0 or len(motion) < _FEWEST:
        return motion
    size = _leg(skeleton) / _leg(default_body())
    upright = np.clip((motion.pelvis[:, 1] / (size * default_body().standing_pelvis_height) - _UPRIGHT[0]) / np.ptp(_UPRIGHT), 0, 1)
    joints = {name: motion.rotations[:, skeleton.index(name)] for name in ("pelvis", *_TRUNK, *_HEAD, *_ARMS)}
    _swing(joints, row.get("swing", {}), strength, motion.fps)
    _pose(joints, row, strength, upright)
    pelvis = _pelvis_path(motion, row, strength, upright, size)
    if "sway" in row:
        _sway(joints, pelvis, row["sway"], strength, upright, motion.fps, size, np.random.default_rng(seed + 1))
    if "tremble" in row:
        _tremble(joints, row["tremble"] * strength, motion.fps, np.random.default_rng(seed + 2))
    rotations = motion.rotations.copy()
    for name, values in joints.items():
        rotations[:, skeleton.index(name)] = values
    places, turns = forward_kinematics(motion.rotations, motion.pelvis, skeleton)
    for side in ("left", "right"):
        hip, knee, ankle = leg_joints(side, skeleton)
        shin = multiply(multiply(rotations[:, 0], rotations[:, hip]), rotations[:, knee])
        rotations[:, ankle] = multiply(conjugate(shin), turns[:, ankle])  # a pelvis that leans does not tilt the feet
        goal = _ankle_path(places, motion.pelvis[0], row, strength, side, skeleton)
        legs = reach_with_leg(rotations, pelvis, goal, np.zeros(len(motion)), side, skeleton)
        rotations[:, [hip, knee, ankle]] = legs
    return Motion(continuous_signs(rotations), pelvis, motion.fps)


def _power(factor: float, strength: float) -> float:
    """A factor at a strength: 1 at 0, itself at 1."""
    return float(factor**strength)


def _leg(skeleton: Skeleton) -> float:
    """Length of a leg, metres."""
    _, knee, ankle = leg_joints("left", skeleton)
    return float(np.linalg.norm(skeleton.offsets[[knee, ankle]], axis=-1).sum())


def _smoothed(values: np.ndarray, sigma: float, beyond: str) -> np.ndarray:
    """(T, ...) values smoothed along time with a Gaussian of ``sigma`` frames.

    Args:
        beyond: how they continue at the ends, as `numpy.pad` calls it.
    """
    radius = int(4 * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    padded = np.pad(values, [(radius, radius), *[(0, 0)] * (values.ndim - 1)], mode=beyond)
    columns = padded.reshape(len(padded), -1)
    found = [np.convolve(column, weights / weights.sum(), mode="valid") for column in columns.T]
    return np.stack(found, axis=-1).reshape(values.shape)


def _turn(axes: str, degrees: np.ndarray) -> np.ndarray:
    """(T, 4) turns about fixed axes, one after the other, by degrees (T, number of axes)."""
    half, whole = np.radians(degrees) / 2, None
    for column, axis in enumerate(axes):
        turn = np.zeros((len(half), 4))
        turn[:, 0], turn[:, 1 + "xyz".index(axis)] = np.cos(half[:, column]), np.sin(half[:, column])
        whole = turn if whole is None else multiply(turn, whole)
    return whole


def _swing(joints: dict[str, np.ndarray], sizes: dict[str, float], strength: float, fps: float) -> None:
    """Scale how far joints swing about their own slow posture."""
    for group, names in (("arms", _ARMS), ("trunk", _TRUNK), ("head", _HEAD)):
        factor = _power(sizes.get(group, 1.0), strength)
        for name in names if factor != 1.0 else ():
            base = normalized(_smoothed(continuous_signs(joints[name]), _SLOW_PART * fps / 2, "edge"))
            swing = rotation_vectors(multiply(conjugate(base), joints[name])) * factor
            joints[name] = multiply(base, quaternions_from_rotation_vectors(swing))


def _pose(joints: dict[str, np.ndarray], row: dict, strength: float, upright: np.ndarray) -> None:
    """Add the posture; arms that are up keep their way, so that a raised hand stays one."""
    for name, (pitch, yaw, roll) in row.get("posture", {}).items():
        share = upright if name == "pelvis" else np.ones(len(upright))
        turn = _turn("yxz", share[:, None] * np.array([yaw, pitch, roll]) * strength)
        joints[name] = multiply(joints[name], turn) if name == "pelvis" else multiply(turn, joints[name])
    arms = row.get("arms", {})
    for side, sign in (("left", 1.0), ("right", -1.0)):
        hangs = (_hangs(joints[f"{side}_shoulder"], sign) * strength)[:, None]
        collar = _turn("xyz", hangs * np.array([0.0, -sign * arms.get("hunch", 0), sign * arms.get("shrug", 0)]))
        upper = _turn("xyz", hangs * np.array([-arms.get("forward", 0), 0.0, sign * arms.get("out", 0)]))
        bend = _turn("y", hangs * -sign * arms.get("bend", 0))
        joints[f"{side}_collar"] = multiply(collar, joints[f"{side}_collar"])
        joints[f"{side}_shoulder"] = multiply(upper, joints[f"{side}_shoulder"])
        joints[f"{side}_elbow"] = multiply(joints[f"{side}_elbow"], bend)


def _hangs(shoulder: np.ndarray, sign: float) -> np.ndarray:
    """(T,) 1 where an upper arm hangs, 0 where it is level or raised."""
    down = -rotate(shoulder, np.broadcast_to([sign, 0.0, 0.0], (len(shoulder), 3)))[:, 1]
    return np.clip((down - 0.25) / 0.45, 0.0, 1.0)


def _pelvis_path(motion: Motion, row: dict, strength: float, upright: np.ndarray, size: float) -> np.ndarray:
    """The pelvis (T, 3): its way scaled, lower or higher, with more or less bounce."""
    path = motion.pelvis.copy()
    path[:, [0, 2]] = path[0, [0, 2]] + (path[:, [0, 2]] - path[0, [0, 2]]) * _power(row["stride"], strength)
    slow = _smoothed(path[:, 1], 0.5 * motion.fps, "edge")
    bounce = (path[:, 1] - slow) * (_power(row["bounce"], strength) - 1.0)
    path[:, 1] += upright * (np.clip(bounce, -0.05 * size, 0.05 * size) - row["drop"] * strength * size)
    return path


def _ankle_path(places: np.ndarray, first: np.ndarray, row: dict, strength: float, side: str, skeleton: Skeleton) -> np.ndarray:
    """Where an ankle (T, 3) should be: its way scaled like the pelvis', steps higher or lower.

    Args:
        places: (T, J, 3) of the joints, metres.
        first: (3,) the pelvis at the start.
    """
    start, stride = first[[0, 2]], _power(row["stride"], strength)
    ankle = places[:, skeleton.index(f"{side}_ankle")].copy()
    stance = (ankle[0, [0, 2]] - start) * (1.0 - stride)  # what scaling about the start takes from its width, and gets back
    ankle[:, [0, 2]] = start + (ankle[:, [0, 2]] - start) * stride + stance
    floor = np.percentile(ankle[:, 1], 5)
    lift = _power(row["lift"] * (row.get("dragged", 1.0) if side == "right" else 1.0), strength)
    ball = places[:, skeleton.index(f"{side}_foot"), 1]
    lifted = floor + (ankle[:, 1] - floor) * np.where(ankle[:, 1] > floor, lift, 1.0)
    ankle[:, 1] = np.maximum(lifted, ankle[:, 1] - (ball - ball.min()))  # toes that point down stay above the floor
    return ankle


def _sway(
    joints: dict[str, np.ndarray], pelvis: np.ndarray, sway: dict, strength: float, upright: np.ndarray, fps: float, size: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Pelvis and trunk sway from side to side over the feet."""
    t = np.arange(len(pelvis)) / fps
    phase, slower = rng.uniform(0, 2 * np.pi, 2), rng.uniform(0.35, 0.5)
    wave = np.sin(2 * np.pi * t / sway["seconds"] + phase[0]) + 0.5 * np.sin(2 * np.pi * slower * t / sway["seconds"] + phase[1])
    wave = wave * upright * np.clip(np.minimum(t, t[-1] - t) / 0.5, 0.0, 1.0) * strength
    side = rotate(joints["pelvis"], np.broadcast_to([1.0, 0.0, 0.0], pelvis.shape))
    pelvis += size * sway["side"] * wave[:, None] * side * np.array([1.0, 0.0, 1.0])
    for name, share in (("spine1", 0.4), ("spine2", 0.4), ("head", -0.5)):
        joints[name] = multiply(_turn("z", (share * sway["roll"] * wave)[:, None]), joints[name])


def _tremble(joints: dict[str, np.ndarray], degrees: float, fps: float, rng: np.random.Generator) -> None:
    """Arms and head tremble."""
    t = np.arange(len(joints["head"]))[:, None] / fps
    for name in ("left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "head"):
        rate, phase = rng.uniform(*_TREMBLE, 3), rng.uniform(0, 2 * np.pi, 3)
        slow = 0.6 + 0.4 * np.sin(2 * np.pi * 0.4 * t + phase[::-1])
        shake = np.radians(degrees) * slow * np.sin(2 * np.pi * rate * t + phase)
        joints[name] = multiply(joints[name], quaternions_from_rotation_vectors(shake))
