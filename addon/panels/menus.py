"""Entries in Blender's own menus, where people look for such things, and where menu search (F3) finds them."""

from __future__ import annotations

import bpy


def _add_armature(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.operator("voice_to_motion.create_character", text="Voice to Motion Character", icon="OUTLINER_OB_ARMATURE")


def _object_animation(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.operator("voice_to_motion.record")
    self.layout.operator("voice_to_motion.stop_recording")
    self.layout.operator("voice_to_motion.select_audio", text="Load Spoken Instruction")
    self.layout.operator("voice_to_motion.generate", text="Generate Motion from Speech")
    self.layout.operator("voice_to_motion.cancel")
    self.layout.operator("voice_to_motion.step_variation", text="Next Variation").direction = "NEXT"
    self.layout.operator("voice_to_motion.step_variation", text="Previous Variation").direction = "PREVIOUS"
    self.layout.operator("voice_to_motion.recall")
    self.layout.operator("voice_to_motion.batch")


def _file_import(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.operator("voice_to_motion.apply_motion", text="Voice to Motion (.npz)")


_ENTRIES = (
    ("VIEW3D_MT_armature_add", _add_armature),
    ("VIEW3D_MT_object_animation", _object_animation),
    ("TOPBAR_MT_file_import", _file_import),
)


def register() -> None:
    """Add the entries."""
    for menu, draw in _ENTRIES:
        getattr(bpy.types, menu).append(draw)


def unregister() -> None:
    """Take them away again."""
    for menu, draw in _ENTRIES:
        getattr(bpy.types, menu).remove(draw)
