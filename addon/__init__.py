"""Voice to Motion: say what the character does and get keyframes.

Registers the add-on's classes.

Panels draw, operators act, `link` talks to the backend, `clips` and `keys` write keys. Networks and audio run in the
backend, a process of its own.
"""

from __future__ import annotations

import atexit

import bpy

from . import clips, operators, panels, preferences, properties, timeline, translations
from .link import timer
from .link.session import session
from .rigs import scene_maps
from .runtime import configuration
from .takes import properties as takes
from .takes.recorder import recorder

# Blender draws panels in the order of registration; property groups come before those that contain them.
CLASSES = (
    *preferences.CLASSES,
    *clips.CLASSES,
    *timeline.CLASSES,
    *scene_maps.CLASSES,
    *takes.CLASSES,
    *properties.CLASSES,
    *operators.CLASSES,
    *panels.CLASSES,
)


def _end_backend() -> None:
    # No wait at exit: the backend writes files whole or not at all, so ending it at once loses nothing.
    session.shutdown(wait=0.0)


def register() -> None:
    translations.register()
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.voice_to_motion = bpy.props.PointerProperty(type=properties.VoiceToMotionSettings)
    scene_maps.register()
    clips.register()
    timeline.register()
    panels.menus.register()
    timer.register()
    timer.watch(recorder)
    session.log_folder = configuration.log_folder
    atexit.register(_end_backend)


def unregister() -> None:
    operators.doctor.unregister()
    timer.unregister()
    operators.runtime.stop()
    _end_backend()
    atexit.unregister(_end_backend)
    panels.menus.unregister()
    timeline.unregister()
    clips.unregister()
    scene_maps.unregister()
    del bpy.types.Scene.voice_to_motion
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    translations.unregister()
