"""References to a scene and a character that outlive renaming and undo.

Blender's own references become invalid with every undo. The session uid of a data-block stays as long as it exists.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

import bpy

LARGEST_SEED = 2**31 - 1  # Blender's integer properties have 32 bits


@dataclass(frozen=True)
class Place:
    """Destination of a motion: a character in a scene, from a frame on."""

    scene_uid: int
    character_uid: int
    character_name: str
    frame: int

    @classmethod
    def of(cls, scene: bpy.types.Scene, character: bpy.types.Object, frame: int) -> Place:
        """The place of this character and frame."""
        return cls(scene.session_uid, character.session_uid, character.name, frame)

    @property
    def scene(self) -> bpy.types.Scene | None:
        """The scene; None when it is gone."""
        return next((scene for scene in bpy.data.scenes if scene.session_uid == self.scene_uid), None)

    @property
    def character(self) -> bpy.types.Object | None:
        """The character; None when it is gone."""
        return next((thing for thing in bpy.data.objects if thing.session_uid == self.character_uid), None)

    def gone(self) -> str:
        """Which of them is gone, in one sentence; else empty."""
        if self.scene is None:
            return "The scene this motion was made for is gone."
        return "" if self.character else f"The character {self.character_name} this motion was made for is gone."


def find_object(full_name: str) -> bpy.types.Object | None:
    """The object of this `name_full`, which no linked one shares; None for none."""
    own = bpy.data.objects.get((full_name, None))
    return own if own is not None else next((thing for thing in bpy.data.objects if thing.name_full == full_name), None)


def in_scene(scene: bpy.types.Scene) -> AbstractContextManager:
    """A context for operators with this scene and its window, which timers lack."""
    window = next((window for window in bpy.context.window_manager.windows if window.scene == scene), None)
    if window is not None:
        return bpy.context.temp_override(window=window)
    # With a window, Blender would take the window's scene.
    return bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0])


def scene_fps(scene: bpy.types.Scene) -> float:
    """Frames per second of the scene; 29.97 is stored as 30 / 1.001."""
    return scene.render.fps / scene.render.fps_base
