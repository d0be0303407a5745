"""`python -m backend bench`: seconds of starting, generating and keying, beside their bars.

Everything is measured on the real parts: a backend process over its pipes, from a recording to motion files, and the
add-on's own keying in the Blender module where that is installed. The machine's load is printed with the numbers,
because a busy machine makes them worthless.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.commands.info import gather_facts
from backend.errors import UserError
from backend.serve import messages, protocol

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 6.0  # of motion in a request, as in the bar
BARS = {
    "ready": 8.0,
    "rss": 1.5,
    "generate": 0.8,
    "keying": 50.0,
    "keying ratio": 20.0,
    "clips": 200.0,
    "clips ratio": 17.0,
}


@dataclass(frozen=True)
class Row:
    """One line of the table: what, the number as text and as such, its bar, whether it holds."""

    what: str
    text: str
    value: float
    bar: str = ""
    holds: bool | None = None


def spoken_instruction() -> Path:
    """The recording that ships with the repository. Raises UserError if it is not there."""
    path = ROOT / "addon" / "examples" / "walk_forward_then_wave.ogg"
    if not path.is_file():
        raise UserError("missing_audio", "No recording ships with this installation.", "Give one with --audio.")
    return path


class Process:
    """A backend process and a conversation with it."""

    def __init__(self, command: list[str]) -> None:
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def until(self, kind: type[messages.Event]) -> messages.Event:
        """The next event of a kind. Raises UserError when the backend reports an error or ends."""
        for line in self._process.stdout:
            event = protocol.parse_event(line)
            if isinstance(event, kind):
                return event
            if isinstance(event, messages.Error):
                raise UserError(event.code, event.message, event.hint)
        raise UserError("internal", "The backend process ended while it was measured.")

    def send(self, request: messages.Request) -> None:
        """Send one request."""
        self._process.stdin.write(protocol.encode(request))
        self._process.stdin.flush()

    def gigabytes(self) -> float:
        """Resident memory of the process and its children."""
        import psutil

        process = psutil.Process(self._process.pid)
        return sum(part.memory_info().rss for part in (process, *process.children(recursive=True))) / 1e9


def measure_backend(command: list[str], options: list[str], audio: Path, runs: int) -> Iterator[Row]:
    """Start a backend, let it generate ``runs`` times when warm, and yield the numbers.

    Args:
        command: what starts the command line, e.g. python -m backend.
        options: device and pack, as options.
        audio: the recording.
        runs: how often to generate.
    """
    with tempfile.TemporaryDirectory() as folder, Process([*command, "serve", *options]) as process:
        process.until(messages.Hello)
        hello = time.perf_counter() - process.began
        process.until(messages.Ready)
        ready = time.perf_counter() - process.began
        walls, stages = [], []
        for number in range(runs):
            request = messages.Generate(
                id=str(number), audio=str(audio), out=folder, seed=number, seconds=SECONDS, fps=30.0
            )
            began = time.perf_counter()
            process.send(request)
            result = process.until(messages.MotionResult)
            walls.append(time.perf_counter() - began)
            stages.append(result.seconds)
        memory = process.gigabytes()
    yield Row("backend start to hello", f"{hello:.2f} s", hello)
    yield below("backend start to ready (models loaded and warm)", ready, BARS["ready"], "s")
    wall = statistics.median(walls)
    spread = f"{wall:.3f} s (median of {runs}; {min(walls):.3f} to {max(walls):.3f})"
    what = f"warm generate, {SECONDS:g} s of motion, audio file in to npz out"
    yield Row(what, spread, wall, f"<= {BARS['generate']:g} s", wall <= BARS["generate"])
    for stage in stages[0]:
        if stage != "total":
            seconds = statistics.median(times[stage] for times in stages)
            yield Row(f"- of it {stage}", f"{seconds * 1e3:.0f} ms ({seconds / wall:.0%})", seconds)
    yield Row("motion made per second of work", f"{SECONDS / wall:.1f} x real time", SECONDS / wall)
    yield below("memory of the backend (RSS) after it", memory, BARS["rss"], "GB")
    yield from measure_command(command, options, audio, wall)


def measure_command(command: list[str], options: list[str], audio: Path, warm: float) -> Iterator[Row]:
    """The same as one call of the command line, start included, beside the warm process."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run(
            [*command, "generate", str(audio), "-o", folder, "--seed", "0", "--seconds", str(SECONDS), *options],
            cwd=ROOT, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        cold = time.perf_counter() - began
    yield Row("the same as one command, start included", f"{cold:.2f} s ({cold / warm:.1f} x the warm process)", cold)


