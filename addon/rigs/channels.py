"""Motions as channels for the bones of a rig, whatever kind it is.

Rotations come in the rotation mode each bone has, and nothing of the armature is touched, so linked and overridden
characters work.
"""

from __future__ import annotations

import numpy as np

from ..keys.channels import Channel, location_channel, rotation_channel
from ..motion.coordinates import continuous_signs, matrices_from_quaternions
from ..motion.files import MotionData
from ..motion.motion import Motion
from ..motion.quaternions import rotate, rotation_vectors
from .carriers import CarrierPose, root_values, values_of
from .retargeting import retarget_motion
from .rig import Rig
from .smplx_transfer import bone_rotations, pelvis_locations


def motion_channels(rig: Rig, motion: Motion) -> list[Channel]:
    """Bone rotations and the pelvis bone's location, one value a frame.

    Args:
        motion: of the rig's own body, see `rig_body`.
    """
    names, rotations, locations = _bone_values(rig, MotionData(rotation_vectors(motion.rotations), motion.pelvis, motion.fps))
    rotations = continuous_signs(rotations)
    channels = []
    for row, name in enumerate(names):
        if name in locations:
            channels.append(location_channel(name, locations[name]))
        channels.append(rotation_channel(name, rig.rotation_modes[name], rotations[:, row]))
    return channels


def _bone_values(rig: Rig, motion: MotionData) -> tuple[tuple[str, ...], np.ndarray, dict[str, np.ndarray]]:
    """N bone names, their rotations (T, N, 4), and locations (T, 3) of those that move."""
    if rig.smplx_rest is not None:
        mapped = set(rig.match.bones.values())
        rows = [row for row, bone in enumerate(rig.smplx_rest.bones) if bone in mapped]
        names = tuple(rig.smplx_rest.bones[row] for row in rows)
        return names, bone_rotations(motion, rig.smplx_rest)[:, rows], {rig.pelvis: pelvis_locations(motion, rig.smplx_rest)}
    rest = rig.retargeting.rest
    moved = retarget_motion(motion, rest, rig.retargeting.alignment, rig.skeleton)
    return rest.bones, moved.rotations, moved.locations


def pelvis_positions(rig: Rig, channels: list[Channel]) -> np.ndarray:
    """(T, 3) head of the pelvis bone in armature space, with nothing above it moved."""
    locations = next(c.values for c in channels if c.group == rig.pelvis and c.data_path.endswith("].location"))
    return rig.hips.rest[:3, 3] + locations @ rig.hips.axes.T


def root_channels(rig: Rig, turns: np.ndarray, whole: list[Channel], below: list[Channel], stands: CarrierPose) -> list[Channel]:
    """The root bone's channels, so that the body under it does what ``whole`` does without it.

    In body space the way turns by D and brings the pelvis from p of ``below`` to q of ``whole``: M x = q + D (x - p).

    Args:
        turns: (T, 4) of the root, in SMPL-X space.
        whole: the body's channels without a root.
        below: the body's channels under the root.
        stands: how the carriers stand where the motion begins.
    """
    turn = turns.copy()
    turn[:, 1:] = turn[:, 1:] @ rig.space.axes.T
    way = np.zeros((len(turn), 4, 4))
    way[:, :3, :3], way[:, 3, 3] = matrices_from_quaternions(turn), 1.0
    way[:, :3, 3] = pelvis_positions(rig, whole) - rotate(turn, pelvis_positions(rig, below))
    return _bone_channels(rig, rig.root, *root_values(rig.carriers, rig.root, stands, way))


def held_channels(rig: Rig, name: str, stands: CarrierPose, count: int) -> list[Channel]:
    """A carrier for ``count`` frames where it stands."""
    values = np.repeat(values_of(stands, name)[None], count, axis=0)
    return _bone_channels(rig, name, values[:, :3], values[:, 3:7])


def _bone_channels(rig: Rig, name: str, locations: np.ndarray, quaternions: np.ndarray) -> list[Channel]:
    rotations = rotation_channel(name, rig.rotation_modes[name], continuous_signs(quaternions))
    return [location_channel(name, locations), rotations]
