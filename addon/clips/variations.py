"""Variations of one generation: actions with a common mark, of which one is worn.

The mark is custom properties on the actions and nothing else, so undo, renaming, deleting and appending them from another
file leave no bookkeeping behind. A variation has what the character's own action has so far, and the new motion. Making
one changes nothing that is seen; putting one on the character is `operators.variations`' undo step.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import bpy

from ..keys.keyframes import new_action
from ..motion.files import MotionData, load_motion
from ..rigs.reading import read_rig
from ..scene import Place
from .active_action import active_action
from .clip_layers import ClipError
from .place_motion import place_motion_in_steps
from .sequence import slot_behind
from .source import motion_source
from .staged_action import build_staged_action

SET, NUMBER = "variation_set", "variation"


@dataclass(frozen=True)
class AskedGeneration:
    """What a generation was asked with.

    Attributes:
        audio, request: see `motion_source`.
        before: file of the motion it continues; empty where it continues none.
        after: uid of the clip it goes on from; empty where the frame decides.
    """

    audio: str
    request: str
    before: str = ""
    after: str = ""


def make_variation(place: Place, file: str, number: int, set_name: str, asked: AskedGeneration) -> Generator[None, None, list[str]]:
    """Make the action of one variation, step by step.

    Args:
        place: character, scene and the frame where the motion starts.
        file: of the motion.
        number: of the variation, from 1.
        set_name: by which `finished_variations` finds it.

    Returns:
        What the user should know, in short sentences without final period.

    Raises:
        MotionFileError, RigError, KeyingError, ClipError: there is no action then.
    """
    notes: list[str] = []

    def begin() -> tuple[bpy.types.Action, Generator[None, None, None]]:
        motion, worn = load_motion(file), active_action(place.character)
        action = worn.copy() if worn is not None else new_action(place.character, motion.heard or "Motion")
        return action, fill(action, motion)

    def fill(action: bpy.types.Action, motion: MotionData) -> Generator[None, None, None]:
        notes.clear()
        name, scene = motion.heard or "Motion", place.scene
        source = motion_source(motion, scene, asked.audio, asked.request)
        continued = load_motion(asked.before) if asked.before else None
        rig = read_rig(scene, place.character)
        slot = slot_behind(action, asked.after, place.frame) if asked.after else None
        _, _, told = yield from place_motion_in_steps(
            scene, rig, motion, place.frame, name, source, into=action, continued=continued, slot=slot
        )
        notes.extend(told)
        for key, value in source.items():
            action[key] = value
        action.name, action[SET], action[NUMBER] = f"{name} {number}", set_name, number

    def check() -> None:
        if message := place.gone():
            raise ClipError(message)

    yield from build_staged_action(uuid.uuid4().hex, begin, check)
    return notes


def finished_variations(set_name: str) -> dict[int, bpy.types.Action]:
    """The actions of a set by their numbers; undo may have taken some away."""
    return {int(action[NUMBER]): action for action in bpy.data.actions if action.get(SET) == set_name}


def discard_variations(set_name: str) -> None:
    """Remove the actions of a set that could not be completed."""
    bpy.data.batch_remove(list(finished_variations(set_name).values()))


def keep_as_set(actions: Sequence[bpy.types.Action]) -> None:
    """Make these one set, numbered from 1, that stays in the file although one is used."""
    name = uuid.uuid4().hex
    for number, action in enumerate(actions, start=1):
        action[SET], action[NUMBER] = name, number
        action.use_fake_user = True


def variations_of(action: bpy.types.Action | None) -> list[bpy.types.Action]:
    """All variations in the action's set, itself among them, in order; empty when it is in none."""
    name = action.get(SET) if action is not None else None
    if not isinstance(name, str):
        return []
    found = [other for other in bpy.data.actions if other.get(SET) == name]
    return sorted(found, key=lambda other: (int(other.get(NUMBER, 0)), other.name))
