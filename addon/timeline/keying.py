"""One action with a clip for each instruction, made piece by piece while nobody wears it. Putting it on is an operator's undo step.

Each clip begins where the one before has brought the character, comes out of its last pose, and cuts it off if it is not over.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import bpy

from ..clips.destination import putting
from ..clips.source import source_of
from ..clips.variations import NUMBER, SET, current_action
from ..keys.keyframes import new_action
from ..motion.files import load_motion


@dataclass(frozen=True)
class Motion:
    """A motion to be keyed: its file, the frame it starts at, its words, and what was asked for it."""

    file: str
    frame: int
    words: str
    request: dict


def begun(target: bpy.types.Object, name: str, fresh: bool) -> bpy.types.Action:
    """The action to be filled: empty where it is to be ``fresh``, else with what the character's own has so far."""
    worn = current_action(target)
    action = new_action(target, name) if fresh or worn is None else worn.copy()
    for property_name in (SET, NUMBER):
        action.pop(property_name, None)  # a copy of a variation is none
    return action


def keyed(
    scene: bpy.types.Scene, target: bpy.types.Object, action: bpy.types.Action, motions: Sequence[Motion]
) -> Generator[None, None, None]:
    """Key several motions, which are in the order of their frames, a piece at a step.

    Raises:
        MotionFileError, RigError, KeyingError, ClipError: it cannot be keyed.
    """
    for number, this in enumerate(motions):
        # Up to and with the first frame of the next, which lies over it: so the next knows where it would have been.
        most = motions[number + 1].frame - this.frame + 1 if number + 1 < len(motions) else 0
        motion = load_motion(this.file)
        # As text, also where it was spoken: the recording has other instructions as well.
        source = source_of(motion, scene, "", json.dumps({**this.request, "text": this.words}))
        if not number:
            for name, value in source.items():
                action[name] = value
        work = putting(scene, target, motion, this.frame, this.words, source, into=action, most=most)
        with _worn(target, action):
            next(work)
        yield
        yield from work


@contextlib.contextmanager
def _worn(target: bpy.types.Object, action: bpy.types.Action) -> Iterator[None]:
    """Where the character stands is asked of the action it wears; so for a moment it wears this one. Nothing is drawn meanwhile."""
    data = target.animation_data or target.animation_data_create()
    before, slot = data.action, getattr(data, "action_slot", None)
    data.action = action
    if hasattr(action, "slots") and data.action_slot is None and len(data.action_suitable_slots):
        data.action_slot = data.action_suitable_slots[0]
    try:
        yield
    finally:
        data.action = before
        if slot is not None:
            data.action_slot = slot
