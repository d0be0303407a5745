"""IK switches of the default character's hands and feet, and the way between FK and IK."""

from __future__ import annotations

import bpy

from ..ik.controls import LIMBS, SWITCH, has_controls
from ..rigs.smplx_rig import missing_bones_sentence
from .text import FoldedPanel


class VOICE_TO_MOTION_PT_ik(FoldedPanel, bpy.types.Panel):
    """Sidebar > Voice to Motion > Hands and Feet."""

    bl_idname = "VOICE_TO_MOTION_PT_ik"
    bl_label = "Hands and Feet (IK)"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Other rigs have IK of their own."""
        character = context.scene.voice_to_motion.character
        return character is not None and character.type == "ARMATURE" and not missing_bones_sentence(character.data)

    def draw(self, context: bpy.types.Context) -> None:
        """Add, or switches and snapping."""
        layout = self.layout
        character = context.scene.voice_to_motion.character
        if not has_controls(character):
            layout.operator("voice_to_motion.add_ik", icon="CON_KINEMATIC")
            return
        column = layout.column(align=True)
        for limb in LIMBS:
            column.prop(character.pose.bones[limb.control], f'["{SWITCH}"]', text=limb.label, slider=True)
        column = layout.column(align=True)
        column.operator("voice_to_motion.snap_to_ik", icon="SNAP_ON")
        column.operator("voice_to_motion.snap_to_fk", icon="SNAP_OFF")


CLASSES = (VOICE_TO_MOTION_PT_ik,)
