"""Generated motions as the file keeps them: on their action, with the raw result, to be written again with other settings.

properties   what is remembered of a clip
body         the character as tweaks see it: proportions, root bone
keyed_pose   poses as F-curves say them, without evaluating the scene
standing     where the character stands at a frame
values       what a clip comes to on the character's bones
around       keys beside a clip and keys made by hand
writing      keys, written and written again
changes      a setting changed in the panel
placement    where a new motion goes: the settings; destination: the deed
variation    one of several motions as an action of its own
present      the motion a character makes now; ranges: frames of it made anew
source       everything that is needed to make a motion again
"""

import bpy

from . import changes, placement, properties

CLASSES = (*properties.CLASSES, *placement.CLASSES)


def register() -> None:
    """Give actions their clips and scenes their placement, and listen to the clips' settings."""
    bpy.types.Action.voice_to_motion = bpy.props.PointerProperty(type=properties.VoiceToMotionClips)
    bpy.types.Scene.voice_to_motion_placement = bpy.props.PointerProperty(type=placement.VoiceToMotionPlacement)
    properties.listen(changes.changed)


def unregister() -> None:
    """Take them away again; what is in the file stays there."""
    properties.listen(None)
    del bpy.types.Scene.voice_to_motion_placement
    del bpy.types.Action.voice_to_motion
