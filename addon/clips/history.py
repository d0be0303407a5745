"""The motions made so far: the actions of the file that say what was heard. The list in the panel shows them.

The row that is lit is the action the character wears, always: the index is looked up and not stored.
"""

from __future__ import annotations

import bpy

from .variations import current_action, wear


def is_motion(action: bpy.types.Action) -> bool:
    """Whether this add-on made it."""
    return "heard" in action and "seed" in action


def get_index(settings: bpy.types.PropertyGroup) -> int:
    """The place of the character's action among all actions; -1 where it has none."""
    action = current_action(settings.character)
    return bpy.data.actions.find(action.name) if action is not None and action.library is None else -1


def set_index(settings: bpy.types.PropertyGroup, index: int) -> None:
    """Put the action at this place on the character."""
    character = settings.character
    if character is None or character.type != "ARMATURE" or character.library is not None:
        return
    if 0 <= index < len(bpy.data.actions) and bpy.data.actions[index] != current_action(character):
        wear(settings.id_data, character, bpy.data.actions[index])
