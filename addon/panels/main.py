"""The main panel, which offers the set-up while it is needed, and the character.

All other panels lie below it.
"""

from __future__ import annotations

import bpy

from ..installation import BackendNotFoundError
from ..runtime.configuration import backend_python
from ..runtime.task import task
from .installation import draw_progress_bar
from .layout import BarePanel, paragraph
from .rig import draw_score


class VOICE_TO_MOTION_PT_main(bpy.types.Panel):
    """Sidebar > Voice to Motion."""

    bl_idname = "VOICE_TO_MOTION_PT_main"
    bl_label = "Voice to Motion"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Voice to Motion"

    def draw(self, context: bpy.types.Context) -> None:
        """The set-up, while it is needed."""
        _draw_setup(self.layout, context)


class VOICE_TO_MOTION_PT_character(BarePanel, bpy.types.Panel):
    """The character that gets the motion."""

    bl_idname = "VOICE_TO_MOTION_PT_character"
    bl_label = "Character"

    def draw(self, context: bpy.types.Context) -> None:
        """Picker, Create, and the kind of rig."""
        _draw_character(self.layout, context, context.scene.voice_to_motion)


def _draw_setup(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    if task.work:
        draw_progress_bar(layout.box())
        return
    try:
        backend_python()
    except BackendNotFoundError as error:
        box = layout.box()
        paragraph(box, context, str(error), icon="ERROR")
        paragraph(box, context, error.hint, icon="BLANK1")
        fix = box.operator("preferences.addon_show", text="Open Preferences", icon="PREFERENCES")
        fix.module = __package__.rpartition(".")[0]


def _draw_character(layout: bpy.types.UILayout, context: bpy.types.Context, settings: bpy.types.PropertyGroup) -> None:
    column = layout.column(align=True)
    column.label(text="Character")
    row = column.row(align=True)
    row.prop(settings, "character", text="")
    row.operator("voice_to_motion.create_character", text="" if settings.character else "Create", icon="ADD")
    if settings.character is None or settings.character.type != "ARMATURE":
        return
    draw_score(layout, context, settings.character)
