"""The instructions that the backend found in a recording, as the panel lists them.

No postponed annotations here: Blender reads the properties from them.
"""

import bpy
from bpy.props import BoolProperty, CollectionProperty, FloatProperty, IntProperty, PointerProperty, StringProperty


class VoiceToMotionSpoken(bpy.types.PropertyGroup):
    """One instruction and where its motion is to start."""

    words: StringProperty(
        name="Instruction", description="What was heard. Type over it to have something else done here", maxlen=500
    )
    frame: IntProperty(
        name="Frame", description="Where its motion starts: when it was spoken. Change it to move the motion", subtype="TIME"
    )
    heard: StringProperty(options={"HIDDEN"})
    start: FloatProperty(options={"HIDDEN"})  # seconds into the recording
    end: FloatProperty(options={"HIDDEN"})
    unsure: BoolProperty(options={"HIDDEN"})  # the backend was not sure of having understood

    @property
    def typed(self) -> bool:
        """Whether the words are the user's and no longer what was heard."""
        return self.words.strip() != self.heard


class VoiceToMotionTimeline(bpy.types.PropertyGroup):
    """`scene.voice_to_motion_timeline`."""

    instructions: CollectionProperty(type=VoiceToMotionSpoken, description="What was said, in the order it was said")
    index: IntProperty(options={"HIDDEN"})  # of the chosen one
    sound: PointerProperty(type=bpy.types.Sound, name="Recording", description="Where the instructions were found")
    origin: IntProperty(options={"HIDDEN"})  # frame at which the recording starts


CLASSES = (VoiceToMotionSpoken, VoiceToMotionTimeline)
