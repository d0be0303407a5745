"""Puts a motion on a character: into its action, a new one, a frame range, or an NLA strip.

The scene's frame rate stays; motions are resampled to it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Generator
from dataclasses import replace

import bpy
import numpy as np

from ..keys.keyframes import KeyingError, key_disabled_reason
from ..motion.files import MotionData
from ..rigs.hindrances import held_root_note
from ..rigs.rig import Rig
from ..tweak.archive import pack_motion
from ..tweak.trajectory import Spot
from .arrangement import arrange_in_steps
from .body_curves import is_keyed_before, read_body_curves
from .clip_channels import require_root
from .clip_layers import ClipLayers, damage_as_clip_error
from .editing import remove_clip
from .hand_edits import current_edits
from .moved_keys import follow_moved_keys_in_steps
from .own_action import cut_foreign_keys, own_action
from .place_in_range import place_in_range_in_steps
from .placement import VoiceToMotionPlacement
from .properties import KEPT_SECONDS, NEW_REDUCTION, VoiceToMotionClip, quietly
from .sequence import Slot, Timed, ordered_clips, prepare_clips, slot_at, timeline_of
from .source import instruction_of
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
    slot: Slot | None = None,
) -> Generator[None, None, tuple[bpy.types.Action, str, list[str]]]:
    """Key a motion on a character, as ``scene.voice_to_motion_placement`` says, step by step.

    Where the character stands is found out before the first step ends. Only actions that nobody wears may be keyed over
    several ticks, see `staged_action`.

    Args:
        start: its first frame, unless it replaces a range or goes on from a clip, see `sequence.slot_at`.
        name: of the clip and of a new action.
        source: everything needed to make the motion again.
        into: an action made for this motion, a copy of the character's own; it need not be active.
        continued: the motion that the model continued, at the same frame rate; its last pose is the new one's first.
        most: frames after which it is cut off; 0 leaves it as long as it is.
        slot: the frames it gets, where they are not those at ``start``.

    Returns:
        The action, the uid of the new clip, and what the user should know, in short sentences without final period.

    Raises:
        ClipError, RigError, KeyingError: nothing was changed.
    """
    placement, target = scene.voice_to_motion_placement, rig.armature
    reason = key_disabled_reason(target)
    if reason:
        raise KeyingError(reason + ".")
    if placement.root == "ROOT":
        require_root(rig)
    destination = "KEYS" if into is not None and placement.destination in ("ACTION", "NLA") else placement.destination
    if destination == "RANGE":
        return (yield from place_in_range_in_steps(scene, rig, motion, name, source, into))
    data = target.animation_data or target.animation_data_create()
    before, bound = data.action, getattr(data, "action_slot", None)
    standing, pose = standing_at(scene, rig, start, None), {}
    if placement.use_current_pose and continued is None:
        pose = held_pose(rig)
    if destination in ("ACTION", "NLA"):
        data.action = None
    found, followed = into or data.action, []
    if found is not None:
        with damage_as_clip_error():
            followed, _ = yield from follow_moved_keys_in_steps(ClipLayers(scene, rig, found))
        prepare_clips(found)
    slot = slot or slot_at(found, start, placement.use_current_pose)
    if slot.replaced:  # the playhead may be anywhere on it
        standing = replace(standing, first=_start_of(scene, rig, found, slot))
    action, notes = (into, []) if into is not None else own_action(scene, rig, name, slot)
    cut_off = {clip.uid: clip.most for clip in action.voice_to_motion.clips}
    try:
        if into is not None or action != found:  # else `own_action` has found none
            cut_foreign_keys(ClipLayers(scene, rig, action), slot)
        order, uid = _add_clip(action, motion, slot, name, source)
        layers = ClipLayers(scene, rig, action)
        clip = layers.find(uid)
        _set_up_clip(clip, placement, standing, pose)
        clip.most = most
        if continued is not None:
            _keep_lead(clip, continued, motion, is_keyed_before(read_body_curves(layers.curve_owner, rig), slot.start))
        del clip  # a part of the action: undo may replace it between steps
        changed, away = {uid, slot.cut} - {""}, [slot.replaced] if slot.replaced else []
        with damage_as_clip_error():
            if slot.replaced:
                notes += _take_over_edits(layers, slot.replaced, uid)
            notes += [*followed, *rig.notes, *(yield from arrange_in_steps(layers, order, changed, away=away))]
        if slot.replaced:
            remove_clip(layers, slot.replaced)
        if placement.root == "ROOT" and rig.root != rig.wanted_root:
            notes.append(held_root_note(rig.wanted_root))
    except Exception:
        if into is None:
            _restore_action(target, action, before, bound, cut_off)
        raise
    if before is not None and action not in (before, into):
        before.use_fake_user = True  # else it would be gone with the next save
    if destination == "NLA":
        notes.append(_push_to_strip(target, action, layers.find(uid), before, bound))
    elif destination == "ACTION" and before is not None:
        notes.append(f"“{before.name}” is kept")
    return action, uid, notes


def _restore_action(
    target: bpy.types.Object,
    action: bpy.types.Action,
    before: bpy.types.Action | None,
    bound: bpy.types.ActionSlot | None,
    cut_off: dict[str, int],
) -> None:
    """Take away a new action, or the new clip of an old one, which has no keys yet.

    Args:
        cut_off: uid -> frames after which each clip was cut off before.
    """
    if action != before:
        bpy.data.actions.remove(action)
        target.animation_data.action = before
        if bound is not None:
            target.animation_data.action_slot = bound
        return
    clips = action.voice_to_motion.clips
    if len(clips) and not clips[len(clips) - 1].written:
        clips.remove(len(clips) - 1)
    with quietly():
        for clip in clips:
            clip.most = cut_off.get(clip.uid, clip.most)


def _add_clip(
    action: bpy.types.Action, motion: MotionData, slot: Slot, name: str, source: dict
) -> tuple[list[Timed], str]:
    """The new clip's uid, and the order of all with it."""
    order, uid = timeline_of(ordered_clips(action)), uuid.uuid4().hex
    clip = action.voice_to_motion.clips.add()
    with quietly():
        clip.uid, clip.name, clip.raw, clip.source = uid, name, pack_motion(motion), json.dumps(source)
        clip.start, clip.length, clip.reduction = slot.start, len(motion.pelvis), NEW_REDUCTION
        for other in action.voice_to_motion.clips:
            if other.uid == slot.cut:
                other.most = slot.start - other.start
    place = next((i for i, timed in enumerate(order) if timed.uid == slot.replaced), None)
    if place is not None:
        order[place] = replace(order[place], uid=uid)
        return order, uid
    place = sum(timed.start < slot.start for timed in order)
    return [*order[:place], Timed(uid, slot.start, clip.length), *order[place:]], uid


