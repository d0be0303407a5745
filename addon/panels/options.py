"""The closed sub-panel with what is seldom changed: seed, length, guidance, sound strip."""

from __future__ import annotations

import bpy


class VOICE_TO_MOTION_PT_options(bpy.types.Panel):
    """Sidebar > Voice to Motion > Options."""

    bl_idname = "VOICE_TO_MOTION_PT_options"
    bl_label = "Options"
    bl_parent_id = "VOICE_TO_MOTION_PT_main"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Voice to Motion"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Checkbox for automatic, number for by hand."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = context.scene.voice_to_motion
        for automatic, value, text in (
            ("use_random_seed", "seed", "Random"),
            ("use_auto_length", "seconds", "Auto"),
            ("use_auto_guidance", "guidance", "Auto"),
        ):
            row = layout.row(align=True)
            number = row.row(align=True)
            number.active = not getattr(settings, automatic)
            number.prop(settings, value)
            row.prop(settings, automatic, text=text, toggle=True)
        layout.prop(settings, "use_audio_strip")
        layout.operator("voice_to_motion.apply_motion", text="Apply Motion File", icon="IMPORT")


CLASSES = (VOICE_TO_MOTION_PT_options,)
