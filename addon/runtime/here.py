"""The runtime as this Blender's preferences have it: where it is, which state it is in, and what a set-up would do.

The set-up's own modules know nothing of Blender; this one stands between. Nothing here waits.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bpy

from ..installation import ADDON, PACKAGE_FOLDER, BackendNotFoundError, add_on_version, backend_folder
from ..link.process import ChildProcess
from . import location
from .folder import NAME, RuntimeFolder, State, read_state, too_long
from .locks import Lock, all_locks
from .machine import VERSION_PROGRAM, VERSION_SECONDS, cuda_ready, parsed_version, platform_name
from .plan import Choice, choose
from .sources import SETTINGS_PROGRAM, SETTINGS_SECONDS, UNKNOWN, sources_of

EXAMPLE = PACKAGE_FOLDER / "examples" / "walk_forward_then_wave.ogg"
_FRESH = 0.5  # seconds for which a look at the folder is good: panels ask several times in one redraw
_seen: tuple[Path | None, float, State] = (None, 0.0, State("absent"))
_asked: dict[Path, tuple[ChildProcess, float]] = {}  # interpreters that have not answered, and since when
_versions: dict[Path, tuple[int, int] | None] = {}
_settings_asked: dict[Path, tuple[ChildProcess, float, list[str]]] = {}  # the same for the settings of their pip
_sources: dict[Path, tuple[str, ...]] = {}


def settings() -> bpy.types.AddonPreferences | None:
    """The add-on's preferences."""
    addon = bpy.context.preferences.addons.get(ADDON)
    return addon.preferences if addon else None


def chosen(name: str) -> str:
    """A path from the preferences, absolute; empty when none is set."""
    preferences = settings()
    value = getattr(preferences, name) if preferences else ""
    return bpy.path.abspath(value) if value else ""


def inside(folder: str) -> RuntimeFolder:
    """Our folder inside one that the user chose, which may hold other things."""
    path = Path(folder)
    return RuntimeFolder(path if path.name == NAME else path / NAME)


def folder() -> RuntimeFolder:
    """Where the runtime is or will be: chosen, else in the extension's own user folder, which updates leave alone."""
    path = chosen("runtime_path")
    if path:
        return inside(path)
    try:
        found = RuntimeFolder(Path(bpy.utils.extension_path_user(ADDON, path="runtime")))
    except ValueError:  # not installed as an extension, as when a developer links the folder into scripts/addons
        found = RuntimeFolder(Path(bpy.utils.user_resource("DATAFILES")) / NAME)
    short = os.environ.get("LOCALAPPDATA", "")
    if short and too_long(found, max((lock.longest_path for lock in locks().values()), default=0)):
        return RuntimeFolder(Path(short) / "VoiceToMotion")
    return found


def base_python() -> Path:
    """The interpreter that an environment is made with: chosen, else Blender's own."""
    return Path(chosen("runtime_python") or sys.executable)


def worker_python() -> Path:
    """The interpreter that runs the set-up's process: Blender's own wherever it is a program that can be started."""
    own = Path(sys.executable)
    return own if "python" in own.name.lower() else base_python()


@functools.cache
def locks() -> dict[str, Lock]:
    """Those that came with this version of the add-on."""
    return all_locks()


def state() -> State:
    """Of the runtime in `folder`, at most half a second old."""
    global _seen  # noqa: PLW0603  (one folder is looked at)
    place, now = folder(), time.monotonic()
    if _seen[0] != place.root or now - _seen[1] > _FRESH:
        _seen = (place.root, now, read_state(place, [lock.sha256 for lock in locks().values()]))
    return _seen[2]


def forget_state() -> None:
    """Something has changed there."""
    global _seen  # noqa: PLW0603
    _seen = (None, 0.0, State("absent"))


def interpreter_version(python: Path) -> tuple[int, int] | str:
    """The version of an interpreter: "asking" until it has answered, "none" where it is no Python.

    Each is asked once, by a process that is looked at in the next calls. Blender's own Python is known without asking.
    """
    if python == Path(sys.executable):
        return (sys.version_info[0], sys.version_info[1])
    if python not in _versions:
        try:
            if python not in _asked:
                _asked[python] = (ChildProcess([str(python), *VERSION_PROGRAM], errors=subprocess.DEVNULL), time.monotonic())
        except OSError:
            _versions[python] = None
        else:
            _look_at(python)
    return "asking" if python in _asked else _versions[python] or "none"


