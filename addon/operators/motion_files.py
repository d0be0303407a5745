"""Operator: put the motion of a file of any kind on the character.

Our own files are applied at once. All others are converted by the backend, which alone knows their formats; then the result is
applied. `apply_motion` writes the keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import bpy
from bpy.props import BoolProperty, StringProperty

from ..link import timer
from ..link.results import own_folder
from ..link.session import session
from ..link.tasks import Outcome, Task
from ..motion.files import is_exchange_file
from ..rigs.readiness import character_reason
from ..runtime.configuration import backend_command, cache_folder
from ..scene import Place, scene_fps
from ..translations import rpt_
from .motion_operators import KEPT_HINT, MotionRequest, apply_result
from .reasons import Explained

SUFFIXES = (".npz", ".npy", ".bvh", ".amc")
_RATES = (1.0, 240.0)  # frames per second that the backend resamples to


class VOICE_TO_MOTION_OT_apply_motion_file(MotionRequest, Explained, bpy.types.Operator):
    """Put the motion of a file on the character, from the current frame on: AMASS, SMPL-X, HumanML3D, BVH and others"""

    bl_idname = "voice_to_motion.apply_motion_file"
    bl_label = "Apply Motion File"
    bl_options = {"REGISTER"}  # no UNDO: only applying the result changes the scene, and that is a step of its own

    filepath: StringProperty(
        name="File", description="Motion file (.npz, .npy, .bvh, .amc)", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: StringProperty(default=";".join(f"*{suffix}" for suffix in SUFFIXES), options={"HIDDEN", "SKIP_SAVE"})
    wait: BoolProperty(description="Return when it is done, as scripts expect", default=True, options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A character must be there; whether the backend is needed depends on the file."""
        return character_reason(context.scene, context.scene.voice_to_motion.character)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the file, unless one was dropped."""
        self.wait = False
        if self.filepath:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def draw(self, context: bpy.types.Context) -> None:
        """There is nothing to set."""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Apply the file, at once or when the backend has converted it."""
        if not self.filepath:
            self.failed("No file was chosen", "")
            return {"CANCELLED"}
        path = Path(bpy.path.abspath(self.filepath))
        if not is_exchange_file(path):
            return MotionRequest.execute(self, context) if self.wait else MotionRequest.invoke(self, context, None)
        session.clear_message()
        _apply(_place(context), str(path), path.stem)
        if session.message:
            self.report({"ERROR"}, rpt_(session.message))
            return {"CANCELLED"}
        return {"FINISHED"}

    def begin(self, context: bpy.types.Context) -> Task | None:
        """Have the file converted, at the scene's frame rate."""
        path = Path(bpy.path.abspath(self.filepath))
        try:
            folder = own_folder(cache_folder())
        except OSError as error:
            return self.folder_failed(error)
        rate = min(max(scene_fps(context.scene), _RATES[0]), _RATES[1])
        task = Task({"request": "convert", "file": str(path), "out": str(folder), "fps": rate}, title=path.stem)
        place = _place(context)
        task.on_end = lambda task, outcome: _receive(task, outcome, place)
        return self.queue(task, backend_command)


def _place(context: bpy.types.Context) -> Place:
    return Place.of(context.scene, context.scene.voice_to_motion.character, context.scene.frame_current)


def _apply(place: Place, file: str, title: str, notes: Iterable[str] = ()) -> None:
    what = {"filepath": file, "title": title, "notes": "\n".join(notes)}
    apply_result(place, bpy.ops.voice_to_motion.apply_motion, character=place.character.name_full, frame=place.frame, **what)


def _receive(task: Task, outcome: Outcome, place: Place) -> None:
    """Put a converted file on the character, as one undo step, or say why not."""
    if outcome.kind != "result":
        timer.show_message(outcome.message or "cancelled")
        return
    gone = place.gone()
    if gone:
        session.fail(gone, KEPT_HINT)
        return
    session.clear_message()
    _apply(place, outcome.files[0], task.title, outcome.event["notes"])


CLASSES = (VOICE_TO_MOTION_OT_apply_motion_file,)
