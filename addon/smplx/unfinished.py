"""Building in steps that may be given up: what was made until then is taken away, and the selection is as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import bpy


@contextlib.contextmanager
def all_or_nothing() -> Iterator[list[bpy.types.ID]]:
    """A list for what is made in the block; all of it is removed, last first, where the block does not come to its end."""
    made: list[bpy.types.ID] = []
    try:
        yield made
    except BaseException:  # a generator that is closed, too
        for each in reversed(made):
            with contextlib.suppress(ReferenceError):  # undone meanwhile: asking it for anything says so
                bpy.data.batch_remove([each.original])
        raise


@contextlib.contextmanager
def selection_kept(context: bpy.types.Context) -> Iterator[None]:
    """Select again what is selected now, where the block does not come to its end."""
    layer = context.view_layer
    active, selected = layer.objects.active, list(context.selected_objects)
    try:
        yield
    except BaseException:
        with contextlib.suppress(ReferenceError, RuntimeError):  # gone, or in another scene by now
            for each in selected:
                each.select_set(True, view_layer=layer)
            layer.objects.active = active
        raise
