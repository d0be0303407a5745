"""Which bones above the pelvis a clip keys at rest, as other keys would move them."""

from __future__ import annotations

import bpy
import numpy as np

from ..keys.channels import bone_name
from ..rigs.channels import held_channels
from .body_curves import carrier_curves, key_frames
from .clip_layers import ClipLayers
from .properties import VoiceToMotionClip
from .recipe import Recipe

_STILL = 1e-4  # of a location or a rotation's components


def held_carriers(layers: ClipLayers, clip: VoiceToMotionClip, old: Recipe | None, frames: np.ndarray) -> list[str]:
    """The carriers that keys of the action would move away from where the clip stands on them.

    Args:
        old: with what the clip was written last.
        frames: (T,) of the clip.
    """
    rig, stands = layers.rig, clip.stored("stands")
    moving = carrier_curves(layers.curve_owner, rig)
    emptied = {curve.data_path for curve in layers.curve_owner.fcurves if curve.is_empty}
    held = [name or rig.root for name in old.held] if old is not None else []
    for carrier in rig.carriers:
        if carrier.name == rig.root and clip.root == "ROOT":
            held = [name for name in held if name != rig.root]
        elif carrier.name not in held:
            values = {channel.data_path: channel.values[0] for channel in held_channels(rig, carrier.name, stands, 1)}
            own = [curve for curve in moving if curve.data_path in values]
            moved = any(_is_moved(curve, values[curve.data_path][curve.array_index], frames) for curve in own)
            if moved or emptied & values.keys():  # one without keys stands where they left it
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
