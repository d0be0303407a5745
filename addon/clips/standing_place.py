"""Where a character stands and faces, and its pose, for motions that begin or end there.

Places are in body space (see `rigs.carriers`): the bones above the pelvis carry the motion, as the object does. Where a clip
has moved them, they count from where they stood before it, and the rest of their way belongs to the place.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..keys.channels import bone_path
from ..keys.keyed_pose import KeyedPose, rotation_now, values_decided_elsewhere
from ..keys.keyframes import curve_owner
from ..motion.coordinates import quaternions_from_matrices
from ..motion.quaternions import yaw_of
from ..rigs.carriers import CarrierPose, carried, carried_once
from ..rigs.rig import Rig
from ..tweak.trajectory import Spot
from .body_curves import carrier_curves, key_frames, read_curves
from .recipe import Recipe

_STILL = 1e-4  # of a rotation matrix: a bone at rest
Values = dict[str, np.ndarray]  # bone -> (T, 10) location, rotation as quaternion wxyz, scale


@dataclass(frozen=True)
class Standing:
    """Attributes:
    first: where the motion begins.
    last: where what follows it begins; None where nothing does.
    carriers: how the bones above the pelvis stand.
    """

    first: Spot
    last: Spot | None
    carriers: CarrierPose


def standing_at(scene: bpy.types.Scene, rig: Rig, start: int, after: int | None) -> Standing:
    """How a character stands at ``start`` and, if there are keys from then on, at ``after``."""
    goes_on = after is not None and _has_keys_from(rig, after)
    stands = carriers_at(scene, rig, start)
    spots = standing_spots(scene, rig, [start, after] if goes_on else [start], stands)
    return Standing(spots[0], spots[1] if goes_on else None, stands)


def standing_spots(scene: bpy.types.Scene, rig: Rig, frames: list[int], stands: CarrierPose | None = None) -> list[Spot]:
    """Where the pelvis is over the floor, and which way it faces, at each frame.

    Args:
        stands: how the carriers stand; where None, as at the first frame.
    """
    stands = carriers_at(scene, rig, frames[0]) if stands is None else stands
    moved = body_displacements(rig, _read_values(scene, rig, frames), stands)
    places = (moved[:, :3, :3] @ rig.hips.rest[:3, 3] + moved[:, :3, 3] - rig.space.pelvis) @ rig.space.axes / rig.space.scale
    around = body_turns(rig, moved)
    return [Spot(float(place[0]), float(place[2]), float(yaw_of(turn))) for place, turn in zip(places, around, strict=True)]


def body_displacements(rig: Rig, values: Values, stands: CarrierPose) -> np.ndarray:
    """(T, 4, 4) how the pelvis bone is displaced from rest, in body space."""
    above = np.linalg.inv(carried_once(rig.carriers, stands)) @ carried(rig.carriers, values)
    return above @ rig.hips.displacements(values[rig.pelvis])


def body_turns(rig: Rig, displacements: np.ndarray) -> np.ndarray:
    """(T, 4) the pelvis joint's rotations in SMPL-X space.

    None where the bone is at rest, also for a body that lies there.
    """
    turned = displacements[:, :3, :3] / np.linalg.norm(displacements[:, :3, :3], axis=1, keepdims=True)
    moved = np.abs(turned - np.eye(3)).max(axis=(1, 2)) > _STILL
    turned[moved] = turned[moved] @ rig.space.stood.T
    return quaternions_from_matrices(rig.space.axes.T @ turned @ rig.space.axes)


def carriers_at(scene: bpy.types.Scene, rig: Rig, frame: int) -> CarrierPose:
    """How the bones above the pelvis stand for a motion that begins at a frame.

    Where a clip has moved them, as it stood: its way belongs to the motion.
    """
    if not rig.carriers:
        return {}
    known = _carriers_of_clip(rig, frame)
    if known is not None:
        return known
    values = _read_values(scene, rig, [frame])
    return {carrier.name: values[carrier.name][0].tolist() for carrier in rig.carriers}


def _carriers_of_clip(rig: Rig, frame: int) -> CarrierPose | None:
    """What the clip that keyed the carriers last before a frame stands on, else None."""
    data = rig.armature.animation_data
    if data is None or data.action is None:
        return None
    found = None
    for clip in data.action.voice_to_motion.clips:
        recipe = Recipe.from_text(clip.written)
        if recipe is not None and recipe.start <= frame and recipe.keys_carriers:
            found = recipe if found is None or recipe.last >= found.last else found
    if found is None:
        return None
    keys = [key_frames(curve) for curve in carrier_curves(curve_owner(rig.armature), rig)]
    moved_since = any(((frames > found.last + 0.5) & (frames <= frame + 0.5)).any() for frames in keys)
    return None if moved_since else found.stands


def read_keyed_values(rig: Rig, frames: np.ndarray) -> Values:
    """Values of the carriers and the pelvis bone by F-curves, which must decide alone."""
    pose = KeyedPose(rig.armature)
    return {
        bone.name: np.concatenate([read(bone.name, frames) for read in (pose.locations, pose.rotations, pose.scales)], axis=1)
        for bone in (*rig.carriers, rig.hips)
    }


def _read_values(scene: bpy.types.Scene, rig: Rig, frames: list[int]) -> Values:
    """The same; the scene is evaluated only where more than F-curves decide."""
    names = [bone.name for bone in (*rig.carriers, rig.hips)]
    if not values_decided_elsewhere(rig.armature, names):
        return read_keyed_values(rig, np.array(frames, dtype=float))
    frame, subframe = scene.frame_current, scene.frame_subframe
    found: dict[str, list] = {name: [] for name in names}
    try:
        for each in frames:
            scene.frame_set(each)
            for name in names:
                bone = rig.armature.pose.bones[name]
                found[name].append([*bone.location, *rotation_now(bone), *bone.scale])
    finally:
        scene.frame_set(frame, subframe=subframe)
    return {name: np.array(rows) for name, rows in found.items()}


def _has_keys_from(rig: Rig, frame: int) -> bool:
    data = rig.armature.animation_data
    if data is None or data.action is None:
        return False
    curves = read_curves(curve_owner(rig.armature))
    return any((curve.frames >= frame - 0.5).any() for own in curves.values() for curve in own)


def held_pose(rig: Rig) -> dict[str, list[float]]:
    """The values the mapped bones have now, by data path."""
    pose = {}
    for name in rig.joints:
        bone = rig.armature.pose.bones[name]
        if bone.rotation_mode == "QUATERNION":
            pose[bone_path(name) + ".rotation_quaternion"] = list(bone.rotation_quaternion)
        elif bone.rotation_mode != "AXIS_ANGLE":
            pose[bone_path(name) + ".rotation_euler"] = list(bone.rotation_euler)
        if name in rig.located_bones:
            pose[bone_path(name) + ".location"] = list(bone.location)
    return pose
