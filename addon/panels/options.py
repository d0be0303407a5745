"""The closed sub-panel with what is seldom changed: length, guidance, sound strip."""

from __future__ import annotations

import bpy

from .text import FoldedPanel, checkbox


class VOICE_TO_MOTION_PT_options(FoldedPanel, bpy.types.Panel):
    """Sidebar > Voice to Motion > Options."""

    bl_idname = "VOICE_TO_MOTION_PT_options"
    bl_label = "Options"

    def draw(self, context: bpy.types.Context) -> None:
        """Checkbox for automatic, number for by hand."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = context.scene.voice_to_motion
        for automatic, value, text in (
            ("use_auto_length", "seconds", "Auto"),
            ("use_auto_guidance", "guidance", "Auto"),
        ):
            row = layout.row(align=True)
            number = row.row(align=True)
            number.active = not getattr(settings, automatic)
            number.prop(settings, value)
            row.prop(settings, automatic, text=text, toggle=True)
        recording = settings.recording
        split = layout.split(factor=0.65, align=True)
        split.use_property_split = False
        split.prop(recording, "use_silence")
        pause = split.row(align=True)
        pause.active = recording.use_silence
        pause.prop(recording, "silence", text="")
        layout.prop(recording, "countdown")
        checkbox(layout, recording, "use_pack")
        checkbox(layout, settings, "use_audio_strip")
        layout.operator("voice_to_motion.apply_motion", text="Apply Motion File", icon="IMPORT")


CLASSES = (VOICE_TO_MOTION_PT_options,)
