"""Whatever a backend sends: an event with checked fields, or `malformed`, and never an exception."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest


@pytest.fixture
def messages(extension):
    return extension("link.messages")


RESULT = {
    "event": "result", "id": "1", "files": ["/cache/a.npz"], "heard": "walk", "seeds": [5], "frames": [60], "fps": 24.0,
    "seconds": {"total": 1.5}, "confidence": 0.9,
}  # fmt: skip


def test_good_events_pass_with_exactly_their_fields(messages):
    assert messages.parse(json.dumps(RESULT | {"more": [1, 2]})) == RESULT
    error = {"event": "error", "id": "1", "code": "x", "message": "No."}
    assert messages.parse(json.dumps(error)) == error | {"hint": "", "nearest": []}
    heard = {"event": "heard", "id": "1", "text": "walk"}
    assert messages.parse(json.dumps(heard)) == heard | {"confidence": None}
    assert messages.parse('{"event": "progress", "id": "1", "phase": "composing", "fraction": 1}')["fraction"] == 1


def test_zero_bytes_do_not_reach_blender(messages):
    event = messages.parse('{"event": "heard", "id": "\\u0000", "text": "a\\u0000b"}')
    assert event == {"event": "heard", "id": "\0", "text": "a?b", "confidence": None}
    error = {"event": "error", "id": "1", "code": "not_understood", "message": "No.", "nearest": ["wave"]}
    assert messages.parse(json.dumps(error))["nearest"] == ["wave"]
    for nearest in ("wave", ["a\0b"], [5], ["x" * 400], ["wave"] * 11):
        assert messages.parse(json.dumps(error | {"nearest": nearest}))["event"] == "malformed"


@pytest.mark.parametrize("change", [
    {"files": "/a"}, {"files": [5]}, {"files": ["a"] * 1000}, {"files": ["a" * 5000]}, {"files": ["a\0.npz"]}, {"files": None},
    {"heard": 5}, {"heard": "x" * 20_000}, {"seeds": ["5"]}, {"seeds": [True]}, {"seeds": [2**70]}, {"seeds": [5.0]},
    {"frames": [0]}, {"frames": [10**9]}, {"fps": "24"}, {"fps": 0}, {"fps": 1e9}, {"fps": None}, {"fps": True},
    {"confidence": 2}, {"confidence": -0.1}, {"confidence": "1"}, {"confidence": True},
    {"seconds": [1]}, {"seconds": {"total": "1"}}, {"seconds": {"total": -1}}, {"seconds": {str(i): 1 for i in range(200)}},
    {"id": 1}, {"id": "x" * 65}, {"id": None}, {"event": "Result"}, {"event": 5}, {"event": ["result"]}, {"event": None},
])  # fmt: skip
def test_wrong_types_and_sizes(messages, change):
    assert messages.parse(json.dumps(RESULT | change))["event"] == "malformed"


@pytest.mark.parametrize("line", [
    "", " ", "null", "5", "[]", "{", '"result"', '{"event": "exited", "returncode": 0}', '{"event": "malformed"}',
    '{"event": "progress", "id": "1", "phase": "x", "fraction": NaN}',
    '{"event": "progress", "id": "1", "phase": "x", "fraction": Infinity}',
    '{"event": "progress", "id": "1", "phase": "x", "fraction": 1e999}',
    '{"event": "progress", "id": "1", "phase": "x", "fraction": ' + "9" * 5000 + "}",
    '{"event": "hello", "protocol": "1", "version": "1", "pid": 1}', "[" * 200_000, '{"a":' * 40_000, "x" * 10_000_000,
    '{"event": "bye", "x": "' + "y" * (1 << 18) + '"}', "\x00\x1b[31m", "\ud800",
])  # fmt: skip
def test_no_events(messages, line):
    event = messages.parse(line)
    assert event["event"] == "malformed" and len(event["line"]) <= 200
    assert event["line"].isprintable() or not event["line"]


def test_files_outside_the_folder_are_seen(messages, tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "in2"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.npz").write_bytes(b"")
    good = str(inside / "a.npz")
    assert messages.all_inside([good, str(inside / "deeper" / "b.npz")], str(inside))
    bad = [str(outside / "a.npz"), str(inside), f"{inside}/../in2/a.npz", "/etc/passwd", "a.npz", "", "../a.npz", "\0"]
    if sys.platform != "win32":
        (inside / "link").symlink_to(outside)
        bad.append(str(inside / "link" / "a.npz"))
    for file in bad:
        assert not messages.all_inside([good, file], str(inside)), file
    assert not messages.all_inside([good], "\0")


def test_the_same_events_as_the_backend(messages):
    """Both ends describe each event; a new one, or a new field, has to be added here too."""
    msgspec = pytest.importorskip("msgspec")
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from typing import get_args

    from backend.serve import messages as typed
    from backend.serve import protocol

    for kind in get_args(typed.AnyEvent):
        assert set(messages.EVENTS[kind.__struct_config__.tag]) == set(kind.__struct_fields__), kind
    assert msgspec.json.decode(protocol.encode(typed.Hello(version="1", pid=1)))["protocol"] == typed.VERSION


def test_what_the_backend_encodes_is_understood(messages):
    pytest.importorskip("msgspec")
    from backend.serve import messages as typed
    from backend.serve import protocol

    for event in (
        typed.Hello(version="0.1.0", pid=7),
        typed.Ready(device="cpu", packs=(typed.PackInfo(name="open", licence="CC", vocabulary=("a",) * 600),)),
        typed.Progress(id="1", phase="composing", fraction=0.5),
        typed.HeardWords(id="1", text="geh vorwärts 走"),
        typed.Result(id="1", files=("/a",), heard="", seeds=(1,), frames=(30,), fps=30.0, seconds={"total": 1.0}),
        typed.Instructions(
            id="1", instructions=(typed.SpokenInstruction(0.5, 1.25, "walk", 0.9), typed.SpokenInstruction(3, 4, "run"))
        ),
        typed.WasCancelled(id="1"),
        typed.Error(id="", code="x", message="No.", hint="", nearest=("walk forward", "wave")),
        typed.State(id="1", state="ready", running=None, queued=(), device="cpu"),
        typed.Bye(),
    ):
        line = protocol.encode(event).decode()
        assert messages.parse(line) == json.loads(line)
