"""Operator: generate motions from an instruction, then apply them as one undo step.

Pressed as a button it only queues a request: `link.timer` looks after it, so Blender stays usable and several may wait.
Called from a script (`bpy.ops.voice_to_motion.generate()`) it waits for the result.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator
from pathlib import Path

import bpy

from ..clips.active_action import active_action
from ..clips.clip_layers import ClipError
from ..clips.current_motion import motion_before
from ..clips.placement import seconds_to_ask
from ..clips.sequence import ordered_clips, prepare_clips, slot_at
from ..clips.variations import AskedGeneration, discard_variations, make_variation
from ..keys.keyframes import KeyingError
from ..link import timer
from ..link.incremental import incremental_work
from ..link.results import own_folder
from ..link.session import MAX_WAITING, session
from ..link.tasks import Outcome, Task
from ..motion.files import MotionFileError
from ..rigs.readiness import character_reason
from ..rigs.reading import read_rig
from ..rigs.rig import RigError
from ..runtime.configuration import backend_command, cache_folder
from ..scene import LARGEST_SEED, Place, scene_fps
from ..takes.audio import AudioMissingError, active_take, audio_file, note_heard
from ..translations import sentences
from .motion_operators import KEPT_HINT, MotionRequest, apply_result, report_not_applied, request_as_json, save_input_motion
from .reasons import Explained, backend_reason


class VOICE_TO_MOTION_OT_generate(MotionRequest, Explained, bpy.types.Operator):
    """Turn the instruction into keys from the current frame on. Press again to queue another"""

    bl_idname = "voice_to_motion.generate"
    bl_label = "Generate Motion"
    bl_options = {"REGISTER"}  # no UNDO: only applying the result changes the scene, and that is a step of its own

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Audio, character and backend must be there, and room in the queue."""
        settings = context.scene.voice_to_motion
        if len(session.waiting) >= MAX_WAITING:
            return "The queue is full: wait for some motions to be finished"
        if not settings.audio_path and not settings.typed.strip():
            return "Record or type an instruction, or load an audio file first"
        return character_reason(context.scene, settings.character) or backend_reason()

    def begin(self, context: bpy.types.Context) -> Task | None:
        """What the panel says, as a request."""
        settings = context.scene.voice_to_motion
        typed = settings.typed.strip()
        follows, behind = waiting_generation(settings.character), _last_clip_if_playing(context)
        try:
            audio = None if typed else audio_file(settings)
            folder = own_folder(cache_folder())
            before = None if follows is not None or behind else _save_motion_before(context, folder)
        except AudioMissingError as error:
            return self.failed(str(error), error.hint)
        except OSError as error:
            return self.folder_failed(error)
        request = {
            "request": "generate",
            **({"text": typed} if audio is None else {"audio": str(audio)}),
            "out": str(folder),
            "seed": None if settings.use_random_seed else settings.seed,
            "seconds": seconds_to_ask(context.scene) or (None if settings.use_auto_length else round(settings.seconds, 3)),
            "variations": settings.variations,
            "guidance": None if settings.use_auto_guidance else round(settings.guidance, 3),
            "follow": round(settings.follow, 3),
            "fps": scene_fps(context.scene),
            **({"motion": str(before)} if before is not None else {}),
            "force": self.force,
        }
        place = Place.of(context.scene, settings.character, context.scene.frame_current)
        title = typed[:40] if audio is None else recording_title(settings, audio)
        task = Task(request, title=title, operator="voice_to_motion.generate", character=place.character_uid, follows=follows)
        task.frame = place.frame
        task.on_end = lambda task, outcome: receive_motions(task, outcome, place, audio, behind)
        return self.queue(task, backend_command)


def waiting_generation(character: bpy.types.Object) -> Task | None:
    """The last generation for a character that has not ended; new ones follow it."""
    return next((task for task in reversed(session.tasks) if task.character == character.session_uid), None)


def _last_clip_if_playing(context: bpy.types.Context) -> str:
    """The uid of the last clip while the animation plays, when nobody chooses a frame."""
    screen, action = context.screen, active_action(context.scene.voice_to_motion.character)
    if screen is None or not screen.is_animation_playing or action is None:
        return ""
    prepare_clips(action)
    return next((clip.uid for clip in reversed(ordered_clips(action))), "")


