"""No Python thread of this add-on runs inside Blender, where it could crash it: read from the source, and seen at work.

At work means: a thousand results are put on a character while a child process floods the client with events.
"""

from __future__ import annotations

import ast
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_rooms import imports

ROOT = Path(__file__).resolve().parents[3]
THREADS = {"threading", "_thread", "queue", "concurrent", "multiprocessing", "asyncio", "socketserver", "sched"}
SET_UP = "addon.runtime.__main__"  # a process of its own; what only it imports may use threads
RESULTS = 1000
STORM = """
import json, sys
line = json.dumps({"event": "level", "id": "1", "seconds": 1.0, "peak": 0.5, "rms": 0.1}) + "\\n"
while True:
    sys.stdout.write(line * 100)
    sys.stderr.write("storm\\n")
"""


def inside_blender() -> set[str]:
    """Modules that Blender imports: all that can be reached from the add-on itself."""
    graph = imports("addon")
    reached, ahead = set(), ["addon"]
    while ahead:
        module = ahead.pop()
        if module not in reached:
            reached.add(module)
            ahead += graph[module]
    return reached


def file_of(module: str) -> Path:
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return path if path.exists() else path.with_suffix("") / "__init__.py"


def faults(tree: ast.AST) -> Iterator[str]:
    """What starts a thread, now or on Windows, where `subprocess` reads captured output in threads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f"imports {alias.name}" for alias in node.names if alias.name.partition(".")[0] in THREADS)
        elif isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").partition(".")[0] in THREADS:
            yield f"imports {node.module}"
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("communicate", "check_output", "getoutput", "run_in_executor"):
                yield f"calls {name}"
            if any(keyword.arg == "capture_output" for keyword in node.keywords):
                yield "captures the output of a process"


def test_nothing_inside_blender_starts_a_thread():
    modules = inside_blender()
    assert len(modules) > 80 and {"addon.link.client", "addon.runtime.task", "addon.operators.smplx_body"} <= modules
    assert SET_UP not in modules and "addon.runtime.programs" not in modules
    found = {name: list(faults(ast.parse(file_of(name).read_text(encoding="utf-8")))) for name in modules}
    assert not {name: each for name, each in found.items() if each}


@pytest.mark.parametrize("code", [
    "import threading", "from concurrent.futures import ThreadPoolExecutor", "def f():\n    import queue", "import asyncio as a",
    "import subprocess\nsubprocess.run(['x'], capture_output=True)", "process.communicate(timeout=3)",
])  # fmt: skip
def test_it_would_be_found(code):
    assert list(faults(ast.parse(code)))


def test_a_thousand_results_beside_a_storm_of_events(extension, blender, scene, character, tmp_path):
    """The operator puts each on the same frames; every hundredth is an undo step, of which Blender keeps only some."""
    from tests.addon import peer

    peer.write_motion(tmp_path / "m.npz", 1, 30.0, 0.1)
    scene.render.fps = 30
    threads = threading.active_count()
    client = extension("link.client").BackendClient([sys.executable, "-c", STORM], tmp_path, tmp_path / "logs")
    events, longest, began = 0, 0.0, time.process_time()
    try:
        for number in range(RESULTS):
            started = time.thread_time()
            taken = client.poll() if number % 2 else []
            longest = max(longest, time.thread_time() - started)
            events += len(taken)
            assert all(event["event"] == "level" for event in taken)
            undo = number % 100 == 0
            applied = blender.ops.voice_to_motion.apply_motion("EXEC_DEFAULT", undo, filepath=str(tmp_path / "m.npz"), frame=1)
            assert applied == {"FINISHED"} and threading.active_count() == threads
        assert client.alive
    finally:
        client.stop(wait=0.0)
    seconds = time.process_time() - began
    print(f"{RESULTS} results beside {events} events in {seconds:.1f} s; the longest look took {longest * 1e3:.1f} ms")
    assert events > 50 * RESULTS and character.animation_data.action is not None
    assert sum(log.stat().st_size for log in (tmp_path / "logs").iterdir()) < 2 * extension("link.log").MAX_BYTES
