"""Hand edits: the animator's own keys in clips, which differ from those that were written."""

from __future__ import annotations

import numpy as np

from ..keys.channels import Channel
from ..scene import scene_fps
from ..tweak.edits import Edit, find_edits
from .body_curves import Curve, Curves, read_body_curves
from .clip_channels import compute_channels
from .clip_layers import ClipError, ClipLayers, visible_rows
from .properties import VoiceToMotionClip
from .recipe import Recipe

MOST_BY_HAND = 0.5  # of the keys; more were changed by something that goes over whole actions
FADE_SECONDS = 0.35  # within which a new motion comes to a pose made by hand, and leaves it again


def current_edits(layers: ClipLayers, index: int, curves: Curves) -> list[Edit]:
    """The hand edits in a clip, those known already and those found now.

    Raises:
        ClipError: nearly every key is different, so that it was not done key by key.
    """
    clip = layers.clips[index]
    old, known = Recipe.from_text(clip.written), _stored_edits(clip)
    if old is None:
        return known
    visible = visible_rows(old.start, old.length, layers.covered_ranges(index))
    return _merge_edits(compute_channels(layers.rig, clip.raw, old, known).channels, old, known, curves, visible)


def _stored_edits(clip: VoiceToMotionClip) -> list[Edit]:
    try:
        return [Edit(**{**edit, "value": tuple(edit["value"])}) for edit in clip.stored("edits")]
    except (TypeError, KeyError):
        return []


def _merge_edits(channels: list[Channel], old: Recipe, known: list[Edit], curves: Curves, visible: list[slice]) -> list[Edit]:
    """The known edits, replaced where new ones are found.

    Args:
        channels: what was written, every frame.
        old: with what it was written.
        visible: the rows that no newer clip lies over.
    """
    times = np.arange(old.length) / old.fps * old.tweaks.speed
    free = np.zeros(old.length, dtype=bool)
    for rows in visible:
        free[rows] = True
    new, all_keys = [], 0
    for channel in channels:
        own = curves.get(channel.data_path)
        if own is None or len(own) != channel.values.shape[1]:
            continue
        rows, actual = _keys_inside(own, old.start, free)
        if len(rows):
            changed = find_edits(channel.data_path, channel.values, times, rows, actual)
            new += changed
            # Still fingers look the same wherever their keys were moved to.
            all_keys += len(rows) if np.ptp(channel.values, axis=0).max() > 1e-3 or changed else 0
    if len(new) > max(MOST_BY_HAND * all_keys, 20):
        raise ClipError(
            "Most keys of this motion were moved or changed since it was generated. Rewrite Keys makes them anew and gives up"
            " those changes."
        )
    step = 0.5 / old.fps * old.tweaks.speed
    replaced = {(edit.path, round(edit.time / step / 2)) for edit in new}
    return [edit for edit in known if (edit.path, round(edit.time / step / 2)) not in replaced] + new


def _keys_inside(own: list[Curve], start: int, free: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Free rows (K,) at which any component has a key, and the values (K, C) there."""
    first = own[0].frames
    together = all(len(curve.frames) == len(first) and (curve.frames == first).all() for curve in own)
    frames = first if together else np.unique(np.round(np.concatenate([curve.frames for curve in own])))
    rows = np.round(frames - start).astype(int)
    inside = (rows >= 0) & (rows < len(free))
    inside[inside] = free[rows[inside]]
    if together:
        return rows[inside], np.stack([curve.values[inside] for curve in own], axis=-1)
    actual = np.array([[curve.curve.evaluate(frame) for curve in own] for frame in frames[inside]])
    return rows[inside], actual.reshape(-1, len(own))


def edits_for_range(layers: ClipLayers, first: int, last: int, fps: float) -> list[Edit]:
    """The visible hand edits in a range, as those of a new clip that begins there.

    Within `FADE_SECONDS` before each edit, and never beyond the edit before it, the new motion comes to its pose; after it
    the same way back.

    Args:
        fps: of the new clip's raw result.
    """
    curves = read_body_curves(layers.curve_owner, layers.rig)
    values: dict[str, dict[int, tuple[float, ...]]] = {}
    for index, clip in enumerate(layers.clips):
        old = Recipe.from_text(clip.written)
        if old is None or clip.start > last or clip.last < first:
            continue
        runs = visible_rows(old.start, old.length, layers.covered_ranges(index))
        visible = {row for rows in runs for row in range(rows.start, rows.stop)}
        for edit in current_edits(layers, index, curves):
            row = round(edit.time / old.tweaks.speed * old.fps)
            if row in visible and first <= old.start + row <= last:
                values.setdefault(edit.path, {})[old.start + row - first] = edit.value
    fade, edits = max(round(FADE_SECONDS * scene_fps(layers.scene)), 1), []
    for path, own in values.items():
        rows = sorted(own)
        for place, row in enumerate(rows):
            before = max(row - fade, rows[place - 1] if place else 0)
            after = min(row + fade, rows[place + 1] if place + 1 < len(rows) else last - first)
            edits.append(Edit(path, row / fps, before / fps, after / fps, own[row]))
    return edits
