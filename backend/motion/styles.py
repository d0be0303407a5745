"""Styles: a motion done sadly, or like a robot: changes of posture, timing and size.

What a style changes is data (`styles.json`), at strength 1; a strength of 0 changes nothing, 2 twice as much. The pelvis goes lower
or higher and every way is scaled as a whole, so feet that stand go on standing; legs follow by inverse kinematics (`two_bone`).
Works on any motion of the default body; who sits or lies keeps the height.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import roma
import torch
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from .body import default_body
from .kinematics import forward_kinematics
from .motion import Motion
from .skeleton import INDEX
from .two_bone import reach_with_leg

LEGS = 12  # joints up to the balls of the feet
TRUNK, HEAD = ("spine1", "spine2", "spine3"), ("neck", "head")
ARMS = tuple(f"{side}_{joint}" for side in ("left", "right") for joint in ("collar", "shoulder", "elbow", "wrist"))
UPRIGHT = (0.62, 0.85)  # shares of the standing height: below the first nothing is lowered further, above the second all of it
SLOW_PART = 1.2  # seconds over which a swing is told from the posture it swings about
TREMBLE = (5.0, 7.0)  # Hz
EASED = 0.55  # share of a robot's tick that is movement; the rest is stillness


@cache
def styles() -> dict[str, dict]:
    """The table: name of a style -> what it changes at strength 1."""
    return json.loads((Path(__file__).parent / "styles.json").read_text(encoding="utf-8"))


def restyle(motion: Motion, style: str, strength: float = 1.0, seed: int = 0) -> Motion:
    """The motion in a style; ``seed`` decides where it sways and trembles.

    KeyError for an unknown style."""
    return change_manner(motion, styles()[style], strength, seed)


def change_manner(motion: Motion, row: dict, strength: float = 1.0, seed: int = 0) -> Motion:
    """The motion changed as a row of the table says."""
    if strength == 0.0 or len(motion) < 4:
        return motion
    motion = _timed(motion, row, strength, np.random.default_rng(seed))
    upright = _upright(motion)
    rotations = {name: Rotation.from_quat(motion.rotations[:, i]) for name, i in INDEX.items() if i < 22}
    _swing(rotations, row.get("swing", {}), strength, motion.fps)
    _pose(rotations, row, strength, upright)
    pelvis = _pelvis_path(motion, row, strength, upright)
    if "sway" in row:
        _sway(rotations, pelvis, row["sway"], strength, upright, motion.fps, np.random.default_rng(seed + 1))
    if "tremble" in row:
        _tremble(rotations, row["tremble"] * strength, motion.fps, np.random.default_rng(seed + 2))
    quaternions = motion.rotations.copy()
    for name, rotation in rotations.items():
        quaternions[:, INDEX[name]] = rotation.as_quat()
    changed = replace(motion, rotations=quaternions, pelvis=pelvis.astype(np.float32))
    return _with_feet(changed, motion, _ankles(motion, row, strength))


def _power(factor: float, strength: float) -> float:
    """A factor at a strength: 1 at 0, itself at 1."""
    return float(factor**strength)


def _timed(motion: Motion, row: dict, strength: float, rng: np.random.Generator) -> Motion:
    """The motion slower or faster, unevenly, or in ticks."""
    count = max(4, round(len(motion) / _power(row["tempo"], strength)))
    time = np.linspace(0.0, 1.0, count)
    if "uneven" in row:
        noise = np.cumsum(np.exp(row["uneven"] * strength * gaussian_filter1d(rng.normal(size=count), 8) * 4))
        time = (noise - noise[0]) / (noise[-1] - noise[0])
    if "ticks" in row:
        ticks = max(1, round((count - 1) / row["ticks"]))
        place = time * ticks
        whole = np.minimum(np.floor(place), ticks - 1)
        moved = np.clip((place - whole) / EASED, 0.0, 1.0)
        stepped = (whole + moved * moved * (3 - 2 * moved)) / ticks
        time = time + (stepped - time) * min(1.0, strength)
    return motion.at_frames(np.clip(time, 0.0, 1.0) * (len(motion) - 1))


def _upright(motion: Motion) -> np.ndarray:
    """(T,) 1 where the body stands, 0 where it sits or lies."""
    height = motion.pelvis[:, 1] / default_body().standing_pelvis_height
    return np.clip((height - UPRIGHT[0]) / (UPRIGHT[1] - UPRIGHT[0]), 0.0, 1.0)


def _swing(rotations: dict[str, Rotation], sizes: dict[str, float], strength: float, fps: float) -> None:
    """Scale how far joints swing about their own slow posture."""
    for group, names in (("arms", ARMS), ("trunk", TRUNK), ("head", HEAD)):
        factor = _power(sizes.get(group, 1.0), strength)
        for name in names if factor != 1.0 else ():
            quaternions = _continuous(rotations[name].as_quat())
            slow = gaussian_filter1d(quaternions, SLOW_PART * fps / 2, axis=0, mode="nearest")
            base = Rotation.from_quat(slow / np.linalg.norm(slow, axis=-1, keepdims=True))
            rotations[name] = base * Rotation.from_rotvec((base.inv() * rotations[name]).as_rotvec() * factor)


def _continuous(quaternions: np.ndarray) -> np.ndarray:
    """Quaternions (T, 4) without jumps to their negatives."""
    signs = np.cumprod(np.where((quaternions[1:] * quaternions[:-1]).sum(-1) < 0, -1.0, 1.0))
    return quaternions * np.concatenate([[1.0], signs])[:, None]


def _pose(rotations: dict[str, Rotation], row: dict, strength: float, upright: np.ndarray) -> None:
    """Add the posture; arms that are up keep their way, so that a raised hand stays one."""
    for name, (pitch, yaw, roll) in row.get("posture", {}).items():
        share = upright if name == "pelvis" else np.ones(len(upright))
        turn = Rotation.from_euler("yxz", np.stack([yaw * share, pitch * share, roll * share], -1) * strength, degrees=True)
        rotations[name] = rotations[name] * turn if name == "pelvis" else turn * rotations[name]
    arms = row.get("arms", {})
    for side, sign in (("left", 1.0), ("right", -1.0)):
        hangs = _hangs(rotations[f"{side}_shoulder"], sign) * strength
        collar = np.stack([0 * hangs, -sign * arms.get("hunch", 0) * hangs, sign * arms.get("shrug", 0) * hangs], -1)
        rotations[f"{side}_collar"] = Rotation.from_euler("xyz", collar, degrees=True) * rotations[f"{side}_collar"]
        upper = np.stack([-arms.get("forward", 0) * hangs, 0 * hangs, sign * arms.get("out", 0) * hangs], -1)
        rotations[f"{side}_shoulder"] = Rotation.from_euler("xyz", upper, degrees=True) * rotations[f"{side}_shoulder"]
        bend = Rotation.from_euler("y", (-sign * arms.get("bend", 0) * hangs)[:, None], degrees=True)
        rotations[f"{side}_elbow"] = rotations[f"{side}_elbow"] * bend


def _hangs(shoulder: Rotation, sign: float) -> np.ndarray:
    """(T,) 1 where an upper arm hangs, 0 where it is level or raised."""
    down = -shoulder.apply([sign, 0.0, 0.0])[:, 1]
    return np.clip((down - 0.25) / 0.45, 0.0, 1.0)


def _pelvis_path(motion: Motion, row: dict, strength: float, upright: np.ndarray) -> np.ndarray:
    """The pelvis (T, 3): its way scaled, lower or higher, with more or less bounce."""
    path = motion.pelvis.astype(np.float64)
    path[:, [0, 2]] = path[0, [0, 2]] + (path[:, [0, 2]] - path[0, [0, 2]]) * _power(row["stride"], strength)
    slow = gaussian_filter1d(path[:, 1], 0.5 * motion.fps, mode="nearest")
    bounce = (path[:, 1] - slow) * (_power(row["bounce"], strength) - 1.0)
    path[:, 1] += upright * (np.clip(bounce, -0.05, 0.05) - row["drop"] * strength)
    return path


def _ankles(motion: Motion, row: dict, strength: float) -> dict[str, np.ndarray]:
    """Where the ankles (T, 3) should be: ways scaled like the pelvis', steps higher or lower."""
    places = motion.body_positions().astype(np.float64)
    start = motion.pelvis[0].astype(np.float64)
    stride, found = _power(row["stride"], strength), {}
    for side in ("left", "right"):
        ankle = places[:, INDEX[f"{side}_ankle"]].copy()
        ankle[:, [0, 2]] = start[[0, 2]] + (ankle[:, [0, 2]] - start[[0, 2]]) * stride + _stance(places, side, start, stride)
        floor = np.percentile(ankle[:, 1], 5)
        lift = _power(row["lift"] * (row.get("dragged", 1.0) if side == "right" else 1.0), strength)
        ball = places[:, INDEX[f"{side}_foot"], 1]
        lifted = floor + (ankle[:, 1] - floor) * np.where(ankle[:, 1] > floor, lift, 1.0)
        ankle[:, 1] = np.maximum(lifted, ankle[:, 1] - (ball - ball.min()))  # toes that point down stay above the floor
        found[side] = ankle
    return found


