"""Puts a motion between two frames of another, joined to it on both sides."""

from __future__ import annotations

import json
import uuid
from collections.abc import Generator

import bpy

from ..keys.keyframes import ensure_action, hold_values
from ..motion.files import MotionData
from ..rigs.rig import Rig
from ..tweak.archive import pack_motion
from .clip_keys import write_clip_in_steps
from .clip_layers import ClipError, ClipLayers, damage_as_clip_error
from .moved_keys import follow_moved_keys_in_steps
from .properties import NEW_REDUCTION, quietly
from .sequence import ordered_clips, prepare_clips
from .standing_place import held_pose, standing_at


def place_in_range_in_steps(
    scene: bpy.types.Scene, rig: Rig, motion: MotionData, name: str, source: dict, into: bpy.types.Action | None
) -> Generator[None, None, tuple[bpy.types.Action, str, list[str]]]:
    """Key a motion in the placement's range, step by step.

    Returns:
        The action, the uid of the new clip, and what the user should know.

    Raises:
        ClipError, RigError, KeyingError: nothing was changed.
    """
    placement, target = scene.voice_to_motion_placement, rig.armature
    start, last = placement.range_start, placement.range_end
    if last - start < 1:
        raise ClipError("The frame range ends before it begins: set its last frame after its first.")
    standing = standing_at(scene, rig, start, last + 1)
    pose = held_pose(rig) if placement.use_current_pose else {}
    action = into or ensure_action(target, name)
    layers, uid = ClipLayers(scene, rig, action), uuid.uuid4().hex
    with damage_as_clip_error():
        followed, _ = yield from follow_moved_keys_in_steps(layers)
    prepare_clips(action)
    over = next((clip.uid for clip in reversed(ordered_clips(action)) if clip.start <= start <= clip.last), "")
    notes = _remove_hidden(layers, start, last)
    clip = action.voice_to_motion.clips.add()
    with quietly():
        clip.uid, clip.name, clip.raw, clip.source = uid, name, pack_motion(motion), json.dumps(source)
        clip.start, clip.length, clip.fits_range, clip.over = start, last - start + 1, True, over
        clip.root, clip.root_yaw, clip.reduction = placement.root, placement.root_yaw, NEW_REDUCTION
        clip.blend_in = clip.blend_out = placement.blend
        clip.pose = json.dumps(pose) if pose else ""
        clip.stands = json.dumps(standing.carriers)
        first, end = standing.first, standing.last
        # On a character at rest the motion starts as it is.
        if max(abs(first.x), abs(first.z), abs(first.yaw)) >= 1e-3:
            clip.has_start, clip.start_spot = True, (first.x, first.z, first.yaw)
        if end is not None:
            clip.has_end, clip.end_spot = True, (end.x, end.z, end.yaw)
    del clip  # a part of the action: undo may replace it between steps
    try:
        yield
        notes += [*followed, *rig.notes, *(yield from write_clip_in_steps(layers, layers.index_of(uid)))]
    except Exception:
        if into is None and layers.find(uid) is not None:
            action.voice_to_motion.clips.remove(layers.index_of(uid))
        raise
    hold_values(target, action, rig.switches, start, last)
    return action, uid, notes


def _remove_hidden(layers: ClipLayers, start: int, last: int) -> list[str]:
    """Remove the ranges that a new one hides completely. Returns what to say of it."""
    notes = []
    for uid in [clip.uid for clip in layers.clips if clip.fits_range and start <= clip.start and clip.last <= last]:
        clip = layers.find(uid)
        if clip.by_hand:
            notes.append(f"“{clip.name}” was replaced with {clip.by_hand} keys made by hand: Undo brings them back")
        layers.action.voice_to_motion.clips.remove(layers.index_of(uid))
    return notes
