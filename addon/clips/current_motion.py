"""A character's current motion as SMPL-X poses, for the model to continue or to fill.

With SMPL-X bones it is read from the F-curves, keys made by hand included: the inverse of `rigs.smplx_transfer`,
R = K b K^-1. A pose of another rig does not tell the body's pose it came from (other spines, twists, limbs spread over
several controls). There it is computed from the clips, whose raw results are kept; frames without a clip have no answer.
"""

from __future__ import annotations

import bpy
import numpy as np

from ..keys.keyed_pose import KeyedPose, decided_elsewhere
from ..motion.body import default_body
from ..motion.coordinates import continuous_signs
from ..motion.motion import Motion
from ..motion.proportions import fitted_back
from ..rigs.carriers import CarrierPose
from ..rigs.rig import Rig
from ..scene import scene_fps
from ..tweak.archive import unpack_motion
from ..tweak.key_shift import UNMOVED
from ..tweak.pipeline import tweak_motion
from ..tweak.trajectory import apply_root, carried_to
from .body_curves import keyed_range
from .clip_channels import cut_rows
from .clip_layers import ClipError
from .key_digest import find_key_shift
from .recipe import Recipe
from .standing_place import body_displacements, body_turns, carriers_at, read_keyed_values

BEFORE_SECONDS = 2.0  # sent of what comes before a motion; the backend looks at about one
AT_REST = 1e-3  # of the vector part of a quaternion: nothing is turned


def current_motion(rig: Rig, first: int, last: int, fps: float, stands: CarrierPose) -> Motion:
    """What the character does, as the default body does it; see `rig_motion`."""
    return fitted_back(rig_motion(rig, first, last, fps, stands), rig.skeleton)


def rig_motion(rig: Rig, first: int, last: int, fps: float, stands: CarrierPose) -> Motion:
    """What the character does from ``first`` to ``last``, one row a frame, labelled ``fps``.

    It is the motion of the rig's own body (`rigs.rig_body`).

    Args:
        stands: how the carriers stand for the motion that goes on from it; see `standing_place`.

    Raises:
        ClipError: it cannot be known.
    """
    frames = np.arange(first, last + 1)
    return _motion_from_curves(rig, frames, fps, stands) if rig.smplx_rest is not None else _motion_from_clips(rig, frames, fps)


def motion_before(scene: bpy.types.Scene, rig: Rig, frame: int) -> Motion | None:
    """What the character does in the two seconds before a frame, for the model to continue.

    A pose that is only held counts as held for a second. None where the character is in its rest pose, or where what it
    does cannot be known.
    """
    fps, keyed = scene_fps(scene), keyed_range(rig)
    first = max(keyed[0], frame - round(BEFORE_SECONDS * fps)) if keyed is not None and keyed[0] < frame else frame
    try:
        motion = current_motion(rig, first, frame, fps, carriers_at(scene, rig, frame))
    except ClipError:
        return None
    if (np.abs(motion.rotations[-1, :, 1:]) < AT_REST).all():
        return None
    if first == frame:
        count = max(round(fps), 2)
        return Motion(np.repeat(motion.rotations, count, axis=0), np.repeat(motion.pelvis, count, axis=0), fps)
    return motion


def _motion_from_curves(rig: Rig, frames: np.ndarray, fps: float, stands: CarrierPose) -> Motion:
    target, rest = rig.armature, rig.smplx_rest
    elsewhere = decided_elsewhere(target, [rig.pelvis])
    if elsewhere:
        raise ClipError(f"{target.name} is moved by {elsewhere}, so its keys do not say what it does: bake its action first.")
    pose, axes = KeyedPose(target), rest.to_armature
    rotations = np.zeros((len(frames), len(default_body().names), 4))
    rotations[..., 0] = 1.0
    for row, (joint, bone) in enumerate(zip(rest.joints, rest.bones, strict=True)):
        if joint:
            turned = pose.rotations(bone, frames)
            turned[:, 1:] = turned[:, 1:] @ (axes.T @ rest.orientations[row]).T
            rotations[:, joint] = turned
    # The pelvis with what clips moved above it: a root bone carries the body as well.
    moved, head = body_displacements(rig, read_keyed_values(rig, frames), stands), rig.hips.rest[:3, 3]
    rotations[:, 0] = body_turns(rig, moved)
    places = (moved[:, :3, :3] @ head + moved[:, :3, 3] - head) @ axes / rest.scale
    places[:, 1] += rest.standing_height
    return Motion(continuous_signs(rotations), places, fps)


def _motion_from_clips(rig: Rig, frames: np.ndarray, fps: float) -> Motion:
    data, skeleton = rig.armature.animation_data, rig.skeleton
    clips = data.action.voice_to_motion.clips if data is not None and data.action is not None else ()
    rotations = np.zeros((len(frames), len(skeleton.names), 4))
    pelvis, known = np.zeros((len(frames), 3)), np.zeros(len(frames), dtype=bool)
    for clip in clips:  # the uppermost last
        recipe = Recipe.from_text(clip.written)
        if recipe is None:
            continue
        tweaked = cut_rows(tweak_motion(clip.raw, recipe.tweaks, skeleton, recipe.fps), recipe.shown)
        motion = tweaked.motion if tweaked.root is None else apply_root(tweaked.motion, tweaked.root)
        shift = find_key_shift(clip) or UNMOVED
        rows = np.round(shift.back(frames) - recipe.start).astype(int)
        inside = (rows >= 0) & (rows < len(motion))
        rotations[inside], pelvis[inside] = motion.rotations[rows[inside]], motion.pelvis[rows[inside]]
        if recipe.hold and recipe.tweaks.before:
            held = (rows < 0) & (rows >= -recipe.hold)
            pose = unpack_motion(recipe.tweaks.before)
            pose = carried_to(pose, recipe.tweaks.home) if recipe.tweaks.home else pose
            rotations[held], pelvis[held] = pose.rotations[-1], pose.pelvis[-1]
            inside = inside | held
        known |= inside
    if not known.all():
        raise ClipError(
            f"What {rig.armature.name} does at frame {frames[~known][0]} was not generated, and keys of this kind of rig cannot"
            " be read as a body's: choose frames of a generated motion."
        )
    return Motion(continuous_signs(rotations), pelvis, fps)
