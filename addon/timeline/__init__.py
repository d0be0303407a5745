"""Directing along the timeline: each instruction of a recording becomes a motion there.

properties   the list of instructions, which the user may change before anything is keyed
direction    a request for each, and its result
keying       one action with a clip for each
"""

import bpy

from . import properties

CLASSES = properties.CLASSES


def register() -> None:
    """Give scenes their list of instructions."""
    bpy.types.Scene.voice_to_motion_timeline = bpy.props.PointerProperty(type=properties.VoiceToMotionTimeline)


def unregister() -> None:
    """Take it away; what is in the file stays there."""
    del bpy.types.Scene.voice_to_motion_timeline
