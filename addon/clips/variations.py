"""Variations of one generation: actions that share a mark, of which the character wears one at a time.

The mark is custom properties on the actions and nothing else, so that undo, renaming, deleting and appending them from
another file leave no bookkeeping behind. Making the actions is `operators.apply_variations`' job.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import bpy

SET, NUMBER = "variation_set", "variation"


def mark(actions: Sequence[bpy.types.Action]) -> None:
    """Make these one set, numbered from 1, that is kept in the file although only one of them is used."""
    name = uuid.uuid4().hex
    for number, action in enumerate(actions, start=1):
        action[SET], action[NUMBER] = name, number
        action.use_fake_user = True


def siblings(action: bpy.types.Action | None) -> list[bpy.types.Action]:
    """All variations of the set ``action`` is of, itself among them, in order; empty when it is of none."""
    name = action.get(SET) if action is not None else None
    if not isinstance(name, str):
        return []
    found = [other for other in bpy.data.actions if other.get(SET) == name]
    return sorted(found, key=lambda other: (int(other.get(NUMBER, 0)), other.name))


def current_action(character: bpy.types.Object | None) -> bpy.types.Action | None:
    """The action a character wears."""
    data = character.animation_data if character is not None else None
    return data.action if data is not None else None


def wear(scene: bpy.types.Scene, character: bpy.types.Object, action: bpy.types.Action) -> None:
    """Give the character this action, with a slot bound where Blender has slots, and show it."""
    data = character.animation_data or character.animation_data_create()
    data.action = action
    if hasattr(action, "slots") and data.action_slot is None and len(data.action_suitable_slots):
        data.action_slot = data.action_suitable_slots[0]
    character.update_tag()
    scene.frame_set(scene.frame_current)
