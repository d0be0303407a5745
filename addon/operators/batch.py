"""Operators: generate a motion from each recording of a folder, cancel, try again, reports."""

import os
import time
from pathlib import Path

import bpy
from bpy.props import BoolProperty, StringProperty

from ..batch.report_file import batch_folder
from ..batch.report_text import report_text
from ..batch.run import AGAIN, batch
from ..link import timer
from ..link.incremental import incremental_work
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
    filter_movie: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    again: BoolProperty(
        name="Make All Again",
        description="Make what is done already once more, too. Otherwise only new and changed recordings are worked through",
        default=False,
        options={"SKIP_SAVE"},
    )
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
        folder = Path(bpy.path.abspath(self.directory)) if self.directory else Path()
        try:
            if not self.directory or is_empty(folder):
                where = self.directory or "?"
                self.report({"ERROR"}, rpt_("There are no files in {}: choose the folder the recordings are in", where))
                return {"CANCELLED"}
            out = batch_folder(cache_folder(), folder)
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.report({"ERROR"}, rpt_("The folder cannot be read: {}", error.strerror or error))
            return {"CANCELLED"}
        request = {
            "out": str(out),
            "seed": None if settings.use_random_seed else settings.seed,
            "seconds": None if settings.use_auto_length else round(settings.seconds, 3),
            "guidance": None if settings.use_auto_guidance else round(settings.guidance, 3),
            "follow": round(settings.follow, 3),
            "fps": scene_fps(context.scene),
        }
        place = Place.of(context.scene, settings.character, 1)
        batch.start(folder, self.deep, place, request, backend_command(), again=self.again)
        return work_through(self, asked=getattr(self, "_asked", False))


def is_empty(folder: Path) -> bool:
    """Whether nothing is in a folder. Raises OSError."""
    with os.scandir(folder) as entries:
        return next(entries, None) is None


def work_through(operator: bpy.types.Operator, *, asked: bool) -> set[str]:
    """Leave a batch to the timer if the user ``asked`` for it; else wait for its end."""
    if asked:
        timer.ensure_running()
        return {"FINISHED"}
    while batch.active:
        session.step()
        incremental_work.step()
        if session.tasks:
            time.sleep(0.01)
    complete = not any(batch.counts[state] for state in AGAIN)
    operator.report({"INFO"} if complete else {"WARNING"}, batch.stopped or batch.summary)
    return {"FINISHED"} if batch.counts["done"] or batch.counts["already"] else {"CANCELLED"}


class VOICE_TO_MOTION_OT_retry_batch(Explained, bpy.types.Operator):
    """Take up those files again that were refused, failed or not reached"""

    bl_idname = "voice_to_motion.retry_batch"
    bl_label = "Try Again"
    bl_options = {"REGISTER"}  # no UNDO: the end of the batch is the step

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be such files, and the character that the others were made for."""
        if batch.active:
            return "A folder is being worked through already"
        if not any(batch.counts[state] for state in AGAIN):
            return "No file was refused, failed or not reached"
        return batch.place.gone().rstrip(".") or backend_reason()

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """The window stays usable."""
        batch.retry(backend_command())
        return work_through(self, asked=True)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """A script waits for the end."""
        batch.retry(backend_command())
        return work_through(self, asked=False)


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
    """Write what became of each file into a text of this .blend, for the text editor"""

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
        text.write(report_text(batch))
        self.report({"INFO"}, rpt_("The report is the text “{}”", text.name))
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_open_batch_folder(Explained, bpy.types.Operator):
    """Open the folder with the motions of this batch and its report: a line of JSON for each file"""

    bl_idname = "voice_to_motion.open_batch_folder"
    bl_label = "Open Report Folder"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must have been one, and its report."""
        if batch.report is None:
            return "No folder has been worked through yet"
        return "" if batch.report.path.parent.is_dir() else "The folder of this batch is gone"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """In the system's file browser."""
        return bpy.ops.wm.path_open(filepath=str(batch.report.path.parent))


CLASSES = (
    VOICE_TO_MOTION_OT_batch,
    VOICE_TO_MOTION_OT_cancel_batch,
    VOICE_TO_MOTION_OT_retry_batch,
    VOICE_TO_MOTION_OT_batch_report,
    VOICE_TO_MOTION_OT_open_batch_folder,
)
