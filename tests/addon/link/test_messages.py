"""Whatever a backend sends: an event with checked fields, or `malformed`, and never an exception."""

from __future__ import annotations

import json
import sys

import pytest


@pytest.fixture
def messages(extension):
    return extension("link.messages")


RESULT = {
    "event": "result", "id": "1", "files": ["/cache/a.npz"], "heard": "walk", "seeds": [5], "frames": [60], "fps": 24.0,
    "seconds": {"total": 1.5}, "confidence": 0.9, "note": "a.m4a breaks off after 2 s of 3 s.",
    "words": [{"text": "saunter", "state": "nearly", "by": "walk slowly", "unsure": False, "step": 0}],
    "reached": [{"variation": 0, "step": 0, "name": "turn", "asked": 90.0, "got": 88.0, "met": True}],
}  # fmt: skip


def test_good_events_pass_with_exactly_their_fields(messages):
    assert messages.parse(json.dumps(RESULT | {"more": [1, 2]})) == RESULT
    silent = {name: value for name, value in RESULT.items() if name not in ("note", "words", "reached")}
    assert messages.parse(json.dumps(silent)) == RESULT | {"note": "", "words": [], "reached": []}
    error = {"event": "error", "id": "1", "code": "x", "message": "No."}
    assert messages.parse(json.dumps(error)) == error | {"hint": "", "nearest": []}
    heard = {"event": "heard", "id": "1", "text": "walk"}
    assert messages.parse(json.dumps(heard)) == heard | {"confidence": None, "words": []}
    assert messages.parse('{"event": "progress", "id": "1", "phase": "composing", "fraction": 1}')["fraction"] == 1


def test_zero_bytes_do_not_reach_blender(messages):
    event = messages.parse('{"event": "heard", "id": "\\u0000", "text": "a\\u0000b"}')
    assert event == {"event": "heard", "id": "\0", "text": "a?b", "confidence": None, "words": []}
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
    {"note": 5}, {"note": None}, {"words": None}, {"words": ["walk"]}, {"words": [RESULT["words"][0] | {"state": "perhaps"}]},
    {"words": [{"text": "walk"}]}, {"words": [RESULT["words"][0] | {"state": []}]}, {"words": [RESULT["words"][0] | {"by": None}]},
    {"reached": {}}, {"reached": [RESULT["reached"][0] | {"got": "88"}]}, {"reached": [RESULT["reached"][0] | {"variation": -1}]},
    {"reached": [RESULT["reached"][0] | {"met": 1}]}, {"words": RESULT["words"] * 1001},
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
    assert messages.are_inside([good, str(inside / "deeper" / "b.npz")], str(inside))
    bad = [str(outside / "a.npz"), str(inside), f"{inside}/../in2/a.npz", "/etc/passwd", "a.npz", "", "../a.npz", "\0"]
    if sys.platform != "win32":
        (inside / "link").symlink_to(outside)
        bad.append(str(inside / "link" / "a.npz"))
    for file in bad:
        assert not messages.are_inside([good, file], str(inside)), file
    assert not messages.are_inside([good], "\0")
