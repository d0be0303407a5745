"""One of several motions of a generation as an action that the character does not wear yet.

It has what the character's own action has so far, and the new motion. So making one changes nothing that is seen, and undo in
between takes away nothing but what was undone; wearing one of them is `operators.apply_variations`' undo step.
"""

from __future__ import annotations

import bpy

from ..keyframes import new_action
from ..motion_file import load_motion
from ..variations import NUMBER, SET, current_action
from .destination import put
from .source import source_of


def make_variation(
    scene: bpy.types.Scene,
    target: bpy.types.Object,
    file: str,
    frame: int,
    number: int,
    belongs_to: str,
    audio: str,
    request: str,
    before: str = "",
) -> list[str]:
    """Make the action.

    Args:
        file: motion file; frame: where it starts; audio, request: see `source_of`.
        before: file of the motion it goes on from, empty where it begins by itself.
        number: of the variation, from 1; belongs_to: name of the set, by which `made_so_far` finds it.

    Returns:
        What the user should know, in short sentences without final period.

    Raises:
        MotionFileError, RigError, KeyingError, ClipError: there is no action then.
    """
    motion = load_motion(file)
    worn, name = current_action(target), motion.heard or "Motion"
    action = worn.copy() if worn is not None else new_action(target, name)
    try:
        source = source_of(motion, scene, audio, request)
        earlier = load_motion(before) if before else None
        _, _, notes = put(scene, target, motion, frame, name, source, into=action, going_on=earlier)
    except Exception:
        bpy.data.actions.remove(action)
        raise
    for key, value in source.items():
        action[key] = value
    action.name, action[SET], action[NUMBER] = f"{name} {number}", belongs_to, number
    return notes


def made_so_far(belongs_to: str) -> dict[int, bpy.types.Action]:
    """The actions of a set by their numbers; undo may have taken some away."""
    return {int(action[NUMBER]): action for action in bpy.data.actions if action.get(SET) == belongs_to}


def discard(belongs_to: str) -> None:
    """Remove the actions of a set that could not be completed."""
    bpy.data.batch_remove(list(made_so_far(belongs_to).values()))
