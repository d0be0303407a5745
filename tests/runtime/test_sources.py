"""Where packages come from is what pip says of its configuration, in words that give nothing away."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from runtime import packages as module
from runtime.errors import SetupError
from runtime.packages import Packages
from runtime.programs import Programs
from runtime.sources import FOLDER, INDEX, SETTINGS_PROGRAM, UNKNOWN, bundled_pip, sources_of


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("", (INDEX,)),
        ("global.index-url='https://mirror.example.org/simple'", ("mirror.example.org",)),
        ("global.index-url='https://me:secret@mirror.example.org:8080/simple'", ("mirror.example.org",)),
        ("global.extra-index-url='https://one.example/x file:///y'\nglobal.find-links='/wheels'", (INDEX, "one.example", FOLDER)),
        (":env:.index-url='https://b.example'\nglobal.index-url='https://a.example'", ("b.example",)),
        ("download.index-url='https://b.example'\nglobal.index-url='https://a.example'", ("b.example",)),
        ("install.index-url='https://b.example'", (INDEX,)),  # downloads are what this is about
        (":env:.no-index='1'\n:env:.find-links='/wheels'", (FOLDER,)),
        (":env:.no-index='1'", (UNKNOWN,)),
        ("nonsense\nglobal.index-url='https://[broken'", (FOLDER,)),
    ],
)
def test_the_words(settings, words):
    assert sources_of(settings.splitlines()) == words


def asked(python: Path) -> tuple[str, ...]:
    done = subprocess.run([python, *SETTINGS_PROGRAM], capture_output=True, text=True, check=True)
    return sources_of(done.stdout.splitlines())


def test_pip_is_asked_itself(monkeypatch, tmp_path):
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nindex-url = https://me:secret@mirror.example.org/simple\n")
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    said = asked(Path(sys.executable))
    assert "mirror.example.org" in said and FOLDER in said and "secret" not in " ".join(said)


def test_a_pip_that_came_with_python_is_found():
    """Also for an environment, which has none of its own."""
    wheel = bundled_pip(Path(sys.executable))
    if wheel is None:
        pytest.skip("this Python came without a wheel of pip")
    done = subprocess.run([sys.executable, wheel / "pip", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("pip ")


def test_a_python_without_pip_is_told_what_to_do(world, monkeypatch):
    monkeypatch.setattr(module, "bundled_pip", lambda python: None)
    world.folder.wheels.mkdir(parents=True)
    world.folder.temporary.mkdir()
    programs = Programs(world.folder.log, threading.Event(), sys.stdout.fileno(), world.folder.temporary)
    bare = world.base / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    python = bare / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    with pytest.raises(SetupError, match="has no pip") as error:
        Packages(world.folder, world.lock, programs, python).download(lambda done: None)
    assert error.value.code == "pip" and "python3-pip" in error.value.hint
