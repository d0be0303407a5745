"""Some frames of a character made anew by the model: what it is told of the frames around, and where its answer goes.

The answer becomes a clip that lies over what was there, with the settings of the motion below it, and only frames inside the range
get keys. So the older motion keeps its raw result, and comes up again should the newer clip go. Asking is `operators.regenerate`'s.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import bpy

from ..keys.keyframes import KeyingError, key_disabled_reason
from ..keys.switches import hold
from ..motion.files import MotionData
from ..motion.motion import Motion
from ..rigs.channels import switches_of
from ..scene import scene_fps
from ..tweak.archive import pack_motion
from ..tweak.edits import Edit
from ..tweak.pose_filters import mirror_motion
from .around import visible
from .body import skeleton_of
from .present import has_smplx_bones, keyed_frames, present_motion
from .properties import VoiceToMotionClip, quietly
from .values import KEPT_SECONDS, ClipError, Written
from .writing import Stage, above, body_curves, edits_now, write

AROUND_SECONDS = 2.0  # sent on each side of a range; the backend looks at about one
SHORTEST, LONGEST = 0.3, 10.0  # seconds of a range; the model knows ten at a time
FADE_SECONDS = 0.35  # within which a new motion comes to a pose made by hand, and leaves it again
_INHERITED = ("mirror", "strength", "smoothing", "foot_lock", "reduction", "root", "root_yaw")


@dataclass(frozen=True)
class Range:
    """Frames to be made anew, and what is told of those around.

    Attributes:
        first, last: the frames; start: the frame of the motion's first row.
        motion: what the character does there now, one row a frame. Its fps is the scene's, at the tempo of a clip that plays faster
            or slower than it was generated; a mirrored clip is mirrored back, because words say left and right.
    """

    first: int
    last: int
    start: int
    motion: Motion

    @property
    def rows(self) -> tuple[int, int]:
        """First and last row of the motion that are made anew."""
        return self.first - self.start, self.last - self.start


def clip_below(character: bpy.types.Object, first: int, last: int) -> VoiceToMotionClip | None:
    """The uppermost clip in the middle of a range, or where none is there the uppermost that reaches into it."""
    data = character.animation_data
    clips = list(data.action.voice_to_motion.clips) if data is not None and data.action is not None else []
    middle = [clip for clip in clips if clip.start <= (first + last) // 2 <= clip.last]
    return next(reversed(middle or [clip for clip in clips if clip.start <= last and clip.last >= first]), None)


def range_reason(scene: bpy.types.Scene, target: bpy.types.Object) -> str:
    """Why the frames chosen in the placement cannot be made anew on a character, without final period; empty when they can."""
    placement, fps = scene.voice_to_motion_placement, scene_fps(scene)
    first, last = placement.range_start, placement.range_end
    data = target.animation_data
    if data is None or data.action is None:
        return f"{target.name} wears no action: frames are made anew within the motion it has"
    if last < first:
        return "The frame range ends before it begins: set its last frame after its first"
    if not round(SHORTEST * fps) <= last - first + 1 <= round(LONGEST * fps):
        return f"Choose a range of {round(SHORTEST * fps)} to {round(LONGEST * fps)} frames: this one has {last - first + 1}"
    if clip_below(target, first, last) is None and not has_smplx_bones(scene, target):
        return "There is no generated motion in these frames, and keys of this kind of rig cannot be read as a body's"
    return ""


def planned(scene: bpy.types.Scene, target: bpy.types.Object) -> Range:
    """What to ask for. Raises ClipError."""
    placement = scene.voice_to_motion_placement
    first, last = placement.range_start, placement.range_end
    reason = range_reason(scene, target)
    if reason:
        raise ClipError(reason + ".")
    clip, keyed = clip_below(target, first, last), keyed_frames(scene, target)
    if keyed is None or (first <= keyed[0] and last >= keyed[1]):
        raise ClipError("Nothing is left of the motion outside this range: choose fewer frames, or generate a new motion.")
    written = Written.from_text(clip.written) if clip is not None else None
    fps = scene_fps(scene) / (written.tweaks.speed if written is not None else 1.0)
    if not 1.0 <= fps <= 240.0:  # more than the backend takes
        fps = scene_fps(scene)
    around = round(AROUND_SECONDS * fps)
    low, high = max(first - around, min(keyed[0], first)), min(last + around, max(keyed[1], last))
    if not has_smplx_bones(scene, target):
        low, high = _generated(target, low, high, first, last)
    motion = present_motion(scene, target, low, high, fps)
    if clip is not None and clip.mirror:
        motion = mirror_motion(motion, skeleton_of(target))
    return Range(first, last, low, motion)


def _generated(target: bpy.types.Object, low: int, high: int, first: int, last: int) -> tuple[int, int]:
    """``low`` and ``high`` drawn in to frames that clips cover without a gap."""
    covered = {frame for clip in target.animation_data.action.voice_to_motion.clips for frame in range(clip.start, clip.last + 1)}
    while first > low and not covered.issuperset(range(low, first)):
        low += 1
    while last < high and not covered.issuperset(range(last + 1, high + 1)):
        high -= 1
    return low, high


def put_range(
    scene: bpy.types.Scene, target: bpy.types.Object, motion: MotionData, start: int, first: int, last: int, source: dict
) -> tuple[VoiceToMotionClip, list[str]]:
    """Key the frames ``first`` to ``last`` of a motion whose first row is the frame ``start``; nothing outside changes.

    Args:
        source: everything that is needed to make the motion again.

    Returns:
        The new clip, and what the user should know, in short sentences without final period.

    Raises:
        ClipError, RigError, KeyingError, ArchiveError: nothing was changed.
    """
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
    stage, below = Stage(scene, target, action), clip_below(target, first, last)
    clips = action.voice_to_motion.clips
    edits = _poses_made_by_hand(stage, first, last, motion.fps)
    switches, notes = switches_of(scene, target)
    settings = {name: getattr(below, name) for name in _INHERITED} if below is not None else {}
    name = motion.heard or (below.name if below is not None else "Motion")
    clip = clips.add()
    placement = scene.voice_to_motion_placement
    with quietly():
        clip.name, clip.raw, clip.source = name, pack_motion(inside), json.dumps(source)
        clip.start, clip.length, clip.fits_range = first, last - first + 1, True
        clip.lead, clip.tail = lead, tail
        clip.blend_in = clip.blend_out = min(placement.blend, clip.length // 2)
        clip.root, clip.root_yaw = placement.root, placement.root_yaw
        clip.edits = json.dumps([edit.as_json() for edit in edits])
        for each, value in settings.items():
            setattr(clip, each, value)
    try:
        notes += write(stage, len(clips) - 1)
    except Exception:
        clips.remove(len(clips) - 1)
        raise
    hold(target, action, switches, first, last)
    for index in reversed(range(len(clips) - 1)):
        if first <= clips[index].start and clips[index].last <= last:
            clips.remove(index)
    return clips[len(clips) - 1], notes


def _poses_made_by_hand(stage: Stage, first: int, last: int, fps: float) -> list[Edit]:
    """The animator's keys in the range, as those of a clip that begins there and has ``fps`` frames in a second of its own.

    Around each the new motion comes to it and leaves it again, within `FADE_SECONDS` and never beyond the next one.
    """
    clips, curves = list(stage.action.voice_to_motion.clips), body_curves(stage)
    values: dict[str, dict[int, tuple[float, ...]]] = {}
    for index, clip in enumerate(clips):
        old = Written.from_text(clip.written)
        if old is None or clip.start > last or clip.last < first:
            continue
        shown = {row for rows in visible(old.start, old.length, above(clips, index)) for row in range(rows.start, rows.stop)}
        for edit in edits_now(stage, index, curves):
            row = round(edit.time / old.tweaks.speed * old.fps)
            if row in shown and first <= old.start + row <= last:
                values.setdefault(edit.path, {})[old.start + row - first] = edit.value
    fade, edits = max(round(FADE_SECONDS * scene_fps(stage.scene)), 1), []
    for path, own in values.items():
        rows = sorted(own)
        for place, row in enumerate(rows):
            before = max(row - fade, rows[place - 1] if place else 0)
            after = min(row + fade, rows[place + 1] if place + 1 < len(rows) else last - first)
            edits.append(Edit(path, row / fps, before / fps, after / fps, own[row]))
    return edits
