"""How sure it is of what was heard, and what can be pressed where it was not understood; drawn inside the result."""

from __future__ import annotations

import bpy

from ..link.refusals import is_unsure
from ..link.session import session
from ..translations import iface_
from .text import paragraph


def draw_heard(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The words, and a word of doubt."""
    paragraph(layout, context, iface_("Heard: “{}”", session.heard), icon="OUTLINER_OB_SPEAKER")
    if is_unsure(session.confidence):
        doubt = layout.row()
        doubt.label(text=iface_("Not sure that this was meant ({})", f"{session.confidence:.0%}"), icon="QUESTION")


def draw_refusal(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The nearest motions as buttons, and generating all the same."""
    refusal = session.refusal
    column = layout.column(align=True)
    if refusal.nearest:
        column.label(text="Nearest motions")
    for words in refusal.nearest:
        column.operator("voice_to_motion.generate_nearest", text=words, translate=False, icon="ARMATURE_DATA").words = words
    layout.operator(refusal.operator, text="Generate Anyway", icon="FORWARD").force = True
