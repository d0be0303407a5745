"""Events of a backend as the client gives them. The other end of the pipe is peer.py, or a few lines of Python."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture
def client_module(extension):
    return extension("link.client")


@pytest.fixture
def start(client_module, tmp_path):
    clients = []

    def make(*arguments: str):
        clients.append(client_module.BackendClient([sys.executable, *arguments], tmp_path))
        return clients[-1]

    yield make
    for client in clients:
        client.stop(wait=0.0)


def events_until(client, wanted: str, wait_until) -> list[dict]:
    seen: list[dict] = []
    wait_until(lambda: seen.extend(client.poll()) or any(event["event"] == wanted for event in seen))
    return seen


def test_no_bpy_in_the_modules_around_the_process():
    import subprocess
    from pathlib import Path

    addon = Path(__file__).resolve().parents[3] / "addon"
    code = (
        "import sys, types; package = types.ModuleType('addon'); package.__path__ = [sys.argv[1]]; "
        "sys.modules['addon'] = package; sys.modules['bpy'] = None; "
        "import addon.link.session, addon.link.client, addon.runtime.location"
    )
    subprocess.run([sys.executable, "-c", code, str(addon)], check=True, timeout=60)


def test_greeting_arrives_as_events(start, wait_until):
    from tests.addon import peer

    client = start(peer.__file__, "serve", "good")
    events = events_until(client, "ready", wait_until)
    assert events[0]["event"] == "hello" and events[0]["pid"] == client.pid


def test_last_words_and_exit_code_of_a_dying_process(start, wait_until):
    client = start("-c", "import sys; print('{\"event\": \"bye\"}'); print('no such thing', file=sys.stderr); sys.exit(7)")
    events = events_until(client, "exited", wait_until)
    assert [event["event"] for event in events] == ["bye", "exited"]
    assert events[-1]["returncode"] == 7 and events[-1]["log"] == ["no such thing"]
    assert client.poll() == [], "the end is told once"


def test_lines_that_are_no_events_are_marked_and_do_no_harm(start, wait_until):
    lines = ["no json", "[1]", '{"event": 3}', "\\xff\\xfe", '{"event": "bye"}', "[" * 100_000]
    code = f"import sys; sys.stdout.buffer.write(b'' + b'\\n'.join({[line.encode() for line in lines]!r}) + b'\\n')"
    kinds = [event["event"] for event in events_until(start("-c", code), "exited", wait_until)]
    assert kinds == ["malformed"] * 4 + ["bye", "malformed", "exited"]


def test_sending_to_a_dead_process_is_one_clear_error(start, wait_until, client_module):
    client = start("-c", "pass")
    events_until(client, "exited", wait_until)
    with pytest.raises(client_module.BackendGoneError, match="not running"):
        for _ in range(3):
            client.send({"id": "1", "request": "status"})


def test_program_that_cannot_be_started(client_module, tmp_path):
    with pytest.raises(client_module.BackendGoneError, match="cannot be started"):
        client_module.BackendClient([str(tmp_path / "no such python")], tmp_path)


def test_very_much_standard_error_does_not_block(start, wait_until):
    code = "import sys\nfor i in range(20000): print('log', i, file=sys.stderr)\nprint('{\"event\": \"bye\"}')"
    client = start("-c", code)
    log = events_until(client, "exited", wait_until)[-1]["log"]
    assert len(log) == 200 and log[-1] == "log 19999"


def test_endless_lines_cost_no_memory(start, wait_until):
    """Both streams get 50 MB without an end of line; what is kept of them is small, and the next event is read."""
    code = (
        "import sys\nfor stream in (sys.stderr, sys.stdout):\n"
        "    for _ in range(50): stream.write('x' * 1_000_000)\n"
        "    stream.write('\\n'); stream.flush()\n"
        'print(\'{"event": "bye"}\')'
    )
    client = start("-c", code)
    events = events_until(client, "exited", lambda condition: wait_until(condition, seconds=60.0))
    assert [event["event"] for event in events] == ["malformed", "bye", "exited"]
    assert len(events[0]["line"]) <= 200 and sum(map(len, events[-1]["log"])) <= 200 * 2000


def test_last_events_are_not_lost_however_many(start, wait_until):
    client = start("-c", 'print(\'{"event": "bye"}\\n\' * 3000)')
    events = events_until(client, "exited", wait_until)
    assert len(events) == 3001
