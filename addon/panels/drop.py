"""Dropping sound files onto the 3D viewport. What then happens is `operators.takes`' job."""

from __future__ import annotations

import bpy

from ..takes.audio import SUFFIXES


class VOICE_TO_MOTION_FH_audio(bpy.types.FileHandler):
    """Sound files dropped onto the 3D viewport."""

    bl_idname = "VOICE_TO_MOTION_FH_audio"
    bl_label = "Spoken Instruction"
    bl_import_operator = "voice_to_motion.drop_audio"
    bl_file_extensions = ";".join(SUFFIXES)

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Elsewhere a sound means something else."""
        return context.area is not None and context.area.type == "VIEW_3D"


CLASSES = (VOICE_TO_MOTION_FH_audio,)
