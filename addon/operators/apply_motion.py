"""Operator: put the motion of a file on the character, as one undo step. The only operator that writes keys."""

import math

import bpy
import numpy as np
from bpy.props import IntProperty, StringProperty

from ..audio_strip import add_audio_strip
from ..keyframes import KeyingError, ensure_action, write_channels
from ..motion_file import MotionData, MotionFileError, load_motion
from ..properties import LARGEST_SEED, scene_fps
from ..rig import RigError
from ..rigs.channels import character_channels
from ..rigs.switches import hold
from ..session import session
from .reasons import Explained, character_reason

FROM_PLAYHEAD = -(2**31)


class VOICE_TO_MOTION_OT_apply_motion(Explained, bpy.types.Operator):
    """Put a generated motion file on the character, from the current frame on"""

    bl_idname = "voice_to_motion.apply_motion"
    bl_label = "Apply Motion"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="File", description="Motion file (.npz)", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default="*.npz", options={"HIDDEN", "SKIP_SAVE"})
    audio: StringProperty(name="Audio", description="Recording to put on the timeline", options={"HIDDEN", "SKIP_SAVE"})
    character: StringProperty(
        name="Character", description="Name of the armature; empty for the panel's", options={"HIDDEN", "SKIP_SAVE"}
    )
    frame: IntProperty(name="Frame", description="First frame", default=FROM_PLAYHEAD, options={"HIDDEN", "SKIP_SAVE"})
    seed: IntProperty(
        name="Seed",
        description="Seed the motion was made with; -1 if unknown",
        default=-1,
        min=-1,
        max=LARGEST_SEED,
        options={"HIDDEN", "SKIP_SAVE"},
    )

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Which character is only known when it runs: it may be named in the call."""
        return ""

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the file."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Read the file, write the keys, and say what was done."""
        scene, settings = context.scene, context.scene.voice_to_motion
        target = bpy.data.objects.get(self.character) if self.character else settings.character
        reason = character_reason(scene, target)
        if reason:
            return self._fail(reason + ".")
        start = scene.frame_current if self.frame == FROM_PLAYHEAD else self.frame
        try:
            motion = load_motion(bpy.path.abspath(self.filepath))
            last, told = self._key(context, target, motion, start)
        except (MotionFileError, RigError, KeyingError) as error:
            return self._fail(str(error))
        if settings.use_random_seed and self.seed >= 0:
            settings.seed = self.seed  # so that turning Random Seed off gives this motion again
        notes = [f"{len(motion.pelvis)} frames from frame {start}"]
        if last > scene.frame_end:
            scene.frame_end = last
            notes.append(f"scene now ends at {last}")
        if settings.use_audio_strip and self.audio:
            notes.append(add_audio_strip(scene, self.audio, start))
        session.heard = motion.heard or session.heard
        session.note = ", ".join(note for note in (*notes, *told) if note)
        return {"FINISHED"}

    def _key(self, context: bpy.types.Context, target: bpy.types.Object, motion: MotionData, start: int) -> tuple[int, list[str]]:
        """Write all keys; the last frame, rounded up, and what there is to say about it."""
        keyed = character_channels(context.scene, target, motion)
        action = ensure_action(target, motion.heard or "Motion")
        # A file made for another frame rate keeps its tempo: its frames then fall between the scene's.
        frames = start + np.arange(len(motion.pelvis)) * (scene_fps(context.scene) / motion.fps)
        write_channels(target, keyed.channels, frames)
        hold(target, keyed.switches, frames[0], frames[-1])
        for key, value in (("heard", motion.heard), ("model", motion.model), ("audio", self.audio or motion.audio)):
            action[key] = value
        # As text: a seed may be larger than the 32 bits of an integer property.
        action["seed"] = str(motion.seed) if abs(motion.seed) > LARGEST_SEED else motion.seed
        target.update_tag()
        context.scene.frame_set(context.scene.frame_current)
        return math.ceil(frames[-1] - 1e-3), keyed.notes

    def _fail(self, message: str) -> set[str]:
        session.fail(message)
        self.report({"ERROR"}, message)
        return {"CANCELLED"}


CLASSES = (VOICE_TO_MOTION_OT_apply_motion,)
