"""The scene's settings, which are saved in the .blend and undone like everything else there.

The state of the backend is no setting: it lives in `link.session`.
"""

import bpy
from bpy.props import BoolProperty, CollectionProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from .clips import active_action
from .scene import LARGEST_SEED
from .takes import audio
from .takes.properties import RecordingSettings, VoiceTake


def _is_armature(_settings: bpy.types.PropertyGroup, candidate: bpy.types.Object) -> bool:
    return candidate.type == "ARMATURE"


class VoiceToMotionSettings(bpy.types.PropertyGroup):
    """`scene.voice_to_motion`."""

    audio_path: StringProperty(
        name="Audio",
        description="Recording of the spoken instruction, for example “walk forward, then wave”",
        subtype="FILE_PATH",
        get=audio.get_path,
        set=audio.set_path,
    )
    loose_path: StringProperty(description="Path of an audio file that does not exist, so that it is no take", options={"HIDDEN"})
    takes: CollectionProperty(type=VoiceTake, description="Spoken instructions: recorded, loaded or dropped")
    take_index: IntProperty(
        name="Active Take", description="Recording that Generate uses", default=-1, min=-1, update=audio.choose_recording
    )
    typed: StringProperty(
        name="Instruction in Words",
        description="Typed instead of spoken, for example “walk forward, then wave”. Used unless it is empty",
        maxlen=500,  # as many as the backend takes
    )
    recording: PointerProperty(type=RecordingSettings, description="How takes are recorded")
    history_index: IntProperty(
        name="Motion",
        description="Click to put this motion on the character",
        get=active_action.get_history_index,
        set=active_action.set_history_index,
    )
    character: PointerProperty(
        name="Character",
        description="Armature that gets the keys: the one created here, or a rig of your own",
        type=bpy.types.Object,
        poll=_is_armature,
    )
    use_random_seed: BoolProperty(
        name="Random Seed",
        description="Generate a different motion each time. Turn off to repeat a motion by its seed",
        default=True,
    )
    seed: IntProperty(
        name="Seed",
        description="Number that selects one of the possible motions. The same seed gives the same motion",
        default=1,
        min=0,
        max=LARGEST_SEED,
    )
    variations: IntProperty(
        name="Variations",
        description="Number of motions to generate at once. Each becomes an action; the arrows step through them",
        default=1,
        min=1,
        max=8,
    )
    use_auto_length: BoolProperty(
        name="Automatic Length",
        description="Let the model choose the length",
        default=True,
    )
    seconds: FloatProperty(
        name="Length",
        description="Length of the motion, up to ten seconds",
        default=4.0,
        min=0.5,
        max=10.0,
        step=50,
        precision=2,  # Blender counts the digit before the point, too
        subtype="TIME_ABSOLUTE",
    )
    use_auto_guidance: BoolProperty(
        name="Automatic Guidance",
        description="Use the guidance the model was tuned with",
        default=True,
    )
    guidance: FloatProperty(
        name="Guidance",
        description="How closely the motion follows the words. Lower is freer and more varied, higher more literal",
        default=2.5,
        min=0.0,
        max=20.0,
        soft_max=8.0,
        precision=1,
    )
    follow: FloatProperty(
        name="Follow My Voice",
        description="How much pace and size of the motion follow the way you speak: fast or slow, loud or soft. 0 ignores it. "
        "Typed text is neutral",
        default=0.5,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    use_audio_strip: BoolProperty(
        name="Add Audio to Sequencer",
        description="Put the recording on the timeline where the motion starts",
        default=True,
    )


CLASSES = (VoiceToMotionSettings,)
