"""Operators: generate all instructions of the list, and key them as one undo step."""

from __future__ import annotations

import itertools
import time

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from ..clips.active_action import active_action, assign_action
from ..clips.sound_strip import add_sound_strip, sound_follows
from ..installation import BackendNotFoundError
from ..keys.keyframes import key_disabled_reason
from ..link import timer
from ..link.client import BackendGoneError
from ..link.incremental import incremental_work
from ..link.results import own_folder
from ..link.session import MAX_WAITING, session
from ..rigs.readiness import character_reason
from ..runtime.configuration import backend_command, cache_folder
from ..scene import Place, find_object, scene_fps
from ..takes.audio import AudioMissingError, sound_file
from ..timeline.direction import DirectionPlan, Instruction, direction
from ..translations import rpt_, sentences
from .reasons import Explained, backend_reason

NEAREST = 2  # frames between two instructions, at least

SHORTEST, LONGEST = 0.5, 10.0  # seconds that the models make at a time


class VOICE_TO_MOTION_OT_direct(Explained, bpy.types.Operator):
    """Generate a motion for each instruction of the list, from its frame until the next one"""

    bl_idname = "voice_to_motion.direct"
    bl_label = "Direct Along the Timeline"
    bl_options = {"REGISTER"}  # no UNDO: applying what was made is a step of its own

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A list that can be done, a character, a backend, and room in the queue."""
        scene = context.scene
        if direction.active:
            return "The character is being directed already"
        if len(session.waiting) >= MAX_WAITING:
            return "The queue is full: wait for some motions to be finished"
        found = sorted(scene.voice_to_motion_timeline.instructions, key=lambda one: one.frame)
        if not found:
            return "Find the instructions in a recording first"
        if any(not one.words.strip() for one in found):
            return "An instruction in the list has no words: type some, or remove it"
        if any(second.frame - first.frame < NEAREST for first, second in itertools.pairwise(found)):
            return "Two instructions of the list start at the same time: move or remove one of them"
        if scene.voice_to_motion_placement.destination not in ("KEYS", "ACTION"):
            return "Motions along the timeline go into an action: choose Current Action or New Action under Placement"
        return character_reason(scene, scene.voice_to_motion.character) or backend_reason()

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Queue all and return to Blender."""
        if not self._begin(context):
            return {"CANCELLED"}
        timer.ensure_running()
        timer.redraw_sidebars()
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """For scripts: wait for the keys."""
        if not self._begin(context):
            return {"CANCELLED"}
        while direction.active:
            session.step()
            incremental_work.run_all()
            time.sleep(0.01)
        if session.message:
            self.report({"ERROR"}, f"{rpt_(session.message)} {rpt_(session.hint)}".strip())
        return {"FINISHED"} if direction.applied else {"CANCELLED"}

    def _begin(self, context: bpy.types.Context) -> bool:
        try:
            queue_direction(context.scene)
        except (AudioMissingError, BackendNotFoundError, BackendGoneError, OSError) as error:
            session.fail(str(error), getattr(error, "hint", "Check the backend's Python and the cache folder in the preferences."))
            self.report({"ERROR"}, f"{rpt_(session.message)} {rpt_(session.hint)}".strip())
            return False
        return True


