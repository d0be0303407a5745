"""The character's rig: its kind, its bone map, and IK of the default character."""

from __future__ import annotations

import bpy

from ..ik.controls import LIMBS, SWITCH, has_controls
from ..rigs.face_and_hands import face_and_hands
from ..rigs.joints import REQUIRED, list_labels
from ..rigs.readiness import character_hindrances, character_reason
from ..rigs.rig_map import saved_maps
from ..rigs.scene_maps import edited_map, known_maps, match_of, users_folder
from ..rigs.smplx_rig import missing_bones_sentence
from ..translations import iface_
from .layout import Section, draw_section, line_width, note, panel_armature, paragraph
from .smplx_body import SmplxBodySection


def draw_score(layout: bpy.types.UILayout, context: bpy.types.Context, character: bpy.types.Object) -> None:
    """Kind of rig, score, how sure, or why it cannot be keyed; then what keeps it from moving."""
    match = match_of(context.scene, character)
    reason = character_reason(context.scene, character)
    if reason:
        paragraph(layout, context, reason + ".", icon="ERROR")
        return
    column = layout.column(align=True)
    column.active = False
    score = iface_(match.score)
    detected = edited_map(context.scene, character) is None
    column.label(text=iface_("{}; sure", score) if detected and not match.doubts else score, icon="CHECKMARK")
    if match.missing:
        paragraph(column, context, iface_("Without {}", list_labels(list(match.missing))), icon="BLANK1")
    if match.doubts:
        paragraph(layout, context, iface_("Unsure: {}", ", ".join(iface_(doubt) for doubt in match.doubts)), icon="QUESTION")
    for hindrance in character_hindrances(context.scene, character):
        paragraph(layout, context, hindrance + ".", icon="ERROR")


def _draw_face_and_hands(layout: bpy.types.UILayout, context: bpy.types.Context, character: bpy.types.Object) -> None:
    """What the character has of face and fingers, as far as it is known."""
    found = face_and_hands(context.scene, character, match_of(context.scene, character))
    column = layout.column(align=True)
    for side, text in (("left", "Left hand: {}"), ("right", "Right hand: {}")):
        if fingers := found.hand(side):
            note(column, context, iface_(text, fingers))
    if found.bones:
        note(column, context, iface_("Face: {}", ", ".join(found.bones.values())))
    if found.lids:
        note(column, context, iface_("Eyelids: {} bones", len(found.lids)))
    for mesh in found.meshes:
        for key_set in mesh.key_sets:
            note(column, context, iface_("{} on {}", iface_(key_set.score), mesh.name))


_JOINT = 92  # pixels for the names of joints


class VOICE_TO_MOTION_UL_bones(bpy.types.UIList):
    """Joints and the bones chosen for them, searched by either."""

    bl_idname = "VOICE_TO_MOTION_UL_bones"

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index, flt_flag) -> None:
        """Joint, then its bone; required joints without a bone are red."""
        split = layout.split(factor=min(0.45, _JOINT / line_width(context)), align=True)
        label = split.row()
        label.alert = item.key in REQUIRED and not item.bone
        label.label(text=item.name, translate=False)
        split.prop(item, "shown", text="")

    def filter_items(self, context, data, property_name) -> tuple[list[int], list[int]]:
        """Filter by the search text, and by Only Missing."""
        wanted = self.filter_name.lower()
        flags = []
        for row in getattr(data, property_name):
            shown = not (wanted and wanted not in row.name.lower() and wanted not in row.bone.lower())
            shown = shown and not (data.only_missing and row.bone)
            flags.append(self.bitflag_filter_item if shown else 0)
        return flags, []


class VOICE_TO_MOTION_MT_bone_maps(bpy.types.Menu):
    """Shipped and saved bone maps."""

    bl_idname = "VOICE_TO_MOTION_MT_bone_maps"
    bl_label = "Bone Maps"

    def draw(self, context: bpy.types.Context) -> None:
        """One entry per map, then Load."""
        layout = self.layout
        own = {each.name for each in saved_maps(users_folder())[0]}
        for known in known_maps():
            entry = layout.operator(
                "voice_to_motion.use_bone_map",
                text=known.name,
                translate=False,
                icon="USER" if known.name in own else "ARMATURE_DATA",
            )
            entry.name = known.name
        layout.separator()
        layout.operator("voice_to_motion.load_bone_map", icon="IMPORT")


class BoneMapSection(Section):
    """Sidebar > Voice to Motion > Rig > Bone Map."""

    key = "bone_map"
    bl_label = "Bone Map"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with an armature to map."""
        return panel_armature(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """The detected map with a button to edit it, or the editor; then face and hands."""
        layout = self.layout
        character = context.scene.voice_to_motion.character
        edited = edited_map(context.scene, character)
        row = layout.row(align=True)
        row.menu("VOICE_TO_MOTION_MT_bone_maps", text=match_of(context.scene, character).rig_map.name, icon="PRESET")
        if edited is None:
            row.operator("voice_to_motion.edit_bone_map", text="Edit", icon="GREASEPENCIL")
        else:
            row.operator("voice_to_motion.save_bone_map", text="", icon="FILE_TICK")
            row.operator("voice_to_motion.reset_bone_map", text="", icon="LOOP_BACK")
            layout.template_list("VOICE_TO_MOTION_UL_bones", "", edited, "rows", edited, "active", rows=8)
            if 0 <= edited.active < len(edited.rows):  # the whole name of the chosen joint's bone
                layout.prop_search(edited.rows[edited.active], "bone", character.data, "bones", text="")
            row = layout.row(align=True)
            row.operator("voice_to_motion.match_bones", icon="VIEWZOOM")
            row.prop(edited, "only_missing", toggle=True)
        for trouble in saved_maps(users_folder())[1]:
            paragraph(layout, context, trouble, icon="ERROR")
        _draw_face_and_hands(layout, context, character)


class IkSection(Section):
    """Sidebar > Voice to Motion > Rig > Hands and Feet."""

    key = "ik"
    bl_label = "Hands and Feet (IK)"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only for the default character; other rigs have IK of their own."""
        character = panel_armature(context)
        return character is not None and not missing_bones_sentence(character.data)

    def draw(self, context: bpy.types.Context) -> None:
        """Add IK, or its switches and snapping."""
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


class RigSection(Section):
    """Sidebar > Voice to Motion > Rig: what concerns the character's bones."""

    key = "rig"
    bl_label = "Rig"
    parts = (BoneMapSection, SmplxBodySection, IkSection)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a part that is there."""
        return any(part.poll(context) for part in cls.parts)

    def draw(self, context: bpy.types.Context) -> None:
        """Its parts, each with a header of its own."""
        for part in self.parts:
            draw_section(self.layout, context, part)
