"""Writes the keys of clips, again whenever a setting changes, without losing what the animator did in between.

What was written last can be computed once more (`values`). The difference between that and the keys there are now was
made by hand, and is laid over what is written next.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, replace

import bpy
import numpy as np

from ..keys.keyframes import clear_keys, curve_owner, key_disabled_reason, write_channels
from ..link.incremental import run_to_end
from ..motion.body import default_body
from ..motion.motion import resampled_length
from ..rigs.channels import bone_path
from ..scene import scene_fps
from ..tweak.archive import unpack_motion
from ..tweak.contacts import POINTS, skate_speed
from ..tweak.edits import Edit
from .around import Curves, beside, curves_by_path, hand_made, visible
from .body import joints_of, root_bone
from .properties import VoiceToMotionClip, quietly
from .values import ClipError, Written, bone_of, dense, making_dense, with_fewer_keys

PIECE = 12  # channels whose keys are written at a time


@dataclass(frozen=True)
class Stage:
    """Where clips are written: a character in a scene, and the action that holds them."""

    scene: bpy.types.Scene
    target: bpy.types.Object
    action: bpy.types.Action

    @property
    def owner(self) -> bpy.types.Action | bpy.types.ActionChannelbag:
        """What holds the F-curves."""
        return curve_owner(self.target, self.action)


def stage_of(scene: bpy.types.Scene, action: bpy.types.Action) -> Stage:
    """The armature that wears the action or has it in an NLA strip, the panel's character first. Raises ClipError."""
    chosen = scene.voice_to_motion.character
    for thing in (*((chosen,) if chosen else ()), *scene.objects, *bpy.data.objects):
        data = thing.animation_data if thing.type == "ARMATURE" else None
        if data is None:
            continue
        if data.action == action or any(strip.action == action for track in data.nla_tracks for strip in track.strips):
            reason = key_disabled_reason(thing) or ("The action is linked from another file" if action.library else "")
            if reason:
                raise ClipError(reason + ".")
            return Stage(scene, thing, action)
    raise ClipError(f"No character wears {action.name}: put the action on a character first.")


def rewrite(scene: bpy.types.Scene, action: bpy.types.Action, clip: VoiceToMotionClip, by_hand: bool = True) -> list[str]:
    """Write a clip anew, and those whose keys depend on it.

    Args:
        by_hand: whether the animator's own keys are kept; else all of them give way.

    Returns:
        What the user should know, in short sentences without final period.

    Raises:
        ClipError, RigError, ArchiveError: this clip's keys are as they were.
    """
    stage = stage_of(scene, action)
    ended = action.frame_range[1]
    clips = list(action.voice_to_motion.clips)
    index = clips.index(clip)
    first, last = clip.start, clip.last
    notes = write(stage, index, by_hand)
    # Where it got shorter, what lies below comes up again; what lies above or beside is joined to it anew.
    below = [i for i in range(index) if clips[i].start <= last and clips[i].last > clip.last]
    for other in below:
        notes += write(stage, other)
    if below:
        notes += write(stage, index)
    first, last = min(first, clip.start) - 2, max(last, clip.last) + 2
    for other in range(index + 1, len(clips)):
        if clips[other].start <= last and clips[other].last >= first:
            notes += write(stage, other)
    for track in stage.target.animation_data.nla_tracks:
        for strip in track.strips:
            if strip.action == action and abs(strip.action_frame_end - ended) < 0.5:  # it shows the action to its end
                strip.action_frame_end = action.frame_range[1]
    stage.target.update_tag()
    scene.frame_set(scene.frame_current)
    return notes


def write(stage: Stage, index: int, by_hand: bool = True) -> list[str]:
    """Write one clip; see `rewrite`. Everything is computed before the first key changes."""
    return run_to_end(writing(stage, index, by_hand))


def writing(stage: Stage, index: int, by_hand: bool = True) -> Generator[None, None, list[str]]:
    """The same in pieces. Nothing is held over the pauses between them but data-blocks and arrays."""
    scene, target, clips = stage.scene, stage.target, list(stage.action.voice_to_motion.clips)
    clip, notes = clips[index], []
    curves = body_curves(stage)
    covered = above(clips, index)
    old = Written.from_text(clip.written)
    edits = edits_now(stage, index, curves) if by_hand else []
    new = _plan(stage, clip, old, curves, clips)
    if new.lead + new.length + new.tail < resampled_length(unpack_motion(clip.raw), new.fps, new.tweaks.speed, new.tweaks.skipped):
        notes.append(f"“{clip.name}” is cut at frame {clip.start + new.length - 1}, because other keys begin there")
    raw, reduction = clip.raw, clip.reduction
    del clips, clip, curves  # parts of the action: undo may replace them in a pause
    yield
    made = yield from making_dense(scene, target, raw, new, edits)
    yield
    channels, keys = with_fewer_keys(scene, target, made, reduction)
    yield

    paths = {channel.data_path for channel in channels}
    if old is not None:
        for rows in visible(old.start, old.length, [*covered, (new.start, new.start + new.length - 1)]):
            clear_keys(stage.owner, paths, old.start + rows.start, old.start + rows.stop - 1)
        _move_markers(stage.action, old, new)
    frames, written = new.start + np.arange(new.length), 0
    for rows in visible(new.start, new.length, covered):
        for few in range(0, len(channels), PIECE):
            parts = [channel.part(rows) for channel in channels[few : few + PIECE]]
            written += write_channels(target, parts, frames[rows], stage.action)
            yield
    clip = stage.action.voice_to_motion.clips[index]
    with quietly():
        clip.written, clip.length = new.as_text(), new.length
        clip.edits = json.dumps([edit.as_json() for edit in edits])
        clip.skate_before, clip.skate_after = made.result.skate_before, made.result.skate_after
        if keys is not None:
            feet = [default_body().index(point) for point in POINTS]
            clip.skate_after = skate_speed(keys.joints[:, feet], made.result.standing, new.fps)
        clip.keys, clip.all_keys = written, new.length * sum(channel.values.shape[1] for channel in channels)
        clip.degrees, clip.centimetres = (keys.degrees, keys.centimetres) if keys is not None else (0.0, 0.0)
        clip.by_hand = len(edits)
    return notes


