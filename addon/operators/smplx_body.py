"""Operators: create the user's SMPL-X body, fit its armature, add pose correctives.

Model files have a hundred megabytes, so a modal operator reads and builds in steps and Blender stays usable. Called from a script,
the operators return when all is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import bpy

from ..character.free_place import free_place
from ..ik.controls import has_controls
from ..link import timer
from ..link.incremental import run_to_end
from ..runtime.configuration import preferred_path
from ..smplx import WEBSITE
from ..smplx.character import LONG_STEP, build_character, smplx_skin
from ..smplx.correctives import add_correctives, has_correctives
from ..smplx.fitting import fit_to_shape, fits_shape
from ..smplx.model_file import ModelFileError, load_model, load_pose_directions
from ..translations import rpt_
from .character import visible_collection
from .reasons import Explained, leaving_key

_TICK = 0.02  # seconds between two ticks
_WORK = 0.02  # seconds of reading or building in each of them, and what its last step takes over that


def _work_briefly(steps: Iterator[str | None], clock: Callable[[], float]) -> None:
    """Run steps for `_WORK` seconds of a clock, or up to the next LONG_STEP.

    Raises:
        StopIteration: the last step has been run.
    """
    until = clock() + _WORK
    while clock() < until and next(steps) != LONG_STEP:
        pass


class _FromModelFile(Explained):
    """Mixin: read the model file, then build, both in steps."""

    bl_options = {"REGISTER", "UNDO"}

    @staticmethod
    def _read(path: Path) -> Generator[None, None, object]:
        """Read in short steps; the last returns the data. Raises ModelFileError."""
        raise NotImplementedError

    def _build(self, context: bpy.types.Context, data: object) -> Generator[str | None, None, None]:
        """Build in short steps; yields LONG_STEP before a long one. Closed early, it leaves nothing."""
        raise NotImplementedError

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Open the file and start the timer."""
        path = Path(preferred_path("smplx_path"))
        self._name, self._scene = path.name, context.scene.session_uid
        self._reading, self._building = self._read(path), None
        self._data = None
        self._timer = context.window_manager.event_timer_add(_TICK, window=context.window)
        context.window_manager.modal_handler_add(self)
        timer.show_work(rpt_("reading {}", path.name))
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Read, then build, a little in every tick."""
        if event.type == "ESC" and event.value == "PRESS":
            self.report({"INFO"}, "Cancelled: nothing was changed")
            return self._end(context, {"CANCELLED"})
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        return self._read_on(context) if self._data is None else self._build_on(context)

    def _read_on(self, context: bpy.types.Context) -> set[str]:
        try:
            _work_briefly(self._reading, time.perf_counter)  # the disk may be slower than the processor
        except StopIteration as end:
            self._data = end.value
        except ModelFileError as error:
            return self._failed(context, str(error))
        except MemoryError:
            return self._failed(context, f"There is not enough memory to read {self._name}.")
        return {"PASS_THROUGH"}

    def _build_on(self, context: bpy.types.Context) -> set[str]:
        if context.mode != "OBJECT" or context.scene.session_uid != self._scene:
            timer.show_work(rpt_("building goes on in Object Mode, in the scene where it began"))
            return {"PASS_THROUGH"}
        reason = "" if self._building else self.disabled_reason(context)  # the scene may have changed meanwhile
        if reason:
            return self._failed(context, reason)
        timer.show_work(rpt_("building"))
        self._building = self._building or self._build(context, self._data)
        try:
            _work_briefly(self._building, time.thread_time)  # on a busy machine, too little would get done by the clock
        except StopIteration:
            return self._end(context, {"FINISHED"})
        except ReferenceError:
            return self._failed(context, "The character was deleted or undone meanwhile")
        return {"PASS_THROUGH"}

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender ends modal operators when another file is loaded or the window closes."""
        self._end(context, {"CANCELLED"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Read and build at once."""
        try:
            data = run_to_end(self._read(Path(preferred_path("smplx_path"))))
        except ModelFileError as error:
            self.report({"ERROR"}, rpt_(str(error)))
            return {"CANCELLED"}
        run_to_end(self._build(context, data))
        return {"FINISHED"}

    def _failed(self, context: bpy.types.Context, message: str) -> set[str]:
        self.report({"ERROR"}, rpt_(message))
        return self._end(context, {"CANCELLED"})

    def _end(self, context: bpy.types.Context, state: set[str]) -> set[str]:
        context.window_manager.event_timer_remove(self._timer)
        for steps in (self._reading, self._building):
            if steps is not None:
                steps.close()
        timer.show_work("")
        return state


class VOICE_TO_MOTION_OT_create_smplx_body(_FromModelFile, bpy.types.Operator):
    """Add your own SMPL-X body, from the model file chosen in the add-on's preferences"""

    bl_idname = "voice_to_motion.create_smplx_body"
    bl_label = "Create SMPL-X Body"

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A model file must be chosen, and objects are added in Object Mode."""
        if not preferred_path("smplx_path"):
            return f"Choose your SMPL-X model file in the add-on's preferences first; it comes from {WEBSITE}"
        if context.mode != "OBJECT":
            return f"Characters are added in Object Mode: press {leaving_key(context)} to leave this mode"
        return "This scene is linked from another file" if context.scene.library is not None else ""

    @staticmethod
    def _read(path: Path) -> Generator[None, None, object]:
        return load_model(path)

    def _build(self, context: bpy.types.Context, data: object) -> Generator[str | None, None, None]:
        """Build armature and mesh, make it the character of the panel."""
        armature = yield from build_character("SMPL-X", data, visible_collection(context), context)
        armature.location = free_place(context, armature)
        context.scene.voice_to_motion.character = armature
        self.report({"INFO"}, rpt_("{} vertices, skinned linearly, without pose correctives yet", len(data.vertices)))


class VOICE_TO_MOTION_OT_add_correctives(_FromModelFile, bpy.types.Operator):
    """Let the mesh bulge and fold with the pose as SMPL-X defines it: 486 driven shape keys, from the model file"""

    bl_idname = "voice_to_motion.add_correctives"
    bl_label = "Add Pose Correctives"

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """For local SMPL-X bodies made here, that have none."""
        reason = _body_reason(context)
        if reason:
            return reason
        if has_correctives(smplx_skin(context.scene.voice_to_motion.character)):
            return "The body has pose correctives already"
        return "" if preferred_path("smplx_path") else "Choose your SMPL-X model file in the add-on's preferences first"

    @staticmethod
    def _read(path: Path) -> Generator[None, None, object]:
        return load_pose_directions(path)

    def _build(self, context: bpy.types.Context, data: object) -> Generator[str | None, None, None]:
        """Add them, one at a time."""
        armature = context.scene.voice_to_motion.character
        skin = smplx_skin(armature)
        if data.shape[1] != len(skin.data.vertices):
            self.report({"ERROR"}, "The model file is not the one this body was made from")
            return
        yield from add_correctives(armature, skin, data)


class VOICE_TO_MOTION_OT_fit_armature(Explained, bpy.types.Operator):
    """Move the joints to where the body's shape has them, and its feet onto the floor"""

    bl_idname = "voice_to_motion.fit_armature"
    bl_label = "Fit Armature to Shape"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Only for bodies whose joints are not there yet."""
        reason = _body_reason(context)
        if reason:
            return reason
        character = context.scene.voice_to_motion.character
        if has_controls(character):
            return "Fit the armature before adding IK controls, which stand where the joints were"
        if not character.visible_get():
            return f"{character.name} is hidden"
        return "The armature fits already" if fits_shape(character) else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Move bones and mesh."""
        fit_to_shape(context.scene.voice_to_motion.character, context)
        return {"FINISHED"}


def _body_reason(context: bpy.types.Context) -> str:
    """Why the panel's character is no SMPL-X body that can be changed; empty when it is one."""
    character = context.scene.voice_to_motion.character
    if character is None or character.type != "ARMATURE" or smplx_skin(character) is None:
        return "The character is no SMPL-X body made from a model file"
    if character.library or character.data.library or character.override_library:
        return f"{character.name} comes from another file, where its body has to be changed"
    if context.mode == "OBJECT":
        return ""
    return f"The body is changed in Object Mode: press {leaving_key(context)} to leave this mode"


CLASSES = (VOICE_TO_MOTION_OT_create_smplx_body, VOICE_TO_MOTION_OT_add_correctives, VOICE_TO_MOTION_OT_fit_armature)
