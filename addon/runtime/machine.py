"""What this machine is: platform, NVIDIA driver, and the version of a Python interpreter.

Everything but `python_version` answers without starting a process, so that panels may ask.
"""

from __future__ import annotations

import ctypes
import functools
import platform
import re
import subprocess
import sys
import threading
from pathlib import Path

CUDA_DRIVER = 580  # the oldest NVIDIA driver that runs CUDA 13, which the locked torch is built for


def platform_name() -> str:
    """As in the names of the lock files, e.g. ``linux-x86_64``, ``windows-x86_64``, ``macos-arm64``."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(machine, machine)
    return f"{system}-{machine}"


@functools.cache
def nvidia_driver() -> tuple[int, ...]:
    """Version of the NVIDIA driver, e.g. ``(580, 65)``; empty where there is none that works."""
    try:
        text = Path("/proc/driver/nvidia/version").read_text(encoding="utf-8", errors="replace")
        found = re.search(r"\s(\d{3,})\.(\d+)", text)
        return (int(found[1]), int(found[2])) if found else ()
    except OSError:
        pass
    return _driver_by_library() if sys.platform == "win32" else ()


def _driver_by_library() -> tuple[int, ...]:
    """NVIDIA's management library is part of every driver on Windows; asking it starts no console program."""
    try:
        library = ctypes.CDLL("nvml.dll")
    except OSError:
        return ()
    if library.nvmlInit_v2() != 0:
        return ()
    text = ctypes.create_string_buffer(96)
    ok = library.nvmlSystemGetDriverVersion(text, len(text)) == 0
    library.nvmlShutdown()
    numbers = re.findall(rb"\d+", text.value) if ok else []
    return tuple(int(number) for number in numbers[:2])


def cuda_ready() -> bool:
    """Whether the locked CUDA build of torch can use this machine's graphics card."""
    return nvidia_driver()[:1] >= (CUDA_DRIVER,)


_asked: dict[Path, tuple[int, int] | str] = {}  # a version, or "asking", or "none"


def remembered_version(python: Path) -> tuple[int, int] | str:
    """The version of an interpreter for those who cannot wait: "asking" at first, later the version, or "none".

    Blender's own Python is known without asking.
    """
    if python == Path(sys.executable):
        return (sys.version_info[0], sys.version_info[1])
    if python not in _asked:
        _asked[python] = "asking"

        def ask() -> None:
            _asked[python] = python_version(python) or "none"

        threading.Thread(target=ask, name="voice-to-motion-python", daemon=True).start()
    return _asked[python]


def python_version(python: Path) -> tuple[int, int] | None:
    """Ask an interpreter for its version; None when it does not answer within ten seconds or is no Python."""
    code = "import sys; print('%d %d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [str(python), "-I", "-c", code],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=10,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        major, minor = done.stdout.split()
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
