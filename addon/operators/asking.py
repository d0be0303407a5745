"""What operators that ask the backend for a motion have in common: a button puts the request in the queue and returns at once, a
script waits for what comes of it, because scripts expect to find the keys afterwards.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import bpy
from bpy.props import BoolProperty

from ..link import timer
from ..link.incremental import incremental_work
from ..link.session import session
from ..link.tasks import Task
from ..motion.files import MotionData, save_motion
from ..motion.motion import Motion
from ..motion.quaternions import rotation_vectors
from ..translations import rpt_


def send(motion: Motion, folder: Path) -> Path:
    """Write what the character does as a file that a request can name. Raises OSError."""
    path = folder / f"before {uuid.uuid4().hex}.npz"
    save_motion(path, MotionData(rotation_vectors(motion.rotations), motion.pelvis, motion.fps))
    return path


class Asking:
    """Mixin for operators. `begin` puts the task in the queue."""

    force: BoolProperty(
        name="Generate Anyway",
        description="Make a motion even where what was said is taken for no instruction",
        options={"SKIP_SAVE"},
    )

    def begin(self, context: bpy.types.Context) -> Task | None:
        """The task, already in the queue; None where it could not be asked for, which `failed` then has said."""
        raise NotImplementedError

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Queue it and return to Blender."""
        if self.begin(context) is None:
            return {"CANCELLED"}
        timer.ensure_running()
        timer.redraw_sidebars()
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Queue it and wait for its end, and with it for those before it."""
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

    def failed(self, message: str, hint: str) -> None:
        """Say in the panel and in a report why it cannot be asked for."""
        session.fail(message, hint)
        self.report({"ERROR"}, f"{rpt_(message)} {rpt_(hint)}".strip())
