"""Writes the keys of one clip, and keeps what the animator did since they were written last."""

from __future__ import annotations

import json
from collections.abc import Generator

import numpy as np

from ..keys.channels import Channel, bone_name
from ..keys.keyframes import clear_keys, write_channels
from ..link.incremental import run_to_end
from ..motion.body import default_body
from ..tweak.contacts import POINTS, skate_speed
from .body_curves import Curves, read_body_curves
from .clip_channels import compute_channels_in_steps
from .clip_layers import ClipLayers, visible_rows
from .hand_edits import current_edits
from .held_carriers import replaced_carriers
from .key_digest import digest_keys
from .planning import plan_recipe
from .properties import quietly
from .recipe import Recipe
from .reduced_channels import reduce_channels_in_steps

CHANNELS_A_STEP = 24


def write_clip(layers: ClipLayers, index: int, keep_edits: bool = True) -> list[str]:
    """Write one clip's keys. Everything is computed before the first key changes.

    Args:
        keep_edits: whether the animator's own keys are kept; else they are given up.

    Returns:
        What the user should know, in short sentences without final period.

    Raises:
        ClipError, RigError, ArchiveError: the keys are as they were.
    """
    return run_to_end(write_clip_in_steps(layers, index, keep_edits))


def write_clip_in_steps(
    layers: ClipLayers, index: int, keep_edits: bool = True, known: Recipe | None = None
) -> Generator[None, None, list[str]]:
    """`write_clip`, step by step; between steps only data-blocks, the rig and arrays are held.

    Args:
        known: see `plan_recipe`.
    """
    clip, notes = layers.clips[index], []
    curves = read_body_curves(layers.curve_owner, layers.rig)
    covered = layers.covered_ranges(index)
    old = Recipe.from_text(clip.written)
    edits = current_edits(layers, index, curves) if keep_edits else []
    new = plan_recipe(layers, clip, old, curves, known)
    held = _held_channels(new, curves)
    if new.hold and (old is None or old.hold != new.hold):
        notes.append(f"the pose at frame {new.start - new.hold - 1} is held up to “{clip.name}”")
    if old is None and (replaced := replaced_carriers(layers, clip, new)):
        notes.append(f"{', '.join(replaced)} stays where it stood: its own keys in these frames are replaced")
    raw, reduction = clip.raw, clip.reduction
    del clip, curves  # parts of the action: undo may replace them between steps
    yield
    made = yield from compute_channels_in_steps(layers.rig, raw, new, edits)
    yield
    channels, keys = yield from reduce_channels_in_steps(layers.rig, made, reduction)
    yield

    if old is not None:
        paths = {channel.data_path for channel in channels}
        begun = old.start - old.hold
        hidden = visible_rows(begun, old.hold + old.length, [*covered, (new.start, new.last)])
        clear_keys(layers.curve_owner, paths, *((begun + rows.start, begun + rows.stop - 1) for rows in hidden))
    if held:
        ends = np.unique([new.start - new.hold, new.start - 1])
        write_channels(layers.rig.armature, held, ends, layers.action)
    frames, written = new.start + np.arange(new.length), 0
    runs = visible_rows(new.start, new.length, covered)
    for rows in runs:
        visible = [channel.cut(rows) for channel in channels]
        for few in range(0, len(visible), CHANNELS_A_STEP):
            written += write_channels(layers.rig.armature, visible[few : few + CHANNELS_A_STEP], frames[rows], layers.action)
            yield
    clip = layers.clips[index]
    with quietly():
        clip.written, clip.length = new.as_text(), new.length
        clip.written_keys = digest_keys(layers.rig, ((frames[rows], each.cut(rows)) for rows in runs for each in channels))
        clip.edits = json.dumps([edit.as_json() for edit in edits])
        clip.skate_before, clip.skate_after = made.tweaked.skate_before, made.tweaked.skate_after
        if keys is not None:
            feet = [default_body().index(point) for point in POINTS]
            clip.skate_after = skate_speed(keys.joints[:, feet], made.tweaked.standing, new.fps)
        clip.keys, clip.all_keys = written, new.length * sum(channel.values.shape[1] for channel in channels)
        clip.degrees, clip.centimetres = (keys.degrees, keys.centimetres) if keys is not None else (0.0, 0.0)
        clip.by_hand = len(edits)
    return notes


def _held_channels(recipe: Recipe, curves: Curves) -> list[Channel]:
    """The last pose before a clip, at both ends of the hold.

    Without these keys the curves would lead on to the clip.
    """
    if not recipe.hold:
        return []
    rows, ended = min(recipe.hold, 2), recipe.start - recipe.hold - 1
    channels = []
    for path, own in curves.items():
        if all(len(curve.frames) and curve.frames[0] <= ended for curve in own):
            values = np.tile([curve.curve.evaluate(ended) for curve in own], (rows, 1))
            channels.append(Channel(path, values, bone_name(path), slopes=np.zeros_like(values)))
    return channels
