"""Moved keys: clips follow when their keys are moved, scaled or partly deleted in an editor.

Where the keys are now is `key_digest`'s answer. Keys change only in `follow_moved_keys`, which everything that writes clips calls
first: the hand edits are found against what was written, the keys are cleared where they are now, and the clip is written there.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace

import numpy as np

from ..keys.keyframes import clear_keys, hold_values
from ..link.incremental import run_to_end
from ..motion.motion import resampled_length
from ..rigs.rig import RigError
from ..tweak.archive import ArchiveError, unpack_motion
from ..tweak.edits import Edit
from ..tweak.key_shift import UNMOVED, KeyShift
from .body_curves import Curves, read_body_curves
from .clip_channels import compute_channels
from .clip_keys import write_clip_in_steps
from .clip_layers import ClipError, ClipLayers, visible_rows
from .hand_edits import WrittenClip, edits_of, read_written, stored_edits
from .key_digest import digest_keys, find_key_shifts, keys_of_curves, written_keys
from .properties import VoiceToMotionClip, quietly
from .recipe import Recipe
from .reduced_channels import reduce_channels

SLOWEST, FASTEST = 0.25, 4.0  # the limits of a clip's speed
_BESIDE = 2  # frames; a clip this near is joined to the moved one


def follow_moved_keys(layers: ClipLayers, kept: int | None = None, keep_edits: bool = True) -> tuple[list[str], list[int]]:
    """Write every clip whose keys were moved again where they are now, with its hand edits.

    Args:
        kept: index of the clip that is to be written next; it stays even if all its keys were deleted.
        keep_edits: whether that clip's own changes are kept.

    Returns:
        What the user should know, in short sentences without final period; and the indices of clips that are gone.

    Raises:
        ClipError, RigError, ArchiveError: nothing was changed.
    """
    return run_to_end(follow_moved_keys_in_steps(layers, kept, keep_edits))


def follow_moved_keys_in_steps(
    layers: ClipLayers, kept: int | None = None, keep_edits: bool = True
) -> Generator[None, None, tuple[list[str], list[int]]]:
    """`follow_moved_keys`, step by step."""
    for index in range(len(layers.clips)):
        _remember_written_keys(layers, index)
    curves = read_body_curves(layers.curve_owner, layers.rig)
    shifts = find_key_shifts(layers.clips, curves)
    kept_edits = [keep_edits or index != kept for index in range(len(shifts))]
    for index, shift in enumerate(shifts):
        if shift is not None and shift.scale < 0:
            if kept_edits[index]:
                raise ClipError(
                    f"The keys of “{layers.clips[index].name}” were reversed in time, which a clip cannot follow. Undo that, or"
                    " press Make Final to go on without tweaks."
                )
            shifts[index] = _forwards(layers.clips[index], shift)
    places = _key_places(curves)
    ends = [_deleted_ends(layers, index, places, shift) for index, shift in enumerate(shifts)]
    gone = [index for index, cut in enumerate(ends) if cut is None and index != kept]
    trims = [cut if cut is not None and kept_edits[index] else (0, 0) for index, cut in enumerate(ends)]
    changed = [i for i, shift in enumerate(shifts) if i not in gone and (shift is not None or any(trims[i]))]
    if not changed and not gone:
        return [], []
    affected = [i for i in range(len(shifts)) if i not in gone and (i in changed or _touches(layers, i, [*changed, *gone], shifts))]
    written = {index: read_written(layers, index, shifts[index] or UNMOVED) for index in (*affected, *gone)}
    written = {index: one for index, one in written.items() if one is not None}
    yield
    behind = [_left_behind(written[index], curves) for index in changed if index in written]
    curves = _without(curves, behind)
    edits = {}
    for index in affected:
        others = [other for number, other in written.items() if number != index]
        if index in written:
            edits[index] = edits_of(written[index], curves, others) if kept_edits[index] else []
    yield
    notes = [f"“{layers.clips[index].name}” was removed, because its keys were deleted" for index in gone]
    for index in changed:
        _clear_keys_now(layers, written[index])
    for path, frames in (item for found in behind for item in found.items()):
        clear_keys(layers.curve_owner, {path}, *((frame, frame) for frame in frames))
    for index, found in edits.items():
        old = written[index].recipe
        if index in changed:
            notes += _follow(layers.clips[index], old, shifts[index] or UNMOVED, trims[index])
            found = _without_start(found, trims[index][0] / old.fps * old.tweaks.speed)
        with quietly():
            layers.clips[index].edits = json.dumps([edit.as_json() for edit in found])
    for index in affected:
        yield
        notes += yield from write_clip_in_steps(layers, index)
        if index in changed:
            clip = layers.clips[index]
            hold_values(layers.rig.armature, layers.action, layers.rig.switches, clip.start, clip.last)
    for index in reversed(gone):
        layers.action.voice_to_motion.clips.remove(index)
    return notes, gone


def _remember_written_keys(layers: ClipLayers, index: int) -> None:
    """Give a clip of an older file its digest; none where it cannot be computed any more."""
    clip = layers.clips[index]
    old = Recipe.from_text(clip.written)
    if clip.written_keys or old is None:
        return
    try:
        made = compute_channels(layers.rig, clip.raw, old, stored_edits(clip))
    except (ArchiveError, RigError, ClipError):
        return
    channels, _ = reduce_channels(layers.rig, made, old.tweaks.reduction)
    frames, runs = old.start + np.arange(old.length), visible_rows(old.start, old.length, layers.covered_ranges(index))
    with quietly():
        clip.written_keys = digest_keys(layers.rig, ((frames[rows], channel.cut(rows)) for rows in runs for channel in channels))


def _forwards(clip: VoiceToMotionClip, shift: KeyShift) -> KeyShift:
    """The clip in the place of keys that were reversed, running forwards."""
    scale = abs(shift.scale)
    return KeyShift(float(shift.forward(clip.last)) - scale * clip.start, scale)


def _key_places(curves: Curves) -> np.ndarray:
    """Every frame at which a body bone has a key, increasing."""
    frames = [curve.frames for own in curves.values() for curve in own]
    return np.unique(np.concatenate(frames)) if frames else np.empty(0)


def _deleted_ends(layers: ClipLayers, index: int, places: np.ndarray, shift: KeyShift | None) -> tuple[int, int] | None:
    """How many rows at a clip's beginning and end lost all keys; None where none is left."""
    clip = layers.clips[index]
    old, keys = Recipe.from_text(clip.written), written_keys(clip).values()
    frames = [frame for one in keys if len(one.frames) for frame in (one.frames[0], one.frames[-1])]
    if old is None or not frames:
        return 0, 0
    first, last = round(min(frames)) - old.start, round(max(frames)) - old.start
    visible = np.zeros(old.length, dtype=bool)
    for rows in visible_rows(old.start, old.length, layers.covered_ranges(index)):
        visible[rows] = True
    if not visible.any():
        return 0, 0
    moved = shift or UNMOVED
    near = 0.5 if moved.scale == 1.0 else 0.5 + 0.5 / moved.scale  # scaled keys snap to whole frames
    rows = moved.back(places) - old.start
    rows = rows[(rows > first - near) & (rows < last + near)]
    rows = rows[visible[np.clip(np.round(rows).astype(int), 0, old.length - 1)]]
    if not len(rows):
        return None
    start = round(rows[0]) - first if visible[first] and rows[0] > first + near else 0
    end = last - round(rows[-1]) if visible[last] and rows[-1] < last - near else 0
    return int(start), int(end)


