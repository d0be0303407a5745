"""Record with its level meter, the list of takes, and sound files dropped onto the viewport."""

from __future__ import annotations

import bpy

from ..link.session import session
from ..takes.audio import SOUNDS, active_take
from ..takes.recorder import microphones, recorder
from ..translations import iface_
from .guide import INSTRUCT, next_step
from .layout import PIXELS_PER_LETTER, BarePanel, emphasized, line_width, paragraph

_ICON, _LENGTH, _FEWEST_WORDS = 44, 42, 60  # pixels that these need in a line of the list


def _columns(context: bpy.types.Context, takes: bpy.types.bpy_prop_collection) -> tuple[float, int]:
    """Share of a line for names, 0..1, and the letters of the words that fit beside the longest."""
    line = line_width(context) - 20  # the buttons beside the list
    names = _ICON + PIXELS_PER_LETTER * max((len(take.name) for take in takes), default=0)
    room = line - _LENGTH - names
    if room < _FEWEST_WORDS:
        return max(0.3, (line - _LENGTH) / line), 0
    return names / line, int(room / PIXELS_PER_LETTER)


class VOICE_TO_MOTION_UL_takes(bpy.types.UIList):
    """Name, words, length. A narrow sidebar shows the words of the chosen take below the list."""

    bl_idname = "VOICE_TO_MOTION_UL_takes"

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index) -> None:
        """Double-click renames."""
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
        """The default first, Find Microphones last."""
        layout = self.layout
        chosen = context.scene.voice_to_motion.recording.device
        icon = "BLANK1" if chosen else "CHECKMARK"
        layout.operator("voice_to_motion.choose_microphone", text="Default Microphone", icon=icon).device = ""
        for name in microphones.names:
            icon = "CHECKMARK" if name == chosen else "BLANK1"
            layout.operator("voice_to_motion.choose_microphone", text=name, translate=False, icon=icon).device = name
        layout.separator()
        layout.operator("voice_to_motion.find_microphones", icon="FILE_REFRESH")


class VOICE_TO_MOTION_PT_record(BarePanel, bpy.types.Panel):
    """Record, while nothing is being recorded."""

    bl_idname = "VOICE_TO_MOTION_PT_record"
    bl_label = "Record"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Not while recording: then the level meter is here."""
        return not recorder.active

    def draw(self, context: bpy.types.Context) -> None:
        """Record and Load, the field to type into, and the example while there is nothing else."""
        settings = context.scene.voice_to_motion
        column = self.layout.column(align=True)
        row = column.row(align=True)
        row.scale_y = 1.3
        row.operator("voice_to_motion.record", text="Record", icon="REC")
        row.menu("VOICE_TO_MOTION_MT_microphones", text="", icon="DOWNARROW_HLT")
        row.operator("voice_to_motion.select_audio", text="", icon="FILEBROWSER")
        row.operator("voice_to_motion.take_from_strip", text="", icon="SEQUENCE")
        column.prop(settings, "typed", text="", icon="GREASEPENCIL", placeholder="Or type the instruction")
        if not len(settings.takes):
            button = emphasized(self.layout, next_step(context) == INSTRUCT)
            button.operator("voice_to_motion.use_example", text="Use Example Recording", icon="OUTLINER_OB_SPEAKER")


class VOICE_TO_MOTION_PT_recording(BarePanel, bpy.types.Panel):
    """Level and time, Stop and Discard.

    A panel of its own for the reason given at the progress bar.

    Its height must differ from the Record panel's, which it replaces: Blender 4.3 and 5.2 lay panels out again only when
    the total height changes, and leave this one blank otherwise.
    """

    bl_idname = "VOICE_TO_MOTION_PT_recording"
    bl_label = "Recording"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only while recording."""
        return recorder.active

    def draw(self, context: bpy.types.Context) -> None:
        """Meter, Stop, Discard, advice."""
        column = self.layout.column(align=True)
        column.label(text=recorder.device or "Microphone", icon="REC", translate=False)
        row = column.row(align=True)
        row.scale_y = 1.7
        row.progress(factor=recorder.meter, type="BAR", text=recorder.progress_text)
        row.operator("voice_to_motion.stop_recording", text="", icon="SNAP_FACE")
        row.operator("voice_to_motion.discard_recording", text="", icon="TRASH")
        hint = column.row()
        hint.active = False
        hint.label(text=recorder.advice)


class VOICE_TO_MOTION_PT_takes(BarePanel, bpy.types.Panel):
    """The list of takes."""

    bl_idname = "VOICE_TO_MOTION_PT_takes"
    bl_label = "Takes"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with takes, or a path that does not exist."""
        settings = context.scene.voice_to_motion
        return bool(len(settings.takes) or settings.loose_path)

    def draw(self, context: bpy.types.Context) -> None:
        """The list with its buttons at the right."""
        settings = context.scene.voice_to_motion
        if len(settings.takes):
            row = self.layout.row()
            listed = row.row()
            listed.active = not settings.typed.strip()  # typed words are used instead
            listed.template_list("VOICE_TO_MOTION_UL_takes", "", settings, "takes", settings, "take_index", rows=2, maxrows=6)
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
                # One line even without words, so that nothing below moves away from under the mouse.
                below = self.layout.row()
                below.active = False
                below.label(text=f"“{take.heard}”" if take.heard else iface_("Not heard yet"), translate=False)
        if active_take(settings) is None and settings.loose_path:
            paragraph(self.layout, context, iface_("There is no file {}", settings.loose_path), icon="ERROR")


class VOICE_TO_MOTION_FH_audio(bpy.types.FileHandler):
    """Dropped sound files become takes.

    Dropped videos stay Blender's: it makes reference images of them.
    """

    bl_idname = "VOICE_TO_MOTION_FH_audio"
    bl_label = "Spoken Instruction"
    bl_import_operator = "voice_to_motion.drop_audio"
    bl_file_extensions = ";".join(SOUNDS)

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Only over the 3D viewport."""
        return context.area is not None and context.area.type == "VIEW_3D"
