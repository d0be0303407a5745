"""Entries in Blender's own menus, where people look for such things, and where menu search (F3) finds them."""

from __future__ import annotations

import bpy


def _add_armature(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.operator("voice_to_motion.create_character", text="Voice to Motion Character", icon="OUTLINER_OB_ARMATURE")


class VOICE_TO_MOTION_MT_motion(bpy.types.Menu):
    """What the panel does, in the menus of Object and Pose Mode."""

    bl_idname = "VOICE_TO_MOTION_MT_motion"
    bl_label = "Voice to Motion"

    def draw(self, context: bpy.types.Context) -> None:
        """In the order of use."""
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator("voice_to_motion.record")
        layout.operator("voice_to_motion.stop_recording")
        layout.operator("voice_to_motion.record_again")
        layout.operator("voice_to_motion.play_take")
        layout.operator("voice_to_motion.select_audio", text="Load Spoken Instruction")
        layout.operator("voice_to_motion.take_from_strip")
        layout.operator("voice_to_motion.find_microphones")
        layout.separator()
        layout.operator("voice_to_motion.generate", text="Generate Motion from Speech")
        layout.operator("voice_to_motion.cancel")
        layout.operator("voice_to_motion.batch")
        layout.separator()
        layout.operator("voice_to_motion.step_variation", text="Next Variation").direction = "NEXT"
        layout.operator("voice_to_motion.step_variation", text="Previous Variation").direction = "PREVIOUS"
        layout.operator("voice_to_motion.keep_variation")
        layout.operator("voice_to_motion.recall")


def _motion(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu("VOICE_TO_MOTION_MT_motion")


def _file_import(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.operator("voice_to_motion.apply_motion", text="Voice to Motion (.npz)")


_ENTRIES = (
    ("VIEW3D_MT_armature_add", _add_armature),
    ("VIEW3D_MT_object_animation", _motion),
    ("VIEW3D_MT_pose", _motion),
    ("TOPBAR_MT_file_import", _file_import),
)

CLASSES = (VOICE_TO_MOTION_MT_motion,)


def register() -> None:
    """Add the entries."""
    for menu, draw in _ENTRIES:
        getattr(bpy.types, menu).append(draw)


def unregister() -> None:
    """Take them away again."""
    for menu, draw in _ENTRIES:
        getattr(bpy.types, menu).remove(draw)
