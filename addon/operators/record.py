"""Operators: record a take through the backend, stop it, discard it, record it again."""

from __future__ import annotations

import time
from pathlib import Path

import bpy

from ..installation import BackendNotFoundError
from ..link import timer
from ..link.client import BackendGoneError
from ..link.session import session
from ..link.tasks import Outcome, Task
from ..runtime.configuration import backend_command, cache_folder
from ..scene import in_scene
from ..takes.audio import active_take
from ..takes.recorder import PART, partial_recording, recorder
from ..translations import rpt_
from .generate import VOICE_TO_MOTION_OT_generate
from .reasons import Explained, backend_reason

LONGEST = 60.0  # seconds, as much speech as one instruction may have
STALE = 60.0  # seconds without growth after which an unfinished recording is an interrupted one


class VOICE_TO_MOTION_OT_record(Explained, bpy.types.Operator):
    """Record a spoken instruction. It becomes a take in the list"""

    bl_idname = "voice_to_motion.record"
    bl_label = "Record Instruction"
    bl_options = {"REGISTER"}  # no UNDO: adding the take is its own step

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """One recording at a time, not while playing, and with a backend."""
        if recorder.active:
            return "A recording is already running"
        if session.under_way("play"):
            return "A take is playing: stop it first"
        if context.scene.library is not None:
            return "This scene is linked from another file"
        return backend_reason()

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Start recording and return to Blender."""
        if start(context) is None:
            return self._report_failure()
        timer.ensure_running()
        timer.redraw_sidebars()
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """For scripts: wait until a pause or the time limit ends it."""
        task = start(context)
        while recorder.active:
            recorder.step()
            session.step()
            time.sleep(0.01)
        if task is None or task.outcome is None or task.outcome.kind != "result":
            return self._report_failure()
        return {"FINISHED"}

    def _report_failure(self) -> set[str]:
        if session.message:
            self.report({"ERROR"}, f"{rpt_(session.message)} {rpt_(session.hint)}".strip())
        return {"CANCELLED"}


class VOICE_TO_MOTION_OT_stop_recording(Explained, bpy.types.Operator):
    """Stop recording and keep it"""

    bl_idname = "voice_to_motion.stop_recording"
    bl_label = "Stop Recording"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A recording must be running."""
        return "" if recorder.active else "No recording is running"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Stop; the take appears when the backend has written its file."""
        recorder.stop()
        timer.redraw_sidebars()
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_discard_recording(Explained, bpy.types.Operator):
    """Stop recording and discard it (shortcut: Esc)"""

    bl_idname = "voice_to_motion.discard_recording"
    bl_label = "Discard Recording"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A recording must be running."""
        return "" if recorder.active else "No recording is running"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Discard it."""
        recorder.discard()
        timer.redraw_sidebars()
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_record_again(Explained, bpy.types.Operator):
    """Record this take again. The new recording replaces it in the list; the old file stays on disk"""

    bl_idname = "voice_to_motion.record_again"
    bl_label = "Record Again"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """As for recording; also a take must be chosen."""
        if active_take(context.scene.voice_to_motion) is None:
            return "Choose a take in the list first"
        return VOICE_TO_MOTION_OT_record.disabled_reason(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Record; Undo brings the old take back."""
        if start(context, instead_of=active_take(context.scene.voice_to_motion).name) is None:
            self.report({"ERROR"}, f"{rpt_(session.message)} {rpt_(session.hint)}".strip())
            return {"CANCELLED"}
        timer.ensure_running()
        return {"FINISHED"}


