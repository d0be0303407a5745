"""A clip's channels: the tweaked motion on a rig's bones, with joins and hand edits.

Nothing of the file is read or written here; writing the keys is `clip_keys`' job.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np

from ..keys.channels import Channel
from ..link.incremental import run_to_end
from ..motion.motion import Motion
from ..rigs.channels import held_channels, motion_channels, root_channels
from ..rigs.rig import Rig
from ..tweak.edits import Edit, apply_edits
from ..tweak.joins import difference, join_channels
from ..tweak.pipeline import Tweaked, Tweaks, tweak_motion
from ..tweak.trajectory import Root, apply_root
from .clip_layers import ClipError
from .recipe import Recipe

FITS = 1e-4  # radians or armature units: a motion this near to its neighbour needs no join


@dataclass(frozen=True)
class ClipChannels:
    """What a clip comes to on a rig, on every frame.

    Attributes:
        channels: with joins and hand edits.
        pinned: for each channel (T,) bool, frames that must keep a key, because of hand edits.
        joined: for each channel (T,) bool, frames where it differs from the motion, because it is joined to its neighbours.
        tweaked: the motion they follow.
        motion_key: tells that motion from others, wherever it stands.
        alone: the same motion without its transition, and its `motion_key`; None where it has none.
    """

    channels: list[Channel]
    pinned: list[np.ndarray]
    joined: list[np.ndarray]
    tweaked: Tweaked
    motion_key: tuple
    alone: tuple[Tweaked, tuple] | None = None


_cache: dict[tuple, ClipChannels] = {}  # what was written last is needed again at the next change


def compute_channels(rig: Rig, raw: str, recipe: Recipe, edits: list[Edit]) -> ClipChannels:
    """All values of a clip. Raises RigError, ClipError, ArchiveError."""
    return run_to_end(compute_channels_in_steps(rig, raw, recipe, edits))


def compute_channels_in_steps(rig: Rig, raw: str, recipe: Recipe, edits: list[Edit]) -> Generator[None, None, ClipChannels]:
    """`compute_channels`, step by step."""
    key = (rig.armature.session_uid, hash(raw), recipe.as_text(), json.dumps([edit.as_json() for edit in edits]))
    if key in _cache:
        return _cache[key]
    tweaked = _on_rig(rig, raw, recipe.tweaks, recipe.fps)
    yield
    channels = motion_channels(rig, tweaked.motion)
    if tweaked.root is not None:
        whole = motion_channels(rig, apply_root(tweaked.motion, tweaked.root))
        channels += root_channels(rig, tweaked.root.rotations, whole, channels, recipe.stands)
    for name in recipe.held:
        channels += held_channels(rig, name or rig.root, recipe.stands, len(tweaked.motion))
    yield
    times = np.arange(recipe.length) / recipe.fps * recipe.tweaks.speed
    edited, pinned, joined = [], [], []
    for channel, values, differs in zip(channels, *_join_neighbours(channels, recipe), strict=True):
        pins = np.zeros(len(values), dtype=bool)
        if edits and can_be_joined(channel):
            values, pins = apply_edits(values, times, [edit for edit in edits if edit.path == channel.data_path])
        edited.append(replace(channel, values=values))
        pinned.append(pins)
        joined.append(differs)
    while len(_cache) >= 4:
        _cache.pop(next(iter(_cache)))
    alone = None
    if recipe.tweaks.before:
        without = replace(recipe, tweaks=recipe.tweaks.alone(), lead=0)
        alone = cut_rows(_on_rig(rig, raw, without.tweaks, recipe.fps), without.shown), _motion_key(rig, raw, without)
    _cache[key] = ClipChannels(edited, pinned, joined, cut_rows(tweaked, recipe.shown), _motion_key(rig, raw, recipe), alone)
    return _cache[key]


def _on_rig(rig: Rig, raw: str, tweaks: Tweaks, fps: float) -> Tweaked:
    tweaked = tweak_motion(raw, tweaks, rig.skeleton, fps)
    if tweaked.root is not None:
        require_root(rig)
        if not rig.root:  # none can move: the pelvis carries the way
            tweaked = replace(tweaked, motion=apply_root(tweaked.motion, tweaked.root), root=None)
    return tweaked


def _motion_key(rig: Rig, raw: str, recipe: Recipe) -> tuple:
    bent = recipe.tweaks.end is not None or recipe.tweaks.before  # what the place has a part in
    tweaks = replace(recipe.tweaks, home=None) if bent else replace(recipe.tweaks, home=None, start=None)
    body = hash((rig.skeleton.names, rig.skeleton.offsets.tobytes(), bool(rig.root)))
    return (hash(raw), replace(tweaks, reduction="NONE"), recipe.fps, recipe.lead, recipe.length, body)


def require_root(rig: Rig) -> None:
    """Raises ClipError where the pelvis is the uppermost bone."""
    if not rig.carriers:
        raise ClipError(f"{rig.armature.name} has no bone above the pelvis: keep the root motion on the pelvis, or in place.")


def _join_neighbours(channels: list[Channel], recipe: Recipe) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The keyed rows of each channel with its joins, and (T,) bool where these change it."""
    rows = recipe.shown
    values = [channel.values[rows] for channel in channels]
    differs = [np.zeros(recipe.length, dtype=bool) for _ in channels]
    for neighbours, frames, beyond, at_end in (
        (recipe.before, recipe.blend_in, (rows.start - 1, rows.start - 2) if recipe.lead > 1 else None, False),
        (recipe.after, recipe.blend_out, (rows.stop, rows.stop + 1) if recipe.tail > 1 else None, True),
    ):
        for components in (3, 4) if frames else ():
            numbers = [
                number
                for number, channel in enumerate(channels)
                if channel.data_path in neighbours and can_be_joined(channel) and channel.values.shape[1] == components
            ]
            if not numbers:
                continue
            near, far = np.moveaxis(np.array([neighbours[channels[number].data_path] for number in numbers]), 1, 0)
            own = None if beyond is None else np.stack([channels[number].values[list(beyond)] for number in numbers], axis=1)
            before = np.stack([values[number] for number in numbers], axis=1)
            after = join_channels(before, near, far, frames, at_end, own)
            # Where the values meet, the speeds differ by what key reduction left of the neighbour between its keys. As a part of
            # the join that would go on for the whole transition and make standing feet slide by two centimetres.
            fits = np.full(len(numbers), False) if own is None else np.abs(difference(near, own[0])).max(axis=-1) < FITS
            for place, number in enumerate(numbers):
                if not fits[place]:
                    values[number] = after[:, place]
                    differs[number][-frames:] |= at_end
                    differs[number][:frames] |= not at_end
    return values, differs


def cut_rows(tweaked: Tweaked, rows: slice) -> Tweaked:
    """Some rows of a tweaked motion: those that a clip keys."""
    motion, root = tweaked.motion, tweaked.root
    if rows.start == 0 and len(motion) <= rows.stop:
        return tweaked
    motion = Motion(motion.rotations[rows], motion.pelvis[rows], motion.fps)
    root = Root(root.rotations[rows], root.positions[rows]) if root is not None else None
    return replace(tweaked, motion=motion, root=root, standing=tweaked.standing[rows])


def can_be_joined(channel: Channel) -> bool:
    """Whether its values can be blended: locations, quaternions, Euler angles."""
    return channel.values.shape[1] == 3 or channel.data_path.endswith("rotation_quaternion")
