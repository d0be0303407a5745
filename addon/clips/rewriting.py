"""Rewrites a clip when a setting changes, and the clips whose keys depend on its keys."""

from __future__ import annotations

import bpy

from ..link.incremental import run_to_end
from ..link.session import session
from ..rigs.rig import RigError
from ..scene import scene_fps
from ..translations import rpt_, sentences
from ..tweak.archive import ArchiveError
from ..tweak.style import MENU, PLAIN, tempo
from .arrangement import arrange_in_steps
from .clip_keys import write_clip
from .clip_layers import ClipError, ClipLayers, layers_of
from .editing import follow_keys, move_clip, show_or_hide
from .key_digest import followed_range
from .properties import VoiceToMotionClip, note_change, quietly
from .recipe import Recipe
from .sequence import ordered_clips, timeline_of
from .sound_strip import sound_follows


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
    notes = [*_style_note(clip), *notes]
    note_change(clip.id_data, clip.uid, sentences(notes))
    if notes:
        session.note = sentences(notes)


def _style_note(clip: VoiceToMotionClip) -> list[str]:
    """In which style a clip is now, for its note."""
    if clip.muted or clip.style == PLAIN or clip.style_strength == 0:
        return []
    label = next(label for name, label, _ in MENU if name == clip.style)
    return [rpt_("style “{}”, {} seconds long", rpt_(label), f"{clip.length / scene_fps(bpy.context.scene):.1f}")]


def move_to_frame(clip: VoiceToMotionClip, frame: int) -> None:
    """Move a clip whose First Frame was set, or say why not."""
    action, scene = clip.id_data, bpy.context.scene
    if frame == clip.start:
        return
    uid, began = clip.uid, followed_range(clip)[0]
    try:
        layers, ended = layers_of(scene, action), action.frame_range[1]
        with sound_follows(scene, layers.rig.armature):
            notes = move_clip(scene, clip, frame)
    except (ClipError, RigError, ArchiveError) as error:
        session.fail(str(error))
        return
    notes += show_change(layers, ended, uid, began)
    session.clear_message()
    note_change(layers.action, uid, sentences(notes))
    if notes:
        session.note = sentences(notes)


def _restore_settings(clip: VoiceToMotionClip) -> None:
    """Put back the settings the keys were written with; what has none is muted."""
    with quietly():
        for each in (clip, *(other for other in clip.id_data.voice_to_motion.clips if other.over and other.over == clip.uid)):
            each.muted = not each.written
    recipe = Recipe.from_text(clip.written)
    if recipe is None:
        return
    with quietly():
        for name in ("mirror", "strength", "style", "style_strength", "smoothing", "foot_lock", "reduction", "root", "root_yaw"):
            setattr(clip, name, getattr(recipe.tweaks, name))
        if clip.fits_range:
            clip.blend_in, clip.blend_out = recipe.blend_in, recipe.blend_out
        else:
            clip.speed = recipe.tweaks.speed / tempo(recipe.tweaks.style, recipe.tweaks.style_strength)
            clip.repeats = recipe.tweaks.repeats
            clip.trim_start, clip.trim_end = recipe.trims


def rewrite_clip(scene: bpy.types.Scene, action: bpy.types.Action, clip: VoiceToMotionClip, keep_edits: bool = True) -> list[str]:
    """Write a clip again, and those whose keys depend on it.

    Args:
        keep_edits: whether the animator's own keys are kept; else they are given up.

    Returns:
        What the user should know, in short sentences without final period.

    Raises:
        ClipError, RigError, ArchiveError: this clip's keys are as they were.
    """
    layers, ended = layers_of(scene, action), action.frame_range[1]
    notes, clip = follow_keys(layers, clip, keep_edits)
    uid = clip.uid
    with sound_follows(scene, layers.rig.armature):
        if clip.muted == bool(clip.written):  # it was muted, or is no longer
            notes += show_or_hide(layers, clip)
        elif clip.fits_range and not clip.muted:
            notes += _rewrite_range(layers, uid, keep_edits)
        elif not clip.muted:
            notes += run_to_end(arrange_in_steps(layers, timeline_of(ordered_clips(action)), {uid}, keep_edits))
    return notes + show_change(layers, ended)


def _rewrite_range(layers: ClipLayers, uid: str, keep_edits: bool) -> list[str]:
    """Write a regenerated range, and ranges that touch it, which are joined to it anew."""
    index = layers.index_of(uid)
    notes = write_clip(layers, index, keep_edits)
    clip = layers.find(uid)
    first, last = clip.start - 2, clip.last + 2
    for other in range(index + 1, len(layers.clips)):
        found = layers.clips[other]
        if found.fits_range and not found.muted and found.start <= last and found.last >= first:
            notes += write_clip(layers, other)
    return notes


def show_change(layers: ClipLayers, ended: float, uid: str = "", began: int = 0) -> list[str]:
    """Let NLA strips and the scene grow with the action, and the scene show the new keys.

    Args:
        ended: the action's last frame before the change.
        uid: of the clip that the change is about. The playhead goes along if it was on it.
        began: where that one began before.

    Returns:
        What the user should know, in short sentences without final period.
    """
    armature, action, scene = layers.rig.armature, layers.action, layers.scene
    for track in armature.animation_data.nla_tracks:
        for strip in track.strips:
            if strip.action == action and abs(strip.action_frame_end - ended) < 0.5:
                strip.action_frame_end = action.frame_range[1]
    armature.update_tag()
    clip = next((clip for clip in layers.clips if clip.uid == uid), None)
    on_it = clip is not None and began <= scene.frame_current < began + clip.length
    scene.frame_set(scene.frame_current + (clip.start - began if on_it else 0))
    last = max((clip.last for clip in layers.clips if not clip.muted), default=0)
    if not ended <= scene.frame_end < last:  # a scene that ended before its motions did so on purpose
        return []
    scene.frame_end = last
    return [rpt_("scene now ends at {}", last)]
