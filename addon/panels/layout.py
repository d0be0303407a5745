"""What all panels share: wrapped sentences, checkboxes, emphasis, bases of their parts.

Blender's labels do not wrap, so `paragraph` breaks sentences to the width of the region.
"""

from __future__ import annotations

import textwrap

import bpy

from ..runtime.configuration import add_on_preferences
from ..translations import iface_

PIXELS_PER_LETTER = 6.6  # of Blender's interface font at scale 1, measured on English sentences
_MARGIN = 75  # icon, box border and scroll bar


def line_width(context: bpy.types.Context) -> float:
    """Pixels that a line may fill, at scale 1."""
    return context.region.width / context.preferences.system.ui_scale - _MARGIN


def paragraph(layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE", share: float = 1.0) -> None:
    """Draw ``text`` in the user's language on as many lines as it needs.

    Args:
        icon: drawn before the first line.
        share: of the region's width, 0..1, that ``layout`` has.
    """
    text = iface_(text)
    width = line_width(context) * share
    lines = textwrap.wrap(text, max(18, int(width / PIXELS_PER_LETTER))) or [""]
    column = layout.column(align=True)
    column.scale_y = 0.85
    for number, line in enumerate(lines):
        column.label(text=line, icon=icon if number == 0 else "NONE" if icon == "NONE" else "BLANK1")


def note(layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE") -> None:
    """A dimmed paragraph, for what is good to know."""
    column = layout.column()
    column.active = False
    paragraph(column, context, text, icon)


def alert(layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "ERROR") -> None:
    """A red paragraph, for what went wrong."""
    column = layout.column()
    column.alert = True
    paragraph(column, context, text, icon)


def checkbox(layout: bpy.types.UILayout, data: bpy.types.bpy_struct, name: str) -> None:
    """A checkbox over the whole width; beside a column of names its own would be cut off."""
    row = layout.row()
    row.use_property_split = False
    row.prop(data, name)


def panel_armature(context: bpy.types.Context) -> bpy.types.Object | None:
    """The character chosen in the panel, if it is an armature."""
    character = context.scene.voice_to_motion.character
    return character if character is not None and character.type == "ARMATURE" else None


def emphasized(layout: bpy.types.UILayout, next_one: bool) -> bpy.types.UILayout:
    """A row for a button: coloured as a dialog's main button if it comes next, or plain."""
    row = layout.row(align=True)
    row.active_default = next_one
    return row


class BarePanel:
    """Mixin: a part of the add-on's panel without a header, so that it can come and go."""

    bl_parent_id = "VOICE_TO_MOTION_PT_main"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Voice to Motion"
    bl_options = {"HIDE_HEADER"}


class Section:
    """A part of the panel with a header, closed at first. Which ones are open is a preference.

    Blender's own sub-panels forget it with each new file.

    Attributes:
        key: name of its property in `OpenSections`.
        bl_label: of the header, named as in Blender's panels.
        layout: what `draw` draws into.
    """

    key: str
    bl_label: str

    def __init__(self, layout: bpy.types.UILayout) -> None:
        self.layout = layout

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Whether it is there at all."""
        return True

    def draw(self, context: bpy.types.Context) -> None:
        """What is below the header."""
        raise NotImplementedError


def draw_section(layout: bpy.types.UILayout, context: bpy.types.Context, section: type[Section]) -> None:
    """Draw the header of a section and, where it is open, the section."""
    if not section.poll(context):
        return
    header, body = layout.panel_prop(add_on_preferences().open_sections, section.key)
    header.label(text=section.bl_label)
    if body is not None:
        section(body).draw(context)
