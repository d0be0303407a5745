"""Operators: edit, match, load, save and drop the bone map of the panel's character.

A map is kept in the scene (`rigs.scene_maps`). Saved maps are JSON files in the user's presets folder, and from then on
found for every armature whose bones have these names.
"""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.props import StringProperty

from ..rigs import rig_map
from ..rigs.detection import Match, fit_map
from ..rigs.rig_map import RigMap, RigMapError, Setting, chains_closed
from ..rigs.scene_maps import edited_map, fill_rows, known_maps, match_of, match_without_presets, parents_of, users_folder
from ..translations import rpt_
from .reasons import Explained


def _character(context: bpy.types.Context) -> bpy.types.Object | None:
    character = context.scene.voice_to_motion.character
    return character if character is not None and character.type == "ARMATURE" else None


class _MapOperator(Explained):
    """Base: a character must be chosen, in a scene that can be changed."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """One sentence, or empty."""
        if context.scene.library is not None:
            return "This scene is linked from another file"
        return "" if _character(context) else "Create a character or pick an armature first"

    def use_map(self, context: bpy.types.Context, rig_map: RigMap) -> set[str]:
        """Lay a map over the character's bones."""
        match = fit_map(rig_map, parents_of(_character(context).data))
        _use_match(context, match)
        self.report({"INFO"}, rpt_(match.score))
        return {"FINISHED"}


class _EditedOperator(_MapOperator):
    """Base: the character must have an edited map."""

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """One sentence, or empty."""
        reason = super().disabled_reason(context)
        if reason:
            return reason
        return "" if edited_map(context.scene, _character(context)) else "The map is the detected one: press Edit first"


def _use_match(context: bpy.types.Context, match: Match) -> None:
    """Make ``match`` the character's edited map."""
    character = _character(context)
    edited = edited_map(context.scene, character)
    if edited is None:
        edited = context.scene.voice_to_motion_rigs.add()
        edited.character = character
    fill_rows(edited, match.bones, match.rig_map.name)


class VOICE_TO_MOTION_OT_edit_bone_map(_MapOperator, bpy.types.Operator):
    """Choose by hand which bone is keyed for which joint, starting from what was detected"""

    bl_idname = "voice_to_motion.edit_bone_map"
    bl_label = "Edit Bone Map"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Copy the detected map into the scene."""
        _use_match(context, match_of(context.scene, _character(context)))
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_match_bones(_MapOperator, bpy.types.Operator):
    """Find the joints anew by names and body. Bones chosen by hand are replaced"""

    bl_idname = "voice_to_motion.match_bones"
    bl_label = "Match Bones"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Judge the body, presets left aside."""
        match = match_without_presets(_character(context).data)
        _use_match(context, match)
        self.report({"INFO"}, rpt_(match.summary))
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_reset_bone_map(_EditedOperator, bpy.types.Operator):
    """Drop the edited bone map and use the detected one"""

    bl_idname = "voice_to_motion.reset_bone_map"
    bl_label = "Use Detected Map"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remove it from the scene."""
        maps = context.scene.voice_to_motion_rigs
        maps.remove(next(i for i, edited in enumerate(maps) if edited.character == _character(context)))
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_use_bone_map(_MapOperator, bpy.types.Operator):
    """Use this bone map for the character"""

    bl_idname = "voice_to_motion.use_bone_map"
    bl_label = "Use Bone Map"

    name: StringProperty(name="Map", description="Name of a bone map that ships or that was saved", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Lay the named map over the armature."""
        chosen = next((known for known in known_maps() if known.name == self.name), None)
        if chosen is None:
            self.report({"ERROR"}, rpt_("There is no bone map called “{}”: choose another one", self.name))
            return {"CANCELLED"}
        return self.use_map(context, chosen)


class VOICE_TO_MOTION_OT_load_bone_map(_MapOperator, bpy.types.Operator):
    """Load a bone map from a JSON file"""

    bl_idname = "voice_to_motion.load_bone_map"
    bl_label = "Load Bone Map"

    filepath: StringProperty(name="File", description="Bone map (.json)", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default="*.json", options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the file, first where saved maps are."""
        folder = users_folder()
        if folder is not None and not self.filepath:
            self.filepath = str(folder) + "/"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Read, check, lay over the armature."""
        try:
            loaded = rig_map.load_map(Path(bpy.path.abspath(self.filepath)))
        except RigMapError as error:
            self.report({"ERROR"}, rpt_(str(error)))
            return {"CANCELLED"}
        return self.use_map(context, loaded)


class VOICE_TO_MOTION_OT_save_bone_map(_EditedOperator, bpy.types.Operator):
    """Save the bone map, so that armatures with these bones are recognized from now on"""

    bl_idname = "voice_to_motion.save_bone_map"
    bl_label = "Save Bone Map"
    bl_options = {"REGISTER"}  # a file is written, nothing that undo could take back

    name: StringProperty(name="Name", description="What this kind of rig is called", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the name."""
        self.name = self.name or _character(context).name
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write the file into the user's presets."""
        if not self.name.strip():
            self.report({"ERROR"}, "The map needs a name")
            return {"CANCELLED"}
        match = match_of(context.scene, _character(context))
        own = match.rig_map
        saved = RigMap(
            name=self.name.strip(),
            bones=chains_closed(match.bones),
            root=match.prefix + own.root if own.root else "",
            follows=own.follows,
            settings=tuple(Setting(match.prefix + each.bone, each.property, each.value) for each in own.settings),
            note=own.note,
        )
        try:
            path = users_folder(create=True) / (bpy.path.clean_name(saved.name) + ".json")
            rig_map.save_map(saved, path)
        except OSError as error:
            self.report({"ERROR"}, rpt_("The map cannot be saved: {}", error.strerror))
            return {"CANCELLED"}
        edited_map(context.scene, _character(context)).preset = saved.name
        self.report({"INFO"}, rpt_("Saved as {}", path))
        return {"FINISHED"}


CLASSES = (
    VOICE_TO_MOTION_OT_edit_bone_map,
    VOICE_TO_MOTION_OT_match_bones,
    VOICE_TO_MOTION_OT_reset_bone_map,
    VOICE_TO_MOTION_OT_use_bone_map,
    VOICE_TO_MOTION_OT_load_bone_map,
    VOICE_TO_MOTION_OT_save_bone_map,
)
