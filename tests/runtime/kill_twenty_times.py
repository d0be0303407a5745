"""Twenty kills of the real set-up: `.venv/bin/python tests/runtime/kill_twenty_times.py [--kills 20] [--folder F]`.

The set-up with the real packages is killed (SIGKILL, the process that Blender starts) after a random time, twenty times; after
each kill it is started again, as by pressing the button, and must end with a working runtime. Every kill starts from an
empty folder, from the wheels of the run before or from a damaged whole runtime, so that kills fall into every phase. Not part of
the tests that run always: it needs the package index and half an hour. Prints a table; exit code 0 only if all recovered.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "addon"))
from runtime.folder import RuntimeFolder, read_state  # noqa: E402
from runtime.locks import all_locks  # noqa: E402
from runtime.machine import platform_name  # noqa: E402
from runtime.plan import choose_lock  # noqa: E402


def start(folder: RuntimeFolder, lock) -> subprocess.Popen:
    """The process that Blender starts."""
    command = [sys.executable, "-m", "runtime", "set-up", "--folder", str(folder.root), "--lock", str(lock.path)]
    command += ["--python", sys.executable, "--backend", str(ROOT), "--product", "test"]
    command += ["--example", str(ROOT / "addon" / "examples" / "walk_forward_then_wave.ogg")]
    return subprocess.Popen(command, cwd=ROOT / "addon", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def kill_after(process: subprocess.Popen, phase: str, delay: float) -> str:
    """Kill it some time into a phase; returns the phase it was in then."""
    now = "starting"
    for line in process.stdout:
        now = json.loads(line).get("phase", "ended")
        if now in (phase, "ended"):
            break
    # Read on while waiting, so that the phase at the moment of the kill is known.
    timer = subprocess.Popen(["sleep", f"{delay:.3f}"])
    while timer.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    for line in rest.splitlines():
        if line.startswith("{") and line.endswith("}"):
            now = json.loads(line).get("phase", "ended")
    process.wait()
    process.stdin.close()
    process.stdout.close()
    return now


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    lock = choose_lock(all_locks().values(), platform_name(), sys.version_info[:2], "CPU", False).lock
    place = options.folder or Path(tempfile.mkdtemp(prefix="voice-to-motion-kills-"))
    folder = RuntimeFolder(place / "runtime")
    longest = {"environment": 1.0, "downloading": 12.0, "installing": 25.0, "testing": 8.0}
    recovered, where = 0, Counter()
    for number in range(options.kills):
        kind = ("empty", "no environment", "damaged")[number % 3]
        if kind == "empty":
            shutil.rmtree(folder.root, ignore_errors=True)
        elif kind == "no environment":
            shutil.rmtree(folder.venv, ignore_errors=True)
            folder.sentinel.unlink(missing_ok=True)
        else:
            for name in ("torch/__init__.py", "scipy/__init__.py", "einops/einops.py"):
                (folder.site_packages / name).unlink(missing_ok=True)
        phase = chance.choice(list(longest))
        started = time.monotonic()
        killed_in = kill_after(start(folder, lock), phase, chance.uniform(0, longest[phase]))
        killed = time.monotonic() - started
        where[killed_in] += 1
        between = read_state(folder, [lock.sha256]).kind
        started = time.monotonic()
        process = start(folder, lock)
        last = json.loads(process.stdout.readlines()[-1])
        process.wait()
        process.stdin.close()
        process.stdout.close()
        state = read_state(folder, [lock.sha256]).kind
        good = last["event"] == "result" and state == "ready"
        recovered += good
        print(
            f"{number + 1:2}  from {kind:<14} killed after {killed:5.1f} s in {killed_in:<12} left {between:<8} "
            f"{'recovered' if good else 'FAILED: ' + json.dumps(last)} in {time.monotonic() - started:5.1f} s",
            flush=True,
        )
    print(f"{recovered} of {options.kills} recovered; killed in {dict(where)}")
    shutil.rmtree(place, ignore_errors=True)
    return 0 if recovered == options.kills else 1


if __name__ == "__main__":
    sys.exit(main())