def start(context: bpy.types.Context, instead_of: str = "") -> Task | None:
    """Start the countdown; None when that fails, with the reason in the session."""
    settings = context.scene.voice_to_motion.recording
    try:
        recover_leftovers(recordings_folder())
        path = free_path(recordings_folder())
        command, folder = backend_command()
    except (BackendNotFoundError, OSError) as error:
        hint = getattr(error, "hint", "Choose another cache folder in the add-on's preferences.")
        session.fail(f"Nothing can be recorded: {error}", hint)
        return None
    request = {
        "request": "record",
        "file": str(path),
        "device": settings.device,
        "silence": round(settings.silence, 2) if settings.use_silence else None,
        "longest": LONGEST,
    }
    scene_uid = context.scene.session_uid
    task = Task(request, title=path.stem)
    task.on_end = lambda task, outcome: finish(outcome, path, scene_uid, instead_of)

    def begin() -> None:
        try:
            session.add(task, command, folder)
        except BackendGoneError as error:
            task.outcome = Outcome("error")
            session.fail(str(error), "Check its Python in the add-on's preferences.")

    recorder.start(task, settings.countdown, begin)
    return task if recorder.active else None


def recordings_folder() -> Path:
    """The folder for recordings: beside the .blend, or in the cache while it is unsaved.

    Raises OSError.
    """
    folder = Path(bpy.path.abspath("//")) if bpy.data.is_saved else cache_folder()
    folder = folder / "recordings"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def recover_leftovers(folder: Path) -> None:
    """Recover recordings interrupted when Blender was closed, and say so. Raises OSError."""
    for part in folder.glob(f"*.wav{PART}"):
        # A recording that is running in another Blender grows several times a second.
        if time.time() - part.stat().st_mtime > STALE and (kept := partial_recording(part.with_suffix(""))) is not None:
            timer.show_message(rpt_("an interrupted recording was recovered: {}", kept))


def free_path(folder: Path) -> Path:
    """The next unused file name, counting unfinished recordings too."""
    number = 1
    while (path := folder / f"Take {number}.wav").exists() or path.with_name(path.name + PART).exists():
        number += 1
    return path


def finish(outcome: Outcome, path: Path, scene_uid: int, instead_of: str) -> None:
    """Make a take of an ended recording, as one undo step; also of what a dead backend left."""
    if outcome.kind == "cancelled":
        timer.show_message("recording discarded")
        return
    notes = []
    if outcome.kind == "error":
        if partial_recording(path) is None:
            timer.show_message(outcome.message)
            return
        notes.append(rpt_("the part recorded so far is kept"))
    event = outcome.event
    if event.get("reason") == "lost":
        notes.append(rpt_("the microphone was disconnected; the part recorded so far is kept"))
    if event.get("peak") == 0:
        session.fail(
            "The recording is completely silent.",
            "The microphone may be muted, or the system's privacy settings may keep Blender from using it.",
        )
    if isinstance(event.get("gaps"), int) and event["gaps"]:
        notes.append(rpt_("{} gaps, because this computer was busy", event["gaps"]))
    scene = next((scene for scene in bpy.data.scenes if scene.session_uid == scene_uid), None)
    if scene is None:
        session.fail("The scene of this recording no longer exists.", f"The recording is kept: {path}")
        return
    seconds = event.get("seconds")
    with in_scene(scene):
        bpy.ops.voice_to_motion.add_take(
            "EXEC_DEFAULT",
            True,
            filepath=str(path),
            seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
            instead_of=instead_of,
            recorded=True,
        )
    said = "; ".join([rpt_("{} recorded", path.stem), *notes])
    timer.show_message(said)
    if notes:
        session.fail(f"{rpt_(session.message)} {said}.".strip(), session.hint)
    elif scene.voice_to_motion.recording.use_generate and not session.message:
        _generate(scene)


def _generate(scene: bpy.types.Scene) -> None:
    """Generate from the new take, or say why not."""
    with in_scene(scene):
        reason = VOICE_TO_MOTION_OT_generate.disabled_reason(bpy.context)
        if reason:
            session.fail("The take was recorded, and no motion generated.", reason + ".")
        else:
            bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")


CLASSES = (
    VOICE_TO_MOTION_OT_record,
    VOICE_TO_MOTION_OT_stop_recording,
    VOICE_TO_MOTION_OT_discard_recording,
    VOICE_TO_MOTION_OT_record_again,
)