def body_curves(stage: Stage) -> Curves:
    """The F-curves of the bones that clips move."""
    bones = {*joints_of(stage.scene, stage.target), root_bone(stage.scene, stage.target)}
    return {path: found for path, found in curves_by_path(stage.owner).items() if bone_of(path) in bones}


def above(clips: list[VoiceToMotionClip], index: int) -> list[tuple[int, int]]:
    """First and last frame of the clips that lie over one."""
    return [(other.start, other.last) for other in clips[index + 1 :]]


def edits_now(stage: Stage, index: int, curves: Curves) -> list[Edit]:
    """The animator's keys in a clip, those known already and those found now. Raises ClipError, see `hand_made`."""
    clips = list(stage.action.voice_to_motion.clips)
    clip = clips[index]
    old, known = Written.from_text(clip.written), _stored_edits(clip)
    if old is None:
        return known
    was = dense(stage.scene, stage.target, clip.raw, old, known)
    return hand_made(was.channels, old, known, curves, visible(old.start, old.length, above(clips, index)))


def _plan(stage: Stage, clip: VoiceToMotionClip, old: Written | None, curves: Curves, clips: list) -> Written:
    """With what the clip is to be written."""
    fps, tweaks = scene_fps(stage.scene), clip.tweaks()
    raw = unpack_motion(clip.raw)
    if clip.fits_range and clip.length > 1:
        own = len(raw) - clip.lead - clip.tail
        tweaks = replace(tweaks, speed=max((own - 1) / raw.fps, 1e-3) / ((clip.length - 1) / fps))
    lead = int(clip.lead / raw.fps * fps / tweaks.speed + 1e-6)
    skipped = max(clip.lead / raw.fps - lead / fps * tweaks.speed, 0.0)
    tweaks = replace(tweaks, shown_from=lead, skipped=skipped if skipped > 1e-9 else 0.0)
    whole = resampled_length(raw, fps, tweaks.speed, tweaks.skipped)
    tail = max(whole - lead - clip.length, 0) if clip.fits_range else round(clip.tail / raw.fps * fps / tweaks.speed)
    length = whole - lead - tail
    if clip.most:
        length = min(length, clip.most)
    if old is not None and length > old.length and not clip.fits_range:
        length = min(length, _room(clip, old, curves, clips))
    last = clip.start + length - 1
    own_last = last if old is None else max(last, old.start + old.length - 1)
    before = beside(curves, clip.start, -1, old.before if old else {}) if clip.blend_in else {}
    if clip.blend_in:
        before = {**{path: [value, value] for path, value in clip.stored("pose").items()}, **before}
    after = beside(curves, own_last, 1, old.after if old else {}) if clip.blend_out else {}
    root = root_bone(stage.scene, stage.target)
    rests = clip.root != "ROOT" and bool(root) and any(path.startswith(bone_path(root) + ".") for path in curves)
    return Written(tweaks, fps, clip.start, length, clip.blend_in, clip.blend_out, before, after, rests, lead, tail)


def _room(clip: VoiceToMotionClip, old: Written, curves: Curves, clips: list) -> int:
    """How many frames there are from the clip's start to the first key beyond its old end that is no clip's."""
    last = old.start + old.length - 1
    others = [(other.start, other.last) for other in clips if other != clip]
    frames = {frame for found in curves.values() for curve in found for frame in curve.frames[curve.frames > last + 0.5]}
    free = [frame for frame in frames if not any(a - 0.5 < frame < b + 0.5 for a, b in others)]
    return int(np.ceil(min(free) - 1e-3)) - clip.start if free else 10**9


def _stored_edits(clip: VoiceToMotionClip) -> list[Edit]:
    try:
        return [Edit(**{**edit, "value": tuple(edit["value"])}) for edit in clip.stored("edits")]
    except (TypeError, KeyError):
        return []


def _move_markers(action: bpy.types.Action, old: Written, new: Written) -> None:
    """Markers of the action keep their place in the motion."""
    stretch = new.fps / new.tweaks.speed / (old.fps / old.tweaks.speed)
    if abs(stretch - 1) < 1e-9:
        return
    for marker in action.pose_markers:
        if old.start <= marker.frame <= old.start + old.length - 1:
            marker.frame = round(new.start + (marker.frame - old.start) * stretch)
