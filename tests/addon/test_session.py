"""What the panel will show, for every way a generation can go. No scene is touched; the backend is peer.py."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

PEER = Path(__file__).with_name("peer.py")


@pytest.fixture
def make(extension, tmp_path):
    sessions = []

    def begin(behaviour: str):
        session = sessions[0] if sessions else extension("session").Session()
        sessions[:] = [session]
        request = {
            "audio": "a.wav",
            "out": str(tmp_path),
            "seed": None,
            "seconds": 1.0,
            "variations": 1,
            "guidance": None,
        }
        session.begin([sys.executable, str(PEER), "serve", behaviour], tmp_path, request | {"fps": 30.0})
        return session

    yield begin
    for session in sessions:
        session.shutdown(wait=0.0)


def test_result_with_phases_and_words(make, wait_until):
    session = make("good")
    assert session.busy and session.phase == "starting"
    phases = set()
    outcome = wait_until(lambda: phases.add(session.phase) or session.step())
    assert outcome.kind == "result" and outcome.seed == 123 and Path(outcome.files[0]).is_file()
    assert session.heard == "walk forward" and not session.busy and not session.message


def test_second_generation_uses_the_same_process(make, wait_until):
    session = make("good")
    wait_until(session.step)
    pid = session.client.pid
    make("good")
    assert wait_until(session.step).kind == "result" and session.client.pid == pid


def test_killed_backend_is_said_and_the_next_generate_works(make, wait_until):
    session = make("slow")
    wait_until(lambda: session.step() or session.fraction > 0.05)
    os.kill(session.client.pid, signal.SIGKILL)
    outcome = wait_until(session.step)
    assert outcome.kind == "error" and session.message == "The motion backend was killed (signal 9)."
    assert "Press Generate" in session.hint and not session.busy
    make("good")
    assert not session.message
    assert wait_until(session.step).kind == "result"


def test_backend_killed_while_idle_is_replaced(make, wait_until):
    session = make("good")
    wait_until(session.step)
    os.kill(session.client.pid, signal.SIGKILL)
    wait_until(lambda: not session.client.alive)
    make("good")
    assert wait_until(session.step).kind == "result"


def test_crash_at_start_quotes_the_reason(make, wait_until):
    session = make("crash")
    assert wait_until(session.step).kind == "error"
    assert "exit code 1" in session.message and "No module named 'torch'" in session.hint


def test_dying_in_the_middle(make, wait_until):
    session = make("dies")
    assert wait_until(session.step).kind == "error"
    assert "signal 9" in session.message and "about to be killed" in session.hint


def test_cancel_while_composing(make, wait_until):
    session = make("slow")
    wait_until(lambda: session.step() or session.fraction > 0.05)
    session.cancel()
    assert session.phase == "cancelling"
    assert wait_until(session.step, seconds=2.0).kind == "cancelled"
    assert session.client.alive and not session.message


def test_cancel_before_the_backend_is_ready(make, wait_until):
    session = make("slow")
    session.cancel()
    assert wait_until(session.step).kind == "cancelled"


def test_cancel_of_a_deaf_backend_ends_it(make, wait_until, monkeypatch, extension):
    monkeypatch.setattr(extension("session"), "CANCEL_SECONDS", 0.3)
    session = make("deaf")
    wait_until(lambda: session.step() or session.heard)
    session.cancel()
    assert wait_until(session.step, seconds=3.0).kind == "cancelled"
    assert session.client is None


def test_error_event_keeps_message_and_hint(make, wait_until):
    session = make("error")
    assert wait_until(session.step).kind == "error"
    assert (session.message, session.hint) == ("The recording is silent.", "Record it again.")
    session.clear_message()
    assert not session.message


def test_malformed_lines_do_not_disturb(make, wait_until):
    assert wait_until(make("malformed").step).kind == "result"


def test_other_protocol_is_refused(make, wait_until):
    session = make("old")
    assert wait_until(session.step).kind == "error"
    assert "protocol 0" in session.message and session.client is None


def test_silent_backend_is_given_up(make, wait_until, monkeypatch, extension, tmp_path):
    monkeypatch.setattr(extension("session"), "START_SECONDS", 0.2)
    session = extension("session").Session()
    session.begin([sys.executable, "-c", "import time; time.sleep(600)"], tmp_path, {})
    assert wait_until(session.step, seconds=3.0).kind == "error"
    assert session.message == "The motion backend does not answer." and session.client is None


def test_two_at_once_are_refused(make):
    make("slow")
    with pytest.raises(RuntimeError):
        make("slow")


def test_shutdown_in_the_middle_ends_the_generation(make, wait_until):
    session = make("slow")
    pid = session.client.pid
    session.shutdown(wait=0.0)
    assert session.step().kind == "cancelled"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
