"""What kind of rig the character is."""

from __future__ import annotations

import bpy

from ..rigs.channels import rig_reason
from ..rigs.characters import match_of
from ..rigs.joints import counted
from .text import paragraph


def draw_score(layout: bpy.types.UILayout, context: bpy.types.Context, character: bpy.types.Object) -> None:
    """One line: which rig it is and how many of its bones are there; what keeps it from being keyed, if something does."""
    match = match_of(context.scene, character)
    reason = rig_reason(context.scene, character)
    if reason:
        paragraph(layout, context, reason + ".", icon="ERROR")
        return
    column = layout.column(align=True)
    column.active = False
    column.label(text=match.score, icon="CHECKMARK")
    if match.missing:
        paragraph(column, context, f"Without {counted(list(match.missing))}", icon="BLANK1")
