"""Plans a clip's recipe: from its settings, its neighbours and what is before it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..keys.channels import bone_name
from ..motion.motion import Motion, resampled_length
from ..scene import scene_fps
from ..tweak.archive import unpack_motion
from ..tweak.pipeline import Tweaks, tweak_motion
from .body_curves import Curves, is_keyed_before, neighbour_values
from .clip_layers import ClipError, ClipLayers
from .connection import find_connection
from .held_carriers import held_carriers
from .properties import VoiceToMotionClip
from .recipe import Recipe


def plan_recipe(
    layers: ClipLayers, clip: VoiceToMotionClip, old: Recipe | None, curves: Curves, known: Recipe | None = None
) -> Recipe:
    """The recipe for a clip's present settings and neighbours.

    Args:
        old: with what its keys were written; None where they were taken away.
        curves: of the action's body bones.
        known: with what a clip was written that only has to go elsewhere.
    """
    raw = unpack_motion(clip.raw)
    if clip.fits_range:
        recipe = _fitted_to_range(layers, clip, raw, old, curves)
    else:
        recipe = _in_sequence(layers, clip, raw, old, curves, known)
    held = held_carriers(layers, clip, old, np.arange(recipe.start, recipe.last + 1))
    return replace(recipe, stands=clip.stored("stands"), held=held)


def _fitted_to_range(layers: ClipLayers, clip: VoiceToMotionClip, raw: Motion, old: Recipe | None, curves: Curves) -> Recipe:
    """A regenerated range keeps its length, and is joined to the frames on both sides."""
    fps, tweaks = scene_fps(layers.scene), clip.tweaks()
    if clip.length > 1:
        own = len(raw) - clip.lead - clip.tail
        tweaks = replace(tweaks, speed=max((own - 1) / raw.fps, 1e-3) / ((clip.length - 1) / fps))
    lead = int(clip.lead / raw.fps * fps / tweaks.speed + 1e-6)
    skipped = max(clip.lead / raw.fps - lead / fps * tweaks.speed, 0.0)
    tweaks = replace(tweaks, shown_from=lead, skipped=skipped if skipped > 1e-9 else 0.0)
    tail = max(resampled_length(raw, fps, tweaks.speed, tweaks.skipped) - lead - clip.length, 0)
    last = clip.last if old is None else max(clip.last, old.last)
    before = neighbour_values(curves, clip.start, -1, old.before if old else {}) if clip.blend_in else {}
    if clip.blend_in:
        before = {**_held_values(clip), **before}
    after = neighbour_values(curves, last, 1, old.after if old else {}) if clip.blend_out else {}
    frames = clip.blend_in, clip.blend_out
    return Recipe(tweaks, fps, clip.start, clip.length, *frames, before, after, lead=lead, tail=tail)


def planned_length(layers: ClipLayers, clip: VoiceToMotionClip, curves: Curves) -> int:
    """Frames of a clip of the order at its present settings. Raises ClipError."""
    follows = not clip.cut and is_keyed_before(curves, clip.start)
    return _trimmed(layers, clip, unpack_motion(clip.raw), follows)[3]


def _trimmed(layers: ClipLayers, clip: VoiceToMotionClip, raw: Motion, follows: bool) -> tuple[Tweaks, Motion, int, int]:
    """Settings with trims, the motion, its rows before the clip, and the clip's length.

    With nothing before it, what is left out at its start still says where it stands.
    """
    fps, tweaks = scene_fps(layers.scene), clip.tweaks()
    skipped = clip.lead / raw.fps + clip.trim_start / fps * tweaks.speed
    lead = int(skipped * fps / tweaks.speed + 1e-6) if not follows and clip.repeats == 1 else 0
    skipped = max(skipped - lead / fps * tweaks.speed, 0.0)
    whole = resampled_length(raw, fps, tweaks.speed, skipped) - round(clip.tail / raw.fps * fps / tweaks.speed) - clip.trim_end
    if skipped > (len(raw) - 2) / raw.fps or whole - lead < 2:
        raise ClipError(f"Nothing is left of “{clip.name}”: trim fewer frames.")
    tweaks = replace(tweaks, skipped=skipped if skipped > 1e-9 else 0.0, kept=whole, shown_from=lead)
    motion = tweak_motion(clip.raw, replace(tweaks, start=None, end=None, root="PELVIS"), layers.rig.skeleton, fps).motion
    return tweaks, motion, lead, min(len(motion) - lead, clip.most or len(motion), clip.room or len(motion))


def _in_sequence(
    layers: ClipLayers, clip: VoiceToMotionClip, raw: Motion, old: Recipe | None, curves: Curves, known: Recipe | None
) -> Recipe:
    """Any other clip goes on from what is before it; what is after it follows later."""
    fps = scene_fps(layers.scene)
    found = None if clip.cut else find_connection(layers, clip.start, curves, fps, clip.stored("stands"))
    tweaks, motion, lead, length = _trimmed(layers, clip, raw, found is not None)
    trims = clip.trim_start, clip.trim_end
    if found is None:
        pose = _held_values(clip) if clip.blend_in else {}
        return Recipe(tweaks, fps, clip.start, length, clip.blend_in, 0, pose, lead=lead, trims=trims)
    seconds = None if clip.automatic_join else clip.blend_in / fps
    same_rate = known is not None and known.fps == fps
    tweaks = found.placed(motion, seconds, layers.rig.skeleton, tweaks, known.tweaks if same_rate else None)
    lead, frames = tweaks.shown_from, max(round(tweaks.join * fps), 1) if tweaks.before else clip.blend_in
    values = neighbour_values(curves, clip.start, -1, old.before if old else {}, found.hold) if frames else {}
    if tweaks.before and any(other.root != clip.root for other in layers.clips):
        # Pelvis and root share the way differently here than before: only the body as a whole is joined.
        shared = {layers.rig.pelvis, *(carrier.name for carrier in layers.rig.carriers)}
        values = {path: value for path, value in values.items() if bone_name(path) not in shared}
    return Recipe(tweaks, fps, clip.start, length, frames, 0, values, lead=lead, hold=found.hold, trims=trims)


def _held_values(clip: VoiceToMotionClip) -> dict[str, list]:
    """The pose that a clip starts from where no keys are before it, as neighbouring values."""
    return {path: [value, value] for path, value in clip.stored("pose").items()}
