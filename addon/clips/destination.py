"""Where a motion goes: into the character's action, an action of its own, a range of frames, or an NLA strip.

The scene's frame rate is not touched: motions are resampled to it.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace

import bpy
import numpy as np

from ..keys.keyframes import KeyingError, curve_owner, ensure_action, key_disabled_reason
from ..keys.switches import hold
from ..motion.files import MotionData
from ..motion.motion import from_motion_data, resampled_length
from ..rigs.channels import bone_path, switches_of
from ..rigs.characters import match_of
from ..scene import scene_fps
from ..tweak.archive import pack_motion
from .around import curves_by_path
from .body import joints_of, root_bone
from .placement import VoiceToMotionPlacement
from .properties import VoiceToMotionClip, quietly
from .standing import spots_at
from .values import KEPT_SECONDS, ClipError
from .writing import Stage, writing


def putting(
    scene: bpy.types.Scene,
    target: bpy.types.Object,
    motion: MotionData,
    start: int,
    name: str,
    source: dict,
    into: bpy.types.Action | None = None,
    going_on: MotionData | None = None,
    most: int = 0,
) -> Generator[None, None, tuple[bpy.types.Action, int, list[str]]]:
    """Key a motion on a character, as ``scene.voice_to_motion_placement`` says, in pieces.

    Where the character stands is asked before the first pause; pauses are for actions that nobody wears, see `unseen`.

    Args:
        start: its first frame, unless it replaces a range.
        name: of the clip and, where there is a new one, the action.
        source: everything that is needed to make the motion again.
        into: an action that was made for this motion, with what the character's own has so far; it need not be worn.
        going_on: what the motion goes on from, where the model was given that: at the same frame rate, its last pose the motion's
            first. Where it stands then needs no setting.
        most: frames after which it is cut off; 0 leaves it as long as it is.

    Returns:
        The action, the last frame, and what the user should know, in short sentences without final period.

    Raises:
        ClipError, RigError, KeyingError: nothing was changed.
    """
    placement = scene.voice_to_motion_placement
    destination = placement.destination
    if into is not None and destination in ("ACTION", "NLA"):
        destination = "KEYS"
    reason = key_disabled_reason(target)
    if reason:
        raise KeyingError(reason + ".")
    if placement.root == "ROOT" and not root_bone(scene, target):
        raise ClipError(f"{target.name} has no bone above the pelvis: keep the root motion on the pelvis, or in place.")
    length = resampled_length(from_motion_data(motion), scene_fps(scene))
    length = min(length, most) if most else length
    fits = destination == "RANGE"
    if fits:
        start, length = placement.range_start, placement.range_end - placement.range_start + 1
        if length < 2:
            raise ClipError("The frame range ends before it begins: set its last frame after its first.")
    data = target.animation_data or target.animation_data_create()
    before, slot = data.action, getattr(data, "action_slot", None)
    spots = _spots(scene, target, start, start + length if fits else None)
    pose = _pose(scene, target) if placement.use_current_pose and going_on is None else {}
    if destination in ("ACTION", "NLA"):
        data.action = None
    action = into or ensure_action(target, name)
    try:
        clip, notes = _new_clip(action, motion, start, length, name, source)
        _set_up(clip, placement, destination, spots, pose)
        clip.most = most
        if going_on is not None:
            _go_on(clip, going_on, motion)
        switches, more = switches_of(scene, target)
        index = len(action.voice_to_motion.clips) - 1
        del clip  # a part of the action: undo may replace it in a pause
        yield
        notes += more + (yield from writing(Stage(scene, target, action), index))
        clip = action.voice_to_motion.clips[index]
        hold(target, action, switches, clip.start, clip.last)
    except Exception:
        if into is not None:
            pass  # whoever made it removes it
        elif action != before:
            bpy.data.actions.remove(action)
            data.action = before
            if slot is not None:
                data.action_slot = slot
        else:
            action.voice_to_motion.clips.remove(len(action.voice_to_motion.clips) - 1)
        raise
    if before is not None and action not in (before, into):
        before.use_fake_user = True  # else it would be gone with the next save
    if destination == "NLA":
        notes.append(_push(target, action, clip, before, slot))
    elif destination == "ACTION" and before is not None:
        notes.append(f"“{before.name}” is kept")
    return action, clip.last, notes


def _new_clip(
    action: bpy.types.Action, motion: MotionData, start: int, length: int, name: str, source: dict
) -> tuple[VoiceToMotionClip, list[str]]:
    """The clip, uppermost; those it hides completely go."""
    clips, notes = action.voice_to_motion.clips, []
    for index in reversed(range(len(clips))):
        if start <= clips[index].start and clips[index].last <= start + length - 1:
            if clips[index].by_hand:
                notes.append(
                    f"“{clips[index].name}” was replaced with {clips[index].by_hand} keys made by hand: Undo brings them back"
                )
            clips.remove(index)
    clip = clips.add()
    with quietly():
        clip.name, clip.raw, clip.source = name, pack_motion(motion), json.dumps(source)
        clip.start, clip.length = start, length
    return clip, notes


def _set_up(clip: VoiceToMotionClip, placement: VoiceToMotionPlacement, destination: str, spots: tuple, pose: dict) -> None:
    fits = destination == "RANGE"
    with quietly():
        clip.fits_range, clip.root, clip.root_yaw = fits, placement.root, placement.root_yaw
        # A strip blends with others as a strip; its own keys stay as they are.
        clip.blend_in = clip.blend_out = 0 if destination == "NLA" and not pose else placement.blend
        clip.pose = json.dumps(pose) if pose else ""
        first, last = spots
        # Of a character at rest nothing is to be taken over: the motion then starts as it is.
        at_rest = max(abs(first.x), abs(first.z), abs(first.yaw)) < 1e-3
        if (placement.use_current_place or fits) and not at_rest:
            clip.has_start, clip.start_spot = True, (first.x, first.z, first.yaw)
        if last is not None:
            clip.has_end, clip.end_spot = True, (last.x, last.z, last.yaw)


def _go_on(clip: VoiceToMotionClip, before: MotionData, motion: MotionData) -> None:
    """Keep the last moment of what the motion goes on from with its raw result, and leave it where it is."""
    lead = min(round(KEPT_SECONDS * motion.fps), len(before.pelvis) - 1)
    rows = slice(len(before.pelvis) - 1 - lead, len(before.pelvis) - 1)
    rotations, pelvis = (
        np.concatenate([earlier[rows], own])
        for earlier, own in ((before.rotations, motion.rotations), (before.pelvis, motion.pelvis))
    )
    with quietly():
        clip.raw, clip.lead, clip.has_start = pack_motion(replace(motion, rotations=rotations, pelvis=pelvis)), lead, False


def _spots(scene: bpy.types.Scene, target: bpy.types.Object, start: int, after: int | None) -> tuple:
    """Where the character stands at ``start`` and, if keys go on after it, at the frame ``after``."""
    goes_on = after is not None and _keyed_from(target, after)
    spots = spots_at(scene, target, [start, after] if goes_on else [start])
    return spots[0], spots[1] if goes_on else None


def _keyed_from(target: bpy.types.Object, frame: int) -> bool:
    if target.animation_data.action is None:
        return False
    curves = curves_by_path(curve_owner(target))
    return any((curve.frames >= frame - 0.5).any() for own in curves.values() for curve in own)


def _pose(scene: bpy.types.Scene, target: bpy.types.Object) -> dict[str, list[float]]:
    """The values the bones have now, by data path."""
    pose, pelvis = {}, match_of(scene, target).bones.get("pelvis", "")
    for name in joints_of(scene, target):
        bone = target.pose.bones[name]
        if bone.rotation_mode == "QUATERNION":
            pose[bone_path(name) + ".rotation_quaternion"] = list(bone.rotation_quaternion)
        elif bone.rotation_mode != "AXIS_ANGLE":
            pose[bone_path(name) + ".rotation_euler"] = list(bone.rotation_euler)
        if name == pelvis:
            pose[bone_path(name) + ".location"] = list(bone.location)
    return pose


def _push(target: bpy.types.Object, action: bpy.types.Action, clip: VoiceToMotionClip, before, slot) -> str:
    """Move the action to an NLA strip, give the character back what it had, and say what hides what."""
    data = target.animation_data
    own_slot = getattr(data, "action_slot", None)
    track = data.nla_tracks.new()
    track.name = clip.name
    strip = track.strips.new(action.name, clip.start, action)
    if own_slot is not None and hasattr(strip, "action_slot"):
        strip.action_slot = own_slot
    blend = min(8, clip.length // 3)
    strip.use_auto_blend = False
    if len(data.nla_tracks) > 1:
        strip.blend_in = strip.blend_out = blend
        strip.extrapolation = "NOTHING"
    data.action = before
    if before is None:
        return "it plays from an NLA strip"
    if slot is not None:
        data.action_slot = slot
    return f"it is hidden by the active action “{before.name}”: press Push Down to make that a strip as well"
