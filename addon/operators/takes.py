"""Operators on takes: load, add, remove, play; also from the sequencer or dropped files."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, CollectionProperty, FloatProperty, StringProperty

from ..link import timer
from ..link.client import BackendGoneError
from ..link.session import session
from ..link.tasks import Task
from ..runtime.configuration import backend_command
from ..takes.audio import AudioMissingError, active_take, add_sound, add_take, audio_file, remove_take
from ..takes.recorder import recorder
from ..translations import iface_, rpt_
from .reasons import Explained, backend_reason

# Sounds that Blender's file browser does not know as such. The field for patterns ends at 255 letters.
PATTERNS = (
    "*.wma;*.amr;*.awb;*.caf;*.3ga;*.3gp;*.3g2;*.w64;*.rf64;*.bwf;*.wave;*.aifc;*.au;*.snd;*.opus;*.spx;*.weba;*.m4b;*.m4r;"
    "*.dts;*.eac3;*.ape;*.wv;*.tta;*.voc;*.gsm;*.g722"
)


def _take_reason(context: bpy.types.Context) -> str:
    return "" if active_take(context.scene.voice_to_motion) is not None else "Choose a take in the list first"


class VOICE_TO_MOTION_OT_add_take(bpy.types.Operator):
    """Add a recording to the list of takes"""

    bl_idname = "voice_to_motion.add_take"
    bl_label = "Add Take"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}  # internal: Record and Load call it

    filepath: StringProperty(name="File", description="Sound file", subtype="FILE_PATH", options={"SKIP_SAVE"})
    seconds: FloatProperty(name="Length", description="Length in seconds; 0 if unknown", options={"SKIP_SAVE"})
    instead_of: StringProperty(description="Name of the take it replaces", options={"SKIP_SAVE"})
    recorded: BoolProperty(description="Pack it as the recording settings say", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add it and choose it."""
        settings = context.scene.voice_to_motion
        place = settings.takes.find(self.instead_of) if self.instead_of else -1
        try:
            take = add_take(settings, self.filepath, self.seconds)
        except RuntimeError as error:
            self.report({"ERROR"}, str(error).strip())
            return {"CANCELLED"}
        if self.recorded and (settings.recording.use_pack or not bpy.data.is_saved):
            take.sound.pack()
        if place >= 0:
            name, last = settings.takes[place].name, len(settings.takes) - 1
            remove_take(settings, place)
            settings.takes.move(last - 1, place)
            settings.take_index = place
            settings.takes[place].name = name
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_select_audio(bpy.types.Operator):
    """Choose a recording of the spoken instruction"""

    bl_idname = "voice_to_motion.select_audio"
    bl_label = "Load Audio File"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="File", description="Sound or video file to load", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_folder: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_sound: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_movie: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_glob: StringProperty(default=PATTERNS, options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Open the file browser at the last recording."""
        current = context.scene.voice_to_motion.audio_path
        if current and not self.filepath:
            self.filepath = bpy.path.abspath(current)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add the file as a take."""
        path = bpy.path.abspath(self.filepath) if self.filepath else ""
        if not path or not Path(path).is_file():
            self.report({"ERROR"}, rpt_("There is no file {}", path) if path else "No file was chosen")
            return {"CANCELLED"}
        add_take(context.scene.voice_to_motion, path)
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_remove_take(Explained, bpy.types.Operator):
    """Remove this take from the list. Its file is deleted only if you choose so"""

    bl_idname = "voice_to_motion.remove_take"
    bl_label = "Remove Take"
    bl_options = {"REGISTER", "UNDO"}

    delete_file: BoolProperty(
        name="Delete the File Too",
        description="Delete the recording from the disk. Undo does not bring it back",
        default=False,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A take must be chosen."""
        return _take_reason(context)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_props_dialog(self, width=420)

    def draw(self, context: bpy.types.Context) -> None:
        """The dialog: which file, and whether to delete it."""
        take = active_take(context.scene.voice_to_motion)
        self.layout.label(text=iface_("Remove “{}” from the list?", take.name), translate=False)
        self.layout.label(text=take.sound.filepath if take.sound else "", icon="FILE_SOUND", translate=False)
        self.layout.prop(self, "delete_file")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remove it from the list; then delete the file, or say why that failed."""
        settings = context.scene.voice_to_motion
        problem = remove_take(settings, settings.take_index, delete_file=self.delete_file)
        if problem:
            self.report({"WARNING"}, rpt_(problem))
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_play_take(Explained, bpy.types.Operator):
    """Play this take on the computer's default output"""

    bl_idname = "voice_to_motion.play_take"
    bl_label = "Play Take"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A take must be chosen, and the sound card must be free."""
        if recorder.active or session.under_way("play") or session.under_way("devices"):
            return "The sound card is in use: stop recording or playing first"
        return _take_reason(context) or backend_reason()

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Let the backend play it, since not every Blender is built with sound."""
        try:
            audio = audio_file(context.scene.voice_to_motion)
            session.add(Task({"request": "play", "file": str(audio)}, title=audio.stem), *backend_command())
        except (AudioMissingError, BackendGoneError, OSError) as error:
            session.fail(str(error), getattr(error, "hint", ""))
            self.report({"ERROR"}, rpt_(str(error)))
            return {"CANCELLED"}
        timer.ensure_running()
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_stop_playing(Explained, bpy.types.Operator):
    """Stop playing the take"""

    bl_idname = "voice_to_motion.stop_playing"
    bl_label = "Stop Playing"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A take must be playing."""
        return "" if session.under_way("play") else "No take is playing"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Stop at once."""
        session.cancel(session.under_way("play"))
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_take_from_strip(Explained, bpy.types.Operator):
    """Use the sequencer's active sound strip as the spoken instruction"""

    bl_idname = "voice_to_motion.take_from_strip"
    bl_label = "Take from Sound Strip"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A sound strip must be active."""
        strip = active_strip(context)
        if strip is None or strip.type != "SOUND" or strip.sound is None:
            return "Click a sound strip in the video sequencer first"
        return ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Make a take of the strip's Sound data-block."""
        strip = active_strip(context)
        add_sound(context.scene.voice_to_motion, strip.sound, strip.name)
        if strip.frame_offset_start or strip.frame_offset_end:
            self.report({"INFO"}, "The whole recording is used, including what the strip cuts off")
        return {"FINISHED"}


def active_strip(context: bpy.types.Context) -> bpy.types.Struct | None:
    """The active strip of the sequencer."""
    # Since 5.0 the sequencer may show another scene than the viewport.
    scene = getattr(context, "sequencer_scene", None) or context.scene
    return scene.sequence_editor.active_strip if scene.sequence_editor else None


class VOICE_TO_MOTION_OT_drop_audio(bpy.types.Operator):
    """Add dropped sound files as takes"""

    bl_idname = "voice_to_motion.drop_audio"
    bl_label = "Use as Spoken Instruction"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}  # internal: dropping files calls it

    directory: StringProperty(description="Where the files are", subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})
    files: CollectionProperty(type=bpy.types.OperatorFileListElement, description="Sound files", options={"SKIP_SAVE", "HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add all; the last one is chosen."""
        for file in self.files:
            add_take(context.scene.voice_to_motion, f"{self.directory}{file.name}")
        return {"FINISHED"} if len(self.files) else {"CANCELLED"}


CLASSES = (
    VOICE_TO_MOTION_OT_select_audio,
    VOICE_TO_MOTION_OT_add_take,
    VOICE_TO_MOTION_OT_remove_take,
    VOICE_TO_MOTION_OT_play_take,
    VOICE_TO_MOTION_OT_stop_playing,
    VOICE_TO_MOTION_OT_take_from_strip,
    VOICE_TO_MOTION_OT_drop_audio,
)
