"""Operator: from the recording to motion files, with the scene left alone, then one undo step that applies them.

Pressed as a button it only puts a request in the queue: `link.timer` looks after it, so Blender stays usable, and so that several
may wait. Called from a script (`bpy.ops.voice_to_motion.generate()`) it waits for the result.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy

from ..clips.placement import asked_seconds
from ..clips.present import motion_before
from ..clips.values import ClipError
from ..clips.variation import Asked, discard, make_variation
from ..installation import BackendNotFoundError
from ..keys.keyframes import KeyingError
from ..link import timer
from ..link.client import BackendGoneError
from ..link.incremental import incremental_work
from ..link.results import own_folder
from ..link.session import MAX_WAITING, session
from ..link.tasks import Outcome, Task
from ..motion.files import MotionFileError
from ..rigs.smplx_rig import RigError
from ..runtime.here import backend_command, cache_folder
from ..scene import LARGEST_SEED, Place, in_scene, scene_fps
from ..takes.audio import AudioMissingError, active_take, audio_file, note_heard
from ..translations import sentences
from .asking import Asking, send
from .reasons import Explained, character_reason


class VOICE_TO_MOTION_OT_generate(Asking, Explained, bpy.types.Operator):
    """Turn the spoken instruction into keys for the character, from the current frame on. Press again to queue another"""

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
        reason = character_reason(context.scene, settings.character)
        if reason:
            return reason
        try:
            backend_command()
        except BackendNotFoundError as error:
            return f"{error} {error.hint}".rstrip(".")
        return ""

    def begin(self, context: bpy.types.Context) -> Task | None:
        """What the panel says, as a request."""
        settings = context.scene.voice_to_motion
        typed = settings.typed.strip()
        try:
            audio = None if typed else audio_file(settings)
            folder = own_folder(cache_folder())
            before = _what_is_before(context, folder)
        except AudioMissingError as error:
            return self.failed(str(error), error.hint)
        except OSError as error:
            return self.failed(
                f"The cache folder cannot be used: {error.strerror}.", "Choose another one in the add-on's preferences."
            )
        request = {
            "request": "generate",
            **({"text": typed} if audio is None else {"audio": str(audio)}),
            "out": str(folder),
            "seed": None if settings.use_random_seed else settings.seed,
            "seconds": asked_seconds(context.scene) or (None if settings.use_auto_length else round(settings.seconds, 3)),
            "variations": settings.variations,
            "guidance": None if settings.use_auto_guidance else round(settings.guidance, 3),
            "fps": scene_fps(context.scene),
            **({"motion": str(before)} if before is not None else {}),
            "force": self.force,
        }
        place = Place.of(context.scene, settings.character, context.scene.frame_current)
        title = typed[:40] if audio is None else title_of(settings, audio)
        task = Task(request, title=title, operator="voice_to_motion.generate")
        task.on_end = lambda task, outcome: finish(task, outcome, place, audio)
        try:
            session.add(task, *backend_command())
        except (BackendNotFoundError, BackendGoneError) as error:
            return self.failed(str(error), getattr(error, "hint", "Check its Python in the add-on's preferences."))
        return task


def _what_is_before(context: bpy.types.Context, folder: Path) -> Path | None:
    """A file of what the character does up to the current frame, where the motion is to go on from that. Raises OSError."""
    scene = context.scene
    placement, character = scene.voice_to_motion_placement, scene.voice_to_motion.character
    if not placement.use_current_pose or placement.destination == "RANGE":
        return None
    motion = motion_before(scene, character, scene.frame_current, scene_fps(scene))
    return None if motion is None else send(motion, folder)


def title_of(settings: bpy.types.PropertyGroup, audio: Path) -> str:
    """What the queue calls a recording: the take's name, else the file's."""
    take = active_take(settings)
    return take.name if take is not None else audio.stem


def finish(task: Task, outcome: Outcome, place: Place, audio: Path | None) -> None:
    """What becomes of a generation: keys on the character, as one undo step, or a sentence that says why not.

    Where it was typed, ``audio`` is None."""
    before = task.request.get("motion", "")
    if outcome.kind != "result" and before:
        Path(before).unlink(missing_ok=True)
    if outcome.kind == "cancelled":
        timer.show_message("cancelled")
        return
    if outcome.kind == "error":
        timer.show_message(outcome.message)
        return
    gone = place.gone()
    if gone:
        session.fail(gone, "The motion itself is kept in the cache folder.")
        return
    session.clear_message()
    arguments = {"audio": str(audio or ""), "character": place.character.name, "frame": place.frame, "before": before}
    arguments["request"] = json.dumps({key: task.request.get(key) for key in ("guidance", "seconds", "text")})
    if audio is not None:
        note_heard(place.scene.voice_to_motion, task.title, task.heard)
    if len(outcome.files) > 1:
        incremental_work.add(_one_by_one(outcome.files, place, arguments))
        return
    seed = min(max(outcome.seed, -1), LARGEST_SEED)
    _apply(place, bpy.ops.voice_to_motion.apply_motion, filepath=outcome.files[0], seed=seed, **arguments)


def _one_by_one(files: tuple[str, ...], place: Place, arguments: dict) -> Iterator[None]:
    """Make the action of each variation, a piece at a step; the last step puts the first of them on the character."""
    name, notes = uuid.uuid4().hex, []
    asked = Asked(arguments["audio"], arguments["request"], arguments["before"])
    for number, file in enumerate(files, start=1):
        try:
            notes = yield from make_variation(place, file, number, name, asked)
        except (MotionFileError, RigError, KeyingError, ClipError) as error:
            discard(name)
            _not_applied(str(error))
            return
        yield
    if not place.gone():
        arguments = arguments | {"character": place.character.name}  # it may have been renamed meanwhile
    names = [{"name": file} for file in files]
    _apply(place, bpy.ops.voice_to_motion.apply_variations, files=names, made=name, notes=sentences(notes), **arguments)


def _apply(place: Place, operator: Callable, **arguments: object) -> None:
    """Call an operator that applies a result, as one undo step, where it was asked for."""
    gone = place.gone()
    if gone:
        _not_applied(gone)
        return
    with in_scene(place.scene):
        try:
            # The second argument asks for an undo step although a script calls.
            operator("EXEC_DEFAULT", True, **arguments)
        except RuntimeError as error:  # how bpy.ops passes on a report of the kind ERROR, or a poll that says no
            _not_applied(session.message or str(error).strip().removeprefix("Error: "))
            return
    timer.show_message(session.note)


def _not_applied(message: str) -> None:
    session.fail(message, session.hint or "The motion itself is kept in the cache folder.")
    timer.show_message(message)


CLASSES = (VOICE_TO_MOTION_OT_generate,)
