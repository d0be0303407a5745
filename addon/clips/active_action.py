"""A character's active action, and the list of generated motions in which it is lit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import bpy


def active_action(character: bpy.types.Object | None) -> bpy.types.Action | None:
    """The action a character wears."""
    data = character.animation_data if character is not None else None
    return data.action if data is not None else None


def assign_action(scene: bpy.types.Scene, character: bpy.types.Object, action: bpy.types.Action) -> None:
    """Make an action the character's active one, and show it."""
    _bind(character.animation_data or character.animation_data_create(), action)
    character.update_tag()
    scene.frame_set(scene.frame_current)


@contextlib.contextmanager
def temporarily_active(character: bpy.types.Object, action: bpy.types.Action) -> Iterator[None]:
    """The character wears an action for a moment, in which nothing is drawn."""
    data = character.animation_data or character.animation_data_create()
    before, slot = data.action, getattr(data, "action_slot", None)
    _bind(data, action)
    try:
        yield
    finally:
        data.action = before
        if slot is not None:
            data.action_slot = slot


def _bind(data: bpy.types.AnimData, action: bpy.types.Action) -> None:
    """Assign an action, with a slot bound where Blender has slots."""
    data.action = action
    if hasattr(action, "slots") and data.action_slot is None and len(data.action_suitable_slots):
        data.action_slot = data.action_suitable_slots[0]


def is_generated(action: bpy.types.Action) -> bool:
    """Whether this add-on made it: it says what was heard."""
    return "heard" in action and "seed" in action


def get_history_index(settings: bpy.types.PropertyGroup) -> int:
    """The place of the active action among all actions, looked up every time; -1 for none."""
    action = active_action(settings.character)
    return bpy.data.actions.find(action.name) if action is not None and action.library is None else -1


def set_history_index(settings: bpy.types.PropertyGroup, index: int) -> None:
    """Make the action at this place the character's active one."""
    character = settings.character
    if character is None or character.type != "ARMATURE" or character.library is not None:
        return
    if 0 <= index < len(bpy.data.actions) and bpy.data.actions[index] != active_action(character):
        assign_action(settings.id_data, character, bpy.data.actions[index])