def _take_over_edits(layers: ClipLayers, old_uid: str, new_uid: str) -> list[str]:
    """Keep poses made by hand where the instruction is the same. Returns what to say."""
    edits = current_edits(layers, layers.index_of(old_uid), read_body_curves(layers.curve_owner, layers.rig))
    if not edits:
        return []
    old, new = layers.find(old_uid), layers.find(new_uid)
    if instruction_of(old) != instruction_of(new):
        return [f"“{old.name}” was replaced with {len(edits)} keys made by hand: Undo brings them back"]
    with quietly():
        new.edits = json.dumps([edit.as_json() for edit in edits])
    return [f"{len(edits)} keys made by hand are kept" if len(edits) > 1 else "1 key made by hand is kept"]


def _start_of(scene: bpy.types.Scene, rig: Rig, action: bpy.types.Action, slot: Slot) -> Spot:
    """Where the clip that is replaced begins.

    Where it was placed says so better than its first pose, which may be turned.
    """
    old = next(clip for clip in action.voice_to_motion.clips if clip.uid == slot.replaced)
    if old.cut or old.lead:  # it was not placed, or its raw result was in its place already
        return standing_at(scene, rig, slot.start, None).first
    return Spot(*old.start_spot) if old.has_start else Spot(0.0, 0.0, 0.0)


def _set_up_clip(
    clip: VoiceToMotionClip, placement: VoiceToMotionPlacement, standing: Standing, pose: dict[str, list[float]]
) -> None:
    with quietly():
        clip.root, clip.root_yaw = placement.root, placement.root_yaw
        clip.automatic_join, clip.blend_in, clip.blend_out = placement.automatic_join, placement.blend, 0
        clip.cut = not placement.use_current_place
        clip.pose = json.dumps(pose) if pose else ""
        clip.stands = json.dumps(standing.carriers)
        spot = standing.first
        # On a character at rest the motion starts as it is.
        if not clip.cut and max(abs(spot.x), abs(spot.z), abs(spot.yaw)) >= 1e-3:
            clip.has_start, clip.start_spot = True, (spot.x, spot.z, spot.yaw)


def _keep_lead(clip: VoiceToMotionClip, continued: MotionData, motion: MotionData, keyed: bool) -> None:
    """Keep the end of the continued motion with the raw result.

    Args:
        keyed: whether that pose is keyed in the frame before the clip.
    """
    lead = min(round(KEPT_SECONDS * motion.fps), len(continued.pelvis) - 1)
    rows = slice(len(continued.pelvis) - 1 - lead, len(continued.pelvis) - 1)
    rotations = np.concatenate([continued.rotations[rows], motion.rotations])
    pelvis = np.concatenate([continued.pelvis[rows], motion.pelvis])
    with quietly():
        clip.raw, clip.lead = pack_motion(replace(motion, rotations=rotations, pelvis=pelvis)), lead + int(keyed)
        clip.has_start = False  # it is in its place


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
