"""A motion file as an action asset; the character and the scene stay as they are."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import bpy

from ..keys.keyframes import key_disabled_reason
from ..motion.files import load_motion
from .thumbnail import SIZE, draw_thumbnail

TAG = "Voice to Motion"
# A library's motion begins at the origin, whatever this character does.
_PLACEMENT = {"destination": "ACTION", "use_current_place": False, "use_current_pose": False, "blend": 0}


def make_asset(scene: bpy.types.Scene, character: bpy.types.Object, file: str, name: str, arguments: dict) -> bpy.types.Action:
    """Key a motion file into a new action, marked as an asset.

    Args:
        scene: whose frame rate it is made for.
        character: whose bones it is made for.
        file: of the backend.
        name: of the action; Blender appends a number where it is taken.
        arguments: for the apply operator, such as ``audio`` and ``request``.

    Raises:
        RuntimeError: it cannot be keyed; the text is one sentence. Nothing was changed then.
    """
    reason = key_disabled_reason(character)
    if reason:
        raise RuntimeError(reason + ".")
    with _restored(scene, character):
        bpy.ops.voice_to_motion.apply_motion(filepath=file, character=character.name_full, frame=1, **arguments)
        action = character.animation_data.action
        action.name = name
        action.use_fake_user = True
        _mark_as_asset(action, file)
    return action


def _mark_as_asset(action: bpy.types.Action, file: str) -> None:
    """Show an action in the asset browser, with its words and a picture."""
    action.asset_mark()
    action.asset_data.description = str(action.get("heard", ""))
    action.asset_data.tags.new(TAG, skip_if_exists=True)
    preview = action.preview_ensure()
    preview.image_size = (SIZE, SIZE)
    preview.image_pixels_float.foreach_set(draw_thumbnail(load_motion(file)).ravel())


@contextlib.contextmanager
def _restored(scene: bpy.types.Scene, character: bpy.types.Object) -> Iterator[None]:
    """Place motions like a library's, and restore what applying one changes besides its action."""
    settings, placement = scene.voice_to_motion, scene.voice_to_motion_placement
    data = character.animation_data or character.animation_data_create()
    worn, slot = data.action, getattr(data, "action_slot", None)
    kept = {name: getattr(placement, name) for name in _PLACEMENT}
    end, seed, strip = scene.frame_end, settings.seed, settings.use_audio_strip
    pose = {bone.name: bone.matrix_basis.copy() for bone in character.pose.bones} if worn is None else {}
    fake = worn.use_fake_user if worn is not None else False
    settings.use_audio_strip = False
    for name, value in _PLACEMENT.items():
        setattr(placement, name, value)
    try:
        yield
    finally:
        data.action = worn
        if worn is not None:
            worn.use_fake_user = fake
            if slot is not None:
                data.action_slot = slot
        for name, value in kept.items():
            setattr(placement, name, value)
        scene.frame_end, settings.seed, settings.use_audio_strip = end, seed, strip
        for name, matrix in pose.items():
            character.pose.bones[name].matrix_basis = matrix
        scene.frame_set(scene.frame_current)
