"""Sentences in panels: Blender's labels do not wrap, so this breaks them to the width of the region."""

from __future__ import annotations

import textwrap

import bpy

from ..translations import iface_

PIXELS_PER_LETTER = 6.6  # of Blender's interface font at scale 1, measured on English sentences
_MARGIN = 75  # icon, box border and scroll bar


def line_width(context: bpy.types.Context) -> float:
    """Pixels of the region that a line may fill, at scale 1."""
    return context.region.width / context.preferences.system.ui_scale - _MARGIN


def paragraph(layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE", share: float = 1.0) -> None:
    """Draw ``text`` in the user's language on as many lines as it needs, the icon before the first. ``share`` of the width is ours,
    0..1."""
    text = iface_(text)
    width = line_width(context) * share
    lines = textwrap.wrap(text, max(18, int(width / PIXELS_PER_LETTER))) or [""]
    column = layout.column(align=True)
    column.scale_y = 0.85
    for number, line in enumerate(lines):
        column.label(text=line, icon=icon if number == 0 else "NONE" if icon == "NONE" else "BLANK1")


def checkbox(layout: bpy.types.UILayout, data: bpy.types.bpy_struct, name: str) -> None:
    """A checkbox over the whole width: beside a column of names its own name would be cut off."""
    row = layout.row()
    row.use_property_split = False
    row.prop(data, name)


class SubPanel:
    """Mixin: a part of the add-on's panel that has no header, so that it can come and go by itself."""

    bl_parent_id = "VOICE_TO_MOTION_PT_main"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Voice to Motion"
    bl_options = {"HIDE_HEADER"}


class FoldedPanel(SubPanel):
    """Mixin: a part with a header, closed until somebody wants it."""

    bl_options = {"DEFAULT_CLOSED"}
