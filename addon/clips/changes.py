"""A setting of a clip was changed in the panel: its keys follow at once, or the setting goes back and it is said why."""

from __future__ import annotations

import bpy

from ..link.session import session
from ..rigs.smplx_rig import RigError
from ..translations import sentences
from ..tweak.archive import ArchiveError
from .properties import VoiceToMotionClip, quietly
from .values import ClipError, Written
from .writing import rewrite


def changed(context: bpy.types.Context, clip: VoiceToMotionClip) -> None:
    """Write the clip anew. Blender makes the change of the setting and this one undo step."""
    try:
        notes = rewrite(context.scene, clip.id_data, clip)
    except (ClipError, RigError, ArchiveError) as error:
        _take_back(clip)
        session.fail(str(error))
        return
    session.clear_message()
    if notes:
        session.note = sentences(notes)


def _take_back(clip: VoiceToMotionClip) -> None:
    """The settings the keys were written with."""
    written = Written.from_text(clip.written)
    if written is None:
        return
    with quietly():
        for name in ("mirror", "strength", "smoothing", "foot_lock", "reduction", "root", "root_yaw"):
            setattr(clip, name, getattr(written.tweaks, name))
        if not clip.fits_range:
            clip.speed = written.tweaks.speed
        clip.blend_in, clip.blend_out = written.blend_in, written.blend_out
