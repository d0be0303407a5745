"""What an animator does with whole clips: move, reorder, duplicate, delete, mute.

What comes after a clip makes room, and goes on from where it then ends. A deleted or muted clip leaves its frames free: the
character holds its pose there, so that nothing else moves in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import bpy

from ..link.incremental import run_to_end
from .arrangement import arrange_in_steps, ranges_over
from .clip_keys import write_clip
from .clip_layers import ClipLayers, layers_of
from .moved_keys import follow_moved_keys
from .properties import VoiceToMotionClip, quietly
from .sequence import Timed, ordered_clips, place_in_order, prepare_clips, timeline_of


def move_clip(scene: bpy.types.Scene, clip: VoiceToMotionClip, frame: int) -> list[str]:
    """Let a clip begin at another frame. Raises ClipError, RigError, ArchiveError."""
    layers = layers_of(scene, clip.id_data)
    notes, clip = follow_keys(layers, clip)
    clips = ordered_clips(layers.action)
    before = {timed.uid: timed for timed in timeline_of(clips)}
    order, start = place_in_order(clips, clip, frame)
    wanted = [Timed(c.uid, start if c == clip else c.start, c.length, c != clip and before[c.uid].glued) for c in order]
    place = order.index(clip)
    # Clips that were directly behind it do not run after it.
    wanted = [timed if i <= place else replace(timed, glued=False) for i, timed in enumerate(wanted)]
    behind = clips[clips.index(clip) + 1 :][:1]  # it loses what was before it
    return notes + _arrange(layers, wanted, {clip.uid, *(c.uid for c in behind), *(c.uid for c in order[place + 1 :][:1])})


def reorder_clip(scene: bpy.types.Scene, clip: VoiceToMotionClip, later: bool) -> list[str]:
    """Let a clip and its neighbour change places. Raises ClipError, RigError, ArchiveError."""
    layers = layers_of(scene, clip.id_data)
    notes, clip = follow_keys(layers, clip)
    clips = ordered_clips(layers.action)
    place = clips.index(clip)
    other = place + 1 if later else place - 1
    first, second = (place, other) if later else (other, place)
    timeline = timeline_of(clips)
    start, gap = timeline[first].start, timeline[second].start - timeline[first].start - timeline[first].length
    a, b = clips[second], clips[first]  # in their new order
    new = [Timed(a.uid, start, a.length), Timed(b.uid, start + a.length + gap, b.length)]
    order = [*timeline[:first], *new, *timeline[second + 1 :]]
    return notes + _arrange(layers, order, {a.uid, b.uid, *(timed.uid for timed in timeline[second + 1 :][:1])})


def trim_clip(scene: bpy.types.Scene, clip: VoiceToMotionClip, start: int, end: int) -> list[str]:
    """Leave out more frames at both ends. Raises ClipError, RigError, ArchiveError."""
    layers = layers_of(scene, clip.id_data)
    notes, clip = follow_keys(layers, clip)
    uid = clip.uid
    before = clip.trim_start, clip.trim_end
    with quietly():
        clip.trim_start, clip.trim_end = before[0] + start, before[1] + end
    try:
        return notes + _arrange(layers, timeline_of(ordered_clips(layers.action)), {uid})
    except Exception:
        with quietly():
            clip.trim_start, clip.trim_end = before
        raise


def duplicate_clip(scene: bpy.types.Scene, clip: VoiceToMotionClip) -> list[str]:
    """Put a copy of a clip directly behind it. Raises ClipError, RigError, ArchiveError."""
    layers = layers_of(scene, clip.id_data)
    notes, clip = follow_keys(layers, clip)
    uid, action = clip.uid, layers.action
    copy = action.voice_to_motion.clips.add()
    clip = layers.find(uid)  # the collection has moved
    with quietly():
        for prop in clip.bl_rna.properties:
            if not prop.is_readonly and prop.identifier not in ("frame", "rna_type"):
                setattr(copy, prop.identifier, getattr(clip, prop.identifier))
        copy.uid = copy.written = copy.strip = ""
        copy.start, copy.muted = clip.last + 1, False
    prepare_clips(action)
    order = timeline_of(ordered_clips(action))
    place = [timed.uid for timed in order].index(layers.clips[-1].uid)
    if order[place].start != layers.find(uid).last + 1 or order[place - 1].uid != uid:  # another begins at the same frame
        mine = order.pop(place)
        order.insert([timed.uid for timed in order].index(uid) + 1, mine)
    try:
        return notes + _arrange(layers, order, {layers.clips[-1].uid})
    except Exception:
        action.voice_to_motion.clips.remove(len(layers.clips) - 1)
        raise


def delete_clip(scene: bpy.types.Scene, clip: VoiceToMotionClip) -> list[str]:
    """Remove a clip with its keys and its ranges. Raises ClipError, RigError, ArchiveError."""
    layers = layers_of(scene, clip.id_data)
    followed, clip = follow_keys(layers, clip)
    uid, under = clip.uid, _clip_under(layers, clip)
    behind = _behind(layers, clip)
    order = [timed for timed in timeline_of(ordered_clips(layers.action)) if timed.uid != uid]
    notes = _arrange(layers, [] if under is not None else _unglued_behind(order, behind), behind, away=[uid])
    remove_clip(layers, uid)
    notes = followed + notes
    return notes if under is None else notes + write_clip(layers, layers.index_of(under))


def remove_clip(layers: ClipLayers, uid: str) -> None:
    """Remove a lifted clip with the ranges over it."""
    for each in [*(other.uid for other in ranges_over(layers, layers.find(uid))), uid]:
        layers.action.voice_to_motion.clips.remove(layers.index_of(each))


def show_or_hide(layers: ClipLayers, clip: VoiceToMotionClip) -> list[str]:
    """Take or write the keys of a clip whose Mute was set.

    Raises ClipError, RigError, ArchiveError.
    """
    uid, muted = clip.uid, clip.muted
    under, behind = _clip_under(layers, clip), _behind(layers, clip)
    ranges = [other.uid for other in ranges_over(layers, clip)]
    with quietly():
        for other in ranges:
            layers.find(other).over, layers.find(other).muted = uid, muted
    order = timeline_of(ordered_clips(layers.action))
    if under is not None:
        notes = _arrange(layers, [], away=[uid] if muted else [])
        return notes + write_clip(layers, layers.index_of(under if muted else uid))
    return _arrange(layers, _unglued_behind(order, behind), behind, [uid]) if muted else _arrange(layers, order, {uid})


def follow_keys(layers: ClipLayers, clip: VoiceToMotionClip, keep_edits: bool = True) -> tuple[list[str], VoiceToMotionClip]:
    """Let clips follow keys that were moved in an editor. Returns notes and the clip."""
    prepare_clips(layers.action)
    uid = clip.uid
    notes, _ = follow_moved_keys(layers, layers.index_of(uid), keep_edits)
    return notes, layers.find(uid)


def _arrange(layers: ClipLayers, order: list[Timed], changed: Iterable[str] = (), away: Iterable[str] = ()) -> list[str]:
    return run_to_end(arrange_in_steps(layers, order, changed, away=away))


def _unglued_behind(order: list[Timed], uids: set[str]) -> list[Timed]:
    """The order in which some clips do not run after what is before them."""
    return [replace(timed, glued=False) if timed.uid in uids else timed for timed in order]


def _behind(layers: ClipLayers, clip: VoiceToMotionClip) -> set[str]:
    """The uid of the clip that comes next."""
    return {c.uid for c in [c for c in ordered_clips(layers.action) if c != clip and c.start >= clip.start][:1]}


def _clip_under(layers: ClipLayers, clip: VoiceToMotionClip) -> str | None:
    """The uid of the clip under a range; None for other clips."""
    if not clip.fits_range:
        return None
    found = layers.find(clip.over) if clip.over else None
    inside = [c for c in ordered_clips(layers.action) if c.start <= clip.start <= c.last]
    return found.uid if found is not None else inside[-1].uid if inside else None
