"""A program in the backend's place that is broken or hostile: the session ends with a sentence, or goes on, and stays small."""

from __future__ import annotations

import sys

import pytest

# Greets, waits for the request, then runs CODE with `say` for lines and `out` for the folder it was given.
PROGRAM = """
import json, sys
def say(**event): print(json.dumps(event), flush=True)
say(event="hello", protocol=1, version="0.1.0", pid=1)
say(event="ready", device="cpu", packs=[])
request = json.loads(sys.stdin.readline())
me, out = request["id"], request["out"]
def result(*files, **changes):
    event = {"event": "result", "id": me, "files": files, "heard": "", "seeds": [1], "frames": [1], "fps": 30.0, "seconds": {}}
    say(**(event | changes))
CODE
sys.stdin.read()
"""


@pytest.fixture
def ask(extension, tmp_path, wait_until):
    """A function from code to the task that was asked of it, ended, and its session."""
    sessions = []
    out = tmp_path / "out"
    out.mkdir()

    def run(code: str):
        session = extension("link.session").Session()
        sessions.append(session)
        request = {"request": "generate", "audio": "a.wav", "out": str(out), "fps": 30.0}
        task = extension("link.tasks").Task(request)
        session.add(task, [sys.executable, "-c", PROGRAM.replace("CODE", code)], tmp_path)
        wait_until(lambda: session.step() or task.outcome, seconds=60.0)
        return task.outcome, session

    yield run
    for session in sessions:
        session.shutdown(wait=0.0)


@pytest.mark.parametrize("file", ["/etc/passwd", "../secret.npz", "secret.npz", "{out}/../secret.npz", "{out}", "C:\\secret.npz"])
def test_files_outside_the_folder_are_not_taken(ask, tmp_path, file):
    (tmp_path / "secret.npz").write_bytes(b"x")
    outcome, session = ask(f"result({file!r}.replace('{{out}}', out))")
    assert outcome.kind == "error" and "outside the cache folder" in session.message


@pytest.mark.parametrize("nonsense", [
    "print('x' * 20_000_000, flush=True)", "say(event='progress', id=me, phase='composing', fraction=float('nan'))",
    "say(event='progress', id=me, phase=['x'], fraction=0.5)", "say(event='progress', id=me, phase='x', fraction='0.5')",
    "say(event='exited')", "say(event='heard', id=me, text={'a': 1})", "say(event='result', id=me)",
    "result('/x', fps=float('inf'))",
    "result(*['a'] * 100_000)", "result(out + '/a.npz', seeds=['x'])", "sys.stdout.buffer.write(bytes(range(256)) * 1000 + b'\\n')",
    "for _ in range(20_000): say(event='level', id='x', seconds=1, peak=1, rms=1)",
])  # fmt: skip
def test_nonsense_is_passed_over_and_the_result_is_taken(ask, nonsense):
    outcome, session = ask(f"{nonsense}\nresult(out + '/a.npz')")
    assert outcome.kind == "result" and outcome.seeds == (1,) and session.message == ""


def test_hello_of_another_kind(ask):
    outcome, session = ask("say(event='hello', protocol=999, version='9', pid=1)")
    assert outcome.kind == "error" and "protocol 999" in session.message and session.client is None


def test_a_long_error_is_shortened(ask):
    outcome, session = ask("say(event='error', id=me, code='x', message='No. ' * 2000, hint='')")
    assert outcome.kind == "error" and len(session.message) <= 500
