"""Shared by operators that request motions: queueing, waiting, and applying the result.

A button queues the request and returns at once. A script waits, because scripts expect to find the keys afterwards.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import bpy
from bpy.props import BoolProperty

from ..installation import BackendNotFoundError
from ..link import timer
from ..link.client import BackendGoneError
from ..link.incremental import incremental_work
from ..link.session import session
from ..link.tasks import Task
from ..motion.files import MotionData, save_motion
from ..motion.motion import Motion
from ..motion.quaternions import rotation_vectors
from ..scene import Place, in_scene
from ..translations import rpt_

KEPT_HINT = "The motion itself is kept in the cache folder."
_FOLDER_HINT = "Choose another one in the add-on's preferences."
_MOST_WORDS = 60  # of which a motion keeps what became of them
_PYTHON_HINT = "Check its Python in the add-on's preferences."


class MotionRequest:
    """Mixin for operators that ask for a motion. `begin` puts the task in the queue."""

    force: BoolProperty(
        name="Generate Anyway",
        description="Make a motion even where what was said is taken for no instruction",
        options={"SKIP_SAVE"},
    )

    def begin(self, context: bpy.types.Context) -> Task | None:
        """The queued task; None where it could not be asked for, which `failed` has then said."""
        raise NotImplementedError

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Queue it and return to Blender."""
        if self.begin(context) is None:
            return {"CANCELLED"}
        timer.ensure_running()
        timer.redraw_sidebars()
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Queue it and wait for its end, and so for the end of those before it."""
        task = self.begin(context)
        if task is None:
            return {"CANCELLED"}
        while task.outcome is None:
            session.step()
            time.sleep(0.01)
        incremental_work.run_all()
        if task.outcome.kind == "cancelled":
            self.report({"INFO"}, "Motion generation cancelled")
            return {"CANCELLED"}
        if session.message:  # from the backend, or from applying what it made
            self.report({"ERROR"}, f"{rpt_(session.message)} {rpt_(session.hint)}".strip())
            return {"CANCELLED"}
        self.report({"INFO"}, rpt_(session.note))
        return {"FINISHED"}

    def queue(self, task: Task, command: Callable[[], tuple]) -> Task | None:
        """Put a task in the queue.

        Args:
            command: `runtime.configuration.backend_command`.
        """
        try:
            session.add(task, *command())
        except (BackendNotFoundError, BackendGoneError) as error:
            return self.failed(str(error), getattr(error, "hint", _PYTHON_HINT))
        return task

    def folder_failed(self, error: OSError) -> None:
        """Say that the cache folder cannot be used."""
        return self.failed(f"The cache folder cannot be used: {error.strerror}.", _FOLDER_HINT)

    def failed(self, message: str, hint: str) -> None:
        """Say in the panel and in a report why it cannot be asked for."""
        session.fail(message, hint)
        self.report({"ERROR"}, f"{rpt_(message)} {rpt_(hint)}".strip())


class MotionResult:
    """Mixin for operators that apply what was made."""

    def failed(self, message: str) -> set[str]:
        """Say in the panel and in a report why it cannot be applied."""
        session.fail(message)
        self.report({"ERROR"}, rpt_(message))
        return {"CANCELLED"}


def save_input_motion(motion: Motion, folder: Path) -> Path:
    """Write what the character does as a file that a request can name. Raises OSError."""
    path = folder / f"before {uuid.uuid4().hex}.npz"
    save_motion(path, MotionData(rotation_vectors(motion.rotations), motion.pelvis, motion.fps))
    return path


def request_as_json(task: Task) -> str:
    """What a motion's source keeps of a request, and what became of its words."""
    kept = {key: task.request.get(key) for key in ("guidance", "follow", "seconds", "text")}
    account = {"words": task.words[:_MOST_WORDS], "reached": task.reached[:_MOST_WORDS]}
    return json.dumps(kept | {"confidence": task.confidence} | account)


def apply_result(place: Place, operator: Callable, **arguments: object) -> None:
    """Call an operator that applies a result as one undo step, and report the outcome."""
    gone = place.gone()
    if gone:
        report_not_applied(gone)
        return
    with in_scene(place.scene):
        try:
            # The second argument asks for an undo step although a script calls.
            operator("EXEC_DEFAULT", True, **arguments)
        except RuntimeError as error:  # how bpy.ops passes on a report of the kind ERROR, or a poll that says no
            report_not_applied(session.message or str(error).strip().removeprefix("Error: "))
            return
    timer.show_message(session.note)


def report_not_applied(message: str) -> None:
    """Say in the panel and the status bar why a result is not on the character."""
    session.fail(message, session.hint or KEPT_HINT)
    timer.show_message(message)
