"""Writes a character with mesh and motion by Blender's own glTF and FBX exporters.

The scene stays as it is."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import bpy

# Sampled, because constraints and the NLA move bones between keys; without thinning, because joints must arrive where they were.
_GLTF = {
    "export_format": "GLB", "use_selection": True, "export_animations": True, "export_animation_mode": "SCENE",
    "export_anim_scene_split_object": False, "export_force_sampling": True, "export_frame_range": True,
    "export_anim_slide_to_zero": True, "export_optimize_animation_size": False, "export_def_bones": False, "export_yup": True,
}  # fmt: skip
_FBX = {
    "use_selection": True, "object_types": {"ARMATURE", "MESH"}, "bake_anim": True, "bake_anim_use_all_bones": True,
    "bake_anim_use_nla_strips": False, "bake_anim_use_all_actions": False, "bake_anim_force_startend_keying": True,
    "bake_anim_step": 1.0, "bake_anim_simplify_factor": 0.0, "add_leaf_bones": False, "apply_scale_options": "FBX_SCALE_ALL",
}  # fmt: skip


class FileExportError(Exception):
    """The character cannot be exported; the text is a sentence for the user."""


def export_character(context: bpy.types.Context, character: bpy.types.Object, path: Path, frames: tuple[int, int]) -> None:
    """Write an armature, the meshes it moves, and its motion from the first to the last frame.

    Args:
        path: its ending says the kind, ``.glb`` or ``.fbx``.

    Raises:
        FileExportError: the exporter is switched off, it fails, or the character is hidden.
    """
    name, settings = ("gltf", _GLTF) if path.suffix == ".glb" else ("fbx", _FBX)
    if name not in dir(bpy.ops.export_scene):
        label = "glTF 2.0 format" if name == "gltf" else "FBX format"
        raise FileExportError(f"Blender's exporter is switched off: enable the add-on {label} in the preferences.")
    with _only(context, character, frames):
        try:
            getattr(bpy.ops.export_scene, name)(filepath=str(path), check_existing=False, **settings)
        except (RuntimeError, OSError) as error:
            raise FileExportError(f"Blender's exporter failed: {str(error).strip().removeprefix('Error: ')}") from error


@contextmanager
def _only(context: bpy.types.Context, character: bpy.types.Object, frames: tuple[int, int]) -> Generator[None, None, None]:
    """Inside, only the character and its meshes are selected, and the scene has these frames.

    In Object Mode; afterwards everything is as it was."""
    scene, layer = context.scene, context.view_layer
    mode, active = context.mode, layer.objects.active
    selected = [thing for thing in layer.objects if thing.select_get()]
    kept = scene.frame_start, scene.frame_end, scene.frame_current
    if not character.visible_get():
        raise FileExportError(f"{character.name} is hidden: show it in the viewport first.")
    try:
        if mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        for thing in selected:
            thing.select_set(False)
        for thing in (character, *_meshes_of(layer, character)):
            thing.select_set(True)
        layer.objects.active = character
        scene.frame_start, scene.frame_end = frames
        yield
    finally:
        scene.frame_start, scene.frame_end = kept[:2]
        scene.frame_set(kept[2])
        for thing in layer.objects:
            thing.select_set(thing in selected)
        layer.objects.active = active
        if mode != "OBJECT" and active is not None:
            bpy.ops.object.mode_set(mode=mode.split("_")[0])


def _meshes_of(layer: bpy.types.ViewLayer, character: bpy.types.Object) -> list[bpy.types.Object]:
    """The visible meshes that an armature moves, by a modifier or as its children."""
    return [
        thing
        for thing in layer.objects
        if thing.type == "MESH"
        and thing.visible_get()
        and (thing.parent == character or any(getattr(own, "object", None) == character for own in thing.modifiers))
    ]
