"""Operators on requests: cancel, remove from the queue, clear the error, take the nearest."""

import bpy
from bpy.props import StringProperty

from ..link import timer
from ..link.session import session
from ..translations import tip_
from .reasons import Explained


class VOICE_TO_MOTION_OT_cancel(Explained, bpy.types.Operator):
    """Stop generating. The scene stays as it is (shortcut: Esc)"""

    bl_idname = "voice_to_motion.cancel"
    bl_label = "Cancel Motion Generation"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A generation must be under way and not yet be stopping."""
        if session.under_way("convert") is not None:
            return ""
        if not session.busy:
            return "No motion is being generated"
        return "Cancelling is already under way" if session.cancelling else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Ask the backend; `link.timer` notices when it has stopped."""
        session.cancel(session.running or session.under_way("convert"))
        timer.ensure_running()
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_remove_from_queue(Explained, bpy.types.Operator):
    """Remove this request from the queue"""

    bl_idname = "voice_to_motion.remove_from_queue"
    bl_label = "Remove from Queue"
    bl_options = {"REGISTER", "INTERNAL"}  # internal: only the clicked row knows which request

    task: StringProperty(name="Request", description="Id of the request; empty for all waiting ones", options={"SKIP_SAVE"})

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A request must wait."""
        return "" if session.waiting else "Nothing is waiting"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """They end with the next step of the session."""
        for task in session.waiting:
            if self.task in ("", task.id):
                session.cancel(task)
        timer.ensure_running()
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_clear_message(Explained, bpy.types.Operator):
    """Remove this message from the panel"""

    bl_idname = "voice_to_motion.clear_message"
    bl_label = "Clear Message"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be a message."""
        return "" if session.message else "There is no message"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Clear it."""
        session.clear_message()
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_generate_nearest(Explained, bpy.types.Operator):
    """Generate this instruction instead of the one that was not understood"""

    bl_idname = "voice_to_motion.generate_nearest"
    bl_label = "Generate Nearest Motion"
    bl_options = {"INTERNAL", "UNDO"}  # internal: only the pressed button knows which instruction

    words: StringProperty(name="Instruction", description="Instruction to generate instead", maxlen=300, options={"SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """Each button's own tooltip."""
        return tip_("Type “{}” into the panel and generate", properties.words)

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A request must have been refused."""
        return "" if session.refusal is not None and session.refusal.operator else "Nothing was refused"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Queue it and return to Blender."""
        return self._generate(context, "INVOKE_DEFAULT")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """For scripts: wait for the result."""
        return self._generate(context, "EXEC_DEFAULT")

    def _generate(self, context: bpy.types.Context, how: str) -> set[str]:
        operator = session.refusal.operator
        context.scene.voice_to_motion.typed = self.words
        context.scene.voice_to_motion_placement.use_new_words = True
        group, name = operator.split(".")
        getattr(getattr(bpy.ops, group), name)(how)
        return {"FINISHED"}  # even where generating fails, the instruction is typed now


CLASSES = (
    VOICE_TO_MOTION_OT_cancel,
    VOICE_TO_MOTION_OT_remove_from_queue,
    VOICE_TO_MOTION_OT_clear_message,
    VOICE_TO_MOTION_OT_generate_nearest,
)
