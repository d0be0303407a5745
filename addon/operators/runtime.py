"""Operators on the backend's runtime: set up (online or from a pack), cancel, remove, move.

The work is a process of its own (`runtime.task`). An application timer looks after it, because the preferences' window may
be closed meanwhile and none of this belongs to a scene.
"""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, StringProperty

from ..installation import BackendNotFoundError
from ..link.session import session
from ..runtime import configuration
from ..runtime.errors import SetupError
from ..runtime.interpreters import interpreter_version
from ..runtime.locks import Lock
from ..runtime.machine import platform_name
from ..runtime.pack import read_listing
from ..runtime.task import task
from ..takes.audio import active_take
from ..translations import iface_, rpt_
from .reasons import Explained

INTERVAL = 0.2  # seconds between two ticks
_drawn: tuple = ()  # what the last redraw showed


def tick() -> float | None:
    """Take in progress and redraw; ends with the process."""
    work = task.work
    last = task.step()
    if last is not None:
        configuration.forget_state()
        if last.get("event") == "result":
            _settle(work, last)
    global _drawn  # noqa: PLW0603
    shown = (task.work, task.phase, round(task.fraction * 100))
    if last is not None or shown != _drawn:
        _drawn = shown
        redraw()
    return INTERVAL if task.work else None


def _settle(work: str, facts: dict) -> None:
    """Do in Blender what is left when the process has succeeded."""
    if work == "move":
        configuration.add_on_preferences().runtime_path = str(_move_target.parent)
        bpy.context.preferences.is_dirty = True  # or Blender would not save it on exit
    task.note = {
        "set-up": f"Set up in {facts.get('seconds', 0):.0f} s and tested: heard “{facts.get('heard', '')}”.",
        "remove": "The motion backend's packages were removed.",
        "move": "Moved, and tested there.",
    }[work]


def ensure_running() -> None:
    """Start the timer, unless it runs already."""
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=0.01, persistent=True)


def stop() -> None:
    """End timer and process: the add-on is being disabled."""
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    task.shutdown()


def redraw() -> None:
    """Redraw the preferences and the sidebars."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in ("PREFERENCES", "VIEW_3D"):
                for region in area.regions:
                    if region.type in ("WINDOW", "UI") and not (area.type == "VIEW_3D" and region.type == "WINDOW"):
                        region.tag_redraw()


def begin(work: str, options: dict[str, object]) -> None:
    """Start a piece of work; a backend that runs from the old packages is ended first."""
    session.shutdown(wait=0.0)
    task.begin(work, options, configuration.setup_python())
    ensure_running()


def busy_reason() -> str:
    """Why nothing can be started now; empty where it can."""
    if task.work:
        return "The motion backend is being worked on already"
    return "Wait until the motion is generated" if session.busy else ""


class VOICE_TO_MOTION_OT_set_up_runtime(Explained, bpy.types.Operator):
    """Download the packages listed here, install them in a folder of their own, and test them. Can be cancelled and continued"""

    bl_idname = "voice_to_motion.set_up_runtime"
    bl_label = "Set Up Motion Backend"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Blender must be allowed to go online, and the packages for this machine be known."""
        reason = busy_reason()
        if reason:
            return reason
        choice = configuration.package_choice()
        if choice is None:
            return "The chosen Python is being looked at"
        if choice.lock is None:
            return choice.reason.rstrip(".")
        if not bpy.app.online_access:
            return "Blender is not allowed to go online: switch on Allow Online Access under System, or install from a pack"
        return ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start, or go on; the page shows the rest."""
        try:
            begin("set-up", configuration.setup_options(configuration.package_choice().lock))
        except BackendNotFoundError as error:
            self.report({"ERROR"}, f"{rpt_(str(error))} {rpt_(error.hint)}")
            return {"CANCELLED"}
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_install_runtime_pack(Explained, bpy.types.Operator):
    """Set up without a network, from an archive made by `build.py runtime-pack`"""

    bl_idname = "voice_to_motion.install_runtime_pack"
    bl_label = "Install from Pack"
    bl_options = {"REGISTER"}

    filepath: StringProperty(name="Pack", description="Archive with the packages", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default="*.zip", options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Works without a network."""
        return busy_reason()

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Choose the archive."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Look what it is for, and start."""
        path = Path(bpy.path.abspath(self.filepath)) if self.filepath else None
        if path is None or not path.is_file():
            self.report({"ERROR"}, rpt_("There is no file {}", path) if path else "No file was chosen")
            return {"CANCELLED"}
        try:
            lock = _lock_of(path)
            begin("set-up", {**configuration.setup_options(lock), "pack": path})
        except (SetupError, BackendNotFoundError) as error:
            self.report({"ERROR"}, f"{rpt_(str(error))} {rpt_(error.hint)}".strip())
            return {"CANCELLED"}
        return {"FINISHED"}


