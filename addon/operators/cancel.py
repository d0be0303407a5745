"""Operators: stop the generation under way, or one that waits."""

import bpy
from bpy.props import StringProperty

from ..link import timer
from ..link.session import session
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
        """Ask; `link.timer` notices when the backend has stopped."""
        session.cancel()
        timer.ensure_running()
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_remove_from_queue(Explained, bpy.types.Operator):
    """Take this request out of the queue"""

    bl_idname = "voice_to_motion.remove_from_queue"
    bl_label = "Remove from Queue"
    bl_options = {"REGISTER", "INTERNAL"}  # internal: which request is known only to the row that is clicked

    task: StringProperty(name="Request", description="The request's id; empty for all that wait", options={"SKIP_SAVE"})

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Something must wait."""
        return "" if session.waiting else "Nothing is waiting"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """They end at the next look at the backend."""
        for task in session.waiting:
            if self.task in ("", task.id):
                session.cancel(task)
        timer.ensure_running()
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_cancel, VOICE_TO_MOTION_OT_remove_from_queue)
