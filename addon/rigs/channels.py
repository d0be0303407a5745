"""Motions as channels for the bones of a rig, whatever kind it is.

Rotations come in the rotation mode each bone has, and nothing of the armature is touched, so linked and overridden
characters work.
"""

from __future__ import annotations

import numpy as np

from ..keys.channels import Channel, location_channel, rotation_channel
from ..motion.body import default_body
from ..motion.coordinates import continuous_signs
from ..motion.files import MotionData
from ..motion.motion import Motion
from ..motion.quaternions import rotate, rotation_vectors
from .retargeting import retarget_motion
from .rig import Rig
from .smplx_transfer import bone_rotations, pelvis_locations


def motion_channels(rig: Rig, motion: Motion) -> list[Channel]:
    """Bone rotations and the pelvis bone's location, one value a frame."""
    names, rotations, locations = _bone_values(rig, MotionData(rotation_vectors(motion.rotations), motion.pelvis, motion.fps))
    rotations = continuous_signs(rotations)
    channels = []
    for row, name in enumerate(names):
        if name == rig.pelvis:
            channels.append(location_channel(name, locations))
        channels.append(rotation_channel(name, rig.rotation_modes[name], rotations[:, row]))
    return channels


def _bone_values(rig: Rig, motion: MotionData) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """N bone names, their rotations (T, N, 4), and locations (T, 3) of the pelvis bone."""
    if rig.smplx_rest is not None:
        mapped = set(rig.match.bones.values())
        rows = [row for row, bone in enumerate(rig.smplx_rest.bones) if bone in mapped]
        names = tuple(rig.smplx_rest.bones[row] for row in rows)
        return names, bone_rotations(motion, rig.smplx_rest)[:, rows], pelvis_locations(motion, rig.smplx_rest)
    rest = rig.retargeting.rest
    moved = retarget_motion(motion, rest, rig.retargeting.alignment, default_body())
    return rest.bones, moved.rotations, moved.pelvis


def pelvis_positions(rig: Rig, channels: list[Channel]) -> np.ndarray:
    """(T, 3) head of the pelvis bone in armature space, with nothing above it moved."""
    locations = next(c.values for c in channels if c.group == rig.pelvis and c.data_path.endswith("].location"))
    rest = rig.armature.data.bones[rig.pelvis]
    axes = np.array(rest.matrix_local.to_3x3()) if rest.use_local_location else np.eye(3)
    return np.array(rest.head_local) + locations @ axes.T


def root_channels(rig: Rig, turns: np.ndarray, whole: list[Channel], below: list[Channel]) -> list[Channel]:
    """The root bone's channels, so that the body under it does what ``whole`` does without it.

    The root bone turns by D about its own head h and moves by l, so a point x of the armature comes to h + l + D (x - h).
    The pelvis, at p in ``below``, has to come to q of ``whole``: l = q - h - D (p - h).

    Args:
        turns: (T, 4) of the root, in SMPL-X space.
        whole: the body's channels without a root.
        below: the body's channels under the root.
    """
    bone = rig.armature.data.bones[rig.root]
    turn = turns.copy()
    turn[:, 1:] = turn[:, 1:] @ rig.space.axes.T
    head, axes = np.array(bone.head_local), np.array(bone.matrix_local.to_3x3().normalized())
    moved = pelvis_positions(rig, whole) - head - rotate(turn, pelvis_positions(rig, below) - head)
    turn[:, 1:] = turn[:, 1:] @ axes
    return _bone_channels(rig, rig.root, moved @ axes if bone.use_local_location else moved, turn)


def resting_root_channels(rig: Rig, count: int) -> list[Channel]:
    """The root bone at rest for ``count`` frames."""
    turn = np.zeros((count, 4))
    turn[:, 0] = 1.0
    return _bone_channels(rig, rig.root, np.zeros((count, 3)), turn)


def _bone_channels(rig: Rig, name: str, locations: np.ndarray, quaternions: np.ndarray) -> list[Channel]:
    rotations = rotation_channel(name, rig.rotation_modes[name], continuous_signs(quaternions))
    return [location_channel(name, locations), rotations]
