"""Staged actions: made step by step while nobody wears them, so that Blender never waits.

Between steps the user may do anything. Undo may take the action away or bring back an earlier state of it; then it is made
anew. So a generator that makes one may keep data-blocks and arrays between steps, and nothing that belongs to them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import bpy

MARK, PIECES = "unfinished", "pieces"  # custom properties of an action that is being made


def find_staged(mark: str) -> bpy.types.Action | None:
    """The action being made; None where undo has taken it away."""
    return next((action for action in bpy.data.actions if action.get(MARK) == mark), None)


def build_staged_action(
    mark: str, begin: Callable[[], tuple[bpy.types.Action, Generator[None, None, None]]], check: Callable[[], None]
) -> Generator[None, None, bpy.types.Action]:
    """Make an action, step by step.

    Args:
        mark: by which the action is found again.
        begin: gives a new action, and the generator that fills it.
        check: called before every step; raises where there is no use in going on.

    Returns:
        The action, no longer marked. It is removed where the work ends in any other way.
    """
    work, steps = iter(()), -1
    try:
        while True:
            check()
            action = find_staged(mark)
            if action is None or action.get(PIECES) != steps:
                discard_staged(mark)
                action, work = begin()
                action[MARK], steps = mark, 0
            try:
                next(work)
            except StopIteration:
                del action[MARK], action[PIECES]
                return action
            except ReferenceError:  # to something that undo has replaced
                discard_staged(mark)
            else:
                steps += 1
                action[PIECES] = steps
            yield
    finally:
        discard_staged(mark)


def discard_staged(mark: str) -> None:
    """Remove the action that is being made, if there is one."""
    if (left := find_staged(mark)) is not None:
        bpy.data.actions.remove(left)
