"""Directing along the timeline: a recording of several instructions becomes motions, each where it was spoken.

properties   the list of instructions, to be looked at and changed before anything is keyed
direction    the requests for them, and what came of each
keying       one action with a clip for each
"""

import bpy

from . import properties

CLASSES = properties.CLASSES


def register() -> None:
    """Give scenes their list of instructions."""
    bpy.types.Scene.voice_to_motion_timeline = bpy.props.PointerProperty(type=properties.VoiceToMotionTimeline)


def unregister() -> None:
    """Take it away again; what is in the file stays there."""
    del bpy.types.Scene.voice_to_motion_timeline
