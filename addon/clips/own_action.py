"""The action to which a character's clips are written: its own, without keys in their way.

Nothing is lost: where other characters wear the action, or keys that belong to no clip come after the new motion's start, a
copy is written, and the action stays in the file.
"""

from __future__ import annotations

import bpy
import numpy as np

from ..keys.channels import bone_name
from ..keys.keyframes import clear_keys, curve_owner, ensure_action
from ..rigs.rig import Rig
from .active_action import active_action, assign_action
from .body_curves import body_paths, read_body_curves
from .clip_layers import ClipLayers
from .recipe import Recipe
from .sequence import Slot, ordered_clips


def own_action(scene: bpy.types.Scene, rig: Rig, name: str, slot: Slot) -> tuple[bpy.types.Action, list[str]]:
    """The worn action that gets a new clip, and what to say of the one worn before.

    Raises:
        KeyingError: it cannot be keyed.
    """
    target, worn = rig.armature, active_action(rig.armature)
    if worn is None:
        return ensure_action(target, name), []
    action, notes = ensure_action(target, name), []
    others = [thing.name for thing in bpy.data.objects if thing != target and _uses(thing, action)]
    foreign = foreign_frames(ClipLayers(scene, rig, action), slot)
    if others:
        notes.append(f"“{action.name}” stays with {others[0]}; {target.name} has a copy of it now")
    elif len(foreign):
        action.use_fake_user = True  # else it would be gone with the next save
        notes.append(f"“{action.name}” is kept: here its keys end where this motion begins, at frame {slot.start}")
    if notes:
        action = action.copy()
        action.use_fake_user = False
        assign_action(scene, target, action)
    return action, notes


def foreign_frames(layers: ClipLayers, slot: Slot) -> np.ndarray:
    """(K,) frames of joints' keys that belong to no clip, from a slot to the next clip."""
    next_start = min((clip.start for clip in ordered_clips(layers.action) if clip.start > slot.start), default=np.inf)
    curves = read_body_curves(curve_owner(layers.rig.armature, layers.action), layers.rig)
    # Bones above the pelvis carry a motion, also where they are animated.
    frames = [curve.frames for path, own in curves.items() if bone_name(path) in layers.rig.joints for curve in own]
    found = np.unique(np.concatenate(frames)) if frames else np.empty(0)
    found = found[(found > slot.start - 0.5) & (found < next_start - 0.5)]
    for clip in layers.clips:
        recipe = Recipe.from_text(clip.written)
        if recipe is not None:
            found = found[(found < recipe.start - recipe.hold - 0.5) | (found > recipe.last + 0.5)]
    return found


def cut_foreign_keys(layers: ClipLayers, slot: Slot) -> None:
    """Remove the keys of `foreign_frames`, on the bones above the pelvis as well."""
    foreign = foreign_frames(layers, slot)
    if len(foreign):
        clear_keys(layers.curve_owner, body_paths(layers.curve_owner, layers.rig), *((frame, frame) for frame in foreign))


def _uses(thing: bpy.types.Object, action: bpy.types.Action) -> bool:
    data = thing.animation_data
    if data is None:
        return False
    return data.action == action or any(strip.action == action for track in data.nla_tracks for strip in track.strips)
