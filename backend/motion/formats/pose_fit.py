"""Rotations of the default body from joint positions alone.

Every bone points where the source's points. Twist, which positions do not tell, comes from three places: pelvis and chest have
three points each, bent knees and elbows have a plane, and where a limb is straight its twist is carried over from the frames
around it, smoothly. Heads and hands go on as their necks and forearms do.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.linalg import solveh_banded
from scipy.spatial.transform import Rotation

from ..alignment import frame, rotation_path
from ..body import Body
from ..hinges import BENT, HINGES, SURE
from ..rotations import perpendicular, shortest_turn, unit
from ..skeleton import INDEX, NUM_BODY, PARENTS

CALM = 0.02  # weight of no twist, against 1 of a limb that is surely bent
SMOOTH = 20.0  # weight of the change of twist between two frames
NEXT = {"spine1": "spine2", "spine2": "spine3", "neck": "head"}
SIDES = ("left", "right")


def fit_rotations(at: dict[str, np.ndarray], body: Body) -> np.ndarray:
    """World orientations (T, 22, 3, 3) of the body's joints.

    Args:
        at: (T, 3) positions by SMPL-X joint, Y up, any units. Needed are `rig.REQUIRED`; more are used.
    """
    hips, shoulders = at["left_hip"] - at["right_hip"], at["left_shoulder"] - at["right_shoulder"]
    torso = (at["left_shoulder"] + at["right_shoulder"] - at["left_hip"] - at["right_hip"]) / 2
    rest = body.rest_positions()
    own_torso = sum(rest[INDEX[f"{s}_shoulder"]] - rest[INDEX[f"{s}_hip"]] for s in SIDES) / 2
    lean = frame(own_torso, np.array([1.0, 0.0, 0.0])).T
    pelvis = _rigid(at, "pelvis", ("left_hip", "right_hip", "spine1"), body)
    pelvis = _frames(torso, hips) @ lean if pelvis is None else pelvis
    chest = _rigid(at, "spine3", ("neck", "left_collar", "right_collar"), body)
    chest = _frames(torso, shoulders) @ lean if chest is None else chest

    world = np.tile(np.eye(3), (len(torso), NUM_BODY, 1, 1))
    world[:, 0], world[:, INDEX["spine3"]] = pelvis, chest
    between = rotation_path(pelvis, chest)
    for k, joint in enumerate(("spine1", "spine2"), start=1):
        world[:, INDEX[joint]] = _pointed(between(k / 3), joint, NEXT[joint], at, body)
    neck = "neck" if "neck" in at else None
    world[:, INDEX["neck"]] = _pointed(chest, neck, "head", at, body) if neck else chest
    world[:, INDEX["head"]] = world[:, INDEX["neck"]]
    for side in SIDES:
        collar = f"{side}_collar"
        world[:, INDEX[collar]] = _pointed(chest, collar, f"{side}_shoulder", at, body) if collar in at else chest
        for upper, lower, end, axes, _ in HINGES:
            joints = tuple(f"{side}_{joint}" for joint in (upper, lower, end))
            world[:, INDEX[joints[0]]] = _limb(world[:, PARENTS[INDEX[joints[0]]]], joints, np.asarray(axes[side]), at, body)
            world[:, INDEX[joints[1]]] = _pointed(world[:, INDEX[joints[0]]], joints[1], joints[2], at, body)
            world[:, INDEX[joints[2]]] = world[:, INDEX[joints[1]]]
        ankle, ball = f"{side}_ankle", f"{side}_foot"
        if ball in at:
            world[:, INDEX[ankle]] = _pointed(world[:, INDEX[ankle]], ankle, ball, at, body)
        world[:, INDEX[ball]] = world[:, INDEX[ankle]]
    return world


def _rigid(at: dict[str, np.ndarray], joint: str, children: tuple[str, ...], body: Body) -> np.ndarray | None:
    """The orientation (T, 3, 3) that best points a joint at its children; None without all."""
    if any(name not in at for name in (joint, *children)):
        return None
    own = unit(body.offsets[[INDEX[name] for name in children]].astype(np.float64))
    found = unit(np.stack([at[name] - at[joint] for name in children], axis=1))
    u, _, vt = np.linalg.svd(found.transpose(0, 2, 1) @ own)
    mirror = np.eye(3)[None].repeat(len(found), axis=0)
    mirror[:, 2, 2] = np.linalg.det(u @ vt)
    return u @ mirror @ vt


def _frames(up: np.ndarray, left: np.ndarray) -> np.ndarray:
    """`alignment.frame` for (T, 3) vectors."""
    y = unit(up)
    x = perpendicular(left, y)
    return np.stack([x, y, np.cross(x, y)], axis=-1)


def _pointed(start: np.ndarray, joint: str, child: str, at: dict[str, np.ndarray], body: Body) -> np.ndarray:
    """``start`` (T, 3, 3) turned as little as possible, so that the bone points at the child.

    Unturned where that is unknown."""
    if joint not in at or child not in at:
        return start
    target = at[child] - at[joint]
    turned = shortest_turn(start @ body.offsets[INDEX[child]].astype(np.float64), target) @ start
    return np.where((np.linalg.norm(target, axis=-1) < 1e-9)[:, None, None], start, turned)


def _limb(parent: np.ndarray, joints: tuple[str, str, str], hinge: np.ndarray, at: dict[str, np.ndarray], body: Body) -> np.ndarray:
    """The orientation (T, 3, 3) of an upper arm or thigh, twisted so that the limb can bend.

    ``hinge`` is the axis (3,) about which the lower bone bends, at rest."""
    upper, lower, end = joints
    start = _pointed(parent, upper, lower, at, body)
    first, second = unit(at[lower] - at[upper]), unit(at[end] - at[lower])
    axis = np.cross(first, second)
    bend = np.degrees(np.arctan2(np.linalg.norm(axis, axis=-1), (first * second).sum(-1)))
    weight = np.clip((bend - BENT / 2) / (SURE - BENT / 2), 0.0, 1.0) ** 2
    own = perpendicular(start @ hinge, first)
    axis = perpendicular(axis, first)
    angle = np.arctan2((np.cross(own, axis) * first).sum(-1), (own * axis).sum(-1))
    twist = _smooth_twist(angle, weight)
    return Rotation.from_rotvec(first * twist[:, None]).as_matrix() @ start


def _smooth_twist(angle: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Twist (T,), radians, that follows ``angle`` where ``weight`` is high, else is calm."""
    sure = np.flatnonzero(weight > 0)
    if len(sure) == 0:
        return np.zeros_like(angle)
    followed = np.zeros_like(angle)
    followed[sure] = np.unwrap(angle[sure])
    turns = np.round(np.average(followed[sure], weights=weight[sure]) / (2 * np.pi)) * 2 * np.pi
    followed[sure] -= turns
    diagonal = weight + CALM * (1 - weight)
    change = SMOOTH * (1 - np.minimum(weight[:-1], weight[1:]))  # a bent limb may twist as fast as it likes
    bands = np.zeros((2, len(angle)))
    bands[1] = diagonal + 1e-9
    bands[1, :-1] += change
    bands[1, 1:] += change
    bands[0, 1:] = -change
    return solveh_banded(bands, weight * followed)


