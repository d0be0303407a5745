"""Operator: put the motion of a file on the character, as one undo step.

The only operator that writes keys.
"""

import bpy
from bpy.props import IntProperty, StringProperty

from ..clips.active_action import active_action
from ..clips.clip_layers import ClipError
from ..clips.place_motion import place_motion_in_steps
from ..clips.properties import note_change
from ..clips.sequence import slot_behind
from ..clips.sound_strip import add_sound_strip, sound_follows
from ..clips.source import motion_source
from ..keys.keyframes import KeyingError
from ..link.incremental import run_to_end
from ..link.session import session
from ..motion.files import MotionFileError, load_motion
from ..rigs.rig import RigError
from ..scene import LARGEST_SEED, find_object
from ..translations import rpt_, sentences
from .motion_operators import MotionResult
from .reasons import Explained, character_rig

FROM_PLAYHEAD = -(2**31)


class VOICE_TO_MOTION_OT_apply_motion(MotionResult, Explained, bpy.types.Operator):
    """Put a generated motion file on the character, from the current frame on"""

    bl_idname = "voice_to_motion.apply_motion"
    bl_label = "Apply Motion"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}  # internal: Generate and Apply Motion File call it

    filepath: StringProperty(name="File", description="Motion file (.npz)", subtype="FILE_PATH", options={"SKIP_SAVE"})
    audio: StringProperty(name="Audio", description="Recording to put on the timeline", options={"HIDDEN", "SKIP_SAVE"})
    character: StringProperty(
        name="Character", description="Full name of the armature; empty for the panel's", options={"HIDDEN", "SKIP_SAVE"}
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

    title: StringProperty(name="Title", description="Name of a motion nothing was heard for", options={"HIDDEN", "SKIP_SAVE"})
    notes: StringProperty(name="Notes", description="What to say about the file, a line each", options={"HIDDEN", "SKIP_SAVE"})
    before: StringProperty(
        name="Before", description="File of the motion that this one goes on from", options={"HIDDEN", "SKIP_SAVE"}
    )
    after: StringProperty(name="After", description="Clip that it goes on from", options={"HIDDEN", "SKIP_SAVE"})
    request: StringProperty(name="Request", description="What was asked of the backend, as JSON", options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Which character is only known when it runs: it may be named in the call."""
        return ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Read the file, write the keys, and say what was done."""
        scene, settings = context.scene, context.scene.voice_to_motion
        target = find_object(self.character) if self.character else settings.character
        start = scene.frame_current if self.frame == FROM_PLAYHEAD else self.frame
        try:
            rig = character_rig(scene, target)
            motion = load_motion(bpy.path.abspath(self.filepath))
            continued = load_motion(self.before) if self.before else None
            source = motion_source(motion, scene, self.audio, self.request)
            name = motion.heard or self.title or "Motion"
            slot = slot_behind(active_action(target), self.after, start) if self.after else None
            placing = place_motion_in_steps(scene, rig, motion, start, name, source, continued=continued, slot=slot)
            with sound_follows(scene, target):
                action, uid, told = run_to_end(placing)
        except (MotionFileError, RigError, KeyingError, ClipError) as error:
            return self.failed(str(error))
        for key, value in source.items():
            action[key] = value
        target.update_tag()
        scene.frame_set(scene.frame_current)
        if settings.use_random_seed and self.seed >= 0:
            settings.seed = self.seed  # so that turning Random Seed off gives this motion again
        told = [*self.notes.splitlines(), *told]
        complete_placing(scene, action, uid, told, self.audio, motion.heard)
        if not self.after:
            show_clip(scene, action, uid, start)
        return {"FINISHED"}


def complete_placing(scene: bpy.types.Scene, action: bpy.types.Action, uid: str, told: list[str], audio: str, heard: str) -> None:
    """Move the scene's end, put the recording on the timeline, and note what was done.

    Args:
        action, uid: where the new clip is.
        told: more for the note.
        audio: path of the recording; empty for none.
        heard: its words.
    """
    clip = next(clip for clip in action.voice_to_motion.clips if clip.uid == uid)
    last = max(each.last for each in action.voice_to_motion.clips if not each.muted)
    notes = [rpt_("{} frames from frame {}", clip.length, clip.start)]
    if last > scene.frame_end:
        scene.frame_end = last
        notes.append(rpt_("scene now ends at {}", last))
    if scene.voice_to_motion.use_audio_strip and audio:
        clip.strip, problem = add_sound_strip(scene, audio, clip.start)
        notes.append(problem)
    session.heard = heard or session.heard
    session.note = sentences([*notes, *told])
    note_change(action, uid, sentences([*notes[1:], *told]))


def show_clip(scene: bpy.types.Scene, action: bpy.types.Action, uid: str, asked: int) -> None:
    """Go to a new clip that is not at the frame where it was asked for.

    Not where the user has gone elsewhere. The panel is about it then, and Generate makes it again.
    """
    clip = next(clip for clip in action.voice_to_motion.clips if clip.uid == uid)
    if scene.frame_current == asked and not clip.start <= asked <= clip.last:
        scene.frame_set(clip.start)


CLASSES = (VOICE_TO_MOTION_OT_apply_motion,)
