"""Operators: find the microphones, and choose one."""

import bpy
from bpy.props import StringProperty

from ..link import timer
from ..link.client import BackendGoneError
from ..link.session import session
from ..link.tasks import Outcome, Task
from ..runtime.configuration import backend_command
from ..takes.recorder import microphones, recorder
from ..translations import rpt_
from .reasons import Explained, backend_reason


class VOICE_TO_MOTION_OT_find_microphones(Explained, bpy.types.Operator):
    """Find the connected microphones"""

    bl_idname = "voice_to_motion.find_microphones"
    bl_label = "Find Microphones"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Not while the sound card is in use."""
        if recorder.active or session.under_way("play") or session.under_way("devices"):
            return "The sound card is in use: wait until recording or playing is over"
        return backend_reason()

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Ask the backend; its answer fills the menu."""
        task = Task({"request": "devices"}, on_end=take_in_answer)
        try:
            session.add(task, *backend_command())
        except BackendGoneError as error:
            session.fail(str(error), "Check its Python in the add-on's preferences.")
            self.report({"ERROR"}, rpt_(session.message))
            return {"CANCELLED"}
        timer.ensure_running()
        return {"FINISHED"}


def take_in_answer(task: Task, outcome: Outcome) -> None:
    """Put the backend's microphones into the menu."""
    if outcome.kind == "result":
        microphones.remember(outcome.event.get("devices"))
        count = len(microphones.names)
        timer.show_message({0: "no microphone found", 1: "1 microphone found"}.get(count) or rpt_("{} microphones found", count))
    elif outcome.kind == "error":
        timer.show_message(outcome.message)


class VOICE_TO_MOTION_OT_choose_microphone(bpy.types.Operator):
    """Record from this microphone"""

    bl_idname = "voice_to_motion.choose_microphone"
    bl_label = "Choose Microphone"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}  # internal: the panel's menu has the names

    device: StringProperty(name="Microphone", description="Name of the device; empty for the default", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Store it in the scene."""
        context.scene.voice_to_motion.recording.device = self.device
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_find_microphones, VOICE_TO_MOTION_OT_choose_microphone)
