"""The version of a chosen Python, and where its pip takes packages from: asked by processes that nobody waits for."""

from __future__ import annotations

import sys
import time

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs in place of a Python are scripts for sh")


@pytest.fixture
def interpreters(extension):
    return extension("runtime.interpreters")


@pytest.fixture
def program(tmp_path):
    """A function from lines for sh to a program in the place of a Python."""

    def write(lines: str):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{lines}\n")
        path.chmod(0o755)
        return path

    return write


def test_blenders_own_is_known(interpreters):
    assert interpreters.interpreter_version(interpreters.Path(sys.executable)) == sys.version_info[:2]


def test_another_one_is_asked_once_and_not_waited_for(interpreters, program, wait_until):
    python = program(f'echo a warning >&2; echo asked >> "$0.log"; sleep 0.3; exec {sys.executable} "$@"')
    started = time.process_time()
    assert interpreters.interpreter_version(python) == "asking" and time.process_time() - started < 0.05
    wait_until(lambda: interpreters.interpreter_version(python) != "asking")
    assert interpreters.interpreter_version(python) == sys.version_info[:2]
    assert python.with_name("python.log").read_text().splitlines() == ["asked"]


@pytest.mark.parametrize("lines", ["echo hello", "exit 1", "echo 3", "echo 3 eleven", "echo 3 11; exit 1"])
def test_what_is_no_python(interpreters, program, wait_until, lines):
    python = program(lines)
    wait_until(lambda: interpreters.interpreter_version(python) == "none")
    assert python not in interpreters.VERSION._asked


def test_one_that_does_not_answer_is_given_up(interpreters, program, wait_until, monkeypatch):
    monkeypatch.setattr(interpreters.VERSION, "seconds", 0.2)
    python = program("sleep 60")
    wait_until(lambda: interpreters.interpreter_version(python) == "none", seconds=5.0)


def test_no_such_file(interpreters, tmp_path):
    assert interpreters.interpreter_version(tmp_path / "python") == "none"


def test_where_packages_come_from_is_asked_once_and_not_waited_for(interpreters, program, wait_until):
    python = program('echo asked >> "$0.log"; sleep 0.3; echo "global.index-url=\'https://me:secret@mirror.example.org\'"')
    started = time.process_time()
    assert interpreters.package_sources(python) == (interpreters.UNKNOWN,) and time.process_time() - started < 0.05
    wait_until(lambda: interpreters.package_sources(python) != (interpreters.UNKNOWN,))
    assert interpreters.package_sources(python) == ("mirror.example.org",)
    assert python.with_name("python.log").read_text().splitlines() == ["asked"]


@pytest.mark.parametrize("lines", ["exit 1", "echo hello; exit 1", "sleep 60"])
def test_where_they_come_from_is_not_known_without_pip(interpreters, program, wait_until, monkeypatch, lines):
    monkeypatch.setattr(interpreters.PIP_SETTINGS, "seconds", 0.5)
    python = program(lines)
    interpreters.package_sources(python)
    wait_until(lambda: interpreters.package_sources(python) and python not in interpreters.PIP_SETTINGS._asked)
    assert interpreters.package_sources(python) == (interpreters.UNKNOWN,)
    assert interpreters.package_sources(python.with_name("nothing")) == (interpreters.UNKNOWN,)