def _stance(places: np.ndarray, side: str, start: np.ndarray, stride: float) -> np.ndarray:
    """(2,) what scaling about the start takes from the stance's width, and gives back."""
    return (places[0, INDEX[f"{side}_ankle"], [0, 2]] - start[[0, 2]]) * (1.0 - stride)


def _sway(
    rotations: dict[str, Rotation], pelvis: np.ndarray, sway: dict, strength: float, upright: np.ndarray, fps: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Pelvis and trunk sway from side to side over the feet."""
    t = np.arange(len(pelvis)) / fps
    phase, slower = rng.uniform(0, 2 * np.pi, 2), rng.uniform(0.35, 0.5)
    wave = np.sin(2 * np.pi * t / sway["seconds"] + phase[0]) + 0.5 * np.sin(2 * np.pi * slower * t / sway["seconds"] + phase[1])
    ends = np.clip(np.minimum(t, t[-1] - t) / 0.5, 0.0, 1.0)
    wave = wave * upright * ends * strength
    side = rotations["pelvis"].apply([1.0, 0.0, 0.0])
    pelvis += sway["side"] * wave[:, None] * side * np.array([1.0, 0.0, 1.0])
    for name, share in (("spine1", 0.4), ("spine2", 0.4), ("head", -0.5)):
        rotations[name] = Rotation.from_euler("z", (share * sway["roll"] * wave)[:, None], degrees=True) * rotations[name]


def _tremble(rotations: dict[str, Rotation], degrees: float, fps: float, rng: np.random.Generator) -> None:
    """Arms and head tremble."""
    t = np.arange(len(rotations["head"])) / fps
    for name in ("left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "head"):
        rate, phase = rng.uniform(*TREMBLE, 3), rng.uniform(0, 2 * np.pi, 3)
        slow = 0.6 + 0.4 * np.sin(2 * np.pi * 0.4 * t[:, None] + phase[::-1])
        shake = np.radians(degrees) * slow * np.sin(2 * np.pi * rate * t[:, None] + phase)
        rotations[name] = rotations[name] * Rotation.from_rotvec(shake)


def _with_feet(motion: Motion, plain: Motion, ankles: dict[str, np.ndarray]) -> Motion:
    """The motion with its ankles (T, 3) at these places; feet point as in the plain motion.

    A pelvis that leans does not tilt them, which would press standing toes into the floor."""
    offsets = torch.from_numpy(default_body().offsets[:LEGS].copy())
    rotmats = motion.rotation_matrices()[:, :LEGS]
    places, turns = (x.double().numpy() for x in forward_kinematics(rotmats, torch.from_numpy(motion.pelvis), offsets))
    _, plain_turns = forward_kinematics(plain.rotation_matrices()[:, :LEGS], torch.from_numpy(plain.pelvis), offsets)
    feet = [INDEX["left_ankle"], INDEX["right_ankle"]]
    turns[:, feet] = plain_turns[:, feet].double().numpy()
    rotations = motion.rotations.copy()
    for side, ankle in ankles.items():
        chain = [INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")]
        turned = reach_with_leg(places, turns, offsets.numpy(), side, ankle, np.zeros(len(motion)))
        above = np.concatenate([turns[:, :1], turned[:, :2]], axis=1)
        local = np.swapaxes(above, -1, -2) @ turned
        rotations[:, chain] = roma.rotmat_to_unitquat(torch.from_numpy(local)).float().numpy()
    return replace(motion, rotations=rotations)
