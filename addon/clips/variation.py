"""One of several motions of a generation as an action that the character does not wear yet.

It has what the character's own action has so far, and the new motion. So making one changes nothing that is seen, and undo in
between takes away nothing but what was undone; wearing one of them is `operators.apply_variations`' undo step.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import bpy

from ..keys.keyframes import new_action
from ..motion.files import MotionData, load_motion
from ..scene import Place
from .destination import putting
from .source import source_of
from .unseen import made_unseen
from .values import ClipError
from .variations import NUMBER, SET, current_action


@dataclass(frozen=True)
class Asked:
    """What a generation was asked with.

    Attributes:
        audio, request: see `source_of`.
        before: file of the motion it goes on from, empty where it begins by itself.
    """

    audio: str
    request: str
    before: str = ""


def make_variation(place: Place, file: str, number: int, belongs_to: str, asked: Asked) -> Generator[None, None, list[str]]:
    """Make the action, a piece at a step.

    Args:
        place: character, scene and the frame where the motion starts; file: of the motion.
        number: of the variation, from 1; belongs_to: name of the set, by which `made_so_far` finds it.

    Returns:
        What the user should know, in short sentences without final period.

    Raises:
        MotionFileError, RigError, KeyingError, ClipError: there is no action then.
    """
    notes: list[str] = []

    def begin() -> tuple[bpy.types.Action, Iterator[None]]:
        motion, worn = load_motion(file), current_action(place.character)
        action = worn.copy() if worn is not None else new_action(place.character, motion.heard or "Motion")
        return action, keyed(action, motion)

    def keyed(action: bpy.types.Action, motion: MotionData) -> Iterator[None]:
        notes.clear()
        name, scene = motion.heard or "Motion", place.scene
        source = source_of(motion, scene, asked.audio, asked.request)
        earlier = load_motion(asked.before) if asked.before else None
        _, _, told = yield from putting(scene, place.character, motion, place.frame, name, source, into=action, going_on=earlier)
        notes.extend(told)
        for key, value in source.items():
            action[key] = value
        action.name, action[SET], action[NUMBER] = f"{name} {number}", belongs_to, number

    def gone() -> None:
        if message := place.gone():
            raise ClipError(message)

    yield from made_unseen(uuid.uuid4().hex, begin, gone)
    return notes


def made_so_far(belongs_to: str) -> dict[int, bpy.types.Action]:
    """The actions of a set by their numbers; undo may have taken some away."""
    return {int(action[NUMBER]): action for action in bpy.data.actions if action.get(SET) == belongs_to}


def discard(belongs_to: str) -> None:
    """Remove the actions of a set that could not be completed."""
    bpy.data.batch_remove(list(made_so_far(belongs_to).values()))
