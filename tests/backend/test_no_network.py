"""The real backend loads, hears, generates and answers while every socket is refused: Python's by an audit hook, and those of C
libraries by what is open at the end.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.packs.pack import WEIGHTS
from tests.backend.client import REPOSITORY, Client

# Raising in an audit hook makes the call fail; the note shows it even where a library swallows the error.
GUARDED = """
import os, sys
def refuse(event, arguments):
    if event.startswith("socket.") or event in ("http.client.connect", "urllib.Request", "ftplib.connect"):
        with open(os.environ["NOTE"], "a") as stream:
            stream.write(f"{event} {arguments!r}\\n")
        raise RuntimeError("no network")
sys.addaudithook(refuse)
"""
SERVE = GUARDED + "from backend.cli import main\nsys.exit(main())\n"

pytestmark = pytest.mark.slow
needs_pack = pytest.mark.skipif(not (WEIGHTS / "open" / "pack.json").exists(), reason="the pack of weights is not there yet")


def open_sockets(pid: int) -> list[str]:
    """What a process has open and is a socket."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(str(link.readlink()))
        except OSError:  # closed meanwhile
            continue
    return [target for target in found if target.startswith("socket:")]


@needs_pack
def test_it_works_without_any_socket(tmp_path, monkeypatch):
    from backend.commands.bench import spoken_instruction

    note = tmp_path / "note"
    monkeypatch.setenv("NOTE", str(note))
    with Client([sys.executable, "-c", SERVE]) as client:
        client.wait("ready")
        id = client.send(request="generate", audio=str(spoken_instruction()), out=str(tmp_path / "out"), seed=1, seconds=1.0)
        assert client.end_of(id)["event"] == "result", client.log
        assert client.state()["state"] == "ready"
        if sys.platform.startswith("linux"):
            assert open_sockets(client.process.pid) == []
        assert client.finish() == 0
    assert not note.exists(), note.read_text()


@pytest.mark.parametrize("arguments", [["info", "--json"], ["doctor", "--json"], ["--help"]])
def test_other_commands(tmp_path, arguments):
    environment = os.environ | {"NOTE": str(tmp_path / "note")}
    done = subprocess.run(
        [sys.executable, "-c", SERVE, *arguments], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert not (tmp_path / "note").exists(), (tmp_path / "note").read_text()
    if "--json" in arguments:
        assert json.loads(done.stdout)


def test_the_guard_guards(tmp_path):
    code = GUARDED + "import socket\nsocket.create_connection(('127.0.0.1', 9))"
    environment = os.environ | {"NOTE": str(tmp_path / "note")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "no network" in done.stderr and "socket." in (tmp_path / "note").read_text()
