"""Entries in Blender's menus, where menu search (F3) finds them, and the Esc shortcut."""

from __future__ import annotations

import bpy


def _add_armature(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.operator("voice_to_motion.create_character", text="Voice to Motion Character", icon="OUTLINER_OB_ARMATURE")


def _draw_operators(layout: bpy.types.UILayout, *names: str) -> None:
    """Entries for operators of the add-on, as their buttons would call them."""
    layout.operator_context = "INVOKE_DEFAULT"
    for name in names:
        layout.operator(f"voice_to_motion.{name}")


class VOICE_TO_MOTION_MT_motion(bpy.types.Menu):
    """All commands, in the menus of Object and Pose Mode."""

    bl_idname = "VOICE_TO_MOTION_MT_motion"
    bl_label = "Voice to Motion"

    def draw(self, context: bpy.types.Context) -> None:
        """In the order of use."""
        layout = self.layout
        _draw_operators(layout, "record", "stop_recording", "discard_recording", "record_again")
        _draw_operators(layout, "play_take", "stop_playing", "remove_take")
        layout.operator("voice_to_motion.select_audio", text="Load Spoken Instruction")
        _draw_operators(layout, "take_from_strip", "use_example", "find_microphones")
        layout.separator()
        layout.operator("voice_to_motion.generate", text="Generate Motion from Speech")
        _draw_operators(
            layout, "cancel", "find_instructions", "find_in_strip", "direct", "remove_instruction", "clear_instructions"
        )
        layout.separator()
        _draw_operators(layout, "batch", "cancel_batch", "retry_batch", "batch_report", "open_batch_folder", "clear_message")
        layout.separator()
        layout.operator("voice_to_motion.step_variation", text="Next Variation").direction = "NEXT"
        layout.operator("voice_to_motion.step_variation", text="Previous Variation").direction = "PREVIOUS"
        _draw_operators(layout, "keep_variation", "recall")
        layout.separator()
        layout.menu("VOICE_TO_MOTION_MT_change")
        layout.menu("VOICE_TO_MOTION_MT_rig")
        layout.menu("VOICE_TO_MOTION_MT_installation")


class VOICE_TO_MOTION_MT_change(bpy.types.Menu):
    """Commands on an existing motion."""

    bl_idname = "VOICE_TO_MOTION_MT_change"
    bl_label = "Change Motion"

    def draw(self, context: bpy.types.Context) -> None:
        """As in the list of clips and the panels Regenerate, Tweak and Placement."""
        layout = self.layout
        _draw_operators(layout, "move_clip", "duplicate_clip", "delete_clip")
        layout.operator("voice_to_motion.reorder_clip", text="Reorder Motion: Earlier").direction = "EARLIER"
        layout.operator("voice_to_motion.reorder_clip", text="Reorder Motion: Later").direction = "LATER"
        layout.operator("voice_to_motion.trim_clip", text="Trim Motion: Begin Here").end = "START"
        layout.operator("voice_to_motion.trim_clip", text="Trim Motion: End Here").end = "END"
        layout.separator()
        _draw_operators(layout, "choose_range", "regenerate_range")
        layout.separator()
        _draw_operators(layout, "reset_tweaks", "rewrite_keys", "keep_keys")
        layout.separator()
        _draw_operators(layout, "push_down")


class VOICE_TO_MOTION_MT_rig(bpy.types.Menu):
    """Commands on the character and its rig."""

    bl_idname = "VOICE_TO_MOTION_MT_rig"
    bl_label = "Character and Rig"

    def draw(self, context: bpy.types.Context) -> None:
        """Bone map, IK, the user's own body."""
        self.layout.menu("VOICE_TO_MOTION_MT_bone_maps")
        _draw_operators(self.layout, "edit_bone_map", "match_bones", "save_bone_map", "reset_bone_map")
        self.layout.separator()
        _draw_operators(self.layout, "add_ik", "snap_to_ik", "snap_to_fk")
        self.layout.separator()
        _draw_operators(self.layout, "create_smplx_body", "fit_armature", "add_correctives")


class VOICE_TO_MOTION_MT_installation(bpy.types.Menu):
    """The doctor and the backend's packages."""

    bl_idname = "VOICE_TO_MOTION_MT_installation"
    bl_label = "Installation"

    def draw(self, context: bpy.types.Context) -> None:
        """As in the preferences."""
        _draw_operators(self.layout, "doctor", "copy_report", "open_logs")
        self.layout.separator()
        _draw_operators(self.layout, "set_up_runtime", "install_runtime_pack", "cancel_runtime", "move_runtime", "remove_runtime")


def _motion(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu("VOICE_TO_MOTION_MT_motion")


def _file_import(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.operator("voice_to_motion.apply_motion_file", text="Motion for Voice to Motion (.npz, .npy, .bvh, .amc)")


def _file_export(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.operator("voice_to_motion.export_motion", text="Motion of Voice to Motion (.npz, .bvh, .glb, .fbx)")


class VOICE_TO_MOTION_FH_motion(bpy.types.FileHandler):
    """Dropped motion files are put on the character."""

    bl_idname = "VOICE_TO_MOTION_FH_motion"
    bl_label = "Motion"
    bl_import_operator = "voice_to_motion.apply_motion_file"
    bl_file_extensions = ".npz;.npy;.bvh;.amc"

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Only over the 3D viewport."""
        return context.area is not None and context.area.type == "VIEW_3D"


_ENTRIES = (
    ("VIEW3D_MT_armature_add", _add_armature),
    ("VIEW3D_MT_object_animation", _motion),
    ("VIEW3D_MT_pose", _motion),
    ("TOPBAR_MT_file_import", _file_import),
    ("TOPBAR_MT_file_export", _file_export),
)
# Esc discards a recording first, then cancels a generation. Where neither is under way, the operators' polls pass it on.
_SHORTCUTS = (("voice_to_motion.discard_recording", "ESC"), ("voice_to_motion.cancel", "ESC"))
_added: list[tuple[bpy.types.KeyMap, bpy.types.KeyMapItem]] = []

CLASSES = (
    VOICE_TO_MOTION_MT_motion,
    VOICE_TO_MOTION_MT_change,
    VOICE_TO_MOTION_MT_rig,
    VOICE_TO_MOTION_MT_installation,
    VOICE_TO_MOTION_FH_motion,
)


def register() -> None:
    """Add the entries and the shortcuts, which people can change in Blender's preferences."""
    for menu, draw in _ENTRIES:
        getattr(bpy.types, menu).append(draw)
    configuration = bpy.context.window_manager.keyconfigs.addon
    if configuration is None:  # there is no key configuration without a window
        return
    # A keymap without space and region applies in every window.
    keymap = configuration.keymaps.new(name="Window", space_type="EMPTY", region_type="WINDOW")
    for operator, key in _SHORTCUTS:
        _added.append((keymap, keymap.keymap_items.new(operator, type=key, value="PRESS")))


def unregister() -> None:
    """Remove the shortcuts and the entries."""
    while _added:
        keymap, item = _added.pop()
        keymap.keymap_items.remove(item)
    for menu, draw in _ENTRIES:
        getattr(bpy.types, menu).remove(draw)
