"""What the panel will show, for every way a generation can go. No scene is touched; the backend is peer.py."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

PEER = Path(__file__).parents[1] / "peer.py"


def task(extension, request: dict):
    return extension("link.tasks").Task(request)


def ending(session):
    """What `wait_until` waits for: the outcome of the task that has ended."""
    return lambda: (ended := session.step()) and ended[0].outcome


@pytest.fixture
def make(extension, tmp_path):
    sessions = []

    def begin(behaviour: str):
        session = sessions[0] if sessions else extension("link.session").Session()
        sessions[:] = [session]
        request = {
            "request": "generate",
            "fps": 30.0,
            "audio": "a.wav",
            "out": str(tmp_path),
            "seed": None,
            "seconds": 1.0,
            "variations": 1,
            "guidance": None,
        }
        session.add(task(extension, request), [sys.executable, str(PEER), "serve", behaviour], tmp_path)
        return session

    yield begin
    for session in sessions:
        session.shutdown(wait=0.0)


def test_result_with_phases_and_words(make, wait_until):
    session = make("good")
    assert session.busy and session.phase == "starting"
    phases = set()
    outcome = wait_until(lambda: phases.add(session.phase) or ending(session)())
    assert outcome.kind == "result" and outcome.seed == 123 and Path(outcome.files[0]).is_file()
    assert session.heard == "walk forward" and not session.busy and not session.message


def test_second_generation_uses_the_same_process(make, wait_until):
    session = make("good")
    wait_until(ending(session))
    pid = session.client.pid
    make("good")
    assert wait_until(ending(session)).kind == "result" and session.client.pid == pid


def test_killed_backend_is_said_and_the_next_generate_works(make, wait_until):
    session = make("slow")
    wait_until(lambda: session.step() or session.fraction > 0.05)
    os.kill(session.client.pid, signal.SIGKILL)
    outcome = wait_until(ending(session))
    assert outcome.kind == "error" and session.message == "The motion backend was killed (signal 9)."
    assert "Press Generate" in session.hint and not session.busy
    make("good")
    assert not session.message
    assert wait_until(ending(session)).kind == "result"


def test_backend_killed_while_idle_is_replaced(make, wait_until):
    session = make("good")
    wait_until(ending(session))
    os.kill(session.client.pid, signal.SIGKILL)
    wait_until(lambda: not session.client.alive)
    make("good")
    assert wait_until(ending(session)).kind == "result"


def test_crash_at_start_quotes_the_reason(make, wait_until):
    session = make("crash")
    assert wait_until(ending(session)).kind == "error"
    assert "exit code 1" in session.message and "No module named 'torch'" in session.hint


def test_dying_in_the_middle(make, wait_until):
    session = make("dies")
    assert wait_until(ending(session)).kind == "error"
    assert "signal 9" in session.message and "about to be killed" in session.hint


def test_cancel_while_composing(make, wait_until):
    session = make("slow")
    wait_until(lambda: session.step() or session.fraction > 0.05)
    running = session.running
    session.cancel()
    assert session.phase == "cancelling"
    assert wait_until(ending(session)).kind == "cancelled"
    assert running.fraction < 0.9 and session.client.alive and not session.message


def test_cancel_before_the_backend_is_ready(make, wait_until):
    session = make("slow")
    session.cancel()
    assert wait_until(ending(session)).kind == "cancelled"


def test_cancel_of_a_deaf_backend_ends_it(make, wait_until, monkeypatch, extension):
    monkeypatch.setattr(extension("link.session"), "CANCEL_SECONDS", 0.3)
    session = make("deaf")
    wait_until(lambda: session.step() or session.heard)
    session.cancel()
    assert wait_until(ending(session)).kind == "cancelled"
    assert session.client is None


def test_error_event_keeps_message_and_hint(make, wait_until):
    session = make("error")
    assert wait_until(ending(session)).kind == "error"
    assert (session.message, session.hint) == ("The recording is silent.", "Record it again.")
    session.clear_message()
    assert not session.message


def test_malformed_lines_do_not_disturb(make, wait_until):
    assert wait_until(ending(make("malformed"))).kind == "result"


def test_other_protocol_is_refused(make, wait_until):
    session = make("old")
    assert wait_until(ending(session)).kind == "error"
    assert "protocol 0" in session.message and session.client is None


def test_silent_backend_is_given_up(make, wait_until, monkeypatch, extension, tmp_path):
    monkeypatch.setattr(extension("link.session"), "START_SECONDS", 0.2)
    session = extension("link.session").Session()
    request = task(extension, {"request": "generate"})
    session.add(request, [sys.executable, "-c", "import time; time.sleep(600)"], tmp_path)
    assert wait_until(ending(session)).kind == "error"
    assert session.message == "The motion backend does not answer." and session.client is None


def test_two_are_done_in_turn(make, wait_until):
    session = make("good")
    make("good")
    assert len(session.waiting) == 1 and session.waiting[0].phase == "waiting"
    ended = []
    wait_until(lambda: ended.extend(session.step()) or len(ended) == 2)
    assert [task.outcome.kind for task in ended] == ["result", "result"] and not session.busy


def test_one_that_waits_can_be_taken_out(make, wait_until):
    session = make("slow")
    make("slow")
    wait_until(lambda: session.step() or session.fraction > 0.05)
    session.cancel(session.waiting[0])
    assert wait_until(ending(session)).kind == "cancelled"
    assert session.busy and not session.waiting and not session.cancelling


def test_a_backend_that_dies_takes_one_request_with_it(make, wait_until):
    session = make("slow")
    make("slow")
    wait_until(lambda: session.step() or session.fraction > 0.05)
    os.kill(session.client.pid, signal.SIGKILL)
    assert wait_until(ending(session)).kind == "error"
    assert session.busy, "the next one is still there"
    assert wait_until(ending(session)).kind == "result"


def test_a_backend_that_cannot_start_ends_them_all_with_one_sentence(make, wait_until):
    session = make("crash")
    make("crash")
    ended = []
    wait_until(lambda: ended.extend(session.step()) or len(ended) == 2)
    assert {task.outcome.kind for task in ended} == {"error"} and session.client is None and not session.tasks


def test_recording_does_not_wait_for_a_generation(make, wait_until, extension, tmp_path):
    session = make("slow")
    wait_until(lambda: session.step() or session.fraction > 0.05)
    levels = []
    record = task(extension, {"request": "record", "file": str(tmp_path / "t.wav"), "device": "", "silence": 1.0, "longest": 60.0})
    record.on_event = levels.append
    session.add(record, *session.running.command)
    wait_until(lambda: session.step() or len(levels) > 2)
    session.send_untracked("stop", target=record.id)
    assert wait_until(ending(session)).event["reason"] == "stopped"
    assert session.busy and record.outcome.kind == "result" and (tmp_path / "t.wav").is_file()
    assert levels[0]["event"] == "recording" and {event["event"] for event in levels[1:]} == {"level"}


def test_shutdown_in_the_middle_ends_the_generation(make, wait_until):
    session = make("slow")
    pid = session.client.pid
    session.shutdown(wait=0.0)
    assert not session.busy and session.step() == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
