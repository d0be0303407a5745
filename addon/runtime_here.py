"""The runtime as this Blender's preferences have it: where it is, which state it is in, and what a set-up would do.

Between Blender and `runtime`, which knows nothing of it. Nothing here starts a process or waits.
"""

from __future__ import annotations

import functools
import os
import sys
import time
import tomllib
from pathlib import Path

import bpy

from .backend_location import backend_folder
from .runtime.folder import NAME, RuntimeFolder, State, read_state, too_long
from .runtime.locks import Lock, all_locks
from .runtime.machine import cuda_ready, platform_name, remembered_version
from .runtime.plan import Choice, choose

EXAMPLE = Path(__file__).resolve().parent / "examples" / "walk_forward_then_wave.ogg"
_FRESH = 0.5  # seconds for which a look at the folder is good: panels ask several times in one redraw
_seen: tuple[Path | None, float, State] = (None, 0.0, State("absent"))


def settings() -> bpy.types.AddonPreferences | None:
    """The add-on's preferences."""
    addon = bpy.context.preferences.addons.get(__package__)
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
        found = RuntimeFolder(Path(bpy.utils.extension_path_user(__package__, path="runtime")))
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


def choice() -> Choice | None:
    """The packages for this machine, or why there are none; None while a chosen Python is being asked for its version."""
    if "python" not in base_python().name.lower():  # some builds of Blender bring no interpreter, and name themselves
        return Choice(None, "This Blender has no Python that can be started by itself: choose one under Made with Python.")
    version = remembered_version(base_python())
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
        "product": product_version(),
    }


@functools.cache
def product_version() -> str:
    """From the manifest, the one place where it is written."""
    package = Path(__file__).resolve().parent
    for manifest in (package / "blender_manifest.toml", package.parent / "blender_manifest.toml"):
        if manifest.is_file():
            return str(tomllib.loads(manifest.read_text(encoding="utf-8"))["version"])
    return "unknown"
