"""Snapping: keys that make IK repeat what FK does, and the other way round, without a jump.

FK to IK: the control goes to the hand or foot, the pole to the side to which the limb is bent. The solver's result is
known in closed form (`motion.two_bone`); the twist it leaves out goes to the bones between it and the body. IK to FK is
the same in reverse.
"""

from __future__ import annotations

import bpy
import numpy as np

from ..keys.channels import Channel, bone_path, location_channel, rotation_channel
from ..keys.keyed_pose import KeyedPose
from ..keys.keyframes import hold_values, write_channels
from ..motion.coordinates import continuous_signs, matrices_from_quaternions, quaternions_from_matrices
from ..motion.two_bone import perpendicular, reach_with_pole
from .controls import POLE_DISTANCE, SWITCH, Limb

_BENT = 1e-3  # metres off the line; less gives no direction


class BonePoses:
    """Orientations and heads of a character's bones in armature space, at T frames.

    Constraints are left out on purpose: these are the poses the bones have by themselves.

    Args:
        target: the armature object.
        frames: (T,) frame numbers.
    """

    def __init__(self, target: bpy.types.Object, frames: np.ndarray) -> None:
        self._target, self._frames, self._keyed = target, frames, KeyedPose(target)
        self._known: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def at(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """(T, 3, 3) orientations and (T, 3) heads of a bone."""
        if name not in self._known:
            carried = self.carried(name)
            location = self._keyed.locations(name, self._frames)
            heads = carried[1] + (carried[0] @ location[..., None])[..., 0]
            self._known[name] = carried[0] @ self.own_rotation(name), heads
        return self._known[name]

    def carried(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """The same as `at`, for the bone as its parent carries it, without its own pose."""
        bone = self._target.data.bones[name]
        rest, head = np.array(bone.matrix_local.to_3x3()), np.array(bone.head_local)
        if bone.parent is None:
            return np.broadcast_to(rest, (len(self._frames), 3, 3)), np.broadcast_to(head, (len(self._frames), 3))
        turned, moved = self.at(bone.parent.name)
        above = np.array(bone.parent.matrix_local.to_3x3())
        step = above.T @ (head - np.array(bone.parent.head_local))
        return turned @ (above.T @ rest), moved + turned @ step

    def own_rotation(self, name: str) -> np.ndarray:
        """(T, 3, 3) a bone's own rotation, relative to what carries it."""
        return matrices_from_quaternions(self._keyed.rotations(name, self._frames))


def snap_to_ik(target: bpy.types.Object, limbs: list[Limb], frames: np.ndarray, keyed: bool) -> None:
    """Key controls and poles to match the FK pose, and switch to IK.

    Without ``keyed`` there is one frame, which is posed and not keyed.
    """
    poses = BonePoses(target, frames)
    for limb in limbs:
        (upper, start), (lower, middle), (end, goal) = (poses.at(name) for name in limb.fk)
        toward = _bend_directions(target, limb, start, middle, goal, upper)
        pole = middle + toward * POLE_DISTANCE
        channels = _placed(target, poses, limb.control, end, goal, keyed)
        channels += _placed(target, poses, limb.pole, None, pole, keyed)
        solved = _solved(target, limb, start, goal, pole)
        for name, above, turned, wanted in zip(limb.turned, limb.solved, solved, (upper, lower), strict=True):
            own = (turned @ _step(target, above, name)).transpose(0, 2, 1) @ wanted
            channels.append(_rotated(target, name, own, keyed))
        _apply(target, limb, channels, frames, 1.0, keyed)


def snap_to_fk(target: bpy.types.Object, limbs: list[Limb], frames: np.ndarray, keyed: bool) -> None:
    """Key the bones to match the IK pose, and switch to FK.

    Without ``keyed`` there is one frame, which is posed and not keyed.
    """
    poses = BonePoses(target, frames)
    for limb in limbs:
        carried, start = poses.carried(limb.upper)
        end, goal = poses.at(limb.control)
        pole = poses.at(limb.pole)[1]
        solved = _solved(target, limb, start, goal, pole)
        wanted = [
            turned @ _step(target, mechanism, name) @ poses.own_rotation(name)
            for name, mechanism, turned in zip(limb.turned, limb.solved, solved, strict=True)
        ]
        wanted.append(end)
        channels = []
        for name, orientation in zip(limb.fk, wanted, strict=True):
            channels.append(_rotated(target, name, carried.transpose(0, 2, 1) @ orientation, keyed))
            following = limb.fk[(limb.fk.index(name) + 1) % 3]
            carried = orientation @ _step(target, name, following)
        _apply(target, limb, channels, frames, 0.0, keyed)


def _solved(target: bpy.types.Object, limb: Limb, start: np.ndarray, goal: np.ndarray, pole: np.ndarray) -> tuple:
    """(T, 3, 3) orientations of both mechanism bones."""
    lengths = [target.data.bones[name].length for name in limb.solved]
    return reach_with_pole(start, goal, pole, *lengths)[1:]


def _bend_directions(
    target: bpy.types.Object, limb: Limb, start: np.ndarray, middle: np.ndarray, goal: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """(T, 3) unit directions from the line between start and goal to the middle joint.

    For a straight limb, the side to which the upper bone would bend.
    """
    way = goal - start
    line = way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-9)
    off = middle - start
    off = off - line * (off * line).sum(-1, keepdims=True)
    size = np.linalg.norm(off, axis=-1, keepdims=True)
    bone = target.data.bones[limb.upper]
    mechanism = target.data.bones[limb.solved[0]]
    usual = upper @ (np.array(bone.matrix_local.to_3x3()).T @ np.array(mechanism.matrix_local.to_3x3())[:, 2])
    return np.where(size > _BENT, off / np.maximum(size, 1e-9), perpendicular(usual, line))


def _step(target: bpy.types.Object, above: str, name: str) -> np.ndarray:
    """(3, 3) from the rest orientation of one bone to that of another."""
    bones = target.data.bones
    return np.array(bones[above].matrix_local.to_3x3()).T @ np.array(bones[name].matrix_local.to_3x3())


def _placed(
    target: bpy.types.Object, poses: BonePoses, name: str, orientation: np.ndarray | None, heads: np.ndarray, keyed: bool
) -> list[Channel]:
    """Channels that bring a bone to these heads and orientations in armature space."""
    carried, rest = poses.carried(name)
    location = (carried.transpose(0, 2, 1) @ (heads - rest)[..., None])[..., 0]
    if not keyed:
        target.pose.bones[name].location = location[0]
    channels = [location_channel(name, location)]
    if orientation is not None:
        channels.append(_rotated(target, name, carried.transpose(0, 2, 1) @ orientation, keyed))
    return channels


def _rotated(target: bpy.types.Object, name: str, own: np.ndarray, keyed: bool) -> Channel:
    channel = rotation_channel(name, target.pose.bones[name].rotation_mode, continuous_signs(quaternions_from_matrices(own)))
    if not keyed:
        setattr(target.pose.bones[name], channel.data_path.rpartition(".")[2], channel.values[0])
    return channel


def _apply(target: bpy.types.Object, limb: Limb, channels: list[Channel], frames: np.ndarray, switch: float, keyed: bool) -> None:
    if not keyed:
        target.pose.bones[limb.control][SWITCH] = switch
        return
    write_channels(target, channels, frames)
    path = f'{bone_path(limb.control)}["{SWITCH}"]'
    hold_values(target, target.animation_data.action, [Channel(path, np.array([[switch]]), limb.control)], frames[0], frames[-1])
