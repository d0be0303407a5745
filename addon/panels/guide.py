"""What to press next, until the first motion is there: the only button that is highlighted."""

from __future__ import annotations

import bpy

from ..clips.properties import shown_clip
from ..installation import BackendNotFoundError
from ..link.session import session
from ..runtime.configuration import backend_python
from ..takes.recorder import recorder

SET_UP, INSTRUCT, CREATE, GENERATE = "SET_UP", "INSTRUCT", "CREATE", "GENERATE"


def next_step(context: bpy.types.Context) -> str:
    """The step that comes next.

    Empty while something is under way, where another is offered instead of a refused one, and once there is a motion.
    """
    settings = context.scene.voice_to_motion
    if session.busy or recorder.active or session.refusal is not None:
        return ""
    try:
        backend_python()
    except BackendNotFoundError:
        return SET_UP
    if shown_clip(settings.character, context.scene.frame_current) is not None:
        return ""
    if not settings.audio_path and not settings.typed.strip():
        return INSTRUCT
    if settings.character is None:
        return CREATE
    return GENERATE if bpy.ops.voice_to_motion.generate.poll() else ""