def measure_keying(python: str) -> Iterator[Row]:
    """The add-on's keying and its clips in Blender's Python module; no rows without it."""
    folder = ROOT / "tests" / "addon"
    if not folder.is_dir() or (python == sys.executable and importlib.util.find_spec("bpy") is None):
        return
    found = _run_in_blender(python, "tests.addon.keys.bench_keyframes")
    what = f"key {found['bones']} bones x {found['frames']} frames in Blender {found['blender']}"
    yield below(what, found["bulk_ms"], BARS["keying"], "ms")
    ratio = found["ratio"]
    text = f"{ratio:.0f} x ({found['keyframe_insert_ms']:.0f} ms)"
    yield Row(
        "- faster than keyframe_insert", text, ratio, f">= {BARS['keying ratio']:g} x", ratio >= BARS["keying ratio"]
    )
    found = _run_in_blender(python, "tests.addon.clips.bench_clips")
    what = f"replace a clip by one of {found['frames']} frames, two behind it move (processor)"
    yield below(what, found["processor_ms"], BARS["clips"], "ms")
    yield below("- as a multiple of a fixed piece of Python", found["ratio"], BARS["clips ratio"], "x")


def _run_in_blender(python: str, module: str) -> dict:
    """What a benchmark prints. Raises UserError if that is no result."""
    done = subprocess.run(
        [python, "-m", module], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise UserError("internal", f"The keying benchmark printed no result (exit code {done.returncode}).")
    return json.loads(lines[-1])


def below(what: str, value: float, bar: float, unit: str) -> Row:
    """A row whose number should not be above its bar."""
    return Row(what, f"{value:.2f} {unit}", value, f"<= {bar:g} {unit}", value <= bar)


def describe(facts: dict, load: float | None) -> str:
    """One paragraph about the machine."""
    packages = ", ".join(f"{name} {facts['packages'][name]}" for name in ("torch", "numpy") if facts["packages"][name])
    busy = "" if load is None else f" Load of the machine before the start: {load:.1f}."
    return (
        f"Version {facts['version']}, {facts['processor']}, {facts['cores']} cores, device {facts['device']}, "
        f"{facts['system']}, Python {facts['python']}, {packages}.{busy}"
    )


def markdown(rows: list[Row]) -> str:
    """The table as it stands in the README."""
    mark = {True: "yes", False: "**no**", None: ""}
    lines = [f"| {row.what} | {row.text} | {row.bar} | {mark[row.holds]} |" for row in rows]
    return "\n".join(["| what | measured | bar | holds |", "| --- | --- | --- | --- |", *lines])


def bench(audio: Path | None, device: str, pack: str, runs: int, bpy_python: Path | None, *, as_json: bool) -> int:
    """Measure and print. Returns 0 if every bar holds, else 1. Raises UserError."""
    if not 1 <= runs <= 1000:
        raise UserError("bad_option", f"The number of runs must be between 1 and 1000, not {runs}.")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    recording = (audio or spoken_instruction()).absolute()
    command, options = [sys.executable, "-m", "backend"], ["--device", device, "--pack", pack]
    rows = [*measure_backend(command, options, recording, runs), *measure_keying(str(bpy_python or sys.executable))]
    facts = gather_facts()
    if as_json:
        facts.pop("packs")
        facts |= {"load": load, "rows": [vars(row) for row in rows]}
        print(json.dumps(facts, indent=2))
    else:
        print(describe(facts, load), markdown(rows), sep="\n\n")
    return int(any(row.holds is False for row in rows))
