"""Undoing what was built when building is cancelled: data-blocks and selection."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import bpy


@contextlib.contextmanager
def removed_unless_finished() -> Iterator[list[bpy.types.ID]]:
    """Give a list for what the block makes, and remove all of it if the block is left early."""
    made: list[bpy.types.ID] = []
    try:
        yield made
    except BaseException:  # a generator that is closed, too
        for each in reversed(made):
            with contextlib.suppress(ReferenceError):  # the user has undone it
                bpy.data.batch_remove([each.original])
        raise


@contextlib.contextmanager
def selection_restored(context: bpy.types.Context) -> Iterator[None]:
    """Restore the present selection if the block is left early."""
    layer = context.view_layer
    active, selected = layer.objects.active, list(context.selected_objects)
    try:
        yield
    except BaseException:
        with contextlib.suppress(ReferenceError, RuntimeError):  # deleted, or in another scene
            for each in selected:
                each.select_set(True, view_layer=layer)
            layer.objects.active = active
        raise
