"""Hand edits: the animator's own keys in clips, which differ from those that were written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..scene import scene_fps
from ..tweak.edits import SAME, Edit, find_edits, off_by
from ..tweak.key_shift import UNMOVED, KeyShift
from .body_curves import Curves, read_body_curves
from .clip_channels import compute_channels
from .clip_layers import ClipError, ClipLayers, visible_rows
from .key_digest import find_key_shifts, keys_of_curves
from .properties import VoiceToMotionClip
from .recipe import Recipe

MOST_BY_HAND = 0.5  # of the keys; more were changed by something that goes over whole actions
FADE_SECONDS = 0.35  # within which a new motion comes to a pose made by hand, and leaves it again


@dataclass(frozen=True)
class WrittenClip:
    """What was written of a clip, and where those keys are now.

    Attributes:
        known: the edits it was written with.
        values: data path -> (T, C) what was written, every frame.
        visible: (T,) bool, rows that no newer clip lies over.
    """

    recipe: Recipe
    known: list[Edit]
    values: dict[str, np.ndarray]
    visible: np.ndarray
    shift: KeyShift = UNMOVED

    @property
    def slack(self) -> int:
        """Rows by which scaled keys may be off, since they snap to whole frames."""
        return 0 if self.shift.scale == 1.0 else int(np.ceil(0.5 / abs(self.shift.scale)))

    def rows_at(self, frames: np.ndarray) -> np.ndarray:
        """(K,) rows of the keys that are at ``frames`` now; may lie outside."""
        return np.round(self.shift.back(frames) - self.recipe.start).astype(int)

    def seen(self, rows: np.ndarray) -> np.ndarray:
        """(K,) bool, which rows are inside and visible."""
        inside = (rows >= 0) & (rows < len(self.visible))
        inside[inside] = self.visible[rows[inside]]
        return inside

    def wrote(self, path: str, frames: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(K,) bool, which of these keys are the clip's own."""
        if path not in self.values or self.values[path].shape[1] != values.shape[1]:
            return np.zeros(len(frames), dtype=bool)
        rows = self.rows_at(frames)
        own = self.seen(rows)
        own[own] = off_by(self.values[path], rows[own], values[own], self.slack) <= SAME
        return own


def read_written(layers: ClipLayers, index: int, shift: KeyShift = UNMOVED) -> WrittenClip | None:
    """What was written of a clip; None where it never was.

    Raises RigError, ClipError, ArchiveError.
    """
    clip = layers.clips[index]
    old, known = Recipe.from_text(clip.written), stored_edits(clip)
    if old is None:
        return None
    visible = np.zeros(old.length, dtype=bool)
    for rows in visible_rows(old.start, old.length, layers.covered_ranges(index)):
        visible[rows] = True
    channels = compute_channels(layers.rig, clip.raw, old, known).channels
    return WrittenClip(old, known, {channel.data_path: channel.values for channel in channels}, visible, shift)


def current_edits(layers: ClipLayers, index: int, curves: Curves) -> list[Edit]:
    """The hand edits in a clip whose keys were not moved: the known ones and new ones.

    Raises:
        ClipError: nearly every key is different, so that it was not done key by key.
    """
    written = read_written(layers, index)
    return edits_of(written, curves) if written is not None else stored_edits(layers.clips[index])


def stored_edits(clip: VoiceToMotionClip) -> list[Edit]:
    """The edits a clip was written with."""
    try:
        return [Edit(**{**edit, "value": tuple(edit["value"])}) for edit in clip.stored("edits")]
    except (TypeError, KeyError):
        return []


def edits_of(written: WrittenClip, curves: Curves, others: Sequence[WrittenClip] = ()) -> list[Edit]:
    """The known edits of a clip, replaced where new ones are found.

    Args:
        others: clips whose keys may have been moved among this one's.

    Raises:
        ClipError: see `current_edits`.
    """
    old = written.recipe
    times = np.arange(old.length) / old.fps * old.tweaks.speed
    new: list[Edit] = []
    seen: dict[str, int] = {}  # keys of each channel
    for path, values in written.values.items():
        own = curves.get(path)
        if own is None or len(own) != values.shape[1]:
            continue
        frames, actual = keys_of_curves(own)
        for other in others:
            foreign = other.wrote(path, frames, actual) & ~written.wrote(path, frames, actual)
            frames, actual = frames[~foreign], actual[~foreign]
        rows = written.rows_at(frames)
        inside = written.seen(rows)
        rows, actual = rows[inside], actual[inside]
        seen[path] = len(rows)
        if len(rows) and np.abs(values.take(rows, axis=0) - actual).max() > SAME:
            new += find_edits(path, values, times, rows, actual, written.slack)
    if len(new) > 20 and len(new) > MOST_BY_HAND * _count_telling(written, seen, {edit.path for edit in new}):
        raise ClipError(
            "Most keys of this motion were moved or changed since it was generated. Rewrite Keys makes them anew and gives up"
            " those changes."
        )
    step = 0.5 / old.fps * old.tweaks.speed
    replaced = {(edit.path, round(edit.time / step / 2)) for edit in new}
    return [edit for edit in written.known if (edit.path, round(edit.time / step / 2)) not in replaced] + new


def _count_telling(written: WrittenClip, seen: dict[str, int], changed: set[str]) -> int:
    """How many keys tell whether they are the clip's.

    Still fingers look the same wherever their keys were moved to.
    """
    return sum(n for path, n in seen.items() if path in changed or np.ptp(written.values[path], axis=0).max() > 1e-3)


def edited_frames(layers: ClipLayers, first: int, last: int) -> list[int]:
    """The frames of a range at which poses were made by hand.

    Raises ClipError, RigError, ArchiveError.
    """
    return sorted({first + row for own in _edited_values(layers, first, last).values() for row in own})


def _edited_values(layers: ClipLayers, first: int, last: int) -> dict[str, dict[int, tuple[float, ...]]]:
    """Data path -> row from ``first`` -> value of the visible hand edits.

    They are looked for where the clips' keys are now.
    """
    curves = read_body_curves(layers.curve_owner, layers.rig)
    values: dict[str, dict[int, tuple[float, ...]]] = {}
    for index, shift in enumerate(find_key_shifts(layers.clips, curves)):
        moved = shift if shift is not None and shift.scale > 0 else UNMOVED
        clip = layers.clips[index]
        if moved.forward(clip.start) > last or moved.forward(clip.last) < first:
            continue
        written = read_written(layers, index, moved)
        if written is None:
            continue
        old = written.recipe
        for edit in edits_of(written, curves):
            row = round(edit.time / old.tweaks.speed * old.fps)
            frame = round(moved.forward(old.start + row))
            if first <= frame <= last and written.seen(np.array([row])).all():
                values.setdefault(edit.path, {})[frame - first] = edit.value
    return values


def edits_for_range(layers: ClipLayers, first: int, last: int, fps: float) -> list[Edit]:
    """The visible hand edits in a range, as those of a new clip that begins there.

    Within `FADE_SECONDS` before each edit, and never beyond the edit before it, the new motion comes to its pose; after it
    the same way back.

    Args:
        fps: of the new clip's raw result.
    """
    values = _edited_values(layers, first, last)
    fade, edits = max(round(FADE_SECONDS * scene_fps(layers.scene)), 1), []
    for path, own in values.items():
        rows = sorted(own)
        for place, row in enumerate(rows):
            before = max(row - fade, rows[place - 1] if place else 0)
            after = min(row + fade, rows[place + 1] if place + 1 < len(rows) else last - first)
            edits.append(Edit(path, row / fps, before / fps, after / fps, own[row]))
    return edits
