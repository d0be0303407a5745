"""Operator: ask for one of the motions that the backend offers in the place of what it did not understand."""

from __future__ import annotations

import bpy
from bpy.props import StringProperty

from ..link.session import session
from ..translations import tip_
from .reasons import Explained


class VOICE_TO_MOTION_OT_generate_nearest(Explained, bpy.types.Operator):
    """Take this instruction instead of what was not understood, and generate"""

    bl_idname = "voice_to_motion.generate_nearest"
    bl_label = "Generate Nearest Motion"
    bl_options = {"INTERNAL", "UNDO"}  # internal: which instruction is known only to the button that is pressed

    words: StringProperty(name="Instruction", description="What is asked for instead", maxlen=300, options={"SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """The tooltip of each button."""
        return tip_("Type “{}” into the panel and generate", properties.words)

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Something must have been refused."""
        return "" if session.refusal is not None and session.refusal.operator else "Nothing was refused"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """As the refused button does: queue it and return to Blender."""
        return self._ask(context, "INVOKE_DEFAULT")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """A script waits."""
        return self._ask(context, "EXEC_DEFAULT")

    def _ask(self, context: bpy.types.Context, how: str) -> set[str]:
        operator = session.refusal.operator
        context.scene.voice_to_motion.typed = self.words
        context.scene.voice_to_motion_placement.use_new_words = True
        group, name = operator.split(".")
        getattr(getattr(bpy.ops, group), name)(how)
        return {"FINISHED"}  # the instruction is typed, whatever comes of it


CLASSES = (VOICE_TO_MOTION_OT_generate_nearest,)
