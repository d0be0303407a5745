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
from ..motion.quaternions import angles, normalized
from ..rigs.channels import held_channels, motion_channels, root_channels
from ..rigs.rig import Rig
from ..tweak.edits import Edit, apply_edits
from ..tweak.joins import join_channel
from ..tweak.key_reduction import PRESETS, Keys, curve_values, frame_slopes, with_worst_keyed
from ..tweak.pipeline import Tweaked, choose_keys, tweak_motion
from ..tweak.trajectory import Root, apply_root
from .clip_layers import ClipError
from .recipe import Recipe

FITS = 1e-4  # of a quaternion or a metre: a motion this near to its neighbour needs no join


@dataclass(frozen=True)
class ClipChannels:
    """What a clip comes to on a rig, on every frame.

    Attributes:
        channels: with joins and hand edits.
        pinned: for each channel (T,) bool, frames that must keep a key.
        tweaked: the motion they follow.
    """

    channels: list[Channel]
    pinned: list[np.ndarray]
    tweaked: Tweaked


_cache: dict[tuple, ClipChannels] = {}  # what was written last is needed again at the next change


def compute_channels(rig: Rig, raw: str, recipe: Recipe, edits: list[Edit]) -> ClipChannels:
    """All values of a clip. Raises RigError, ClipError, ArchiveError."""
    return run_to_end(compute_channels_in_steps(rig, raw, recipe, edits))


def compute_channels_in_steps(rig: Rig, raw: str, recipe: Recipe, edits: list[Edit]) -> Generator[None, None, ClipChannels]:
    """`compute_channels`, step by step."""
    key = (rig.armature.session_uid, hash(raw), recipe.as_text(), json.dumps([edit.as_json() for edit in edits]))
    if key in _cache:
        return _cache[key]
    tweaked = tweak_motion(raw, recipe.tweaks, rig.skeleton, recipe.fps)
    yield
    if tweaked.root is not None:
        require_root(rig)
        if not rig.root:  # none can move: the pelvis carries the way
            tweaked = replace(tweaked, motion=apply_root(tweaked.motion, tweaked.root), root=None)
    channels = motion_channels(rig, tweaked.motion)
    if tweaked.root is not None:
        whole = motion_channels(rig, apply_root(tweaked.motion, tweaked.root))
        channels += root_channels(rig, tweaked.root.rotations, whole, channels, recipe.stands)
    for name in recipe.held:
        channels += held_channels(rig, name or rig.root, recipe.stands, len(tweaked.motion))
    yield
    times = np.arange(recipe.length) / recipe.fps * recipe.tweaks.speed
    edited, pinned = [], []
    for channel in channels:
        values, pins = _join_neighbours(channel, recipe)
        if _can_be_joined(channel):
            values, more = apply_edits(values, times, [edit for edit in edits if edit.path == channel.data_path])
            pins |= more
        edited.append(replace(channel, values=values))
        pinned.append(pins)
    while len(_cache) >= 4:
        _cache.pop(next(iter(_cache)))
    _cache[key] = ClipChannels(edited, pinned, cut_rows(tweaked, recipe.shown))
    return _cache[key]


def require_root(rig: Rig) -> None:
    """Raises ClipError where the pelvis is the uppermost bone."""
    if not rig.carriers:
        raise ClipError(f"{rig.armature.name} has no bone above the pelvis: keep the root motion on the pelvis, or in place.")


def _join_neighbours(channel: Channel, recipe: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """The keyed rows of a channel with its joins, and (T,) bool where these need every key."""
    whole, rows = channel.values, recipe.shown
    values, pins = whole[rows], np.zeros(recipe.length, dtype=bool)
    if not _can_be_joined(channel):
        return values, pins
    own_before = whole[rows.start - 2 : rows.start][::-1] if recipe.lead > 1 else None
    own_after = whole[rows.stop : rows.stop + 2] if recipe.tail > 1 else None
    for neighbours, frames, own, at_end in (
        (recipe.before, recipe.blend_in, own_before, False),
        (recipe.after, recipe.blend_out, own_after, True),
    ):
        if channel.data_path in neighbours and frames:
            near, far = np.array(neighbours[channel.data_path])
            joined = join_channel(values, near, far, frames, at_end, own)
            if own is not None and np.abs(joined - values).max() < FITS:
                continue
            values = joined
            pins[-frames:] |= at_end
            pins[:frames] |= not at_end
    return values, pins


def cut_rows(tweaked: Tweaked, rows: slice) -> Tweaked:
    """Some rows of a tweaked motion: those that a clip keys."""
    motion, root = tweaked.motion, tweaked.root
    if rows.start == 0 and len(motion) <= rows.stop:
        return tweaked
    motion = Motion(motion.rotations[rows], motion.pelvis[rows], motion.fps)
    root = Root(root.rotations[rows], root.positions[rows]) if root is not None else None
    return replace(tweaked, motion=motion, root=root, standing=tweaked.standing[rows])


def _can_be_joined(channel: Channel) -> bool:
    return channel.values.shape[1] == 3 or channel.data_path.endswith("rotation_quaternion")


def reduce_channels(rig: Rig, clip: ClipChannels, reduction: str) -> tuple[list[Channel], Keys | None]:
    """The channels with the frames that get a key, and the errors; "NONE" keys every frame.

    Frames are chosen on the skeleton, joint by joint. Where a rig's channels are not the joints' own rotations (Euler
    angles, a spine of other bones), each channel is checked by itself as well.
    """
    count = len(clip.tweaked.motion)
    keys = choose_keys(clip.tweaked, reduction, rig.skeleton, np.zeros(count, dtype=bool))
    if keys is None:
        return clip.channels, None
    channels, carriers = [], {carrier.name for carrier in rig.carriers}
    for channel, pins in zip(clip.channels, clip.pinned, strict=True):
        if not _can_be_joined(channel):
            channels.append(channel)
            continue
        rows = rig.joints.get(channel.group, ())
        moves = channel.data_path.endswith("].location")
        if channel.group in carriers:
            keyed = np.zeros(count, dtype=bool)
            if clip.tweaked.root is not None and channel.group == rig.root:
                keyed = keys.places[:, -1] if moves else keys.rotations[:, -1]
        elif moves and channel.group == rig.pelvis:
            keyed = keys.places[:, 0]
        elif moves:  # a loose foot or hand: where it is depends on every joint above
            keyed = keys.places[:, 0] | keys.rotations.any(axis=1)
        else:
            keyed = keys.rotations[:, list(rig.joints.get(channel.group, (0,)))].any(axis=1)
        keyed = keyed | pins
        keyed[[0, -1]] = True
        slopes = frame_slopes(channel.values[None])[0]
        if not moves and (not channel.data_path.endswith("quaternion") or len(rows) != 1):
            keyed = _add_keys(channel, slopes, keyed, np.radians(PRESETS[reduction].degrees) / 2)
        channels.append(replace(channel, keyed=keyed, slopes=slopes))
    return channels, keys


def _add_keys(channel: Channel, slopes: np.ndarray, keyed: np.ndarray, bound: float) -> np.ndarray:
    """(T,) ``keyed`` with more keys, until no rotation is off by more than ``bound`` radians."""
    values, quaternion = channel.values[None], channel.values.shape[1] == 4
    while True:
        curve = curve_values(values, slopes[None], keyed[None])
        off = angles(values, normalized(curve)) if quaternion else np.abs(values - curve).sum(-1)
        more = with_worst_keyed(off / bound, keyed[None])[0]
        if (more == keyed).all():
            return keyed
        keyed = more
