"""How a source rig's bones lie against SMPL-X's, measured on a rest pose.

The result is one constant rotation A = `bone_axes(...)` per driven joint; the target's world orientation is G(t) = R_source(t) @
A[joint]. A follows from asking that in the rest pose every target bone points where the source's points, turned as little as
possible from its parent's alignment:

    R_source(t) A = R_source(t) R_rest^-1 (R_rest A) = motion since the rest pose, applied to the aligned target bone

so directions match and twist is what the source twisted. Rest poses may be T, A, arms hanging or slightly bent, facing anywhere, as
long as the person stands. The soles are corrected from the motion itself (`level_soles`).
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.spatial.transform import Rotation

from .body import Body
from .rig import CHAINS, RigMap
from .rotations import shortest_turn
from .skeleton import INDEX

SNAP = np.cos(np.radians(35.0))  # a torso this close to a world axis stands along that axis
ARM = (("shoulder", "elbow"), ("elbow", "wrist"))
LEG = (("hip", "knee"), ("knee", "ankle"))


def bone_axes(positions: np.ndarray, rotations: np.ndarray, found: dict, rig: RigMap, body: Body) -> dict[str, np.ndarray]:
    """Constant (3, 3) rotations from target joint to source bone, by SMPL-X joint name.

    Bones of chains are "spine.0", "neck.0"...

    Args:
        positions: (J, 3) rest positions of the source; rotations: (J, 3, 3) their orientations.
        found: `RigMap.resolve` of the source's names.
    """
    aligned = _rest_alignment(positions, found, rig, body)
    axes = {}
    for joint, hits in found.items():
        for k, source in enumerate(hits):
            name = f"{joint}.{k}" if joint in CHAINS else joint
            if name in aligned:
                axes[name] = rotations[source].T @ aligned[name]
    return axes


def _rest_alignment(positions: np.ndarray, found: dict, rig: RigMap, body: Body) -> dict[str, np.ndarray]:
    """World orientation (3, 3) of each target joint in the source's rest pose."""

    def at(joint: str) -> np.ndarray:
        return positions[found[joint][0]]

    target = body.rest_positions()
    hips, shoulders = at("left_hip") - at("right_hip"), at("left_shoulder") - at("right_shoulder")
    torso = (at("left_shoulder") + at("right_shoulder") - at("left_hip") - at("right_hip")) / 2
    up = _nearest_axis(torso)
    target_torso = sum(target[INDEX[f"{s}_shoulder"]] - target[INDEX[f"{s}_hip"]] for s in ("left", "right")) / 2

    pelvis = frame(up, hips)
    chest = frame(torso, shoulders) @ frame(target_torso, np.array([1.0, 0.0, 0.0])).T
    head = frame(up, shoulders)
    out = {"pelvis": pelvis, "head": head}
    between = rotation_path(pelvis, chest)
    bones = len(found.get("spine", ()))
    for k in range(bones):
        out[f"spine.{k}"] = between((k + 1) / bones)
    for k in range(len(found.get("neck", ()))):
        out[f"neck.{k}"] = head
    for side in ("left", "right"):
        out[f"{side}_collar"] = chest
        for root, limb in ((chest, ARM), (pelvis, LEG)):
            turned = root
            for joint, child in limb:
                source = at(f"{side}_{child}") - at(f"{side}_{joint}")
                turned = shortest_turn(turned @ body.offsets[INDEX[f"{side}_{child}"]], source) @ turned
                out[f"{side}_{joint}"] = turned
        out[f"{side}_wrist"] = out[f"{side}_elbow"]
        out[f"{side}_ankle"] = out[f"{side}_foot"] = _foot(side, positions, found, rig, body, up, out)
    return out


