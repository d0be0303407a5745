"""The real process over real pipes, around a small deterministic generator; the last test has the trained one.

What has to be cut short would take an hour, and a client waits for five minutes: an end needs no clock.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.motion.files import load_motion
from backend.packs.pack import WEIGHTS
from tests.backend.client import PATIENCE, REAL, REPOSITORY, STAND_IN, Client, environment
from tests.backend.stand_in import ENDLESS


@pytest.fixture
def audio(tmp_path) -> str:
    path = tmp_path / "geh vorwärts 走.wav"
    soundfile.write(path, 0.3 * np.sin(np.arange(16_000) / 20), 16_000)
    return str(path)


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_hello_comes_before_the_models_and_ready_after():
    with Client(load=0.5) as client:
        hello = client.wait("hello")
        assert hello["protocol"] == 1 and hello["pid"] == client.process.pid and hello["version"]
        ready = client.wait("ready")
        assert ready["device"] == "cpu" and isinstance(ready["packs"], list)
        assert client.finish() == 0
    assert [event["event"] for event in client.events] == ["hello", "ready", "bye"]


def test_hello_does_not_wait_for_torch():
    code = (
        "import sys, backend.serve.server as s; from backend.serve import protocol;"
        "heavy = {'torch', 'numpy', 'scipy', 'soundfile'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)


@pytest.fixture(scope="module")
def client():
    """One process for all tests that leave it as it was."""
    with Client() as shared:
        shared.wait("ready")
        yield shared


def test_generate(client, audio, tmp_path):
    out = tmp_path / "neu" / "cache"
    first = len(client.events)
    id = client.send(request="generate", audio=audio, out=str(out), seed=5, seconds=2.0, variations=2, fps=24.0, guidance=0.3)
    result = client.end_of(id)
    assert result["event"] == "result" and result["heard"] == "sway gently"
    assert result["seeds"] == [5, 6] and result["fps"] == 24.0 and result["frames"] == [48, 48]
    assert [Path(file).name for file in result["files"]] == ["geh vorwärts 走_5_1.npz", "geh vorwärts 走_5_2.npz"]
    assert visible(out) == sorted(Path(file).name for file in result["files"])
    assert {"reading", "composing", "writing", "total"} <= set(result["seconds"])
    for file, seed in zip(result["files"], result["seeds"], strict=True):
        assert len(load_motion(file)) == 48 and load_motion(file).fps == 24.0
        with np.load(file, allow_pickle=False) as data:
            assert int(data["seed"]) == seed and str(data["heard"]) == "sway gently" and str(data["audio"]) == audio
    mine = [event for event in client.events[first:] if event.get("id") == id]
    assert [event["event"] for event in mine if event["event"] != "progress"] == ["heard", "result"]
    progress = [event for event in mine if event["event"] == "progress"]
    phases = list(dict.fromkeys(event["phase"] for event in progress))
    assert phases == ["reading", "hearing", "composing", "refining", "decoding", "writing"]
    fractions = [event["fraction"] for event in progress]
    assert fractions == sorted(fractions) and fractions[0] >= 0.0 and fractions[-1] <= 1.0
    heard = next(event for event in mine if event["event"] == "heard")
    assert heard["text"] == "sway gently" and [word["state"] for word in heard["words"]] == ["done", "not known"]
    assert result["words"] == heard["words"] and result["words"][1]["text"] == "gently"
    number = {"step": 0, "name": "turn", "asked": 90.0, "got": 88.0, "met": True}
    assert result["reached"] == [{"variation": variation, **number} for variation in (0, 1)]


def test_progress_is_throttled(client, audio, tmp_path):
    first, began = len(client.events), time.monotonic()
    client.end_of(client.send(request="generate", audio=audio, out=str(tmp_path), guidance=3.0))  # 600 steps
    count = sum(event["event"] == "progress" for event in client.events[first:])
    assert 10 <= count <= 20 * (time.monotonic() - began) + 10


def test_the_same_seed_gives_the_same_motion_in_another_file(client, audio, tmp_path):
    ask = {"request": "generate", "audio": audio, "out": str(tmp_path / "o")}
    files = [client.end_of(client.send(**ask, seed=5))["files"][0] for _ in range(2)]
    drawn = client.end_of(client.send(**ask, seed=None))["seeds"][0]
    assert files[0] != files[1] and 0 <= drawn < 2**31
    assert np.array_equal(load_motion(files[0]).rotations, load_motion(files[1]).rotations)


def test_two_are_queued_and_done_in_order(client, audio, tmp_path):
    one, two = (client.send(request="generate", audio=audio, out=str(tmp_path / name), guidance=0.5) for name in ("1", "2"))
    client.working(one)
    state = client.state()
    assert state["state"] == "busy" and state["running"] == one and state["queued"] == [two]
    assert client.end_of(one)["event"] == "result"
    assert client.end_of(two)["event"] == "result"
    state = client.state()
    assert state["running"] is None and state["queued"] == []


def test_cancel_of_the_running_one_leaves_nothing(client, audio, tmp_path):
    for out in (tmp_path / "new" / "folder", tmp_path):
        before = visible(tmp_path)
        id = client.send(request="generate", audio=audio, out=str(out), guidance=ENDLESS)
        client.working(id)
        client.send(request="cancel", target=id)
        assert client.end_of(id)["event"] == "cancelled"
        assert visible(tmp_path) == before  # the new folder was made for this request


def test_cancel_of_a_queued_one(client, audio, tmp_path):
    first = len(client.events)
    one, two = (client.send(request="generate", audio=audio, out=str(tmp_path / name), guidance=0.5) for name in ("1", "2"))
    client.send(request="cancel", target=two)
    assert client.end_of(two)["event"] == "cancelled"
    assert client.end_of(one)["event"] == "result"
    client.state()
    assert sum(event.get("id") == two for event in client.events[first:]) == 1 and not (tmp_path / "2").exists()


def test_cancel_of_a_finished_or_unknown_one_is_answered(client, audio, tmp_path):
    id = client.send(request="generate", audio=audio, out=str(tmp_path / "1"))
    assert client.end_of(id)["event"] == "result"
    for target in (id, "never"):
        assert client.end_of(client.send(request="cancel", target=target))["code"] == "not_running"
    assert len(visible(tmp_path / "1")) == 1


def test_an_id_that_is_still_busy(client, audio, tmp_path):
    for _ in range(2):
        client.send(id="busy", request="generate", audio=audio, out=str(tmp_path / "1"), guidance=0.5)
    assert client.end_of("busy")["code"] == "duplicate_id"
    assert client.end_of("busy")["event"] == "result"
    assert client.end_of(client.send(id="busy", request="generate", audio=audio, out=str(tmp_path)))["event"] == "result"


@pytest.mark.parametrize(("change", "code"), [
    ({"audio": "/nowhere.wav"}, "missing_audio"), ({"audio": "/"}, "unreadable_audio"), ({"seconds": 99}, "bad_option"),
    ({"seconds": 0}, "bad_option"), ({"variations": 0}, "bad_option"), ({"variations": 9}, "bad_option"),
    ({"guidance": -1}, "bad_option"), ({"guidance": 11}, "bad_option"), ({"fps": 0}, "bad_option"),
    ({"fps": 1000}, "bad_option"), ({"seed": -1}, "bad_option"), ({"seed": 2**31}, "bad_option"),
    ({"seed": 10**30}, "bad_option"), ({"out": "/proc/none"}, "cannot_write"), ({"out": "/dev/null/x"}, "cannot_write"),
    ({"variations": "two"}, "bad_request"),
])  # fmt: skip
def test_bad_requests_get_one_sentence_and_the_process_goes_on(client, audio, tmp_path, change, code):
    request = {"request": "generate", "audio": audio, "out": str(tmp_path / "o")} | change
    error = client.end_of(client.send(**request))
    assert error["event"] == "error" and error["code"] == code
    assert error["message"].endswith(".") and "\n" not in error["message"] and len(error["message"]) < 400
    assert not (tmp_path / "o").exists()
    assert client.state()["state"] == "ready"


@pytest.mark.parametrize("line", [
    b"not json", b"{}", b"[]", b"null", b'{"request":"fly","id":"1"}', b"\xff\xfe\x00", b"[" * 100_000,
    b"x" * 10_000_000, b'{"id":"1","request":"generate","audio":"a","out":"b","__proto__":{}}',
    b'{"id":"\\ud800","request":"status"}',
], ids=range(10))  # fmt: skip
def test_hostile_lines(client, line):
    client.write(line + b"\n")
    assert client.wait("error")["code"] in {"bad_line", "bad_request", "unknown_request"}
    assert client.state()["state"] == "ready"


def test_messages_in_pieces_and_with_carriage_returns(client):
    for byte in json.dumps({"id": "slow", "request": "status"}).encode() + b"\r\n\r\n\n":
        client.write(bytes([byte]))
    assert client.wait("status", "slow")


def test_stdout_belongs_to_the_protocol(audio, tmp_path):
    with Client(child=1) as client:  # the client breaks on any line that is not JSON
        assert client.end_of(client.send(request="generate", audio=audio, out=str(tmp_path / "o")))["event"] == "result"
        assert client.finish() == 0
    assert "a library prints while loading" in client.log
    assert "descriptor 1" in client.log and "a child prints" in client.log


def test_a_full_queue_and_the_end_of_stdin(audio, tmp_path):
    with Client() as client:
        client.wait("ready")
        for number in range(80):
            client.send(id=str(number), request="generate", audio=audio, out=str(tmp_path), guidance=ENDLESS)
        assert client.wait("error")["code"] == "queue_full"
        assert client.finish() == 0
    ends = [event["id"] for event in client.events if event["event"] in {"cancelled", "error"}]
    assert sorted(ends, key=int) == [str(number) for number in range(80)]  # every request got exactly one end


def test_a_request_that_hangs_gets_its_end_too(audio, tmp_path):
    with Client(fail="hang") as client:
        client.wait("heard", hanging := client.send(request="generate", audio=audio, out=str(tmp_path)))
        waiting = client.send(request="generate", audio=audio, out=str(tmp_path))
        client.state()
        assert client.finish() == 0
    ends = [event["id"] for event in client.events if event["event"] == "cancelled"]
    assert sorted(ends) == sorted([hanging, waiting]) and client.events[-1]["event"] == "bye"


@pytest.mark.parametrize(("manner", "code"), [("generate", "nothing_heard"), ("bug", "internal")])
def test_a_failing_generator_is_an_error_event(audio, tmp_path, manner, code):
    with Client(fail=manner) as client:
        client.send(id="1", request="generate", audio=audio, out=str(tmp_path / "o"))
        error = client.end_of("1")
        assert error["code"] == code and "\n" not in error["message"]
        assert client.finish() == 0
    assert not (tmp_path / "o").exists() and ("Traceback" in client.log) == (manner == "bug")


def test_what_is_no_instruction(audio, tmp_path):
    """Heard with a low confidence, then refused with the nearest motions; forced, it is made."""
    with Client(fail="understand") as client:
        client.send(id="1", request="generate", audio=audio, out=str(tmp_path / "o"))
        assert client.wait("heard", "1")["confidence"] == 0.2
        error = client.end_of("1")
        assert error["code"] == "not_understood" and error["nearest"] == ["walk forward", "sway"]
        assert not (tmp_path / "o").exists()
        client.send(id="2", request="generate", audio=audio, out=str(tmp_path / "o"), force=True)
        result = client.end_of("2")
        assert result["event"] == "result" and result["confidence"] == 0.9
        assert client.finish() == 0


def test_models_that_do_not_load_end_it_with_a_sentence(audio, tmp_path):
    with Client(fail="load", load=1.0) as client:
        client.send(id="1", request="generate", audio=audio, out=str(tmp_path / "o"))
        for id in ("", "1"):
            error = client.wait("error", id)
            assert error["code"] == "missing_pack" and error["message"] and error["hint"]
        assert client.ended() == 1
    assert client.events[-1] == {"event": "bye"}


def test_end_of_stdin_while_generating(audio, tmp_path):
    with Client() as client:
        for number in ("1", "2"):
            client.send(id=number, request="generate", audio=audio, out=str(tmp_path / "o"), guidance=ENDLESS)
        client.working("1")
        assert client.finish() == 0
    assert [e["id"] for e in client.events if e["event"] == "cancelled"] == ["2", "1"] and client.events[-1] == {"event": "bye"}
    assert not (tmp_path / "o").exists()


def test_end_of_stdin_while_loading():
    with Client(load=3600) as client:
        client.wait("hello")
        assert client.finish() == 0
    assert client.events[-1] == {"event": "bye"}


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("how", ["shutdown", "sigterm"])
def test_shutdown_and_sigterm(audio, tmp_path, how, busy):
    with Client() as client:
        client.wait("ready")
        if busy:
            client.send(id="1", request="generate", audio=audio, out=str(tmp_path / "o"), guidance=ENDLESS)
            client.working("1")
        if how == "shutdown":
            client.send(id="q", request="shutdown")
        else:
            client.process.send_signal(signal.SIGTERM)
        assert client.ended(30) == 0
    assert client.events[-1] == {"event": "bye"} and not (tmp_path / "o").exists()
    assert [e["event"] for e in client.events].count("cancelled") == int(busy)


def test_kill_leaves_nothing_half_written(audio, tmp_path):
    out = tmp_path / "o"
    with Client() as client:
        client.send(id="1", request="generate", audio=audio, out=str(out), guidance=ENDLESS)
        client.working("1")
        client.process.kill()
    assert visible(out) == []


def test_kill_while_writing_leaves_nothing_that_looks_like_a_result(audio, tmp_path):
    out = tmp_path / "o"
    with Client() as client:
        client.send(id="1", request="generate", audio=audio, out=str(out), seconds=10, variations=8)
        client.working("1")
        limit = time.monotonic() + PATIENCE
        while not list(out.glob(".*/*.npz")) and time.monotonic() < limit:
            time.sleep(0.002)
        client.process.kill()
    assert list(out.glob(".*/*.npz")) and not list(out.glob("*.npz"))


def test_a_killed_parent_takes_the_backend_with_it(tmp_path):
    code = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)\n"
        "p.stdout.readline(); p.stdout.readline(); print(p.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, *STAND_IN, "serve"], stdout=subprocess.PIPE, env=environment())
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(600):
        if not running(child):
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the backend outlived its parent")


def running(pid: int) -> bool:
    """Whether a process is there and not only waiting to be collected."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_reader_that_stops_reading_does_not_keep_the_backend_alive(audio, tmp_path):
    process = subprocess.Popen(
        [*STAND_IN, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=REPOSITORY
    )
    process.stdin.write(b'{"id":"1","request":"status"}\n' * 2000)  # the answers do not fit into the pipe
    process.stdin.close()
    assert process.wait(60) == 0
    process.stdout.close()


@pytest.mark.slow
@pytest.mark.skipif(not (WEIGHTS / "open" / "pack.json").exists(), reason="the pack of weights is not there yet")
def test_the_real_thing(tmp_path):
    """From a spoken instruction to a motion file, with the trained weights, as the add-on does it."""
    from backend.commands.bench import spoken_instruction

    with Client(REAL) as client:
        ready = client.wait("ready", timeout=120)
        assert ready["packs"][0]["name"] == "open" and "walk" in ready["packs"][0]["vocabulary"]
        client.send(id="1", request="generate", audio=str(spoken_instruction()), out=str(tmp_path), seed=1, seconds=2.0)
        result = client.end_of("1")
        assert result["event"] == "result" and result["heard"] and result["frames"] == [60]
        assert len(load_motion(result["files"][0])) == 60
        client.send(id="2", request="generate", audio=str(spoken_instruction()), out=str(tmp_path), seconds=10.0, variations=8)
        client.working("2")
        client.send(id="c", request="cancel", target="2")
        assert client.end_of("2")["event"] == "cancelled"
        assert client.finish() == 0
    assert len(visible(tmp_path)) == 1


def test_a_typed_instruction(client, tmp_path):
    """Without a recording the text counts; without both there is one sentence."""
    done = client.end_of(client.send(request="generate", text="walk forward", out=str(tmp_path), seed=3, guidance=0.1))
    assert done["event"] == "result" and [Path(file).name for file in done["files"]] == ["walk_forward_3.npz"]
    refused = client.end_of(client.send(request="generate", out=str(tmp_path), guidance=0.1))
    assert refused["event"] == "error" and refused["code"] == "bad_text"
