"""What the machine itself must bring: shared libraries that bpy opens, and whether there is an NVIDIA GPU.

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


def has_nvidia_gpu() -> bool:
    """Tell whether this machine has an NVIDIA driver, without importing anything."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def missing_libraries(libraries: dict[str, str] = LIBRARIES) -> list[str]:
    """Return the Debian packages of the shared libraries (and Python parts) that cannot be loaded here; Linux only."""
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
    """Install missing system libraries (root on Debian or Ubuntu), or say the exact line that does.

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
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], line):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
            raise UserError("libraries", f"apt-get failed:\n{tail}", f"Run this line by hand, then try again:\n  {by_hand}")
    still = missing_libraries()
    if still:
        raise UserError("libraries", f"After installing, these packages' libraries still do not load: {' '.join(still)}.")
