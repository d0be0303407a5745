"""Operators: regenerate some frames of the character's motion, and choose which frames.

The frames around are sent along, so that the model makes what fits between them. Nothing changes until its answer is
there; Apply Range then puts it in place as one undo step.
"""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..clips.active_action import active_action
from ..clips.clip_layers import ClipError
from ..clips.properties import note_change
from ..clips.ranges import RangePlan, clip_below, place_range, plan_range, range_reason
from ..clips.source import instruction_of, motion_source
from ..keys.keyframes import KeyingError, curve_owner
from ..link import timer
from ..link.results import own_folder
from ..link.session import MAX_WAITING, session
from ..link.tasks import Outcome, Task
from ..motion.files import MotionFileError, load_motion
from ..rigs.readiness import character_reason
from ..rigs.rig import RigError
from ..runtime.configuration import backend_command, cache_folder
from ..scene import Place, find_object
from ..takes.audio import AudioMissingError, audio_file
from ..translations import rpt_, sentences
from ..tweak.archive import ArchiveError
from .generate import recording_title
from .motion_operators import KEPT_HINT, MotionRequest, MotionResult, apply_result, request_as_json, save_input_motion
from .reasons import Explained, backend_reason, character_rig


class VOICE_TO_MOTION_OT_regenerate_range(MotionRequest, Explained, bpy.types.Operator):
    """Make the chosen frames anew, joined smoothly to the frames around, which stay as they are"""

    bl_idname = "voice_to_motion.regenerate_range"
    bl_label = "Regenerate Range"
    bl_options = {"REGISTER"}  # no UNDO: applying the result is the step

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A motion must be there, a range of it chosen, and words known."""
        scene, settings = context.scene, context.scene.voice_to_motion
        if len(session.waiting) >= MAX_WAITING:
            return "The queue is full: wait for some motions to be finished"
        reason = character_reason(scene, settings.character) or range_reason(scene, settings.character)
        if reason:
            return reason
        if scene.voice_to_motion_placement.use_new_words:
            if not settings.audio_path and not settings.typed.strip():
                return "Record or type the new instruction first, or turn New Instruction off"
        elif not instruction_below(context):
            return "The words of the motion in these frames are not known: turn New Instruction on and record or type one"
        return backend_reason()

    def begin(self, context: bpy.types.Context) -> Task | None:
        """The motion as it is, with the frames to regenerate, as a request."""
        scene, settings = context.scene, context.scene.voice_to_motion
        as_before = not scene.voice_to_motion_placement.use_new_words
        try:
            words = instruction_below(context) if as_before else _new_instruction(settings)
            chosen = plan_range(scene, character_rig(scene, settings.character))
            folder = own_folder(cache_folder())
            before = save_input_motion(chosen.motion, folder)
        except AudioMissingError as error:
            return self.failed(str(error), error.hint)
        except (ClipError, RigError, ArchiveError) as error:
            return self.failed(str(error), "")
        except OSError as error:
            return self.folder_failed(error)
        request = {
            "request": "generate",
            **words,
            "out": str(folder),
            "motion": str(before),
            "first": chosen.rows[0],
            "last": chosen.rows[1],
            "fixed": list(chosen.fixed),
            "seed": None if settings.use_random_seed else settings.seed,
            "seconds": None,
            "variations": 1,
            "guidance": None if settings.use_auto_guidance else round(settings.guidance, 3),
            "follow": round(settings.follow, 3),
            "fps": chosen.motion.fps,
            "force": self.force,
        }
        place, worn = Place.of(scene, settings.character, chosen.first), active_action(settings.character).session_uid
        name = words.get("text") or (Path(words["audio"]).stem if as_before else recording_title(settings, Path(words["audio"])))
        task = Task(request, title=f"{chosen.first} – {chosen.last}: {name}"[:60], operator="voice_to_motion.regenerate_range")
        task.on_end = lambda task, outcome: receive_range(task, outcome, place, chosen, worn)
        return self.queue(task, backend_command)


def instruction_below(context: bpy.types.Context) -> dict[str, str]:
    """The instruction of the motion in the chosen frames, as request fields; empty if unknown."""
    placement = context.scene.voice_to_motion_placement
    clip = clip_below(context.scene.voice_to_motion.character, placement.range_start, placement.range_end)
    return instruction_of(clip) if clip is not None else {}


def _new_instruction(settings: bpy.types.PropertyGroup) -> dict[str, str]:
    typed = settings.typed.strip()
    return {"text": typed} if typed else {"audio": str(audio_file(settings))}


def receive_range(task: Task, outcome: Outcome, place: Place, chosen: RangePlan, worn: int) -> None:
    """Put regenerated frames on the character, as one undo step, or say why not.

    Args:
        worn: session uid of the action they were asked for.
    """
    Path(task.request["motion"]).unlink(missing_ok=True)
    if outcome.kind != "result":
        timer.show_message("cancelled" if outcome.kind == "cancelled" else outcome.message)
        return
    gone = place.gone()
    if gone:
        session.fail(gone, KEPT_HINT)
        return
    action = active_action(place.character)
    if action is None or action.session_uid != worn:
        session.fail(f"{place.character_name} wears another action now.", "Put the one back, then regenerate the range again.")
        return
    session.clear_message()
    apply_result(
        place,
        bpy.ops.voice_to_motion.apply_range,
        filepath=outcome.files[0],
        character=place.character.name_full,
        start=chosen.start,
        first=chosen.first,
        last=chosen.last,
        audio=task.request.get("audio", ""),
        request=request_as_json(task),
    )


class VOICE_TO_MOTION_OT_apply_range(MotionResult, bpy.types.Operator):
    """Put the regenerated frames of a range on the character; the others stay"""

    bl_idname = "voice_to_motion.apply_range"
    bl_label = "Apply Range"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    filepath: StringProperty(name="File", description="Motion file (.npz)", subtype="FILE_PATH", options={"HIDDEN", "SKIP_SAVE"})
    character: StringProperty(name="Character", description="Full name of the armature", options={"HIDDEN", "SKIP_SAVE"})
    start: IntProperty(name="Start", description="Frame of the file's first pose", options={"HIDDEN", "SKIP_SAVE"})
    first: IntProperty(name="First Frame", description="First frame that gets keys", options={"HIDDEN", "SKIP_SAVE"})
    last: IntProperty(name="Last Frame", description="Last frame that gets keys", options={"HIDDEN", "SKIP_SAVE"})
    audio: StringProperty(name="Audio", description="Recording of the instruction", options={"HIDDEN", "SKIP_SAVE"})
    request: StringProperty(name="Request", description="What was asked of the backend, as JSON", options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Read the file, write the keys inside, and say what was done."""
        scene, target = context.scene, find_object(self.character)
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
        notes = [rpt_("frames {} to {} regenerated", clip.start, clip.last)]
        if clip.by_hand:
            many = clip.by_hand > 1
            notes.append(rpt_("{} keys made by hand are kept", clip.by_hand) if many else rpt_("1 key made by hand is kept"))
        session.note = sentences([*notes, *told])
        note_change(clip.id_data, clip.uid, sentences(told))
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_choose_range(Explained, bpy.types.Operator):
    """Take the frames to regenerate from the timeline"""

    bl_idname = "voice_to_motion.choose_range"
    bl_label = "Choose Range"
    bl_options = {"REGISTER", "UNDO"}

    source: EnumProperty(
        name="From",
        description="Where the frames are taken from",
        items=(
            ("PREVIEW", "Preview Range", "The preview range of the timeline"),
            ("KEYS", "Selected Keys", "From the first to the last selected key of the character"),
        ),
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """The tooltip of each button."""
        if properties.source == "KEYS":
            return "Take the frames from the first to the last selected key of the character"
        return "Take the frames of the timeline's preview range"

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A character must be chosen; what is selected is looked at when it runs."""
        return "" if context.scene.voice_to_motion.character else "Create a character or pick an armature first"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set First Frame and Last Frame."""
        scene = context.scene
        if self.source == "PREVIEW":
            if not scene.use_preview_range:
                self.report({"WARNING"}, "There is no preview range: press P in the timeline and draw one")
                return {"CANCELLED"}
            found = scene.frame_preview_start, scene.frame_preview_end
        else:
            found = selected_frames(scene.voice_to_motion.character)
            if found is None:
                self.report({"WARNING"}, "Select keys of the character in the timeline or the dope sheet first")
                return {"CANCELLED"}
        placement = scene.voice_to_motion_placement
        placement.range_start, placement.range_end = found
        return {"FINISHED"}


def selected_frames(character: bpy.types.Object) -> tuple[int, int] | None:
    """First and last frame of the selected keys of the character's action; None where none is."""
    data = character.animation_data
    if data is None or data.action is None:
        return None
    found = []
    for curve in curve_owner(character).fcurves:
        count = len(curve.keyframe_points)
        chosen, places = np.empty(count, dtype=bool), np.empty(count * 2, dtype=np.float32)
        curve.keyframe_points.foreach_get("select_control_point", chosen)
        curve.keyframe_points.foreach_get("co", places)
        found += places[::2][chosen].tolist()
    return (round(min(found)), round(max(found))) if found else None


CLASSES = (VOICE_TO_MOTION_OT_regenerate_range, VOICE_TO_MOTION_OT_apply_range, VOICE_TO_MOTION_OT_choose_range)
