"""Operators: find the instructions in a long recording, and edit their list."""

from __future__ import annotations

import json
import time

import bpy
from bpy.props import IntProperty, StringProperty

from ..installation import BackendNotFoundError
from ..link import timer
from ..link.client import BackendGoneError
from ..link.refusals import is_unsure
from ..link.session import session
from ..link.tasks import Outcome, Task
from ..runtime.configuration import backend_command
from ..scene import in_scene, scene_fps
from ..takes.audio import AudioMissingError, active_take, sound_file
from ..translations import rpt_, sentences
from .reasons import Explained, backend_reason
from .takes import active_strip


class InstructionSearch(Explained):
    """Mixin: asks the backend what is said in a recording and when."""

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A recording and a backend must be there."""
        if session.under_way("split"):
            return "Instructions are being looked for already"
        return cls.no_recording(context) or backend_reason()

    def execute(self, context: bpy.types.Context) -> set[str]:
        """For scripts: wait for what is found."""
        task = self._ask(context)
        while task is not None and task.outcome is None:
            session.step()
            time.sleep(0.01)
        if session.message:
            self.report({"ERROR"}, f"{rpt_(session.message)} {rpt_(session.hint)}".strip())
        return {"CANCELLED"} if session.message or task.outcome.kind != "result" else {"FINISHED"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Queue it and return to Blender."""
        if self._ask(context) is None:
            self.report({"ERROR"}, f"{rpt_(session.message)} {rpt_(session.hint)}".strip())
            return {"CANCELLED"}
        timer.ensure_running()
        timer.redraw_sidebars()
        return {"FINISHED"}

    def _ask(self, context: bpy.types.Context) -> Task | None:
        try:
            return request_instructions(context.scene, *self.recording(context))
        except (AudioMissingError, BackendNotFoundError, BackendGoneError, OSError) as error:
            session.fail(str(error), getattr(error, "hint", ""))
            return None


def request_instructions(scene: bpy.types.Scene, sound: bpy.types.Sound, origin: int, heard: range | None) -> Task:
    """Queue the request; what is found fills the list of the scene.

    Args:
        origin: frame at which the recording starts.
        heard: frames in which it is heard, None for all.

    Raises:
        AudioMissingError, OSError: there is no such recording, or it cannot be unpacked.
        BackendNotFoundError, BackendGoneError: there is nobody to ask.
    """
    task = Task({"request": "split", "audio": str(sound_file(sound))}, title=sound.name)
    uid, name, fps = scene.session_uid, sound.name, scene_fps(scene)
    task.on_end = lambda task, outcome: _receive_instructions(outcome, uid, name, origin, heard, fps)
    session.add(task, *backend_command())
    return task


class VOICE_TO_MOTION_OT_find_instructions(InstructionSearch, bpy.types.Operator):
    """List what the chosen take says and when, as if it started here. Pauses part instructions"""

    bl_idname = "voice_to_motion.find_instructions"
    bl_label = "Find Instructions in Take"
    bl_options = {"REGISTER"}  # no UNDO: filling the list is a step of its own

    @classmethod
    def no_recording(cls, context: bpy.types.Context) -> str:
        """A take must be chosen."""
        take = active_take(context.scene.voice_to_motion)
        return "Record or load instructions and choose them in the list first" if take is None or take.sound is None else ""

    def recording(self, context: bpy.types.Context) -> tuple[bpy.types.Sound, int, range | None]:
        """The take's sound, its first frame, and the frames in which it is heard; None for all."""
        return active_take(context.scene.voice_to_motion).sound, context.scene.frame_current, None


class VOICE_TO_MOTION_OT_find_in_strip(InstructionSearch, bpy.types.Operator):
    """List what the sequencer's active sound strip says, each instruction where it is heard"""

    bl_idname = "voice_to_motion.find_in_strip"
    bl_label = "Find Instructions in Sound Strip"
    bl_options = {"REGISTER"}  # no UNDO: filling the list is a step of its own

    @classmethod
    def no_recording(cls, context: bpy.types.Context) -> str:
        """A sound strip must be active."""
        strip = active_strip(context)
        missing = strip is None or strip.type != "SOUND" or strip.sound is None
        return "Click a sound strip in the video sequencer first" if missing else ""

    def recording(self, context: bpy.types.Context) -> tuple[bpy.types.Sound, int, range | None]:
        """What the strip cuts off is not heard, and so not done."""
        strip = active_strip(context)
        return strip.sound, round(strip.frame_start), range(int(strip.frame_final_start), int(strip.frame_final_end))