def _look_at(python: Path) -> None:
    """Keep the version if the interpreter has answered; give up on one that takes too long."""
    process, since = _asked[python]
    answer = "".join(process.read_lines())
    if answer or process.ended or time.monotonic() - since > VERSION_SECONDS:
        _versions[python] = parsed_version(answer)
        del _asked[python]
        process.stop()


def package_sources(python: Path) -> tuple[str, ...]:
    """Where this Python's pip takes packages from, in words; `UNKNOWN` until it has answered, and where it has no pip.

    Each is asked once, by a process that is looked at in the next calls.
    """
    if python not in _sources:
        if python not in _settings_asked:
            try:
                process = ChildProcess([str(python), *SETTINGS_PROGRAM], errors=subprocess.DEVNULL)
            except OSError:
                _sources[python] = (UNKNOWN,)
                return _sources[python]
            _settings_asked[python] = (process, time.monotonic(), [])
        process, since, lines = _settings_asked[python]
        lines += process.read_lines()
        if process.ended or time.monotonic() - since > SETTINGS_SECONDS:
            _sources[python] = sources_of(lines) if process.ended and process.returncode == 0 else (UNKNOWN,)
            del _settings_asked[python]
            process.stop()
    return _sources.get(python, (UNKNOWN,))


def choice() -> Choice | None:
    """The packages for this machine, or why there are none; None while a chosen Python is being asked for its version."""
    if "python" not in base_python().name.lower():  # some builds of Blender bring no interpreter, and name themselves
        return Choice(None, "This Blender has no Python that can be started by itself: choose one under Made with Python.")
    version = interpreter_version(base_python())
    if version == "asking":
        return None
    if version == "none":
        return Choice(None, f"{base_python()} is no Python that can be started.")
    preferences = settings()
    wish = preferences.runtime_device if preferences else "AUTO"
    return choose(locks().values(), platform_name(), version, wish, cuda_ready())


def order(lock: Lock) -> dict[str, object]:
    """What the set-up's process is told; see `runtime.__main__`."""
    return {
        "folder": folder().root,
        "lock": lock.path,
        "python": base_python(),
        "backend": backend_folder().parent,
        "example": EXAMPLE,
        "product": add_on_version(),
    }


def _runtime() -> Path | None:
    return folder().python if state().kind == "ready" else None


def interpreter() -> Path:
    """The Python of the backend. Raises BackendNotFoundError with a sentence and a hint."""
    python = chosen("python_path")
    try:
        return location.interpreter(python, runtime=_runtime())
    except BackendNotFoundError:
        if not python and not os.environ.get(location.INTERPRETER_VARIABLE):
            _say_what_the_runtime_needs(state())
        raise


def _say_what_the_runtime_needs(state: State) -> None:
    """A runtime that is there and cannot be used says why, instead of that there is none."""
    if state.kind == "partial":
        raise BackendNotFoundError(
            "The motion backend's set-up is not finished.", "Open the add-on's preferences and press Continue Setting Up."
        )
    if state.kind == "outdated":
        raise BackendNotFoundError(
            "This version of the add-on needs other packages.", "Open the add-on's preferences and press Update."
        )
    if state.kind == "broken":
        raise BackendNotFoundError(
            f"The motion backend needs repair. {state.reason}", "Open the add-on's preferences and press Repair."
        )


def backend_command() -> tuple[list[str], Path]:
    """What starts the backend: (arguments, working folder). Raises BackendNotFoundError."""
    return location.command(interpreter())


def cache_folder() -> Path:
    """The folder for generated motions, made when missing. Raises OSError when it cannot be."""
    folder = Path(chosen("cache_path") or _user_folder("cache"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def log_folder() -> Path | None:
    """The folder for what the backend writes about its troubles, made when missing; None where it cannot be."""
    folder = _user_folder("logs")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


def _user_folder(name: str) -> Path:
    """A folder of the extension that survives its updates."""
    try:
        return Path(bpy.utils.extension_path_user(ADDON, path=name, create=True))
    except ValueError:  # not installed as an extension, as when a developer links the folder into scripts/addons
        return Path(tempfile.gettempdir()) / f"voice_to_motion_{name}"
