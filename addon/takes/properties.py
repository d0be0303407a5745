"""Properties of takes, and the settings for recording them.

A take points at a Sound data-block, so Blender itself keeps its path relative when the .blend is saved elsewhere, packs and
unpacks it, and finds missing files.
"""

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, PointerProperty, StringProperty


def _rename(take: bpy.types.PropertyGroup, _context: bpy.types.Context) -> None:
    if take.sound is not None and take.sound.library is None:
        take.sound.name = take.name


class VoiceTake(bpy.types.PropertyGroup):
    """One take: an item of `scene.voice_to_motion.takes`."""

    name: StringProperty(name="Name", description="Name of the take; double-click to change it", update=_rename)
    sound: PointerProperty(type=bpy.types.Sound, name="Sound", description="Sound data-block of the recording")
    seconds: FloatProperty(name="Length", description="Length of the recording; 0 where unknown", min=0.0, subtype="TIME_ABSOLUTE")
    heard: StringProperty(name="Heard", description="Words that were understood")


class RecordingSettings(bpy.types.PropertyGroup):
    """Settings for recording: `scene.voice_to_motion.recording`."""

    device: StringProperty(
        name="Microphone", description="Name of the device to record from; empty for the one the system is set to"
    )
    use_silence: BoolProperty(
        name="Stop after Silence",
        description="Stop recording automatically after a pause",
        default=True,
    )
    silence: FloatProperty(
        name="Silence",
        description="Length of the pause that ends the recording",
        default=1.5,
        min=0.3,
        max=10.0,
        step=10,
        precision=2,  # Blender counts the digit before the point, too
        subtype="TIME_ABSOLUTE",
    )
    countdown: IntProperty(
        name="Countdown",
        description="Seconds between pressing Record and the recording; 0 starts at once",
        default=0,
        min=0,
        max=10,
        subtype="TIME_ABSOLUTE",
    )
    use_generate: BoolProperty(
        name="Generate after Recording",
        description="Generate the motion as soon as the recording stops",
        default=False,
    )
    use_pack: BoolProperty(
        name="Pack into .blend",
        description="Also store recordings inside the .blend. Always done while the .blend is unsaved",
        default=False,
    )


CLASSES = (VoiceTake, RecordingSettings)
