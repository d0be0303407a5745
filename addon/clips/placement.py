"""The settings that say where a new motion goes. `place_motion` follows them.

No postponed annotations here: Blender reads the properties from them.
"""

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty

from ..scene import scene_fps
from .properties import ROOTS

DESTINATIONS = (
    ("KEYS", "Current Action", "On a motion it replaces that one, behind one it goes on from there, elsewhere it begins there"),
    ("ACTION", "New Action", "Into an action of its own. The one the character had is kept"),
    ("RANGE", "Frame Range", "Instead of what is between two frames, joined to what is before and after"),
    ("NLA", "NLA Strip", "Into a strip on a track of its own in the nonlinear animation"),
)


class VoiceToMotionPlacement(bpy.types.PropertyGroup):
    """`scene.voice_to_motion_placement`."""

    destination: EnumProperty(name="Put Into", description="Where the keys of a new motion go", items=DESTINATIONS)
    range_start: IntProperty(name="First Frame", description="First frame that is replaced", default=1, subtype="TIME")
    range_end: IntProperty(name="Last Frame", description="Last frame that is replaced", default=60, subtype="TIME")
    use_current_place: BoolProperty(
        name="Start Where It Stands",
        description="Begin where the character stands and faces at that frame, instead of at the armature's origin",
        default=True,
    )
    use_current_pose: BoolProperty(
        name="Start from Current Pose",
        description="Go on from what the character does up to that frame, or from the pose it holds, instead of only blending",
    )
    blend: IntProperty(
        name="Blend",
        description="Frames within which the motion comes out of what is before it",
        default=15,
        min=0,
        max=120,
    )
    automatic_join: BoolProperty(
        name="Automatic Transition",
        description="Take as long to come out of what is before as the distance of the poses asks for",
        default=True,
    )
    use_new_words: BoolProperty(
        name="New Instruction",
        description="Regenerate Range uses what is typed or recorded, instead of the words the motion there was made from",
    )
    root: EnumProperty(name="Root Motion", description="Which bone carries the way over the floor", items=ROOTS)
    root_yaw: BoolProperty(name="With Turns", description="Turning left and right goes the same way as the path")


def seconds_to_ask(scene: bpy.types.Scene) -> float | None:
    """The length that the destination asks of a motion; None where it is free."""
    placement = scene.voice_to_motion_placement
    if placement.destination != "RANGE":
        return None
    frames = placement.range_end - placement.range_start + 1
    # The models make 0.5 to 10 s; other ranges get the motion faster or slower.
    return round(min(max(frames / scene_fps(scene), 0.5), 10.0), 3)


CLASSES = (VoiceToMotionPlacement,)
