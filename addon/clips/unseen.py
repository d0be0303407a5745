"""Actions that are made piece by piece while nobody wears them, so that Blender's window never waits for long.

Between two pieces the user may do anything. Undo may take the action away or bring back an earlier state of it: then all of it is
made anew. So what makes one may keep data-blocks and arrays over a pause, and nothing that belongs to them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

import bpy

MARK, PIECES = "unfinished", "pieces"  # custom properties of an action that is being made


def found(mark: str) -> bpy.types.Action | None:
    """The action being made; None where undo has taken it away."""
    return next((action for action in bpy.data.actions if action.get(MARK) == mark), None)


def made_unseen(
    mark: str, begin: Callable[[], tuple[bpy.types.Action, Iterator[None]]], gone: Callable[[], None]
) -> Generator[None, None, bpy.types.Action]:
    """Make an action, a piece at a step.

    Args:
        mark: by which the action is found again.
        begin: gives the action, new, and what makes it: a piece at each step.
        gone: called before every piece; raises where there is no use in going on.

    Returns:
        The action, no longer marked. It is removed where the work ends in any other way.
    """
    work, pieces = iter(()), -1
    try:
        while True:
            gone()
            action = found(mark)
            if action is None or action.get(PIECES) != pieces:
                discard(mark)
                action, work = begin()
                action[MARK], pieces = mark, 0
            try:
                next(work)
            except StopIteration:
                del action[MARK], action[PIECES]
                return action
            except ReferenceError:  # to something that is no more
                discard(mark)
            else:
                pieces += 1
                action[PIECES] = pieces
            yield
    finally:
        discard(mark)


def discard(mark: str) -> None:
    """Remove the action that is being made, if there is one."""
    if (left := found(mark)) is not None:
        bpy.data.actions.remove(left)