def _lock_of(path: Path) -> Lock:
    """The lock file that a pack was made from.

    Raises:
        SetupError: the pack does not fit this add-on or this machine.
    """
    name, _ = read_listing(path)
    lock = configuration.lock_files().get(name)
    if lock is None:
        raise SetupError("pack", f"{path.name} was made for another version of the add-on.", "Make one with this version.")
    if lock.platform != platform_name():
        raise SetupError("pack", f"{path.name} is for {lock.platform}, and this machine is {platform_name()}.")
    version = interpreter_version(configuration.base_python())
    if version != lock.python:
        found = f"{version[0]}.{version[1]}" if isinstance(version, tuple) else "unknown"
        raise SetupError(
            "pack",
            f"{path.name} is for Python {lock.python[0]}.{lock.python[1]}, and the version here is {found}.",
            "Choose a Python of that version under Made with Python.",
        )
    return lock


class VOICE_TO_MOTION_OT_cancel_runtime(Explained, bpy.types.Operator):
    """Stop. What has been downloaded is kept, and the same button goes on from there"""

    bl_idname = "voice_to_motion.cancel_runtime"
    bl_label = "Cancel Setting Up"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Removing is over too soon to be cancelled."""
        if task.work not in ("set-up", "move"):
            return "Nothing is being set up"
        return "Cancelling is already under way" if task.phase == "cancelling" else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Ask."""
        task.cancel()
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_remove_runtime(Explained, bpy.types.Operator):
    """Delete the motion backend's packages from this computer. The add-on, its settings and your motions stay"""

    bl_idname = "voice_to_motion.remove_runtime"
    bl_label = "Remove Motion Backend"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be something to remove."""
        return busy_reason() or ("There is nothing to remove" if configuration.runtime_state().kind == "absent" else "")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first: it may have been gigabytes to download."""
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start removing."""
        begin("remove", {"folder": configuration.runtime_folder().root})
        return {"FINISHED"}


_move_target = Path()


class VOICE_TO_MOTION_OT_move_runtime(Explained, bpy.types.Operator):
    """Move the motion backend's packages to another folder or disk, and test them there"""

    bl_idname = "voice_to_motion.move_runtime"
    bl_label = "Move Motion Backend"
    bl_options = {"REGISTER"}

    directory: StringProperty(name="Folder", description="Folder to move it into", subtype="DIR_PATH", options={"SKIP_SAVE"})
    filter_folder: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Only a whole one is moved."""
        return busy_reason() or ("Set it up first" if configuration.runtime_state().kind != "ready" else "")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Choose the folder."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start moving; the preference is changed when it has arrived."""
        global _move_target  # noqa: PLW0603  (one move at a time, remembered until it has arrived)
        if not self.directory:
            self.report({"ERROR"}, "No folder was chosen")
            return {"CANCELLED"}
        target = configuration.folder_in(bpy.path.abspath(self.directory)).root
        lock = configuration.lock_files().get(configuration.runtime_state().facts["lock"])
        _move_target = target
        begin("move", {**configuration.setup_options(lock), "target": target})
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_use_example(Explained, bpy.types.Operator):
    """Use the recording that comes with the add-on: “Walk forward and then wave with your right hand”"""

    bl_idname = "voice_to_motion.use_example"
    bl_label = "Use Example Recording"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """It is part of the add-on."""
        return "" if configuration.EXAMPLE.is_file() else "The example recording is missing: install the extension again"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Choose it, as if it had been picked in the file browser."""
        settings = context.scene.voice_to_motion
        settings.audio_path = str(configuration.EXAMPLE)
        active_take(settings).name = iface_("Example")
        return {"FINISHED"}


CLASSES = (
    VOICE_TO_MOTION_OT_set_up_runtime,
    VOICE_TO_MOTION_OT_install_runtime_pack,
    VOICE_TO_MOTION_OT_cancel_runtime,
    VOICE_TO_MOTION_OT_remove_runtime,
    VOICE_TO_MOTION_OT_move_runtime,
    VOICE_TO_MOTION_OT_use_example,
)