def _foot(side: str, positions: np.ndarray, found: dict, rig: RigMap, body: Body, up: np.ndarray, out: dict) -> np.ndarray:
    """A foot level with the floor (or square to the shin), pointing as the source's points."""
    upright = out["pelvis"] if rig.feet == "flat" else out[f"{side}_knee"]
    axis = up if rig.feet == "flat" else upright[:, 1]
    if f"{side}_foot" not in found:
        return frame(axis, np.cross(axis, out["pelvis"][:, 2]))
    source = positions[found[f"{side}_foot"][0]] - positions[found[f"{side}_ankle"][0]]
    own = upright @ body.offsets[INDEX[f"{side}_foot"]]
    source, own = source - axis * (source @ axis), own - axis * (own @ axis)
    if np.linalg.norm(source) < 1e-4:
        return upright
    return shortest_turn(own, source) @ upright


def twist_axes(axes: dict[str, np.ndarray], degrees: dict[str, float], body: Body) -> dict[str, np.ndarray]:
    """``axes`` with whole limbs turned about their own bones by ``degrees`` (`RigMap.twist`)."""
    out = dict(axes)
    for root, angle in degrees.items():
        side, upper = root.split("_")
        chain = ("hip", "knee", "ankle") if upper == "hip" else ("shoulder", "elbow", "wrist", "middle1")
        for joint, child in itertools.pairwise(chain):
            name = f"{side}_{joint}"
            bone = body.offsets[INDEX[f"{side}_{child}"]].astype(np.float64)
            if name in out:
                out[name] = out[name] @ Rotation.from_rotvec(bone / np.linalg.norm(bone) * np.radians(angle)).as_matrix()
    return out


def level_soles(axes: dict, rotations: dict, positions: dict, scale: float, fps: float) -> dict[str, np.ndarray]:
    """Changed axes of the feet, so that a foot standing still on the floor is level.

    The up direction in the foot bone's own frame is averaged over the frames in which ankle and ball hardly move and lie low. It is
    believed when there are enough such frames, they agree, and the rest pose is not far off; otherwise nothing changes.

    Args:
        rotations, positions: by joint name, (T, 3, 3) and (T, 3) of the source; scale: source units to target metres.
    """
    changed = {}
    for side in ("left", "right"):
        ankle, ball = f"{side}_ankle", f"{side}_foot"
        if ball not in positions or len(positions[ball]) < 12:
            continue
        still = np.ones(len(positions[ball]), dtype=bool)
        for joint in (ankle, ball):
            path = positions[joint] * scale
            still &= np.linalg.norm(np.gradient(path, axis=0), axis=-1) * fps < 0.12
            still &= path[:, 1] < np.percentile(path[:, 1], 5) + 0.04
        if still.sum() < 10:
            continue
        for joint in (ankle, ball):
            if joint not in rotations or joint not in axes:
                continue
            normals = rotations[joint][still][:, 1, :]  # rows: world Y in the bone's frame
            mean = normals.mean(axis=0)
            spread = np.degrees(np.arccos(np.clip(np.linalg.norm(mean), 0, 1)))
            before = axes[joint][:, 1]
            if spread < 6.0 and before @ mean / np.linalg.norm(mean) > np.cos(np.radians(35.0)):
                changed[joint] = shortest_turn(before, mean) @ axes[joint]
    return changed


def frame(up: np.ndarray, left: np.ndarray) -> np.ndarray:
    """The rotation (3, 3) whose Y is ``up`` and whose X is as near to ``left`` as that allows."""
    y = up / np.linalg.norm(up)
    x = left - y * (left @ y)
    x = x / np.linalg.norm(x)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def rotation_path(first: np.ndarray, last: np.ndarray):
    """A function of 0..1 that walks the shortest way from ``first`` to ``last`` (..., 3, 3)."""
    shape = first.shape
    start = Rotation.from_matrix(first.reshape(-1, 3, 3))
    step = (start.inv() * Rotation.from_matrix(last.reshape(-1, 3, 3))).as_rotvec()
    return lambda u: (start * Rotation.from_rotvec(step * u)).as_matrix().reshape(shape)


def _nearest_axis(direction: np.ndarray) -> np.ndarray:
    unit = direction / np.linalg.norm(direction)
    largest = int(np.argmax(np.abs(unit)))
    if abs(unit[largest]) < SNAP:
        return unit
    axis = np.zeros(3)
    axis[largest] = np.sign(unit[largest])
    return axis
