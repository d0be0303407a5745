"""Set the runtime up from an offline pack on a machine without a network, and generate a motion with it:

    unshare -n PYTHON tests/backend/packaging/offline_setup.py EXTENSION.zip PACK.zip FOLDER

`unshare -n` gives a network namespace with nothing in it but a loopback interface that is down; this script refuses to go on
where a network can be reached. It does what the add-on's button does: it starts the extension's own `python -m runtime`.
`test_offline.py` runs it with a tiny pack; with the real files it takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[3] / "addon" / "examples" / "walk_forward_then_wave.ogg"


def reachable() -> str:
    """What of the outside world answers; empty where there is no network."""
    for address in ("1.1.1.1", "8.8.8.8"):
        try:
            socket.create_connection((address, 443), timeout=2).close()
            return address
        except OSError:
            pass
    try:
        return str(socket.getaddrinfo("www.python.org", 443))
    except OSError:
        return ""


def run_setup(extension: Path, pack: Path, folder: Path) -> tuple[dict, dict[str, float]]:
    """Run the set-up; returns its last event and the seconds of each phase."""
    with zipfile.ZipFile(pack) as archive:
        lock = json.loads(archive.read("runtime-pack.json"))["lock"]
    command = [sys.executable, "-m", "runtime", "set-up", "--folder", folder, "--lock", extension / "runtime" / "locks" / lock]
    command += ["--python", sys.executable, "--backend", extension, "--example", EXAMPLE, "--pack", pack]
    started, phase, seconds, event = time.monotonic(), "starting", {}, {}
    with subprocess.Popen(
        [str(part) for part in command], cwd=extension, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout:  # its standard input stays open as long: closing it means "stop"
            event = json.loads(line)
            now = time.monotonic()
            seconds[phase] = seconds.get(phase, 0.0) + now - started
            started, phase = now, event.get("phase", event["event"])
    return event, seconds


def main() -> int:
    """Returns 0 when a motion was generated without a network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("extension", "pack", "folder"):
        parser.add_argument(name, type=lambda text: Path(text).resolve())
    options = parser.parse_args()
    if found := reachable():
        print(f"There is a network here ({found}): start this with `unshare -n`.", file=sys.stderr)
        return 2
    print("network: none", flush=True)
    extension = options.folder / "extension"
    with zipfile.ZipFile(options.extension) as archive:
        archive.extractall(extension)
    event, seconds = run_setup(extension, options.pack, options.folder / "runtime")
    print("seconds: " + ", ".join(f"{phase} {value:.1f}" for phase, value in seconds.items()))
    print(json.dumps(event))
    if event.get("event") != "result":
        return 1
    environment = options.folder / "runtime" / "venv"
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    motions = options.folder / "motions"
    command = [python, "-m", "backend", "generate", EXAMPLE, "-o", motions, "--seed", "7"]
    done = subprocess.run(command, cwd=extension, capture_output=True, text=True, timeout=300, check=False)
    sizes = [path.stat().st_size for path in motions.glob("*.npz")]
    print(f"generate: exit code {done.returncode}, motions of {sizes} bytes\n{done.stdout}{done.stderr}")
    return 0 if done.returncode == 0 and sizes and min(sizes) > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
