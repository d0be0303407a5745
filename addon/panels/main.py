"""The panel's upper part: audio, character, and Generate. Progress, results and options have panels of their own below
it."""

from __future__ import annotations

import bpy

from ..backend_location import BackendNotFoundError
from ..preferences import interpreter
from ..session import session
from .rig import draw_score
from .text import paragraph


class VOICE_TO_MOTION_PT_main(bpy.types.Panel):
    """Sidebar > Voice to Motion."""

    bl_idname = "VOICE_TO_MOTION_PT_main"
    bl_label = "Voice to Motion"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Voice to Motion"

    def draw(self, context: bpy.types.Context) -> None:
        """From top to bottom in the order of use."""
        layout = self.layout
        settings = context.scene.voice_to_motion
        _draw_setup(layout, context)
        _draw_audio(layout, settings)
        _draw_character(layout, context, settings)
        if not session.busy:
            layout.separator()
            row = layout.row()
            row.scale_y = 1.6
            row.operator("voice_to_motion.generate", icon="ARMATURE_DATA")


def _draw_setup(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    try:
        interpreter()
    except BackendNotFoundError as error:
        box = layout.box()
        paragraph(box, context, str(error), icon="ERROR")
        paragraph(box, context, error.hint, icon="BLANK1")
        # The fix is one click away.
        fix = box.operator("preferences.addon_show", text="Open Preferences", icon="PREFERENCES")
        fix.module = __package__.rpartition(".")[0]


def _draw_audio(layout: bpy.types.UILayout, settings: bpy.types.PropertyGroup) -> None:
    column = layout.column(align=True)
    column.label(text="Spoken Instruction")
    if settings.audio_path:
        column.prop(settings, "audio_path", text="", icon="SOUND")
    else:
        column.operator("voice_to_motion.select_audio", icon="FILE_SOUND")


def _draw_character(layout: bpy.types.UILayout, context: bpy.types.Context, settings: bpy.types.PropertyGroup) -> None:
    column = layout.column(align=True)
    column.label(text="Character")
    row = column.row(align=True)
    row.prop(settings, "character", text="")
    row.operator("voice_to_motion.create_character", text="" if settings.character else "Create", icon="ADD")
    if settings.character is None or settings.character.type != "ARMATURE":
        return
    draw_score(layout, context, settings.character)


CLASSES = (VOICE_TO_MOTION_PT_main,)
