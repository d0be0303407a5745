"""What a clip comes to on a character's bones: the raw result through the tweaks, joined to what is around, with the
animator's own keys in it. A pure question, apart from the rig it is asked for; writing the keys is `writing`'s job.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import asdict, dataclass, field, replace

import bpy
import numpy as np

from ..keys.keyframes import Channel
from ..link.incremental import run_to_end
from ..motion.motion import Motion
from ..motion.quaternions import angles, normalized
from ..tweak import edits as by_hand
from ..tweak.joins import join_channel
from ..tweak.key_reduction import PRESETS, Keys, curve_values, frame_slopes, with_worst_keyed
from ..tweak.pipeline import Tweaked, Tweaks, choose_keys, tweak_motion
from ..tweak.trajectory import Root, Spot, apply_root
from .body import channels_of, joints_of, resting_root, root_bone, root_channels, skeleton_of


class ClipError(Exception):
    """The keys cannot be written. The text is one sentence for the user."""


@dataclass(frozen=True)
class Written:
    """With what keys were made, so that they can be computed again.

    Attributes:
        before, after: for each data path the values one and two frames outside, where there was something to join.
        root_rests: the root bone is keyed at rest, because other clips of the action move it.
        lead, tail: frames of the motion before and after those that are keyed: of one that was made to fit what is around, they
            say where it came from and where it went.
    """

    tweaks: Tweaks
    fps: float
    start: int
    length: int
    blend_in: int
    blend_out: int
    before: dict[str, list] = field(default_factory=dict)
    after: dict[str, list] = field(default_factory=dict)
    root_rests: bool = False
    lead: int = 0
    tail: int = 0

    @property
    def shown(self) -> slice:
        """The rows of the motion that are keyed."""
        return slice(self.lead, self.lead + self.length)

    def as_text(self) -> str:
        """JSON; `from_text` reads it."""
        # Not `asdict` of all: it copies the many lists of numbers one by one.
        return json.dumps({**vars(self), "tweaks": asdict(self.tweaks)})

    @classmethod
    def from_text(cls, text: str) -> Written | None:
        """None where nothing was written yet, or it cannot be read."""
        try:
            data = json.loads(text)
            tweaks = data["tweaks"]
            for name in ("start", "end"):
                tweaks[name] = Spot(**tweaks[name]) if tweaks[name] else None
            return cls(**{**data, "tweaks": Tweaks(**tweaks)})
        except (ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True)
class Dense:
    """What a clip comes to on a character, on every frame.

    Attributes:
        channels: with the joins and the animator's keys in them.
        pinned: for each channel (T) bool, frames that must keep a key.
    """

    channels: list[Channel]
    pinned: list[np.ndarray]
    result: Tweaked


KEPT_SECONDS = 0.5  # of what is around a motion that stays with its raw result, so that it can be smoothed and joined as a part
FITS = 1e-4  # of a quaternion or a metre: a motion that is as near to what is beside it needs no join
_last: dict[tuple, Dense] = {}  # what was written last, by its text: needed again at the next change


def dense(scene: bpy.types.Scene, target: bpy.types.Object, raw: str, written: Written, edits: list[by_hand.Edit]) -> Dense:
    """All values of a clip. Raises RigError, ClipError, ArchiveError."""
    return run_to_end(making_dense(scene, target, raw, written, edits))


def making_dense(
    scene: bpy.types.Scene, target: bpy.types.Object, raw: str, written: Written, edits: list[by_hand.Edit]
) -> Generator[None, None, Dense]:
    """The same in pieces."""
    key = (target.session_uid, hash(raw), written.as_text(), json.dumps([edit.as_json() for edit in edits]))
    if key in _last:
        return _last[key]
    result = tweak_motion(raw, written.tweaks, skeleton_of(target), written.fps)
    yield
    channels = channels_of(scene, target, result.motion)
    if result.root is not None:
        if not root_bone(scene, target):
            raise ClipError(f"{target.name} has no bone above the pelvis: keep the root motion on the pelvis, or in place.")
        whole = channels_of(scene, target, apply_root(result.motion, result.root))
        channels += root_channels(scene, target, result.root, whole, channels)
    elif written.root_rests:
        channels += resting_root(scene, target, len(result.motion))
    yield
    times = np.arange(written.length) / written.fps * written.tweaks.speed
    made, pinned = [], []
    for channel in channels:
        values, pins = joined_to(channel, written)
        if _joinable(channel):
            values, more = by_hand.apply_edits(values, times, [edit for edit in edits if edit.path == channel.data_path])
            pins |= more
        made.append(replace(channel, values=values))
        pinned.append(pins)
    while len(_last) >= 4:
        _last.pop(next(iter(_last)))
    _last[key] = Dense(made, pinned, cut(result, written.shown))
    return _last[key]


def joined_to(channel: Channel, written: Written) -> tuple[np.ndarray, np.ndarray]:
    """The keyed rows of a channel, joined to what is around, and (T) bool where that needs every key."""
    whole, rows = channel.values, written.shown
    values, pins = whole[rows], np.zeros(written.length, dtype=bool)
    if not _joinable(channel):
        return values, pins
    own_before = whole[rows.start - 2 : rows.start][::-1] if written.lead > 1 else None
    own_after = whole[rows.stop : rows.stop + 2] if written.tail > 1 else None
    for beside, frames, own, at_end in (
        (written.before, written.blend_in, own_before, False),
        (written.after, written.blend_out, own_after, True),
    ):
        if channel.data_path in beside and frames:
            near, far = np.array(beside[channel.data_path])
            bent = join_channel(values, near, far, frames, at_end, own)
            if own is not None and np.abs(bent - values).max() < FITS:
                continue
            values = bent
            pins[-frames:] |= at_end
            pins[:frames] |= not at_end
    return values, pins


def cut(result: Tweaked, rows: slice) -> Tweaked:
    """Some rows of it: a clip may have been cut short by what follows it, or have been made together with what is around."""
    motion, root = result.motion, result.root
    if rows.start == 0 and len(motion) <= rows.stop:
        return result
    motion = Motion(motion.rotations[rows], motion.pelvis[rows], motion.fps)
    root = Root(root.rotations[rows], root.positions[rows]) if root is not None else None
    return replace(result, motion=motion, root=root, standing=result.standing[rows])


def bone_of(path: str) -> str:
    """Name of the bone a data path is about, as Blender unescapes it."""
    return bpy.utils.unescape_identifier(path.removeprefix('pose.bones["').rpartition('"]')[0])


def _joinable(channel: Channel) -> bool:
    return channel.values.shape[1] == 3 or channel.data_path.endswith("rotation_quaternion")


def with_fewer_keys(
    scene: bpy.types.Scene, target: bpy.types.Object, made: Dense, reduction: str
) -> tuple[list[Channel], Keys | None]:
    """The channels with the frames that get a key, and what that reduction measured; all frames where it is "NONE".

    Frames are chosen on the skeleton, joint by joint. Where a rig's channels are not the joints' own rotations (Euler
    angles, a spine of other bones) each is looked at once more by itself.
    """
    count = len(made.result.motion)
    keys = choose_keys(made.result, reduction, skeleton_of(target), np.zeros(count, dtype=bool))
    if keys is None:
        return made.channels, None
    rows = joints_of(scene, target)
    root = root_bone(scene, target)
    channels = []
    for channel, pins in zip(made.channels, made.pinned, strict=True):
        if not _joinable(channel):
            channels.append(channel)
            continue
        moves = channel.data_path.endswith("].location")
        if channel.group == root and root not in rows:
            keyed = np.zeros(count, dtype=bool)
            if made.result.root is not None:
                keyed = keys.places[:, -1] if moves else keys.rotations[:, -1]
        elif moves:
            keyed = keys.places[:, 0]
        else:
            keyed = keys.rotations[:, list(rows.get(channel.group, (0,)))].any(axis=1)
        keyed = keyed | pins
        keyed[[0, -1]] = True
        slopes = frame_slopes(channel.values[None])[0]
        if not moves and (not channel.data_path.endswith("quaternion") or len(rows.get(channel.group, ())) != 1):
            keyed = _close_enough(channel, slopes, keyed, np.radians(PRESETS[reduction].degrees) / 2)
        channels.append(replace(channel, keyed=keyed, slopes=slopes))
    return channels, keys


def _close_enough(channel: Channel, slopes: np.ndarray, keyed: np.ndarray, bound: float) -> np.ndarray:
    """(T) ``keyed`` with so many more that the rotation is nowhere off by more than ``bound`` radians."""
    values, quaternion = channel.values[None], channel.values.shape[1] == 4
    while True:
        curve = curve_values(values, slopes[None], keyed[None])
        off = angles(values, normalized(curve)) if quaternion else np.abs(values - curve).sum(-1)
        more = with_worst_keyed(off / bound, keyed[None])[0]
        if (more == keyed).all():
            return keyed
        keyed = more