def queue_direction(scene: bpy.types.Scene) -> None:
    """Queue a request for each instruction of a scene's list.

    Raises:
        AudioMissingError, OSError: the recording is gone, or the cache folder cannot be used.
        BackendNotFoundError, BackendGoneError: there is nobody to ask.
    """
    settings, timeline = scene.voice_to_motion, scene.voice_to_motion_timeline
    found = sorted(timeline.instructions, key=lambda one: one.frame)
    audio = str(sound_file(timeline.sound)) if timeline.sound is not None else ""
    if not audio and any(not one.typed for one in found):
        raise AudioMissingError("The recording of these instructions is gone.", "Find the instructions again.")
    shared = {
        "request": "generate",
        "out": str(own_folder(cache_folder())),
        "seed": None if settings.use_random_seed else settings.seed,
        "seconds": None if settings.use_auto_length else round(settings.seconds, 3),
        "variations": 1,
        "guidance": None if settings.use_auto_guidance else round(settings.guidance, 3),
        "follow": round(settings.follow, 3),
        "fps": scene_fps(scene),
        "force": True,  # the user has seen the words
    }
    instructions = []
    for one in found:
        said = {"text": one.words.strip()} if one.typed else {"audio": audio, "part": [one.start, one.end]}
        instructions.append(Instruction(one.frame, one.words.strip(), {**shared, **said}))
    fresh = scene.voice_to_motion_placement.destination == "ACTION"
    if fresh or active_action(settings.character) is None:
        instructions[:0] = _standing_before(scene, timeline.origin, instructions[0].frame, shared)
    name = timeline.sound.name if timeline.sound is not None else "Direction"
    place = Place.of(scene, settings.character, timeline.origin)
    direction.start(DirectionPlan(place, name, audio, fresh, instructions), backend_command())


def _standing_before(scene: bpy.types.Scene, origin: int, first: int, shared: dict) -> list[Instruction]:
    """Standing up to the first instruction, instead of waiting in the middle of a stride.

    One frame is no motion: the character is not seen to wait there."""
    if first - origin < NEAREST:
        return []
    seconds = (first - origin) / scene_fps(scene)
    request = {**shared, "text": "stand still", "seconds": round(min(max(seconds, SHORTEST), LONGEST), 3)}
    return [Instruction(origin, "stand still", request, asked=False)]


class VOICE_TO_MOTION_OT_apply_direction(bpy.types.Operator):
    """Put the motions of a direction on the character"""

    bl_idname = "voice_to_motion.apply_direction"
    bl_label = "Apply Direction"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}  # internal: it is called by Direct, with what Direct made

    action: StringProperty(name="Action", description="The action that was made", options={"SKIP_SAVE"})
    character: StringProperty(name="Character", description="Full name of the armature", options={"SKIP_SAVE"})
    audio: StringProperty(name="Audio", description="Recording to put on the timeline", options={"SKIP_SAVE"})
    frame: IntProperty(name="Frame", description="Frame at which the recording starts", options={"SKIP_SAVE"})
    fresh: BoolProperty(name="New Action", description="The action that the character had is kept", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Replace the character's action, or let the character wear the new one."""
        scene, target = context.scene, find_object(self.character)
        action = bpy.data.actions.get(self.action)
        reason = key_disabled_reason(target) if target is not None and action is not None else "The character is gone"
        if reason:
            self.report({"ERROR"}, rpt_(reason + "."))
            return {"CANCELLED"}
        clips = [clip for clip in action.voice_to_motion.clips]
        action["heard"], action["text"], action["audio"] = "; ".join(clip.name for clip in clips)[:500], "", self.audio
        before = active_action(target)
        with sound_follows(scene, target):
            assign_action(scene, target, action)
        notes = [rpt_("{} motions from frame {} to {}", len(clips), min(c.start for c in clips), max(c.last for c in clips))]
        if before is not None and self.fresh:
            before.use_fake_user = True  # else it would be gone with the next save
            notes.append(rpt_("“{}” is kept", before.name))
        elif before is not None and not before.users:
            name = before.name
            bpy.data.actions.remove(before)
            action.name = name
        last = max(clip.last for clip in clips)
        if last > scene.frame_end:
            scene.frame_end = last
            notes.append(rpt_("scene now ends at {}", last))
        if scene.voice_to_motion.use_audio_strip and self.audio:
            notes.append(rpt_(add_sound_strip(scene, self.audio, self.frame)[1]))
        session.heard = action["heard"]
        session.note = sentences(notes)
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_direct, VOICE_TO_MOTION_OT_apply_direction)
