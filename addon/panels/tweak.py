"""Tweak: settings of the generated motion at the current frame."""

from __future__ import annotations

import bpy

from ..clips.key_digest import followed_range
from ..clips.properties import VoiceToMotionClip, shown_clip
from ..translations import iface_
from .layout import Section, checkbox, note, paragraph


class TweakSection(Section):
    """Sidebar > Voice to Motion > Tweak."""

    key = "tweak"
    bl_label = "Tweak"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a motion to tweak."""
        return shown_clip(context.scene.voice_to_motion.character, context.scene.frame_current) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Settings in the order in which they are applied, with their effect in numbers."""
        layout = self.layout
        clip = shown_clip(context.scene.voice_to_motion.character, context.scene.frame_current)
        row = layout.row()
        row.label(text=clip.name, icon="ACTION", translate=False)
        frames = row.row()
        frames.alignment = "RIGHT"
        frames.active = False
        frames.label(text="{} – {}".format(*followed_range(clip)), translate=False)
        layout.use_property_split = True
        layout.use_property_decorate = False
        if not clip.fits_range:
            self._draw_place(layout, clip)
        self._draw_shape(layout, clip)
        self._draw_feet_and_keys(layout, context, clip)
        column = layout.column(align=True)
        column.prop(clip, "root")
        if clip.root != "PELVIS":
            column.prop(clip, "root_yaw")
        column = layout.column(align=True)
        if clip.fits_range:
            column.prop(clip, "blend_in")
            column.prop(clip, "blend_out")
        else:
            checkbox(column, clip, "automatic_join")
            blend = column.column()
            blend.active = not clip.automatic_join
            blend.prop(clip, "blend_in")
        if clip.by_hand:
            text = iface_("{} keys made by hand are kept", clip.by_hand) if clip.by_hand > 1 else "1 key made by hand is kept"
            paragraph(layout, context, text, icon="VIEW_PAN")
        row = layout.row(align=True)
        row.operator("voice_to_motion.reset_tweaks", icon="LOOP_BACK")
        row.operator("voice_to_motion.rewrite_keys", text="", icon="FILE_REFRESH")
        row.operator("voice_to_motion.keep_keys", text="", icon="CHECKMARK")

    def _draw_place(self, layout: bpy.types.UILayout, clip: VoiceToMotionClip) -> None:
        column = layout.column(align=True)
        column.prop(clip, "frame")
        for name, end, icon in (("trim_start", "START", "TRIA_RIGHT_BAR"), ("trim_end", "END", "TRIA_LEFT_BAR")):
            row = column.row(align=True)
            row.prop(clip, name)
            row.operator("voice_to_motion.trim_clip", text="", icon=icon).end = end
        column.prop(clip, "repeats")

    def _draw_shape(self, layout: bpy.types.UILayout, clip: VoiceToMotionClip) -> None:
        column = layout.column(align=True)
        speed = column.row()
        speed.active = not clip.fits_range  # a regenerated range keeps its length
        speed.prop(clip, "speed")
        column.prop(clip, "strength", slider=True)
        column.prop(clip, "smoothing")
        column.prop(clip, "mirror")
        column = layout.column(align=True)
        column.prop(clip, "style")
        amount = column.row()
        amount.active = clip.style != "NONE"
        amount.prop(clip, "style_strength", slider=True)

    def _draw_feet_and_keys(self, layout: bpy.types.UILayout, context: bpy.types.Context, clip: VoiceToMotionClip) -> None:
        column = layout.column(align=True)
        column.prop(clip, "foot_lock", slider=True)
        if clip.skate_before <= 0:
            text = "No foot stands on the floor here"
        elif clip.foot_lock > 0 and clip.skate_after < clip.skate_before:
            text = iface_("Standing feet slide {} instead of {} cm/s", f"{clip.skate_after:.1f}", f"{clip.skate_before:.1f}")
        else:
            changed = clip.foot_lock > 0 or clip.reduction != "NONE"
            text = iface_("Standing feet slide {} cm/s", f"{clip.skate_after if changed else clip.skate_before:.1f}")
        note(column, context, text)
        column = layout.column(align=True)
        column.prop(clip, "reduction")
        text = iface_("{} keys", f"{clip.keys:,}")
        if clip.reduction != "NONE" and clip.keys:
            fewer = clip.all_keys / clip.keys
            error = (f"{clip.degrees:.1f}", f"{clip.centimetres:.1f}")
            text = iface_("{} keys, {} × fewer, within {}° and {} cm", f"{clip.keys:,}", f"{fewer:.1f}", *error)
        note(column, context, text)
