"""Missing system libraries are found, and the line that installs them is exact."""

from __future__ import annotations

import sys

import pytest

from backend.errors import UserError
from backend.packaging import system

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system packages are a matter of Linux")


def test_a_library_that_is_not_there_is_reported_with_its_package():
    found = system.missing_libraries({"libc.so.6": "libc6", "libno_such_thing.so.9": "libnothing9"})
    assert found == ["libnothing9"]


def test_this_machine_has_what_the_tests_need():
    assert system.missing_libraries() == []


def test_an_ordinary_user_gets_the_line_to_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(system, "missing_libraries", lambda: ["libx11-6", "libegl1"])
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    with pytest.raises(UserError) as caught:
        system.ensure_libraries()
    assert "sudo apt-get install -y --no-install-recommends libx11-6 libegl1" in caught.value.hint


def test_nothing_is_run_when_nothing_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(system, "missing_libraries", lambda: [])
    monkeypatch.setattr(system.subprocess, "run", lambda *a, **k: pytest.fail("ran something"))
    system.ensure_libraries()


def test_a_virtual_microphone_is_left_out_with_a_reason(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(system.shutil, "which", lambda name: None if name == "pulseaudio" else f"/usr/bin/{name}")
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system.subprocess, "run", lambda *a, **k: pytest.fail("ran something"))
    assert "apt-get install libportaudio2" in system.ensure_virtual_microphone()


def test_a_virtual_microphone_that_cannot_be_installed_stops_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(system.shutil, "which", lambda name: None if name == "pulseaudio" else f"/usr/bin/{name}")
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system, "apt_get", lambda line: "E: no network")
    assert "E: no network" in system.ensure_virtual_microphone()
