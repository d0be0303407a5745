"""A clip's recipe: with what its keys were made, so that they can be computed again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace

import bpy
import numpy as np

from ..keys.channels import bone_name
from ..motion.motion import resampled_length
from ..rigs.channels import held_channels
from ..scene import scene_fps
from ..tweak.archive import unpack_motion
from ..tweak.pipeline import Tweaks
from ..tweak.trajectory import Spot
from .body_curves import Curves, carrier_curves, key_frames, neighbour_values
from .clip_layers import ClipLayers
from .properties import VoiceToMotionClip

_STILL = 1e-4  # of a location or a rotation's components


@dataclass(frozen=True)
class Recipe:
    """What keys follow from besides raw result and hand edits; JSON in ``clip.written``.

    Attributes:
        before, after: data path -> the values one and two frames outside the clip, where there is something to join.
        stands: how the bones above the pelvis stand for this motion; those it does not name are at rest.
        held: those of them that are keyed so throughout, because other keys would move them; empty text is the root bone.
        lead, tail: frames of the motion before and after the keyed ones. They say where a motion that was made to fit its
            neighbours comes from and goes to.
    """

    tweaks: Tweaks
    fps: float
    start: int
    length: int
    blend_in: int
    blend_out: int
    before: dict[str, list] = field(default_factory=dict)
    after: dict[str, list] = field(default_factory=dict)
    lead: int = 0
    tail: int = 0
    stands: dict[str, list[float]] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)

    @property
    def shown(self) -> slice:
        """The rows of the motion that are keyed."""
        return slice(self.lead, self.lead + self.length)

    @property
    def last(self) -> int:
        """The last keyed frame."""
        return self.start + self.length - 1

    @property
    def keys_carriers(self) -> bool:
        """Whether it keys bones above the pelvis."""
        return bool(self.held) or self.tweaks.root == "ROOT"

    def as_text(self) -> str:
        """JSON; `from_text` reads it."""
        # Not `asdict` of everything: it copies the long lists number by number.
        return json.dumps({**vars(self), "tweaks": asdict(self.tweaks)})

    @classmethod
    def from_text(cls, text: str) -> Recipe | None:
        """The recipe in a text; None where there is none yet, or it cannot be read."""
        try:
            data = json.loads(text)
            tweaks = data["tweaks"]
            if data.pop("root_rests", False):  # of files from before `held`
                data["held"] = [""]
            for name in ("start", "end"):
                tweaks[name] = Spot(**tweaks[name]) if tweaks[name] else None
            return cls(**{**data, "tweaks": Tweaks(**tweaks)})
        except (ValueError, KeyError, TypeError):
            return None


def plan_recipe(layers: ClipLayers, clip: VoiceToMotionClip, old: Recipe | None, curves: Curves) -> Recipe:
    """The recipe for a clip's present settings.

    Args:
        old: with what it was written last.
        curves: of the action's body bones.
    """
    fps, tweaks = scene_fps(layers.scene), clip.tweaks()
    raw = unpack_motion(clip.raw)
    if clip.fits_range and clip.length > 1:
        own = len(raw) - clip.lead - clip.tail
        tweaks = replace(tweaks, speed=max((own - 1) / raw.fps, 1e-3) / ((clip.length - 1) / fps))
    lead = int(clip.lead / raw.fps * fps / tweaks.speed + 1e-6)
    skipped = max(clip.lead / raw.fps - lead / fps * tweaks.speed, 0.0)
    tweaks = replace(tweaks, shown_from=lead, skipped=skipped if skipped > 1e-9 else 0.0)
    whole = resampled_length(raw, fps, tweaks.speed, tweaks.skipped)
    tail = max(whole - lead - clip.length, 0) if clip.fits_range else round(clip.tail / raw.fps * fps / tweaks.speed)
    length = whole - lead - tail
    if clip.most:
        length = min(length, clip.most)
    if old is not None and length > old.length and not clip.fits_range:
        length = min(length, _free_length(layers, clip, old, curves))
    last = clip.start + length - 1
    own_last = last if old is None else max(last, old.last)
    before = neighbour_values(curves, clip.start, -1, old.before if old else {}) if clip.blend_in else {}
    if clip.blend_in:
        before = {**{path: [value, value] for path, value in clip.stored("pose").items()}, **before}
    after = neighbour_values(curves, own_last, 1, old.after if old else {}) if clip.blend_out else {}
    stands = clip.stored("stands")
    held = _held_carriers(layers, clip, old, np.arange(clip.start, last + 1))
    return Recipe(tweaks, fps, clip.start, length, clip.blend_in, clip.blend_out, before, after, lead, tail, stands, held)


def _held_carriers(layers: ClipLayers, clip: VoiceToMotionClip, old: Recipe | None, frames: np.ndarray) -> list[str]:
    """The carriers that keys of the action would move away from where the clip stands on them."""
    rig, stands = layers.rig, clip.stored("stands")
    moving = carrier_curves(layers.curve_owner, rig)
    held = [name or rig.root for name in old.held] if old is not None else []
    for carrier in rig.carriers:
        if carrier.name == rig.root and clip.root == "ROOT":
            held = [name for name in held if name != rig.root]
        elif carrier.name not in held:
            values = {channel.data_path: channel.values[0] for channel in held_channels(rig, carrier.name, stands, 1)}
            own = [curve for curve in moving if curve.data_path in values]
            if any(_is_moved(curve, values[curve.data_path][curve.array_index], frames) for curve in own):
                held.append(carrier.name)
    return held


def _is_moved(curve: bpy.types.FCurve, value: float, frames: np.ndarray) -> bool:
    there = np.array([curve.evaluate(frame) for frame in frames])
    off = np.abs(there - value).max()
    if curve.data_path.endswith("quaternion"):  # q and -q are one rotation
        off = min(off, np.abs(there + value).max())
    return bool(off > _STILL)


def replaced_carriers(layers: ClipLayers, clip: VoiceToMotionClip, new: Recipe) -> list[str]:
    """The carriers whose own keys a new clip replaces: not those that other clips have keyed."""
    others = [Recipe.from_text(other.written) for other in layers.clips if other != clip]
    if not new.held or any(other is not None and other.keys_carriers for other in others):
        return []
    inside = [
        bone_name(curve.data_path)
        for curve in carrier_curves(layers.curve_owner, layers.rig)
        if ((frames := key_frames(curve)) > new.start + 0.5).any() and (frames[frames > new.start + 0.5] < new.last + 0.5).any()
    ]
    return [name for name in new.held if name in inside]


def _free_length(layers: ClipLayers, clip: VoiceToMotionClip, old: Recipe, curves: Curves) -> int:
    """Frames from the clip's start to the first key beyond its old end that belongs to no clip."""
    others = [(other.start, other.last) for other in layers.clips if other != clip]
    frames = {frame for found in curves.values() for curve in found for frame in curve.frames[curve.frames > old.last + 0.5]}
    free = [frame for frame in frames if not any(a - 0.5 < frame < b + 0.5 for a, b in others)]
    return int(np.ceil(min(free) - 1e-3)) - clip.start if free else 10**9
