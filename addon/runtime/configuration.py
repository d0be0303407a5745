"""The runtime of this Blender's preferences: folder, state, and what a set-up would do.

The set-up's own modules know nothing of Blender; this one passes on to them what the preferences say. Nothing here waits.
"""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import time
from pathlib import Path

import bpy

from ..installation import ADDON, PACKAGE_FOLDER, BackendNotFoundError, add_on_version, backend_folder
from . import location
from .folder import NAME, RuntimeFolder, State, read_state, too_long
from .interpreters import interpreter_version
from .locks import Lock, all_locks
from .machine import cuda_ready, platform_name
from .plan import Choice, choose_lock

EXAMPLE = PACKAGE_FOLDER / "examples" / "walk_forward_then_wave.ogg"
_FRESH = 0.5  # seconds for which a state is kept: panels ask several times in one redraw
_seen: tuple[Path | None, float, State] = (None, 0.0, State("absent"))


def add_on_preferences() -> bpy.types.AddonPreferences | None:
    """The add-on's preferences."""
    addon = bpy.context.preferences.addons.get(ADDON)
    return addon.preferences if addon else None


def preferred_path(name: str) -> str:
    """A path from the preferences, absolute; empty where none is set."""
    preferences = add_on_preferences()
    value = getattr(preferences, name) if preferences else ""
    return bpy.path.abspath(value) if value else ""


def folder_in(folder: str) -> RuntimeFolder:
    """Our folder inside one that the user chose, which may hold other things."""
    path = Path(folder)
    return RuntimeFolder(path if path.name == NAME else path / NAME)


def runtime_folder() -> RuntimeFolder:
    """The runtime's folder: the chosen one, else in the user folder that updates keep."""
    path = preferred_path("runtime_path")
    if path:
        return folder_in(path)
    try:
        found = RuntimeFolder(Path(bpy.utils.extension_path_user(ADDON, path="runtime")))
    except ValueError:  # not installed as an extension, as when a developer links the folder into scripts/addons
        found = RuntimeFolder(Path(bpy.utils.user_resource("DATAFILES")) / NAME)
    short = os.environ.get("LOCALAPPDATA", "")
    if short and too_long(found, max((lock.longest_path for lock in lock_files().values()), default=0)):
        return RuntimeFolder(Path(short) / "VoiceToMotion")
    return found


def base_python() -> Path:
    """The interpreter that the runtime is made with: the chosen one, else Blender's own."""
    return Path(preferred_path("runtime_python") or sys.executable)


def setup_python() -> Path:
    """The interpreter for the set-up's process: Blender's own, if it can be started by itself."""
    own = Path(sys.executable)
    return own if "python" in own.name.lower() else base_python()


@functools.cache
def lock_files() -> dict[str, Lock]:
    """The lock files of this version of the add-on, by name."""
    return all_locks()


def runtime_state() -> State:
    """The state of the runtime in `runtime_folder`, at most half a second old."""
    global _seen  # noqa: PLW0603  (one folder is looked at)
    place, now = runtime_folder(), time.monotonic()
    if _seen[0] != place.root or now - _seen[1] > _FRESH:
        _seen = (place.root, now, read_state(place, [lock.sha256 for lock in lock_files().values()]))
    return _seen[2]


def forget_state() -> None:
    """Have the next `runtime_state` look at the folder again."""
    global _seen  # noqa: PLW0603
    _seen = (None, 0.0, State("absent"))


def package_choice() -> Choice | None:
    """The packages for this machine, or why there are none; None while its Python is asked."""
    if "python" not in base_python().name.lower():  # some builds of Blender bring no interpreter, and name themselves
        return Choice(None, "This Blender has no Python that can be started by itself: choose one under Made with Python.")
    version = interpreter_version(base_python())
    if version == "asking":
        return None
    if version == "none":
        return Choice(None, f"{base_python()} is no Python that can be started.")
    preferences = add_on_preferences()
    wish = preferences.runtime_device if preferences else "AUTO"
    return choose_lock(lock_files().values(), platform_name(), version, wish, cuda_ready())


def setup_options(lock: Lock) -> dict[str, object]:
    """The options of the set-up's process; see `runtime.__main__`."""
    return {
        "folder": runtime_folder().root,
        "lock": lock.path,
        "python": base_python(),
        "backend": backend_folder().parent,
        "example": EXAMPLE,
        "product": add_on_version(),
    }


def _runtime() -> Path | None:
    return runtime_folder().python if runtime_state().kind == "ready" else None


def backend_python() -> Path:
    """The Python of the backend. Raises BackendNotFoundError."""
    python = preferred_path("python_path")
    try:
        return location.find_backend_python(python, runtime=_runtime())
    except BackendNotFoundError:
        if not python and not os.environ.get(location.INTERPRETER_VARIABLE):
            _raise_what_it_needs(runtime_state())
        raise


def _raise_what_it_needs(state: State) -> None:
    """Raise the error that fits a runtime which is there and cannot be used."""
    if state.kind == "partial":
        raise BackendNotFoundError(
            "The motion backend's set-up is not finished.", "Press Continue Setting Up at the top of the panel."
        )
    if state.kind == "outdated":
        raise BackendNotFoundError("This version of the add-on needs other packages.", "Press Update at the top of the panel.")
    if state.kind == "broken":
        raise BackendNotFoundError(f"The motion backend needs repair. {state.reason}", "Press Repair at the top of the panel.")


def backend_command() -> tuple[list[str], Path]:
    """What starts the backend: (arguments, working folder). Raises BackendNotFoundError."""
    return location.backend_command(backend_python())


def cache_folder() -> Path:
    """The folder for generated motions, made when missing. Raises OSError when it cannot be."""
    folder = Path(preferred_path("cache_path") or _user_folder("cache"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def log_folder() -> Path | None:
    """The folder for the backend's logs, made when missing; None where it cannot be made."""
    folder = _user_folder("logs")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


def _user_folder(name: str) -> Path:
    """A folder of the extension that its updates keep."""
    try:
        return Path(bpy.utils.extension_path_user(ADDON, path=name, create=True))
    except ValueError:  # not installed as an extension, as when a developer links the folder into scripts/addons
        return Path(tempfile.gettempdir()) / f"voice_to_motion_{name}"