def _clip_before(task: Task, place: Place) -> str:
    """The uid of the clip that came of the generation a task follows, or of those before it.

    Empty where its own frame is another one, at which there is no such clip: the playhead was moved there on purpose.
    """
    action, earlier = active_action(place.character), task.follows
    while earlier is not None and not earlier.placed:
        earlier = earlier.follows
    clips = action.voice_to_motion.clips if action is not None and earlier is not None else ()
    clip = next((clip for clip in clips if clip.uid == earlier.placed), None)
    if clip is None or not (task.frame == earlier.frame or clip.start <= task.frame <= clip.last + 1):
        return ""
    return clip.uid


def _save_motion_before(context: bpy.types.Context, folder: Path) -> Path | None:
    """What the character does before the new motion as a file; None starts afresh.

    Raises:
        OSError: it cannot be written.
    """
    scene = context.scene
    placement, character = scene.voice_to_motion_placement, scene.voice_to_motion.character
    if not placement.use_current_pose or placement.destination == "RANGE":
        return None
    try:
        start = slot_at(active_action(character), scene.frame_current, from_pose=True).start
        motion = motion_before(scene, read_rig(scene, character), start - 1)
    except RigError:
        return None  # applying the motion will say why
    return None if motion is None else save_input_motion(motion, folder)


def recording_title(settings: bpy.types.PropertyGroup, audio: Path) -> str:
    """What the queue calls a recording: the take's name, else the file's."""
    take = active_take(settings)
    return take.name if take is not None else audio.stem


def receive_motions(task: Task, outcome: Outcome, place: Place, audio: Path | None, behind: str) -> None:
    """Put the result of a generation on the character, as one undo step, or say why not.

    Args:
        audio: the recording; None where the instruction was typed.
        behind: uid of the clip it goes on from, unless it follows another generation; empty where the frame decides.
    """
    before = task.request.get("motion", "")
    if outcome.kind != "result" and before:
        Path(before).unlink(missing_ok=True)
    if outcome.kind == "cancelled":
        timer.show_message("cancelled")
        return
    if outcome.kind == "error":
        timer.show_message(outcome.message)
        if audio is not None and place.scene is not None:  # a refusal says what was heard
            note_heard(place.scene.voice_to_motion, task.title, task.heard)
        return
    gone = place.gone()
    if gone:
        session.fail(gone, KEPT_HINT)
        return
    session.clear_message()
    arguments = {"audio": str(audio or ""), "character": place.character.name_full, "frame": place.frame, "before": before}
    arguments |= {"request": request_as_json(task), "after": behind or _clip_before(task, place)}
    if audio is not None:
        note_heard(place.scene.voice_to_motion, task.title, task.heard)
    if len(outcome.files) > 1:
        incremental_work.add(_make_variations(task, outcome.files, place, arguments))
        return
    seed = min(max(outcome.seed, -1), LARGEST_SEED)
    apply_result(place, bpy.ops.voice_to_motion.apply_motion, filepath=outcome.files[0], seed=seed, **arguments)
    if not session.message:
        session.note = sentences([session.note, outcome.event.get("note", "").rstrip(".")])
    _note_placed(task, place)


def _note_placed(task: Task, place: Place) -> None:
    action = active_action(place.character)
    if not session.message and action is not None and len(action.voice_to_motion.clips):
        task.placed = action.voice_to_motion.clips[-1].uid


def _make_variations(task: Task, files: tuple[str, ...], place: Place, arguments: dict) -> Generator[None, None, None]:
    """Make the action of each variation step by step, and put the first on the character."""
    name, notes = uuid.uuid4().hex, []
    asked = AskedGeneration(*(arguments[name] for name in ("audio", "request", "before", "after")))
    for number, file in enumerate(files, start=1):
        try:
            notes = yield from make_variation(place, file, number, name, asked)
        except (MotionFileError, RigError, KeyingError, ClipError) as error:
            discard_variations(name)
            report_not_applied(str(error))
            return
        yield
    if not place.gone():
        arguments = arguments | {"character": place.character.name_full}  # it may have been renamed meanwhile
    names = [{"name": file} for file in files]
    apply_result(place, bpy.ops.voice_to_motion.apply_variations, files=names, made=name, notes=sentences(notes), **arguments)
    _note_placed(task, place)


CLASSES = (VOICE_TO_MOTION_OT_generate,)
