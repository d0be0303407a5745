"""The motion a character makes now, as SMPL-X poses: what the model is given to continue from or to fill a gap in.

Of armatures with SMPL-X bones it is read from the F-curves, keys made by hand included: the inverse of `pose_transfer`,
R = K b K^-1. Of other rigs a pose does not say which pose of the body it came from (spines of other bones, twists, limbs
spread over several controls), so there it is taken from the clips, whose raw results are kept; frames without one have no answer.
"""

from __future__ import annotations

import bpy
import numpy as np

from ..keys.keyframes import curve_owner
from ..motion.body import default_body
from ..motion.coordinates import continuous_signs, quaternions_from_matrices
from ..motion.motion import Motion
from ..rigs.characters import match_of
from ..rigs.smplx_rig import RigError, missing_bones_sentence, rest_pose, smplx_bones
from ..tweak.pipeline import tweak_motion
from ..tweak.trajectory import apply_root
from .around import curves_by_path
from .body import joints_of, skeleton_of
from .keyed_pose import KeyedPose, decided_elsewhere, with_parents
from .values import ClipError, Written, bone_of, cut

BEFORE_SECONDS = 2.0  # sent of what comes before a motion; the backend looks at about one
AT_REST = 1e-3  # of the vector part of a quaternion: nothing is turned


def has_smplx_bones(scene: bpy.types.Scene, target: bpy.types.Object) -> bool:
    """Whether rotations pass to the character unchanged, so that its keys can be read as a body's."""
    if missing_bones_sentence(target.data) or match_of(scene, target).bones.get("pelvis") != "pelvis":
        return False
    try:
        rest_pose(target.data)
    except RigError:
        return False
    return True


def keyed_frames(scene: bpy.types.Scene, target: bpy.types.Object) -> tuple[int, int] | None:
    """First and last frame at which the action keys a bone of the body; None where it keys none."""
    data = target.animation_data
    if data is None or data.action is None:
        return None
    bones = joints_of(scene, target)
    curves = [own for path, found in curves_by_path(curve_owner(target)).items() if bone_of(path) in bones for own in found]
    frames = [(own.frames[0], own.frames[-1]) for own in curves if len(own.frames)]
    if not frames:
        return None
    return int(np.ceil(min(first for first, _ in frames) - 1e-3)), int(np.floor(max(last for _, last in frames) + 1e-3))


def present_motion(scene: bpy.types.Scene, target: bpy.types.Object, first: int, last: int, fps: float) -> Motion:
    """What the character does from frame ``first`` to ``last``, one row a frame, said to be at ``fps``.

    Raises:
        ClipError: it cannot be known.
    """
    frames = np.arange(first, last + 1)
    if has_smplx_bones(scene, target):
        return _read(target, frames, fps)
    return _from_clips(target, frames, fps)


def motion_before(scene: bpy.types.Scene, target: bpy.types.Object, frame: int, fps: float) -> Motion | None:
    """What the character does in the last moment up to a frame, for the model to go on from; a pose that it only holds for a
    second. None where there is nothing to go on from: it is in its rest pose, or what it does cannot be known.
    """
    keyed = keyed_frames(scene, target)
    first = max(keyed[0], frame - round(BEFORE_SECONDS * fps)) if keyed is not None and keyed[0] < frame else frame
    try:
        motion = present_motion(scene, target, first, frame, fps)
    except (ClipError, RigError):
        return None
    if (np.abs(motion.rotations[-1, :, 1:]) < AT_REST).all():
        return None
    if first == frame:
        count = max(round(fps), 2)
        return Motion(np.repeat(motion.rotations, count, axis=0), np.repeat(motion.pelvis, count, axis=0), fps)
    return motion


def _read(target: bpy.types.Object, frames: np.ndarray, fps: float) -> Motion:
    elsewhere = decided_elsewhere(target, with_parents(target, "pelvis"))
    if elsewhere:
        raise ClipError(f"{target.name} is moved by {elsewhere}, so its keys do not say what it does: bake its action first.")
    rest, pose, bones = rest_pose(target.data), KeyedPose(target), smplx_bones(target.data)
    axes = rest.to_armature
    rotations = np.zeros((len(frames), len(default_body().names), 4))
    rotations[..., 0] = 1.0
    for row, joint in enumerate(rest.joints):
        if joint:
            turned = pose.rotations(bones[joint], frames)
            turned[:, 1:] = turned[:, 1:] @ (axes.T @ rest.orientations[row]).T
            rotations[:, joint] = turned
    # The pelvis with everything above it: a root bone carries the body as well.
    matrices = np.array(pose.poses(bones[0], frames))
    own = target.data.bones[bones[0]].matrix_local
    turned = matrices[:, :3, :3] @ np.array(own.to_3x3()).T
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    rotations[:, 0] = quaternions_from_matrices(axes.T @ turned @ axes)
    places = (matrices[:, :3, 3] - np.array(own.translation)) @ axes / rest.scale
    places[:, 1] += rest.standing_height
    return Motion(continuous_signs(rotations), places, fps)


def _from_clips(target: bpy.types.Object, frames: np.ndarray, fps: float) -> Motion:
    data, skeleton = target.animation_data, skeleton_of(target)
    clips = data.action.voice_to_motion.clips if data is not None and data.action is not None else ()
    rotations = np.zeros((len(frames), len(skeleton.names), 4))
    pelvis, known = np.zeros((len(frames), 3)), np.zeros(len(frames), dtype=bool)
    for clip in clips:  # the uppermost last
        written = Written.from_text(clip.written)
        if written is None:
            continue
        made = cut(tweak_motion(clip.raw, written.tweaks, skeleton, written.fps), written.shown)
        motion = made.motion if made.root is None else apply_root(made.motion, made.root)
        rows = frames - written.start
        inside = (rows >= 0) & (rows < len(motion))
        rotations[inside], pelvis[inside] = motion.rotations[rows[inside]], motion.pelvis[rows[inside]]
        known |= inside
    if not known.all():
        raise ClipError(
            f"What {target.name} does at frame {frames[~known][0]} was not generated, and keys of this kind of rig cannot be read"
            " as a body's: choose frames of a generated motion."
        )
    return Motion(continuous_signs(rotations), pelvis, fps)
