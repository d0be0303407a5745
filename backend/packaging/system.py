"""What the machine must bring: shared libraries that bpy opens, maybe an NVIDIA GPU.

Missing libraries are installed where that is possible (root on Debian or Ubuntu); elsewhere the exact line to run is
said. Python packages are none of this module's business.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from backend.errors import UserError

# Shared libraries that bpy (and torch: libgomp) open, and the Debian package of each. Without libEGL the Workbench
# renderer ends the whole process.
LIBRARIES = {
    "libX11.so.6": "libx11-6",
    "libXrender.so.1": "libxrender1",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libXext.so.6": "libxext6",
    "libXxf86vm.so.1": "libxxf86vm1",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libgomp.so.1": "libgomp1",
}

# For tests of recording on a machine without a sound card: PortAudio, a sound server of their own, and the way between.
VIRTUAL_MICROPHONE = ("libportaudio2", "libasound2-plugins", "pulseaudio", "pulseaudio-utils")


def has_nvidia_gpu() -> bool:
    """Tell whether this machine has an NVIDIA driver, without importing anything."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def missing_libraries(libraries: dict[str, str] = LIBRARIES) -> list[str]:
    """Return the Debian packages of shared libraries that cannot be loaded; Linux only."""
    if not sys.platform.startswith("linux"):
        return []
    # In a process of its own: a loader that has failed once may go on failing after the library was installed.
    code = (
        "import ctypes, importlib.util, json, sys\n"
        "missing = []\n"
        "for name, package in json.loads(sys.argv[1]).items():\n"
        "    try: ctypes.CDLL(name)\n"
        "    except OSError: missing.append(package)\n"
        "if importlib.util.find_spec('ensurepip') is None: missing.append('python3-venv')\n"
        "print(json.dumps(missing))"
    )
    done = subprocess.run([sys.executable, "-c", code, json.dumps(libraries)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def ensure_libraries() -> None:
    """Install missing system libraries, or say the exact line that does.

    Installing takes root on Debian or Ubuntu.

    Raises:
        UserError: something is missing and this user cannot install it, or the installation failed.
    """
    missing = missing_libraries()
    if not missing:
        return
    line = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    by_hand = f"sudo apt-get update && sudo {' '.join(line)}"
    if shutil.which("apt-get") is None:
        raise UserError("libraries", "System libraries are missing.", f"On Debian these packages have them: {' '.join(missing)}")
    if os.geteuid() != 0:
        raise UserError("libraries", "System libraries are missing.", f"Run this line, then try again:\n  {by_hand}")
    print(f"Installing system libraries: {' '.join(missing)}", flush=True)
    problem = apt_get(line)
    if problem:
        raise UserError("libraries", f"apt-get failed:\n{problem}", f"Run this line by hand, then try again:\n  {by_hand}")
    still = missing_libraries()
    if still:
        raise UserError("libraries", f"After installing, these packages' libraries still do not load: {' '.join(still)}.")


def apt_get(install: list[str]) -> str:
    """Refresh the lists and run an apt-get line.

    Returns the end of its output where it failed, else an empty text.
    """
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], install):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
    return ""


def ensure_virtual_microphone() -> str:
    """Install what tests of recording need, where this can be done (root on Debian or Ubuntu).

    Returns:
        Why those tests will be left out, in one sentence; empty when they can run.
    """
    if shutil.which("pulseaudio") and shutil.which("parec") and not missing_libraries({"libportaudio.so.2": "libportaudio2"}):
        return ""
    by_hand = f"apt-get install {' '.join(VIRTUAL_MICROPHONE)}"
    if not sys.platform.startswith("linux") or shutil.which("apt-get") is None or os.geteuid() != 0:
        return f"Tests of recording are left out: they need a virtual microphone ({by_hand})."
    print("Installing a virtual microphone for the tests", flush=True)
    problem = apt_get(["apt-get", "install", "-y", "--no-install-recommends", *VIRTUAL_MICROPHONE])
    return f"Tests of recording are left out, because apt-get failed: {problem}" if problem else ""
