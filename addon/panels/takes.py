"""What was spoken: Record with its level meter, and the list of takes."""

from __future__ import annotations

import bpy

from ..link.session import session
from ..takes import devices
from ..takes.audio import active_take
from ..takes.recorder import recorder
from ..translations import iface_
from .text import PIXELS_PER_LETTER, SubPanel, line_width, paragraph

_ICON, _LENGTH, _FEWEST_WORDS = 44, 42, 60  # pixels of a line in the list that these want


def _columns(context: bpy.types.Context, takes: bpy.types.bpy_prop_collection) -> tuple[float, int]:
    """How much of a line the names get, 0..1, and how many letters of the words fit beside them: by the longest name."""
    line = line_width(context) - 20  # the buttons beside the list
    names = _ICON + PIXELS_PER_LETTER * max((len(take.name) for take in takes), default=0)
    room = line - _LENGTH - names
    if room < _FEWEST_WORDS:
        return max(0.3, (line - _LENGTH) / line), 0
    return names / line, int(room / PIXELS_PER_LETTER)


class VOICE_TO_MOTION_UL_takes(bpy.types.UIList):
    """Name, words, length. Where the sidebar is too narrow for words, the panel has those of the chosen take below the list."""

    bl_idname = "VOICE_TO_MOTION_UL_takes"

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index) -> None:
        """Double-click renames, as everywhere in Blender."""
        share, letters = _columns(context, data.takes)
        split = layout.split(factor=share)
        packed = item.sound is not None and item.sound.packed_file is not None
        split.prop(item, "name", text="", emboss=False, icon="PACKAGE" if packed else "SOUND", translate=False)
        row = split.row()
        if letters:
            words = row.row()
            words.active = False
            words.label(text=item.heard, translate=False)
        if item.seconds:
            length = row.row()
            length.alignment = "RIGHT"
            length.label(text=f"{item.seconds:.1f} s")


class VOICE_TO_MOTION_MT_microphones(bpy.types.Menu):
    """The microphones of this machine."""

    bl_idname = "VOICE_TO_MOTION_MT_microphones"
    bl_label = "Microphone"

    def draw(self, context: bpy.types.Context) -> None:
        """The default first; looking again last."""
        layout = self.layout
        layout.operator("voice_to_motion.choose_microphone", text="Default Microphone").device = ""
        for name in devices.names:
            layout.operator("voice_to_motion.choose_microphone", text=name, translate=False).device = name
        layout.separator()
        layout.operator("voice_to_motion.find_microphones", icon="FILE_REFRESH")


class VOICE_TO_MOTION_PT_record(SubPanel, bpy.types.Panel):
    """The Record button, while nothing is being recorded."""

    bl_idname = "VOICE_TO_MOTION_PT_record"
    bl_label = "Record"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Gives its place to the level meter."""
        return not recorder.active

    def draw(self, context: bpy.types.Context) -> None:
        """Record, its microphone, and loading instead."""
        settings = context.scene.voice_to_motion
        column = self.layout.column(align=True)
        column.label(text="Spoken Instruction")
        row = column.row(align=True)
        row.scale_y = 1.3
        row.operator("voice_to_motion.record", text="Record", icon="REC")
        row.operator("voice_to_motion.select_audio", text="", icon="FILEBROWSER")
        row.operator("voice_to_motion.take_from_strip", text="", icon="SEQUENCE")
        if not len(settings.takes):
            row.operator("voice_to_motion.use_example", text="", icon="OUTLINER_OB_SPEAKER")
        device = settings.recording.device or iface_("Default Microphone")
        column.menu("VOICE_TO_MOTION_MT_microphones", text=device, translate=False)


class VOICE_TO_MOTION_PT_recording(SubPanel, bpy.types.Panel):
    """Level and time, Stop and Discard. A panel of its own for the reason given at the progress bar.

    It must not be as high as the Record panel it replaces: Blender 4.3 and 5.2 place panels anew only when the whole changes its
    height, and leave this one blank otherwise.
    """

    bl_idname = "VOICE_TO_MOTION_PT_recording"
    bl_label = "Recording"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only while recording."""
        return recorder.active

    def draw(self, context: bpy.types.Context) -> None:
        """How loud, how long."""
        column = self.layout.column(align=True)
        column.label(text=recorder.device or "Microphone", icon="REC", translate=False)
        row = column.row(align=True)
        row.scale_y = 1.7
        row.progress(factor=recorder.meter, type="BAR", text=recorder.words)
        row.operator("voice_to_motion.stop_recording", text="", icon="SNAP_FACE")
        row.operator("voice_to_motion.discard_recording", text="", icon="TRASH")
        hint = column.row()
        hint.active = False
        hint.label(text=recorder.advice)


class VOICE_TO_MOTION_PT_takes(SubPanel, bpy.types.Panel):
    """The list."""

    bl_idname = "VOICE_TO_MOTION_PT_takes"
    bl_label = "Takes"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only when there are some, or a path that leads nowhere."""
        settings = context.scene.voice_to_motion
        return bool(len(settings.takes) or settings.loose_path)

    def draw(self, context: bpy.types.Context) -> None:
        """The list with its buttons at the right, as Blender's lists have them."""
        settings = context.scene.voice_to_motion
        if len(settings.takes):
            row = self.layout.row()
            row.template_list("VOICE_TO_MOTION_UL_takes", "", settings, "takes", settings, "take_index", rows=3, maxrows=6)
            column = row.column(align=True)
            if session.under_way("play"):
                column.operator("voice_to_motion.stop_playing", text="", icon="PAUSE")
            else:
                column.operator("voice_to_motion.play_take", text="", icon="PLAY")
            column.operator("voice_to_motion.record_again", text="", icon="FILE_REFRESH")
            column.separator()
            column.operator("voice_to_motion.remove_take", text="", icon="REMOVE")
            take = active_take(settings)
            if take is not None and not _columns(context, settings.takes)[1]:
                # One line, also before there are words: what is below must not move away from under the mouse.
                below = self.layout.row()
                below.active = False
                below.label(text=f"“{take.heard}”" if take.heard else iface_("Not heard yet"), translate=False)
        if active_take(settings) is None and settings.loose_path:
            paragraph(self.layout, context, iface_("There is no file {}", settings.loose_path), icon="ERROR")


CLASSES = (
    VOICE_TO_MOTION_UL_takes,
    VOICE_TO_MOTION_MT_microphones,
    VOICE_TO_MOTION_PT_record,
    VOICE_TO_MOTION_PT_recording,
    VOICE_TO_MOTION_PT_takes,
)
