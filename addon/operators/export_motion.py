"""Operator: write the character's motion as a file for other programs.

As SMPL-X poses: our `.npz`, or BVH by the backend. As the character itself, with its mesh: glTF and FBX by Blender's own exporters
(`batch` and the scene stay as they are).
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Generator
from pathlib import Path

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..clips.active_action import active_action
from ..clips.body_curves import keyed_range
from ..clips.clip_layers import ClipError
from ..clips.current_motion import current_motion
from ..clips.standing_place import carriers_at
from ..link import timer
from ..link.incremental import incremental_work, run_to_end
from ..link.results import own_folder
from ..link.session import session
from ..link.tasks import Outcome, Task
from ..motion.files import MotionData, save_motion
from ..motion.quaternions import rotation_vectors
from ..rigs.rig import Rig, RigError
from ..runtime.configuration import backend_command, cache_folder
from ..scene import scene_fps
from ..translations import rpt_
from .character_files import FileExportError, export_character
from .motion_operators import MotionRequest
from .reasons import Explained, character_rig

KINDS = (
    ("NPZ", "Motion (.npz)", "SMPL-X poses in the AMASS layout, Y up"),
    ("BVH", "BVH (.bvh)", "SMPL-X poses on a skeleton of their own, Y up, in centimetres"),
    ("GLB", "glTF (.glb)", "The character with its mesh and this motion, by Blender's exporter"),
    ("FBX", "FBX (.fbx)", "The character with its mesh and this motion, by Blender's exporter"),
)
_STEP = 40  # frames read in one step: some ten milliseconds of 55 bones


class VOICE_TO_MOTION_OT_export_motion(MotionRequest, Explained, bpy.types.Operator):
    """Write the character's motion as a file for other programs"""

    bl_idname = "voice_to_motion.export_motion"
    bl_label = "Export Motion"
    bl_options = {"REGISTER"}

    filepath: StringProperty(name="File", description="File to write", subtype="FILE_PATH", options={"SKIP_SAVE"})
    check_existing: BoolProperty(description="Ask before a file is replaced", default=True, options={"HIDDEN", "SKIP_SAVE"})
    kind: EnumProperty(name="Format", description="Kind of file", items=KINDS, default="NPZ")
    wait: BoolProperty(description="Return when it is done, as scripts expect", default=True, options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A character with a motion must be there."""
        character = context.scene.voice_to_motion.character
        if character is None:
            return "Create a character or pick an armature first"
        return "" if active_action(character) is not None else "The character has no motion yet"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for a name."""
        self.wait = False
        self.filepath = bpy.path.clean_name(active_action(context.scene.voice_to_motion.character).name)
        self.check(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context: bpy.types.Context) -> bool:
        """The ending follows the kind."""
        path = Path(self.filepath)
        known = path.with_suffix("") if path.suffix.lower() in {f".{kind[0].lower()}" for kind in KINDS} else path
        named = f"{known}.{self.kind.lower()}"
        changed, self.filepath = named != self.filepath, named
        return changed

    def draw(self, context: bpy.types.Context) -> None:
        """In the file browser."""
        self.layout.prop(self, "kind")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write it, in steps unless a script waits."""
        if not self.filepath:
            self.failed("No file was chosen", "")
            return {"CANCELLED"}
        self.check(context)
        path = Path(bpy.path.abspath(self.filepath))
        session.clear_message()
        try:
            rig = character_rig(context.scene, context.scene.voice_to_motion.character)
            first, last = _exported_range(rig)
            if self.kind in ("GLB", "FBX"):
                export_character(context, rig.armature, path, (first, last))
                return self._written(path)
            folder = own_folder(cache_folder())
        except (RigError, ClipError, FileExportError) as error:
            self.failed(str(error), "")
            return {"CANCELLED"}
        except OSError as error:
            self.folder_failed(error)
            return {"CANCELLED"}
        self._source = path if self.kind == "NPZ" else folder / f"export {uuid.uuid4().hex}.npz"
        work = _write_motion(context.scene, rig, first, last, self._source)
        if self.kind == "NPZ" and not self.wait:
            incremental_work.add(_told(work, path))
            timer.ensure_running()
            return {"FINISHED"}
        try:
            run_to_end(work)
        except (OSError, ClipError) as error:
            self.failed(_reason(error, path), "")
            return {"CANCELLED"}
        if self.kind == "NPZ":
            return self._written(path)
        return MotionRequest.execute(self, context) if self.wait else MotionRequest.invoke(self, context, None)

    def begin(self, context: bpy.types.Context) -> Task | None:
        """Have the motion written as BVH in the cache, then moved to its place."""
        path, source = Path(bpy.path.abspath(self.filepath)), self._source
        task = Task({"request": "convert", "file": str(source), "out": str(source.parent), "kind": "bvh"}, title=path.stem)
        task.on_end = lambda task, outcome: _receive_bvh(outcome, source, path)
        return self.queue(task, backend_command)

    def _written(self, path: Path) -> set[str]:
        session.note = rpt_("Written: {}", path.name)
        timer.show_message(session.note)
        self.report({"INFO"}, session.note)
        return {"FINISHED"}


def _exported_range(rig: Rig) -> tuple[int, int]:
    """First and last frame of the character's motion. Raises ClipError where there are no keys."""
    found = keyed_range(rig)
    if found is None:
        raise ClipError(f"{rig.armature.name} has no keys to export: generate a motion, or choose its action.")
    return found


def _write_motion(scene: bpy.types.Scene, rig: Rig, first: int, last: int, path: Path) -> Generator[None, None, None]:
    """Read the motion some frames a step, and write it.

    Raises ClipError and OSError; then there is no file."""
    step = _STEP if rig.smplx_rest is not None else last - first + 1  # other rigs are computed from whole clips
    parts, fps, stands = [], scene_fps(scene), carriers_at(scene, rig, first)
    for start in range(first, last + 1, step):
        parts.append(current_motion(rig, start, min(start + step - 1, last), fps, stands))
        yield
    rotations = np.concatenate([rotation_vectors(part.rotations) for part in parts])
    save_motion(path, MotionData(rotations, np.concatenate([part.pelvis for part in parts]), fps))


def _told(work: Generator[None, None, None], path: Path) -> Generator[None, None, None]:
    """The work, and a message at its end."""
    try:
        yield from work
    except (OSError, ClipError) as error:
        session.fail(_reason(error, path))
        timer.show_message(session.message)
        return
    session.note = rpt_("Written: {}", path.name)
    timer.show_message(session.note)


def _receive_bvh(outcome: Outcome, source: Path, path: Path) -> None:
    """Move the backend's file to where the user wants it."""
    source.unlink(missing_ok=True)
    if outcome.kind != "result":
        timer.show_message(outcome.message or "cancelled")
        return
    try:
        shutil.move(outcome.files[0], path)
    except OSError as error:
        session.fail(_reason(error, path))
        timer.show_message(session.message)
        return
    session.note = rpt_("Written: {}", path.name)
    timer.show_message(session.note)


def _reason(error: Exception, path: Path) -> str:
    return f"{path.name} cannot be written: {error.strerror}." if isinstance(error, OSError) else str(error)


CLASSES = (VOICE_TO_MOTION_OT_export_motion,)
