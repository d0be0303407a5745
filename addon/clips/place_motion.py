"""Puts a motion on a character: into its action, a new one, a frame range, or an NLA strip.

The scene's frame rate stays; motions are resampled to it.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace

import bpy
import numpy as np

from ..keys.keyframes import KeyingError, ensure_action, hold_values, key_disabled_reason
from ..motion.files import MotionData
from ..motion.motion import from_motion_data, resampled_length
from ..rigs.hindrances import held_root_note
from ..rigs.rig import Rig
from ..scene import scene_fps
from ..tweak.archive import pack_motion
from .clip_channels import require_root
from .clip_keys import write_clip_in_steps
from .clip_layers import ClipError, ClipLayers
from .moved_keys import follow_moved_keys_in_steps
from .placement import VoiceToMotionPlacement
from .properties import KEPT_SECONDS, VoiceToMotionClip, quietly
from .standing_place import Standing, held_pose, standing_at


def place_motion_in_steps(
    scene: bpy.types.Scene,
    rig: Rig,
    motion: MotionData,
    start: int,
    name: str,
    source: dict,
    into: bpy.types.Action | None = None,
    continued: MotionData | None = None,
    most: int = 0,
) -> Generator[None, None, tuple[bpy.types.Action, int, list[str]]]:
    """Key a motion on a character, as ``scene.voice_to_motion_placement`` says, step by step.

    Where the character stands is found out before the first step ends. Only actions that nobody wears may be keyed over
    several ticks, see `staged_action`.

    Args:
        start: its first frame, unless it replaces a range.
        name: of the clip and of a new action.
        source: everything needed to make the motion again.
        into: an action made for this motion, a copy of the character's own; it need not be active.
        continued: the motion that the model continued, at the same frame rate; its last pose is the new one's first. Where
            the new motion stands then needs no setting.
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
    target = rig.armature
    reason = key_disabled_reason(target)
    if reason:
        raise KeyingError(reason + ".")
    if placement.root == "ROOT":
        require_root(rig)
    length = resampled_length(from_motion_data(motion), scene_fps(scene))
    length = min(length, most) if most else length
    fits = destination == "RANGE"
    if fits:
        start, length = placement.range_start, placement.range_end - placement.range_start + 1
        if length < 2:
            raise ClipError("The frame range ends before it begins: set its last frame after its first.")
    data = target.animation_data or target.animation_data_create()
    before, slot = data.action, getattr(data, "action_slot", None)
    standing = standing_at(scene, rig, start, start + length if fits else None)
    pose = held_pose(rig) if placement.use_current_pose and continued is None else {}
    if destination in ("ACTION", "NLA"):
        data.action = None
    action = into or ensure_action(target, name)
    layers = ClipLayers(scene, rig, action)
    followed, _ = yield from follow_moved_keys_in_steps(layers)
    try:
        clip, notes = _add_clip(action, motion, start, length, name, source)
        _set_up_clip(clip, placement, destination, standing, pose)
        clip.most = most
        if continued is not None:
            _keep_lead(clip, continued, motion)
        index = len(layers.clips) - 1
        del clip  # a part of the action: undo may replace it between steps
        yield
        notes += [*followed, *rig.notes, *(yield from write_clip_in_steps(layers, index))]
        if placement.root == "ROOT" and rig.root != rig.wanted_root:
            notes.append(held_root_note(rig.wanted_root))
        clip = layers.clips[index]
        hold_values(target, action, rig.switches, clip.start, clip.last)
    except Exception:
        if into is not None:
            pass  # whoever made it removes it
        elif action != before:
            bpy.data.actions.remove(action)
            data.action = before
            if slot is not None:
                data.action_slot = slot
        else:
            action.voice_to_motion.clips.remove(len(layers.clips) - 1)
        raise
    if before is not None and action not in (before, into):
        before.use_fake_user = True  # else it would be gone with the next save
    if destination == "NLA":
        notes.append(_push_to_strip(target, action, clip, before, slot))
    elif destination == "ACTION" and before is not None:
        notes.append(f"“{before.name}” is kept")
    return action, clip.last, notes


def _add_clip(
    action: bpy.types.Action, motion: MotionData, start: int, length: int, name: str, source: dict
) -> tuple[VoiceToMotionClip, list[str]]:
    """The new clip, uppermost; those it hides completely are removed."""
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


def _set_up_clip(
    clip: VoiceToMotionClip,
    placement: VoiceToMotionPlacement,
    destination: str,
    standing: Standing,
    pose: dict[str, list[float]],
) -> None:
    fits = destination == "RANGE"
    with quietly():
        clip.fits_range, clip.root, clip.root_yaw = fits, placement.root, placement.root_yaw
        # A strip blends with others as a strip; its own keys stay as they are.
        clip.blend_in = clip.blend_out = 0 if destination == "NLA" and not pose else placement.blend
        clip.pose = json.dumps(pose) if pose else ""
        first, last = standing.first, standing.last
        clip.stands = json.dumps(standing.carriers)
        # On a character at rest the motion starts as it is.
        at_rest = max(abs(first.x), abs(first.z), abs(first.yaw)) < 1e-3
        if (placement.use_current_place or fits) and not at_rest:
            clip.has_start, clip.start_spot = True, (first.x, first.z, first.yaw)
        if last is not None:
            clip.has_end, clip.end_spot = True, (last.x, last.z, last.yaw)


def _keep_lead(clip: VoiceToMotionClip, continued: MotionData, motion: MotionData) -> None:
    """Keep the end of the continued motion with the raw result; the motion stays in its place."""
    lead = min(round(KEPT_SECONDS * motion.fps), len(continued.pelvis) - 1)
    rows = slice(len(continued.pelvis) - 1 - lead, len(continued.pelvis) - 1)
    rotations = np.concatenate([continued.rotations[rows], motion.rotations])
    pelvis = np.concatenate([continued.pelvis[rows], motion.pelvis])
    with quietly():
        clip.raw, clip.lead, clip.has_start = pack_motion(replace(motion, rotations=rotations, pelvis=pelvis)), lead, False


def _push_to_strip(
    target: bpy.types.Object,
    action: bpy.types.Action,
    clip: VoiceToMotionClip,
    before: bpy.types.Action | None,
    slot: bpy.types.ActionSlot | None,
) -> str:
    """Move the action to an NLA strip, restore the action before, and say what hides what."""
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
