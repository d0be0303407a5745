"""Operators: generate a motion from each recording of a folder, cancel, write the report."""

import time
from pathlib import Path

import bpy
from bpy.props import BoolProperty, StringProperty

from ..batch.run import batch, find_recordings
from ..link import timer
from ..link.client import BackendGoneError
from ..link.session import session
from ..rigs.readiness import character_reason
from ..runtime.configuration import backend_command, cache_folder
from ..scene import Place, scene_fps
from ..translations import rpt_
from .reasons import Explained, backend_reason


class VOICE_TO_MOTION_OT_batch(Explained, bpy.types.Operator):
    """Make an action asset from each recording of a folder. The character keeps its own action"""

    bl_idname = "voice_to_motion.batch"
    bl_label = "Generate from Folder"
    bl_options = {"REGISTER"}  # no UNDO: the end of the batch is the step

    directory: StringProperty(
        name="Folder", description="Folder with recordings, one instruction each", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )
    filter_folder: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_sound: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    deep: BoolProperty(name="Folders Inside", description="Take the recordings of the folders in this folder too", default=False)

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """One at a time, for a character."""
        if batch.active:
            return "A folder is being worked through already"
        return character_reason(context.scene, context.scene.voice_to_motion.character) or backend_reason()

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the folder."""
        self._asked = True
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Begin; a script waits for the end."""
        settings = context.scene.voice_to_motion
        try:
            files = find_recordings(Path(bpy.path.abspath(self.directory)), self.deep) if self.directory else []
            cache = cache_folder()
        except OSError as error:
            self.report({"ERROR"}, rpt_("The folder cannot be read: {}", error.strerror or error))
            return {"CANCELLED"}
        if not files:
            where = self.directory or "?"
            self.report({"ERROR"}, rpt_("There are no recordings in {}: wav, flac, ogg and mp3 are read", where))
            return {"CANCELLED"}
        request = {
            "out": str(cache),
            "seed": None if settings.use_random_seed else settings.seed,
            "seconds": None if settings.use_auto_length else round(settings.seconds, 3),
            "guidance": None if settings.use_auto_guidance else round(settings.guidance, 3),
            "fps": scene_fps(context.scene),
        }
        try:
            batch.start(files, Place.of(context.scene, settings.character, 1), request, backend_command())
        except BackendGoneError as error:
            session.fail(str(error), "Check its Python in the add-on's preferences.")
            self.report({"ERROR"}, rpt_(session.message))
            return {"CANCELLED"}
        if getattr(self, "_asked", False):
            timer.ensure_running()
            return {"FINISHED"}
        while batch.active:
            session.step()
            time.sleep(0.01)
        failed = batch.count("failed") + batch.count("cancelled")
        self.report({"WARNING"} if failed else {"INFO"}, batch.summary)
        return {"FINISHED"} if batch.count("done") else {"CANCELLED"}


class VOICE_TO_MOTION_OT_cancel_batch(Explained, bpy.types.Operator):
    """Stop working through the folder. Motions already made stay"""

    bl_idname = "voice_to_motion.cancel_batch"
    bl_label = "Cancel Batch"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """One must run."""
        return "" if batch.active else "No folder is being worked through"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """The running one ends at once."""
        batch.cancel()
        timer.ensure_running()
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_batch_report(Explained, bpy.types.Operator):
    """Write what became of each recording into a text of this .blend, for the text editor"""

    bl_idname = "voice_to_motion.batch_report"
    bl_label = "Report as Text"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must have been one."""
        return "" if batch.items else "No folder has been worked through yet"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """A new text each time, because an older one may be of use."""
        text = bpy.data.texts.new("Voice to Motion Batch")
        text.write(batch.report())
        self.report({"INFO"}, rpt_("The report is the text “{}”", text.name))
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_batch, VOICE_TO_MOTION_OT_cancel_batch, VOICE_TO_MOTION_OT_batch_report)
