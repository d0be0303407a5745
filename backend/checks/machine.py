"""Checks of the machine: memory, microphones, and the folders that motions are written to.

The sound library is asked in a child process (`child`), memory is asked of the system. Standard library only.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from backend.checks.check import FAILED, OK, SETUP, WARNING, Check, is_installed, status_of
from backend.checks.child import run_in_child

MEGABYTE = 1_000_000
# free memory and disk: a warning below the first value, failed below the second; generating takes about 0.6 GB
MEMORY = (2000 * MEGABYTE, 900 * MEGABYTE)
DISK = (1000 * MEGABYTE, 50 * MEGABYTE)

SOUND = """
import json, sounddevice
microphones = [d["name"] for d in sounddevice.query_devices() if d["max_input_channels"] > 0]
print(json.dumps({"version": sounddevice.get_portaudio_version()[1].split(",")[0], "microphones": microphones}))
"""


def check_memory() -> Check:
    """Whether there is room for the networks."""
    free = available_memory()
    if free is None:
        return Check("Memory", OK, "not known on this system")
    fix = "Close other programs, or the backend may be ended by the system."
    return Check("Memory", status_of(free, MEMORY), f"{free / 1e9:.1f} GB free", fix if free < MEMORY[0] else "")


def check_sound() -> list[Check]:
    """The microphone library and the microphones; warnings only, because files work without."""
    names = ("Microphone library", "Microphones")
    files = "Recordings can still be loaded from files."
    if not is_installed("sounddevice"):
        return [Check(names[0], WARNING, "sounddevice is not installed", f"{SETUP}. {files}"),
                Check(names[1], WARNING, "unknown without the library", files)]  # fmt: skip
    found, problem = run_in_child(SOUND)
    if found is None:
        linux = sys.platform.startswith("linux") and "PortAudio library not found" in problem
        fix = "Install the system's PortAudio (Debian, Ubuntu: libportaudio2)." if linux else SETUP
        return [Check(names[0], WARNING, problem, f"{fix} {files}"), Check(names[1], WARNING, "unknown without the library", files)]
    library = Check(names[0], OK, str(found.get("version")))
    microphones = [str(name) for name in found.get("microphones") or ()]
    if not microphones:
        fix = f"Plug one in, and allow Blender to use it in the system's privacy settings. {files}"
        return [library, Check(names[1], WARNING, "none", fix)]
    return [library, Check(names[1], OK, ", ".join(microphones[:8]))]


def check_write_access(folder: Path) -> Check:
    """Whether files can be written to a folder, which may not exist yet."""
    name = "Write access"
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as stream:
            stream.write(b"x" * 1000)
            stream.flush()
        if made:
            folder.rmdir()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return Check(name, FAILED, f"{folder}: {why}", "Choose another folder, or allow writing to this one.")
    return Check(name, OK, str(folder))


def check_disk(folder: Path) -> Check:
    """Whether a folder's disk has room."""
    place = next((path for path in (folder, *folder.parents) if path.exists()), Path.cwd())
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Check("Disk", WARNING, f"{folder}: {error.strerror}", "Check that the disk is there.")
    fix = "Free some space, or choose a folder on another disk."
    return Check("Disk", status_of(free, DISK), f"{free / 1e9:.1f} GB free in {folder}", fix if free < DISK[0] else "")


def available_memory() -> int | None:
    """Bytes of memory that a new process could have; None where unknown."""
    readers: dict[str, Callable[[], int]] = {"linux": _linux_memory, "win32": _windows_memory}
    try:
        return readers[sys.platform]()
    except (KeyError, OSError, ValueError, AttributeError, StopIteration):
        return None


def _linux_memory() -> int:
    """MemAvailable, or what the control group leaves where that is less."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    group = Path("/sys/fs/cgroup")
    try:
        most, used = (int((group / name).read_text()) for name in ("memory.max", "memory.current"))
        cached = next(int(line.split()[1]) for line in (group / "memory.stat").read_text().splitlines() if line.startswith("file "))
        return min(free, most - used + cached)
    except (OSError, ValueError, StopIteration):  # "max": no limit
        return free


def _windows_memory() -> int:
    """What GlobalMemoryStatusEx calls available."""
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [(f"n{i}", ctypes.c_ulonglong) for i in range(7)]

    status = Status(length=ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        raise OSError("no answer")
    return status.n1
