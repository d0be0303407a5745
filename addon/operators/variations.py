"""Operators on variations: make actions of them, go through them, and keep one.

Eight actions in a row would stop Blender for half a second. So Generate has them made beforehand, step by step and unseen
(`clips.variations`); Apply Variations is the step that the user sees and undoes. What is missing, as after an undo or when
a script calls, is made there.
"""

import uuid

import bpy
from bpy.props import CollectionProperty, EnumProperty, IntProperty, StringProperty

from ..clips.active_action import active_action, assign_action
from ..clips.clip_layers import ClipError
from ..clips.sound_strip import sound_follows
from ..clips.variations import (
    NUMBER,
    SET,
    AskedGeneration,
    discard_variations,
    finished_variations,
    keep_as_set,
    make_variation,
    variations_of,
)
from ..keys.keyframes import KeyingError, key_disabled_reason
from ..link.incremental import run_to_end
from ..link.session import session
from ..motion.files import MotionFileError
from ..rigs.rig import RigError
from ..scene import Place, find_object
from ..translations import rpt_, tip_
from .apply_motion import FROM_PLAYHEAD, complete_placing, show_clip
from .motion_operators import MotionResult
from .reasons import Explained


class VOICE_TO_MOTION_OT_apply_variations(MotionResult, bpy.types.Operator):
    """Make an action of each of several motion files and put the first on the character"""

    bl_idname = "voice_to_motion.apply_variations"
    bl_label = "Apply Variations"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}  # internal: it is called by Generate, with what Generate made

    files: CollectionProperty(
        type=bpy.types.OperatorFileListElement, description="Motion files, by their full paths", options={"SKIP_SAVE"}
    )
    made: StringProperty(name="Set", description="Name of the set of actions made from them so far", options={"SKIP_SAVE"})
    notes: StringProperty(name="Notes", description="What to say about them", options={"SKIP_SAVE"})
    audio: StringProperty(name="Audio", description="Recording to put on the timeline", options={"SKIP_SAVE"})
    character: StringProperty(name="Character", description="Full name of the armature", options={"SKIP_SAVE"})
    frame: IntProperty(name="Frame", description="First frame", default=FROM_PLAYHEAD, options={"SKIP_SAVE"})
    before: StringProperty(name="Before", description="File of the motion that these go on from", options={"SKIP_SAVE"})
    after: StringProperty(name="After", description="Clip that they go on from", options={"SKIP_SAVE"})
    request: StringProperty(name="Request", description="What was asked of the backend, as JSON", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """All of them or none: what was made before one failed is taken away again."""
        scene, target = context.scene, find_object(self.character)
        reason = key_disabled_reason(target) if target is not None else "The character is gone"
        if reason:
            return self.failed(reason + ".")
        name, told = self.made or uuid.uuid4().hex, [self.notes]
        frame = scene.frame_current if self.frame == FROM_PLAYHEAD else self.frame
        place, asked = Place.of(scene, target, frame), AskedGeneration(self.audio, self.request, self.before, self.after)
        for number, file in enumerate(self.files, start=1):
            if number in finished_variations(name):
                continue
            try:
                notes = run_to_end(make_variation(place, file.name, number, name, asked))
            except (MotionFileError, RigError, KeyingError, ClipError) as error:
                discard_variations(name)
                return self.failed(str(error))
            told = told if any(told) else notes
        found = finished_variations(name)
        actions = [found[number] for number in sorted(found)]
        keep_as_set(actions)
        with sound_follows(scene, target):
            assign_action(scene, target, actions[0])
        clips = [action.voice_to_motion.clips[-1] for action in actions]
        complete_placing(scene, actions[0], clips[0].uid, told, self.audio, actions[0].get("heard", ""))
        if not self.after:
            show_clip(scene, actions[0], clips[0].uid, frame)
        for clip in clips:
            clip.strip = clips[0].strip
        session.note = rpt_("{} variations as actions. {}", len(actions), session.note)
        return {"FINISHED"}


def _variations_reason(context: bpy.types.Context) -> str:
    character = context.scene.voice_to_motion.character
    if character is None:
        return "Create a character or pick an armature first"
    if len(variations_of(active_action(character))) < 2:
        return "The character's action has no variations: generate with Variations above 1"
    return key_disabled_reason(character)


class VOICE_TO_MOTION_OT_step_variation(Explained, bpy.types.Operator):
    """Put the next or previous variation on the character"""

    bl_idname = "voice_to_motion.step_variation"
    bl_label = "Step through Variations"
    bl_options = {"REGISTER", "UNDO"}

    direction: EnumProperty(
        name="Direction",
        description="Which one is next",
        items=(("NEXT", "Next", "The following variation"), ("PREVIOUS", "Previous", "The one before")),
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """The tooltip of each arrow."""
        following = properties.direction == "NEXT"
        return tip_("Put the next variation on the character" if following else "Put the previous variation on the character")

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be others."""
        return _variations_reason(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Go round at the ends."""
        character = context.scene.voice_to_motion.character
        current = active_action(character)
        others = variations_of(current)
        step = 1 if self.direction == "NEXT" else -1
        with sound_follows(context.scene, character):
            assign_action(context.scene, character, others[(others.index(current) + step) % len(others)])
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_keep_variation(Explained, bpy.types.Operator):
    """Keep this variation and delete the others from the file"""

    bl_idname = "voice_to_motion.keep_variation"
    bl_label = "Keep Only This Variation"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be others."""
        return _variations_reason(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Delete what nobody else uses; other characters and NLA strips keep theirs."""
        current = active_action(context.scene.voice_to_motion.character)
        others = [action for action in variations_of(current) if action != current]
        unused = [action for action in others if action.users <= int(action.use_fake_user)]
        bpy.data.batch_remove(unused)
        if len(unused) == len(others):
            del current[SET], current[NUMBER]
        else:
            self.report({"INFO"}, rpt_("{} variations are used elsewhere and stay", len(others) - len(unused)))
        return {"FINISHED"}


CLASSES = (
    VOICE_TO_MOTION_OT_apply_variations,
    VOICE_TO_MOTION_OT_step_variation,
    VOICE_TO_MOTION_OT_keep_variation,
)
