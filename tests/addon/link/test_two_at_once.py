"""Two Blenders with one cache folder generate at the same time: each has its own backend and folder, and all results are there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BLENDER = """
import json, sys, time, types
from pathlib import Path
package = types.ModuleType("addon"); package.__path__ = [sys.argv[1]]; sys.modules["addon"] = package
from addon.link import results, session, tasks
cache, peer = Path(sys.argv[2]), sys.argv[3]
mine, made = session.Session(), []
mine.log_folder = lambda: cache / "logs"
for number in range(4):
    out = results.own_folder(cache)
    task = tasks.Task({"request": "generate", "audio": "a.wav", "out": str(out), "seed": 7, "seconds": 1.0, "variations": 1,
                       "guidance": None, "fps": 30.0})
    mine.add(task, [sys.executable, peer, "serve", "good"], cache)
    while task.outcome is None:
        mine.step()
        time.sleep(0.005)
    assert task.outcome.kind == "result", task.outcome
    made += task.outcome.files
print(json.dumps([mine.client.pid, str(out), made]))
mine.shutdown()
"""


def test_two_at_once(tmp_path):
    folder = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-c", BLENDER, str(folder.parents[1] / "addon"), str(tmp_path), str(folder / "peer.py")]
    blenders = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [blender.communicate(timeout=120) for blender in blenders]
    assert [blender.returncode for blender in blenders] == [0, 0], said
    (pid, out, made), (other_pid, other_out, other_made) = (json.loads(output) for output, _ in said)
    assert pid != other_pid and out != other_out
    files = [*made, *other_made]
    assert len(set(files)) == 8 and all(Path(file).is_file() for file in files)
    assert all(Path(file).parent == Path(out) for file in made)
    assert len(list((tmp_path / "logs").iterdir())) == 2