def _touches(layers: ClipLayers, index: int, others: list[int], shifts: list[KeyShift | None]) -> bool:
    """Whether one of these clips was or is at or beside a clip that stands still."""
    clips = layers.clips
    for other in others:
        first, last, shift = clips[other].start, clips[other].last, shifts[other] or UNMOVED
        for low, high in ((first, last), (shift.forward(first), shift.forward(last))):
            if clips[index].start <= high + _BESIDE and clips[index].last >= low - _BESIDE:
                return True
    return False


def _clear_keys_now(layers: ClipLayers, written: WrittenClip) -> None:
    """Remove a clip's keys where they are now."""
    near = 0.0 if written.shift.scale == 1.0 else 0.5
    edges = np.flatnonzero(np.diff(np.concatenate([[0], written.visible.astype(np.int8), [0]]))).reshape(-1, 2)
    for first, stop in edges:
        ends = written.shift.forward(written.recipe.start + np.array([first, stop - 1]))
        clear_keys(layers.curve_owner, set(written.values), (ends[0] - near, ends[1] + near))


def _left_behind(written: WrittenClip, curves: Curves) -> dict[str, np.ndarray]:
    """The frames of a moved clip's keys that did not move with it, by data path.

    Editors show no keys of hidden bones, so these stay when all others are moved.
    """
    if written.shift == UNMOVED:
        return {}
    rows = np.flatnonzero(written.visible)[[0, -1]] if written.visible.any() else np.empty(0, dtype=int)
    stood, found = replace(written, shift=UNMOVED), {}
    ends = written.recipe.start + rows
    for path in written.values.keys() & curves.keys():
        frames, values = keys_of_curves(curves[path])
        if not len(frames):
            continue
        has = [np.abs(frames - place[:, None]).min(axis=1) <= 0.5 for place in (ends, written.shift.forward(ends))]
        if (has[0] & ~has[1]).any():
            found[path] = frames[stood.wrote(path, frames, values)]
    return found


