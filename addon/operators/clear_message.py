"""Operator: put an error message away."""

from __future__ import annotations

import bpy

from ..link.session import session
from .reasons import Explained


class VOICE_TO_MOTION_OT_clear_message(Explained, bpy.types.Operator):
    """Remove this message from the panel"""

    bl_idname = "voice_to_motion.clear_message"
    bl_label = "Clear Message"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be one."""
        return "" if session.message else "There is no message"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Forget it."""
        session.clear_message()
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_clear_message,)
