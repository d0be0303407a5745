"""This machine's platform, NVIDIA driver and cards, and the version of a Python interpreter.

Only `python_version` starts a process; panels may call all the others.
"""

from __future__ import annotations

import ctypes
import functools
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

CUDA_DRIVER = 580  # the oldest NVIDIA driver that runs CUDA 13, which the locked torch is built for
CUDA_CAPABILITY = (7, 5)  # the oldest cards that CUDA 13 runs on: Turing, such as GTX 16 and RTX 20


def platform_name() -> str:
    """As in the names of lock files: ``linux-x86_64``, ``windows-x86_64`` or ``macos-arm64``."""
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
    """Ask NVIDIA's management library, which every driver on Windows brings."""
    library = _management_library()
    if library is None:
        return ()
    text = ctypes.create_string_buffer(96)
    ok = library.nvmlSystemGetDriverVersion(text, len(text)) == 0
    library.nvmlShutdown()
    numbers = re.findall(rb"\d+", text.value) if ok else []
    return tuple(int(number) for number in numbers[:2])


@functools.cache
def nvidia_capabilities() -> tuple[tuple[int, int], ...]:
    """Compute capability of each NVIDIA card, e.g. ``((8, 9),)``; empty where none answers."""
    library = _management_library()
    if library is None:
        return ()
    found, count, card = [], ctypes.c_uint(0), ctypes.c_void_p()
    major, minor = ctypes.c_int(0), ctypes.c_int(0)
    library.nvmlDeviceGetCount_v2(ctypes.byref(count))
    for index in range(count.value):
        known = library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(card)) == 0
        if known and library.nvmlDeviceGetCudaComputeCapability(card, ctypes.byref(major), ctypes.byref(minor)) == 0:
            found.append((major.value, minor.value))
    library.nvmlShutdown()
    return tuple(found)


def _management_library() -> ctypes.CDLL | None:
    """NVIDIA's management library, begun; None where there is none that works."""
    try:
        library = ctypes.CDLL("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1")
        return library if library.nvmlInit_v2() == 0 else None
    except (OSError, AttributeError):
        return None


def cuda_ready() -> bool:
    """Whether the locked CUDA build of torch runs on a graphics card of this machine."""
    return nvidia_driver()[:1] >= (CUDA_DRIVER,) and any(card >= CUDA_CAPABILITY for card in nvidia_capabilities())


VERSION_PROGRAM = ["-I", "-c", "import sys; print('%d %d' % sys.version_info[:2])"]  # arguments for a Python
VERSION_SECONDS = 10.0  # in which a Python has to answer


def python_version(python: Path) -> tuple[int, int] | None:
    """Ask an interpreter for its version and wait; None when it does not answer or is no Python.

    For the set-up's process. In Blender, which must not wait, `interpreters.interpreter_version` does it.
    """
    try:
        # Not capture_output: on Windows it reads in threads, and Blender imports this module, too.
        with tempfile.TemporaryFile() as answer:
            subprocess.run(
                [str(python), *VERSION_PROGRAM],
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=VERSION_SECONDS,
                check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            answer.seek(0)
            return parsed_version(answer.read(100).decode("ascii", "replace"))
    except (OSError, subprocess.TimeoutExpired):
        return None


def parsed_version(answer: str) -> tuple[int, int] | None:
    """The version that `VERSION_PROGRAM` printed; None where it is something else."""
    try:
        major, minor = answer.split()
        return int(major), int(minor)
    except ValueError:
        return None
