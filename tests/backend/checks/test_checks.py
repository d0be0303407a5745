"""The doctor says what is wrong, however much is: without torch, with a torch that crashes, without any package at all."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from backend.checks import child, machine, software
from backend.packs.pack import WEIGHTS, sha256_of
from backend.serve.messages import VERSION

ROOT = Path(__file__).parents[3]
NAMES = [
    "Python", "Packages", "torch", "Device", "Memory", "Weights", "Protocol", "Microphone library", "Microphones",
    "Write access", "Disk",
]  # fmt: skip


def run(*arguments: str, bare: bool = False) -> subprocess.CompletedProcess:
    """`python -m backend doctor`; ``bare``: by a Python that has no packages."""
    command = [sys.executable, *(["-S"] if bare else []), "-m", "backend", "doctor", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def sensible(check: dict) -> None:
    assert check["status"] in ("ok", "warning", "failed") and check["detail"] and "\n" not in check["detail"] + check["fix"]
    assert bool(check["fix"]) == (check["status"] != "ok"), check


@pytest.mark.slow
def test_the_real_thing(tmp_path):
    done = run("--json", "--folder", str(tmp_path / "cache"), "--protocol", str(VERSION))
    found = json.loads(done.stdout)
    assert [check["name"] for check in found["checks"]] == NAMES
    for check in found["checks"]:
        sensible(check)
    states = {check["name"]: check["status"] for check in found["checks"]}
    assert {states[name] for name in ("Python", "Packages", "torch", "Protocol", "Write access")} == {"ok"}
    assert states["Weights"] == ("ok" if (WEIGHTS / "open" / "pack.json").exists() else "failed")
    assert done.returncode == int("failed" in states.values()) and found["ok"] == (done.returncode == 0)
    assert not (tmp_path / "cache").exists()


def test_without_any_package(tmp_path):
    done = run("--json", "--folder", str(tmp_path), bare=True)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    states = {check["name"]: check["status"] for check in found["checks"]}
    assert states["Packages"] == states["torch"] == states["Device"] == "failed" and states["Python"] == "ok"
    for check in found["checks"]:
        sensible(check)


def test_table_without_any_package():
    done = run(bare=True)
    assert done.returncode == 1 and "failed   torch" in done.stdout and "build.py setup" in done.stdout and not done.stderr


def test_other_commands_without_any_package_point_to_the_doctor():
    done = subprocess.run(
        [sys.executable, "-S", "-m", "backend", "info"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1 and "doctor" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(("code", "words"), [
    ("import os; os.kill(os.getpid(), 4)", "illegal instruction"),
    ("import os; os.abort()", "crashes"),
    ("raise ImportError('libtorch_cpu.so: cannot open shared object file')", "libtorch_cpu.so"),
    ("import time; time.sleep(60)", "no answer within"),
    ("print('hello')", "makes no sense"),
    ("pass", "makes no sense"),
    ("import sys; sys.stderr.write('x' * 10_000_000); sys.exit(3)", "xxx"),
])  # fmt: skip
def test_a_broken_torch_is_one_line(monkeypatch, code, words):
    monkeypatch.setattr(software, "TORCH", code)
    monkeypatch.setattr(child, "PATIENCE", 3.0)
    torch, device = software.check_torch()
    assert torch.status == device.status == "failed" and words in torch.detail and len(torch.detail) <= 300
    sensible(vars(torch))
    sensible(vars(device))


@pytest.mark.parametrize(("found", "tool", "status", "words"), [
    ({"device": "cuda", "name": "A Card", "cuda": "12.8"}, None, "ok", "A Card"),
    ({"device": "cpu", "name": "", "cuda": ""}, None, "ok", "processor"),
    ({"device": "cpu", "name": "", "cuda": ""}, "/bin/nvidia-smi", "warning", "although there is an NVIDIA card"),
    ({"device": "cpu", "name": "", "cuda": "12.8"}, "/bin/nvidia-smi", "warning", "does not answer"),
])  # fmt: skip
def test_devices(monkeypatch, found, tool, status, words):
    monkeypatch.setattr(software, "run_in_child", lambda code: ({"version": "2"} | found, ""))
    monkeypatch.setattr(software.shutil, "which", lambda name: tool)
    device = software.check_torch()[1]
    assert device.status == status and words in device.detail
    sensible(vars(device))


def test_memory(monkeypatch):
    for free, status in ((8e9, "ok"), (1.5e9, "warning"), (1e8, "failed"), (None, "ok")):
        monkeypatch.setattr(machine, "available_memory", lambda free=free: free)
        assert machine.check_memory().status == status
        sensible(vars(machine.check_memory()))
    monkeypatch.undo()
    if sys.platform.startswith("linux"):
        assert 1e6 < machine.available_memory() < 1e15


@pytest.mark.parametrize(("code", "words"), [
    ("raise OSError('PortAudio library not found')", "libportaudio2"),
    ("import os; os.abort()", "Repair"),
    ("import json; print(json.dumps({'version': 'x', 'microphones': []}))", "privacy"),
])  # fmt: skip
def test_no_sound_is_a_warning(monkeypatch, code, words):
    monkeypatch.setattr(machine, "SOUND", code)
    checks = machine.check_sound()
    assert len(checks) == 2 and checks[1].status == "warning" and words in " ".join(check.fix for check in checks)
    for check in checks:
        sensible(vars(check))


def test_damaged_weights(monkeypatch, tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    (folder / "a.safetensors").write_bytes(b"x")
    (folder / "pack.json").write_text(json.dumps({"files": ["a.safetensors"], "sha256": {"a.safetensors": "0" * 64}}))
    patched = f"import backend.packs.pack; from pathlib import Path; backend.packs.pack.WEIGHTS = Path({str(tmp_path)!r})\n"
    monkeypatch.setattr(software, "WEIGHTS", patched + software.WEIGHTS)
    check = software.check_weights()
    assert check.status == "failed" and "a.safetensors is damaged" in check.detail
    sensible(vars(check))


def test_weights_are_listed_with_their_licences(monkeypatch, tmp_path):
    for name, licence in (("open", "CC BY-SA 3.0"), ("research", "CC BY-NC 4.0")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "a.safetensors").write_bytes(b"x")
        card = {"licence": licence, "files": ["a.safetensors"], "sha256": {"a.safetensors": sha256_of(folder / "a.safetensors")}}
        (folder / "pack.json").write_text(json.dumps(card))
    patched = f"import backend.packs.pack; from pathlib import Path; backend.packs.pack.WEIGHTS = Path({str(tmp_path)!r})\n"
    monkeypatch.setattr(software, "WEIGHTS", patched + software.WEIGHTS)
    check = software.check_weights()
    assert check.status == "ok" and check.detail == "open (CC BY-SA 3.0), research (CC BY-NC 4.0): SHA-256 right"


def test_other_protocol():
    assert software.check_protocol(VERSION).status == "ok"
    check = software.check_protocol(VERSION + 1)
    assert check.status == "failed"
    sensible(vars(check))


def test_folders(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file" / "x", Path("/proc/none") if sys.platform.startswith("linux") else tmp_path / "file"):
        check = machine.check_write_access(folder)
        assert check.status == "failed" and str(folder) in check.detail
        sensible(vars(check))
    assert machine.check_write_access(tmp_path / "new").status == "ok" and not (tmp_path / "new").exists()
    monkeypatch.setattr(machine, "DISK", (10**18, 10**17))
    check = machine.check_disk(tmp_path / "new" / "deeper")
    assert check.status == "failed"
    sensible(vars(check))
