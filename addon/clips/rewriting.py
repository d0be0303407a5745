"""Rewrites a clip when a setting changes, and the clips whose keys depend on its keys."""

from __future__ import annotations

import bpy

from ..link.session import session
from ..rigs.rig import RigError
from ..translations import sentences
from ..tweak.archive import ArchiveError
from .clip_keys import write_clip
from .clip_layers import ClipError, layers_of
from .moved_keys import follow_moved_keys
from .properties import VoiceToMotionClip, quietly
from .recipe import Recipe


def apply_changed_setting(context: bpy.types.Context, clip: VoiceToMotionClip) -> None:
    """Rewrite a clip whose setting was changed, or put the setting back and say why.

    Blender makes the change of the setting and this one undo step.
    """
    try:
        notes = rewrite_clip(context.scene, clip.id_data, clip)
    except (ClipError, RigError, ArchiveError) as error:
        _restore_settings(clip)
        session.fail(str(error))
        return
    session.clear_message()
    clip.note = sentences(notes)
    if notes:
        session.note = clip.note


def _restore_settings(clip: VoiceToMotionClip) -> None:
    """Put back the settings the keys were written with."""
    recipe = Recipe.from_text(clip.written)
    if recipe is None:
        return
    with quietly():
        for name in ("mirror", "strength", "smoothing", "foot_lock", "reduction", "root", "root_yaw"):
            setattr(clip, name, getattr(recipe.tweaks, name))
        if not clip.fits_range:
            clip.speed = recipe.tweaks.speed
        clip.blend_in, clip.blend_out = recipe.blend_in, recipe.blend_out


def rewrite_clip(scene: bpy.types.Scene, action: bpy.types.Action, clip: VoiceToMotionClip, keep_edits: bool = True) -> list[str]:
    """Write a clip again, and those whose keys depend on it.

    Args:
        keep_edits: whether the animator's own keys are kept; else they are given up.

    Returns:
        What the user should know, in short sentences without final period.

    Raises:
        ClipError, RigError, ArchiveError: this clip's keys are as they were.
    """
    layers = layers_of(scene, action)
    index = layers.clips.index(clip)
    notes, gone = follow_moved_keys(layers, index, keep_edits)
    index -= sum(other < index for other in gone)
    ended, clips = action.frame_range[1], layers.clips
    clip = clips[index]
    first, last = clip.start, clip.last
    notes += write_clip(layers, index, keep_edits)
    # Where the clip got shorter, clips below it come up again. Clips above or beside are joined to it anew.
    below = [i for i in range(index) if clips[i].start <= last and clips[i].last > clip.last]
    for other in below:
        notes += write_clip(layers, other)
    if below:
        notes += write_clip(layers, index)
    first, last = min(first, clip.start) - 2, max(last, clip.last) + 2
    for other in range(index + 1, len(clips)):
        if clips[other].start <= last and clips[other].last >= first:
            notes += write_clip(layers, other)
    armature = layers.rig.armature
    for track in armature.animation_data.nla_tracks:
        for strip in track.strips:
            if strip.action == action and abs(strip.action_frame_end - ended) < 0.5:  # it shows the action to its end
                strip.action_frame_end = action.frame_range[1]
    armature.update_tag()
    scene.frame_set(scene.frame_current)
    return notes
