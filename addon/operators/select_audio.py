"""Operator: choose the recording in a file browser that shows sound files."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, StringProperty

from ..takes.audio import add_take
from ..translations import rpt_


class VOICE_TO_MOTION_OT_select_audio(bpy.types.Operator):
    """Choose a recording of the spoken instruction"""

    bl_idname = "voice_to_motion.select_audio"
    bl_label = "Load Audio File"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="File", description="Sound file to load", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_folder: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_sound: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Open the file browser where the last recording was."""
        current = context.scene.voice_to_motion.audio_path
        if current and not self.filepath:
            self.filepath = bpy.path.abspath(current)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remember the file."""
        path = bpy.path.abspath(self.filepath) if self.filepath else ""
        if not path or not Path(path).is_file():
            self.report({"ERROR"}, rpt_("There is no file {}", path) if path else "No file was chosen")
            return {"CANCELLED"}
        add_take(context.scene.voice_to_motion, path)
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_select_audio,)
