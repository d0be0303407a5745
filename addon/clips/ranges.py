"""Regenerated frame ranges: what the model is told, and where its answer goes.

The answer becomes a clip that lies over what was there, with the settings of the motion below it. Only frames inside the
range get keys. So the older motion keeps its raw result, and comes up again should the newer clip go.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import bpy

from ..keys.keyframes import KeyingError, hold_values, key_disabled_reason
from ..motion.files import MotionData
from ..motion.motion import Motion
from ..rigs.reading import read_smplx_rest
from ..rigs.rig import Rig
from ..rigs.scene_maps import match_of
from ..scene import scene_fps
from ..tweak.archive import pack_motion
from ..tweak.pose_filters import mirror_motion
from .body_curves import keyed_range
from .clip_keys import write_clip
from .clip_layers import ClipError, ClipLayers
from .current_motion import current_motion
from .hand_edits import edited_frames, edits_for_range
from .key_digest import find_key_shift, followed_ranges
from .moved_keys import follow_moved_keys
from .properties import KEPT_SECONDS, NEW_REDUCTION, VoiceToMotionClip, quietly
from .recipe import Recipe
from .standing_place import carriers_at

AROUND_SECONDS = 2.0  # sent on each side of a range; the backend looks at about one
SHORTEST, LONGEST = 0.3, 10.0  # seconds of a range; the model knows ten at a time
_UNREADABLE = "There is no generated motion in these frames, and keys of this kind of rig cannot be read as a body's"
_INHERITED = ("mirror", "strength", "style", "style_strength", "smoothing", "foot_lock", "reduction", "root", "root_yaw")


@dataclass(frozen=True)
class RangePlan:
    """The frames to be regenerated, and what the model is told of those around.

    Attributes:
        first, last: the frames.
        start: frame of the motion's first row.
        motion: what the character does there now, one row a frame. Its fps is the scene's, at the tempo of a clip with
            another speed. A mirrored clip is mirrored back, because words say left and right.
        fixed: rows of the range whose poses were made by hand, where the motion has them.
    """

    first: int
    last: int
    start: int
    motion: Motion
    fixed: tuple[int, ...] = ()

    @property
    def rows(self) -> tuple[int, int]:
        """First and last row of the motion that are regenerated."""
        return self.first - self.start, self.last - self.start


def clip_below(character: bpy.types.Object, first: int, last: int) -> VoiceToMotionClip | None:
    """The uppermost clip in the middle of a range, else the uppermost that reaches into it."""
    data = character.animation_data
    if data is None or data.action is None:
        return None
    clips, ranges = list(data.action.voice_to_motion.clips), followed_ranges(data.action)
    places = list(zip(clips, ranges, strict=True))
    middle = [clip for clip, (start, end) in places if start <= (first + last) // 2 <= end]
    return next(reversed(middle or [clip for clip, (start, end) in places if start <= last and end >= first]), None)


def range_reason(scene: bpy.types.Scene, target: bpy.types.Object) -> str:
    """Why the placement's range cannot be regenerated, without final period; empty if it can."""
    placement = scene.voice_to_motion_placement
    reason = _frames_reason(scene, target)
    if reason or clip_below(target, placement.range_start, placement.range_end) is not None:
        return reason
    return "" if read_smplx_rest(target, match_of(scene, target)) is not None else _UNREADABLE


def _frames_reason(scene: bpy.types.Scene, target: bpy.types.Object) -> str:
    placement, fps = scene.voice_to_motion_placement, scene_fps(scene)
    first, last = placement.range_start, placement.range_end
    data = target.animation_data
    if data is None or data.action is None:
        return f"{target.name} has no action: only frames of an existing motion can be regenerated"
    if last < first:
        return "The frame range ends before it begins: set its last frame after its first"
    if not round(SHORTEST * fps) <= last - first + 1 <= round(LONGEST * fps):
        return f"Choose a range of {round(SHORTEST * fps)} to {round(LONGEST * fps)} frames: this one has {last - first + 1}"
    return ""