def _without(curves: Curves, removed: list[dict[str, np.ndarray]]) -> Curves:
    """The curves without some keys."""
    curves = dict(curves)
    for path, frames in (item for found in removed for item in found.items()):
        kept = [(curve, ~np.isin(np.round(curve.frames, 2), np.round(frames, 2))) for curve in curves[path]]
        curves[path] = [replace(curve, frames=curve.frames[rows], values=curve.values[rows]) for curve, rows in kept]
    return curves


def _follow(clip: VoiceToMotionClip, old: Recipe, shift: KeyShift, trim: tuple[int, int]) -> list[str]:
    """Set a clip's place, speed and ends to where its keys are.

    What was set since it was written wins.
    """
    notes, (at_start, at_end) = [], trim
    raw = unpack_motion(clip.raw)
    rows_a_frame = raw.fps / old.fps * old.tweaks.speed
    length = old.length - at_start - at_end
    with quietly():
        if clip.start == old.start:
            clip.start = round(shift.forward(old.start + at_start))
        if shift.scale != 1.0 and not clip.fits_range and abs(clip.tweaks().speed - old.tweaks.speed) < 1e-6:
            wanted = clip.speed / shift.scale
            clip.speed = min(max(wanted, SLOWEST), FASTEST)
            if abs(clip.speed / wanted - 1) > 0.01:
                notes.append(f"“{clip.name}” cannot be slower than {SLOWEST} or faster than {FASTEST:g} times")
        whole = resampled_length(raw, old.fps, old.tweaks.speed, old.tweaks.skipped) - old.lead - old.tail
        clip.lead += round(at_start * rows_a_frame)
        if old.length >= whole or clip.fits_range:
            clip.tail += round(at_end * rows_a_frame)
        if clip.fits_range:
            clip.length = max(round((length - 1) * shift.scale) + 1, 2)
        elif old.length < whole:  # it was cut, and stays so
            clip.most = max(round(length * shift.scale), 1)
        clip.written = ""  # its keys are gone
    return notes


def _without_start(edits: list[Edit], seconds: float) -> list[Edit]:
    """The edits of a motion that begins later."""
    if not seconds:
        return edits
    return [
        replace(edit, time=edit.time - seconds, before=max(edit.before - seconds, 0.0), after=edit.after - seconds)
        for edit in edits
        if edit.time >= seconds - 1e-6
    ]
