"""Operator: stop the generation under way."""

from __future__ import annotations

import bpy

from ..session import session
from .reasons import Explained


class VOICE_TO_MOTION_OT_cancel(Explained, bpy.types.Operator):
    """Stop generating. The scene stays as it is (shortcut: Esc)"""

    bl_idname = "voice_to_motion.cancel"
    bl_label = "Cancel Motion Generation"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Something must be running, and not be stopping already."""
        if not session.busy:
            return "No motion is being generated"
        return "It is being cancelled already" if session.cancelling else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Ask; the modal generate operator ends when the backend has stopped."""
        session.cancel()
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_cancel,)