def plan_range(scene: bpy.types.Scene, rig: Rig) -> RangePlan:
    """What to ask the model for. Raises ClipError, ArchiveError."""
    placement, target = scene.voice_to_motion_placement, rig.armature
    first, last = placement.range_start, placement.range_end
    clip, keyed = clip_below(target, first, last), keyed_range(rig)
    reason = _frames_reason(scene, target) or ("" if clip is not None or rig.smplx_rest is not None else _UNREADABLE)
    if reason:
        raise ClipError(reason + ".")
    if keyed is None or (first <= keyed[0] and last >= keyed[1]):
        raise ClipError("Nothing is left of the motion outside this range: choose fewer frames, or generate a new motion.")
    recipe = Recipe.from_text(clip.written) if clip is not None else None
    shift = find_key_shift(clip) if clip is not None else None
    fps = scene_fps(scene) / (recipe.tweaks.speed if recipe is not None else 1.0) * (abs(shift.scale) if shift is not None else 1.0)
    if not 1.0 <= fps <= 240.0:  # more than the backend takes
        fps = scene_fps(scene)
    around = round(AROUND_SECONDS * fps)
    low, high = max(first - around, min(keyed[0], first)), min(last + around, max(keyed[1], last))
    if rig.smplx_rest is None:
        low, high = _frames_with_clips(target, low, high, first, last)
    motion = current_motion(rig, low, high, fps, carriers_at(scene, rig, first))
    if clip is not None and clip.mirror:
        motion = mirror_motion(motion, rig.skeleton)
    fixed: tuple[int, ...] = ()
    if rig.smplx_rest is not None:  # elsewhere the motion is that of the clips, without what hands changed
        layers = ClipLayers(scene, rig, target.animation_data.action)
        fixed = tuple(frame - low for frame in edited_frames(layers, first, last))
    return RangePlan(first, last, low, motion, fixed)


def _frames_with_clips(target: bpy.types.Object, low: int, high: int, first: int, last: int) -> tuple[int, int]:
    """``low`` and ``high`` drawn in to frames that clips cover without a gap."""
    covered = {frame for start, end in followed_ranges(target.animation_data.action) for frame in range(start, end + 1)}
    while first > low and not covered.issuperset(range(low, first)):
        low += 1
    while last < high and not covered.issuperset(range(last + 1, high + 1)):
        high -= 1
    return low, high


def place_range(
    scene: bpy.types.Scene, rig: Rig, motion: MotionData, start: int, first: int, last: int, source: dict
) -> tuple[VoiceToMotionClip, list[str]]:
    """Key the frames ``first`` to ``last`` of a motion; nothing outside changes.

    Args:
        start: the frame of the motion's first row.
        source: everything needed to make the motion again.

    Returns:
        The new clip, and what the user should know, in short sentences without final period.

    Raises:
        ClipError, RigError, KeyingError, ArchiveError: nothing was changed.
    """
    target = rig.armature
    reason = key_disabled_reason(target)
    action = target.animation_data.action if target.animation_data is not None else None
    if reason or action is None:
        raise KeyingError(f"{reason or f'{target.name} wears no action any more'}.")
    if not start <= first <= last < start + len(motion.pelvis):
        raise ClipError("The motion that came back does not have the frames that were asked for.")
    kept = round(KEPT_SECONDS * motion.fps)
    lead, tail = min(first - start, kept), min(start + len(motion.pelvis) - 1 - last, kept)
    rows = slice(first - start - lead, last - start + 1 + tail)
    inside = replace(motion, rotations=motion.rotations[rows], pelvis=motion.pelvis[rows])
    layers = ClipLayers(scene, rig, action)
    followed, _ = follow_moved_keys(layers)
    below = clip_below(target, first, last)
    clips = action.voice_to_motion.clips
    edits = edits_for_range(layers, first, last, motion.fps)
    stands = json.dumps(carriers_at(scene, rig, first))
    settings = {name: getattr(below, name) for name in _INHERITED} if below is not None else {}
    name = motion.heard or (below.name if below is not None else "Motion")
    clip = clips.add()
    placement = scene.voice_to_motion_placement
    with quietly():
        clip.name, clip.raw, clip.source = name, pack_motion(inside), json.dumps(source)
        clip.start, clip.length, clip.fits_range = first, last - first + 1, True
        clip.lead, clip.tail, clip.reduction = lead, tail, NEW_REDUCTION
        clip.blend_in = clip.blend_out = min(placement.blend, clip.length // 2)
        clip.root, clip.root_yaw = placement.root, placement.root_yaw
        clip.edits = json.dumps([edit.as_json() for edit in edits])
        clip.stands = stands
        for each, value in settings.items():
            setattr(clip, each, value)
    try:
        # Between few keys a clip would bend towards the new motion: it gets a key at the border first.
        for index in range(len(clips) - 1):
            if clips[index].reduction != "NONE" and clips[index].start <= last + 1 and clips[index].last >= first - 1:
                write_clip(layers, index)
        notes = [*followed, *rig.notes, *write_clip(layers, len(clips) - 1)]
    except Exception:
        clips.remove(len(clips) - 1)
        raise
    hold_values(target, action, rig.switches, first, last)
    for index in reversed(range(len(clips) - 1)):
        if first <= clips[index].start and clips[index].last <= last:
            clips.remove(index)
    return clips[len(clips) - 1], notes