def _receive_instructions(outcome: Outcome, scene_uid: int, sound: str, origin: int, heard: range | None, fps: float) -> None:
    """Fill the list, as one undo step, or say why not."""
    if outcome.kind != "result":
        timer.show_message("cancelled" if outcome.kind == "cancelled" else outcome.message)
        return
    scene = next((scene for scene in bpy.data.scenes if scene.session_uid == scene_uid), None)
    if scene is None or sound not in bpy.data.sounds:
        session.fail("The scene or the recording is gone in which instructions were looked for.")
        return
    listed = []
    for one in outcome.event.get("instructions", ()):
        frame = origin + round(one["start"] * fps)
        if heard is None or frame in heard:
            words = one["heard"].replace("\0", "?")[:500]
            listed.append({**one, "heard": words, "frame": frame, "unsure": is_unsure(one["confidence"])})
    if not listed:
        session.fail("Nothing was understood in the part of the recording that the strip shows.")
        return
    with in_scene(scene):
        # The second argument asks for an undo step although a script calls.
        bpy.ops.voice_to_motion.list_instructions("EXEC_DEFAULT", True, found=json.dumps(listed), sound=sound, origin=origin)
    timer.show_message(sentences([rpt_("{} instructions found", len(listed)), outcome.event.get("note", "").rstrip(".")]))


class VOICE_TO_MOTION_OT_list_instructions(bpy.types.Operator):
    """Show the instructions that were found in a recording"""

    bl_idname = "voice_to_motion.list_instructions"
    bl_label = "List Instructions"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}  # internal: people press Find Instructions

    found: StringProperty(name="Found", description="What was found, as JSON", options={"SKIP_SAVE"})
    sound: StringProperty(name="Recording", description="Name of the sound it was found in", options={"SKIP_SAVE"})
    origin: IntProperty(name="Start", description="Frame at which the recording starts", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Replace what was listed before."""
        timeline = context.scene.voice_to_motion_timeline
        timeline.instructions.clear()
        for found in json.loads(self.found):
            item = timeline.instructions.add()
            item.words = item.heard = found["heard"]
            item.frame, item.start, item.end, item.unsure = found["frame"], found["start"], found["end"], found["unsure"]
        timeline.sound, timeline.origin, timeline.index = bpy.data.sounds.get(self.sound), self.origin, 0
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_remove_instruction(Explained, bpy.types.Operator):
    """Take the chosen instruction out of the list, so that nothing is done there"""

    bl_idname = "voice_to_motion.remove_instruction"
    bl_label = "Remove Instruction"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be one."""
        timeline = context.scene.voice_to_motion_timeline
        there = 0 <= timeline.index < len(timeline.instructions)
        return "" if there else "Choose an instruction in the list of those that were found first"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """The next one is chosen then."""
        timeline = context.scene.voice_to_motion_timeline
        timeline.instructions.remove(timeline.index)
        timeline.index = max(0, min(timeline.index, len(timeline.instructions) - 1))
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_clear_instructions(Explained, bpy.types.Operator):
    """Empty the list of instructions. Motions made from them stay"""

    bl_idname = "voice_to_motion.clear_instructions"
    bl_label = "Clear Instructions"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be some."""
        return "" if len(context.scene.voice_to_motion_timeline.instructions) else "The list of instructions is empty"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """All of them."""
        context.scene.voice_to_motion_timeline.instructions.clear()
        return {"FINISHED"}


CLASSES = (
    VOICE_TO_MOTION_OT_find_instructions,
    VOICE_TO_MOTION_OT_find_in_strip,
    VOICE_TO_MOTION_OT_list_instructions,
    VOICE_TO_MOTION_OT_remove_instruction,
    VOICE_TO_MOTION_OT_clear_instructions,
)
