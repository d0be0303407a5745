"""Operator: put the regenerated frames of a range on the character, as one undo step.

Regenerate Range calls it.
"""

import bpy
from bpy.props import IntProperty, StringProperty

from ..clips.clip_layers import ClipError
from ..clips.ranges import place_range
from ..clips.source import motion_source
from ..keys.keyframes import KeyingError
from ..link.session import session
from ..motion.files import MotionFileError, load_motion
from ..rigs.rig import RigError
from ..translations import rpt_, sentences
from ..tweak.archive import ArchiveError
from .motion_operators import MotionResult
from .reasons import character_rig


class VOICE_TO_MOTION_OT_apply_range(MotionResult, bpy.types.Operator):
    """Put the frames of a range that were made anew on the character; the others stay"""

    bl_idname = "voice_to_motion.apply_range"
    bl_label = "Apply Range"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    filepath: StringProperty(name="File", description="Motion file (.npz)", subtype="FILE_PATH", options={"HIDDEN", "SKIP_SAVE"})
    character: StringProperty(name="Character", description="Name of the armature", options={"HIDDEN", "SKIP_SAVE"})
    start: IntProperty(name="Start", description="Frame of the file's first pose", options={"HIDDEN", "SKIP_SAVE"})
    first: IntProperty(name="First Frame", description="First frame that gets keys", options={"HIDDEN", "SKIP_SAVE"})
    last: IntProperty(name="Last Frame", description="Last frame that gets keys", options={"HIDDEN", "SKIP_SAVE"})
    audio: StringProperty(name="Audio", description="Recording of the instruction", options={"HIDDEN", "SKIP_SAVE"})
    request: StringProperty(name="Request", description="What was asked of the backend, as JSON", options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Read the file, write the keys inside, and say what was done."""
        scene, target = context.scene, bpy.data.objects.get(self.character)
        try:
            rig = character_rig(scene, target)
            motion = load_motion(self.filepath)
            source = motion_source(motion, scene, self.audio, self.request)
            clip, told = place_range(scene, rig, motion, self.start, self.first, self.last, source)
        except (MotionFileError, RigError, KeyingError, ClipError, ArchiveError) as error:
            return self.failed(str(error))
        target.update_tag()
        scene.frame_set(scene.frame_current)
        session.heard = motion.heard or session.heard
        notes = [rpt_("frames {} to {} made anew", clip.start, clip.last)]
        if clip.by_hand:
            many = clip.by_hand > 1
            notes.append(rpt_("{} keys made by hand are kept", clip.by_hand) if many else rpt_("1 key made by hand is kept"))
        session.note = sentences([*notes, *told])
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_apply_range,)