def calibrated_axes(
    fitted: np.ndarray, rotations: np.ndarray, found: dict[str, tuple[int, ...]], chains: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """`RigMap.axes` of a rig whose rest pose tells nothing.

    They are the mean over a clip of how the body's joints lie in its bones.

    Args:
        fitted: (T, 22, 3, 3) from `fit_rotations`.
        rotations: (T, J, 3, 3) world orientations of the source's bones.
        found: `RigMap.resolve` of the source's names.
    """
    axes = {}
    for joint, hits in found.items():
        if joint in chains:
            ends = ("pelvis", "spine3") if joint == "spine" else ("neck", "neck")
            path = rotation_path(*(fitted[:, INDEX[end]] for end in ends))
            targets = {f"{joint}.{k}": path((k + 1) / len(hits)) for k in range(len(hits))}
        else:
            targets = {joint: fitted[:, INDEX[joint]]}
        for (name, target), source in zip(targets.items(), hits, strict=True):
            u, _, vt = np.linalg.svd((rotations[:, source].transpose(0, 2, 1) @ target).mean(axis=0))
            axes[name] = u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt
    return axes


def bone_lengths_vary(at: dict[str, np.ndarray]) -> float:
    """The largest relative spread over time of a limb's length: 0 for a skeleton."""
    pairs = [(f"{s}_{a}", f"{s}_{b}") for s in SIDES for limb in (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist"))
             for a, b in itertools.pairwise(limb)]  # fmt: skip
    lengths = [np.linalg.norm(at[a] - at[b], axis=-1) for a, b in pairs]
    return max(float(length.std() / max(length.mean(), 1e-9)) for length in lengths)
