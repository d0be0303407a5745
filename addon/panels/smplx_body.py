"""The user's own SMPL-X body: create it, shape it, fit its armature."""

from __future__ import annotations

import bpy

from ..runtime.configuration import preferred_path
from ..smplx import LICENCE
from ..smplx.character import EXPRESSION, SHAPE, smplx_skin
from ..smplx.correctives import has_correctives
from ..smplx.fitting import fits_shape
from ..smplx.model_file import EXPRESSIONS, SHAPES
from .layout import Section, panel_armature, paragraph


def draw_preferences(layout: bpy.types.UILayout, preferences: bpy.types.AddonPreferences) -> None:
    """The file picker with the file's licence; part of the preferences."""
    column = layout.column()
    column.use_property_split = True
    column.prop(preferences, "smplx_path")
    column.label(text=LICENCE, icon="INFO")


class SmplxBodySection(Section):
    """Sidebar > Voice to Motion > Rig > SMPL-X Body."""

    key = "smplx_body"
    bl_label = "SMPL-X Body"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a model file, or a body made from one."""
        return bool(preferred_path("smplx_path")) or _skin(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Create, then the body's sliders."""
        layout = self.layout
        layout.operator("voice_to_motion.create_smplx_body", icon="OUTLINER_OB_ARMATURE")
        skin = _skin(context)
        if skin is None:
            paragraph(layout, context, LICENCE + ".", icon="INFO")
            return
        keys = skin.data.shape_keys.key_blocks
        for title, pattern, count in (("Shape", SHAPE, SHAPES), ("Expression", EXPRESSION, EXPRESSIONS)):
            layout.label(text=title)
            column = layout.column(align=True)
            for index in range(1, count + 1):
                name = pattern.format(index)
                column.prop(keys[name], "value", text=name, translate=False, slider=True)
            if pattern == SHAPE:
                row = layout.row()
                row.alert = not fits_shape(skin.parent)
                row.operator("voice_to_motion.fit_armature", icon="ARMATURE_DATA")
        if not has_correctives(skin):
            paragraph(layout, context, "Pose correctives are not applied: joints bend by linear skinning alone.", icon="INFO")
            layout.operator("voice_to_motion.add_correctives", icon="SHAPEKEY_DATA")


def _skin(context: bpy.types.Context) -> bpy.types.Object | None:
    character = panel_armature(context)
    return smplx_skin(character) if character is not None else None
