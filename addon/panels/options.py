"""Options: what is seldom changed about generating and recording."""

from __future__ import annotations

import bpy

from .layout import Section, checkbox


class OptionsSection(Section):
    """Sidebar > Voice to Motion > Options: variations, length, guidance, voice, recording."""

    key = "options"
    bl_label = "Options"

    def draw(self, context: bpy.types.Context) -> None:
        """Each number beside its Auto button; below, how to record."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = context.scene.voice_to_motion
        layout.prop(settings, "variations")
        row = layout.row(align=True)
        seed = row.row(align=True)
        seed.active = not settings.use_random_seed
        seed.prop(settings, "seed")
        lock = "UNLOCKED" if settings.use_random_seed else "LOCKED"
        row.prop(settings, "use_random_seed", text="", icon=lock, invert_checkbox=True)
        for automatic, value, text in (
            ("use_auto_length", "seconds", "Auto"),
            ("use_auto_guidance", "guidance", "Auto"),
        ):
            row = layout.row(align=True)
            number = row.row(align=True)
            number.active = not getattr(settings, automatic)
            number.prop(settings, value)
            row.prop(settings, automatic, text=text, toggle=True)
        layout.prop(settings, "follow", slider=True)
        recording = settings.recording
        split = layout.split(factor=0.65, align=True)
        split.use_property_split = False
        split.prop(recording, "use_silence")
        pause = split.row(align=True)
        pause.active = recording.use_silence
        pause.prop(recording, "silence", text="")
        layout.prop(recording, "countdown")
        checkbox(layout, recording, "use_generate")
        checkbox(layout, recording, "use_pack")
        checkbox(layout, settings, "use_audio_strip")
        files = layout.column(align=True)  # side by side, German names would be cut
        files.operator("voice_to_motion.apply_motion_file", icon="IMPORT")
        files.operator("voice_to_motion.export_motion", icon="EXPORT")
