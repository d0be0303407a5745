"""The doctor's button: whatever the other end answers there is a table, and the report names nobody."""

from __future__ import annotations

import getpass
import json
import os
import socket
import sys
from pathlib import Path

import pytest

GOOD = [
    {"name": "Python", "status": "ok", "detail": "3.11.7", "fix": ""},
    {"name": "torch", "status": "failed", "detail": "not installed", "fix": "Press Repair."},
]


@pytest.fixture
def doctor(extension, wait_until):
    """The add-on's doctor and a function that lets it examine with a piece of Python in place of the backend."""
    module = extension("runtime.doctor")
    mine = module.Doctor()

    def examine(code: str):
        mine.start([sys.executable, "-c", code, "serve"], Path.cwd(), 1, None)
        wait_until(lambda: mine.step() or not mine.running, seconds=30.0)
        return mine.checks

    mine.examine = examine
    yield mine
    mine.stop()


def test_a_good_answer(doctor):
    checks = doctor.examine(f"print({json.dumps({'checks': GOOD})!r})")
    assert [vars(check) for check in checks] == GOOD and doctor.failures == 1


def test_libraries_may_print_into_it(doctor):
    code = f"print('a library prints'); print({json.dumps({'checks': GOOD}, indent=2)!r}); print('and again')"
    assert len(doctor.examine(code)) == 2


@pytest.mark.parametrize("code", [
    "pass", "import sys; sys.exit(3)", "raise ImportError('no typer')", "print('{}')", "print('{\"checks\": 5}')",
    "print('[' * 100000)", "print('{\"checks\": [[1]]}')", "print('{\"checks\": [{\"name\": 5}]}')", "print('x' * 1000000)",
    "import json; print(json.dumps({'checks': [{'name': 'a', 'status': 'fine', 'detail': 'b', 'fix': ''}]}))",
    "import os; os.kill(os.getpid(), 9)", "while True: print('x' * 1000)",
])  # fmt: skip
def test_anything_else_is_one_failed_line(doctor, code):
    [check] = doctor.examine(code)
    assert check.status == "failed" and check.fix and "\n" not in check.detail and len(check.detail) < 300


def test_a_python_that_is_not_there(doctor, tmp_path):
    doctor.start([str(tmp_path / "python"), "-m", "backend", "serve"], tmp_path, 1, None)
    assert not doctor.running
    assert doctor.checks[0].status == "failed" and "cannot be started" in doctor.checks[0].detail


def test_stop_ends_it_at_once(doctor):
    doctor.start([sys.executable, "-c", "import time; time.sleep(600)", "serve"], Path.cwd(), 1, None)
    process = doctor._process
    doctor.step()
    assert doctor.running and process.alive
    doctor.stop()
    assert not doctor.running and not process.alive


def test_one_that_takes_too_long_is_ended(doctor, extension, monkeypatch, wait_until):
    monkeypatch.setattr(extension("runtime.doctor"), "PATIENCE", 0.5)
    [check] = doctor.examine("import time; print('loading', flush=True); time.sleep(600)")
    assert check.status == "failed" and "loading" in check.detail


# --- the report


@pytest.fixture
def report(extension):
    return extension("runtime.report")


def test_nothing_private_is_left(report, extension, monkeypatch):
    check = extension("runtime.doctor").Check
    monkeypatch.setenv("HOME", "/home/anna.muster")
    monkeypatch.setenv("USER", "anna.muster")
    monkeypatch.setattr(report.socket, "gethostname", lambda: "annas-rechner.local.example")
    text = report.report(
        [
            check("Python", "ok", "3.11.7, /home/anna.muster/.venv/bin/python"),
            check("Write access", "failed", "/home/anna.muster: denied", "Ask anna.muster@annas-rechner."),
            check("Disk", "ok", "/mnt/Anna.Muster/cache on ANNAS-RECHNER.local.example, /home/otto/x, /home/anna.muster2"),
            check("Weights", "failed", r"C:\Users\Otto Normal\AppData and C:/Users/otto/x and \\annas-rechner\share"),
        ],
        ["Blender 4.5"],
    )
    for private in ("anna", "muster", "rechner", "otto"):
        assert private not in text.lower(), text
    assert "~/.venv/bin/python" in text and "Blender 4.5" in text and "AppData" in text and "not" not in text


@pytest.mark.parametrize("path", ["/usr/lib/python3", "/tmp/x", "C:\\Program Files\\Blender", "homeless", "the user's own"])
def test_other_words_stay(report, monkeypatch, path):
    monkeypatch.setenv("USER", "anna")
    monkeypatch.setattr(report, "_users", lambda: {"anna"})
    monkeypatch.setattr(report, "_hosts", lambda: {"box"})
    monkeypatch.setattr(report, "_homes", lambda: {"/home/anna"})
    assert report.without_private(f"Anna, annabel and {path}") == f"USER, annabel and {path}"


def test_this_very_machine(report, extension):
    home, user, host = str(Path.home()), getpass.getuser(), socket.gethostname()
    text = report.report([extension("runtime.doctor").Check("Python", "ok", f"{home}/x by {user} on {host}, {sys.executable}")], [])
    assert f" {user} " not in text and host not in text and (home == "/" or f"{home}/x" not in text)


# --- in Blender


def test_the_button_fills_the_table_and_the_clipboard(extension, blender, monkeypatch, wait_until, tmp_path):
    operators, module = extension("operators.doctor"), extension("runtime.doctor")
    monkeypatch.setattr(module.doctor, "checks", ())
    assert not blender.ops.voice_to_motion.copy_report.poll()
    code = f"print({json.dumps({'checks': GOOD})!r})"
    monkeypatch.setattr(operators, "backend_command", lambda: ([sys.executable, "-c", code, "serve"], tmp_path))
    assert blender.ops.voice_to_motion.doctor() == {"FINISHED"}
    wait_until(lambda: operators._tick() is None)
    assert module.doctor.failures == 1 and blender.ops.voice_to_motion.copy_report.poll()
    assert blender.ops.voice_to_motion.copy_report() == {"FINISHED"}
    text = operators.report(module.doctor.checks, operators.versions())
    assert f"Blender {blender.app.version_string}" in text and "failed   torch: not installed" in text
    operators.unregister()
    assert not blender.app.timers.is_registered(operators._tick)


def test_without_a_backend_it_says_so(extension, blender, monkeypatch):
    operators, module = extension("operators.doctor"), extension("runtime.doctor")
    error = extension("runtime.location").BackendNotFoundError("There is no Python.", "Set it up.")

    def missing():
        raise error

    monkeypatch.setattr(operators, "backend_command", missing)
    assert blender.ops.voice_to_motion.doctor() == {"FINISHED"}
    assert module.doctor.checks[0].detail == "There is no Python." and module.doctor.checks[0].fix == "Set it up."


@pytest.mark.slow
def test_the_real_doctor(extension, wait_until, tmp_path):
    root = Path(__file__).resolve().parents[3]
    python = root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.is_file():
        pytest.skip("needs .venv")
    doctor = extension("runtime.doctor").Doctor()
    doctor.start([str(python), "-m", "backend", "serve"], root, extension("link.session").PROTOCOL, tmp_path)
    wait_until(lambda: doctor.step() or not doctor.running, seconds=300.0)
    states = {check.name: check.status for check in doctor.checks}
    assert states["Python"] == states["torch"] == states["Protocol"] == states["Write access"] == "ok"
