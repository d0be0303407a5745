"""Messages: what is accepted, what is refused with which words, and that nothing at all can break the parser."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.serve import messages, protocol
from backend.serve.protocol import BadRequest, Lines, encode, parse, parse_event


def test_a_request_of_the_add_on():
    request = parse(
        b'{"id":"7","request":"generate","audio":"/a.wav","out":"/cache/dir","seed":null,"seconds":4,'
        b'"variations":2,"guidance":null,"fps":23.976}'
    )
    assert isinstance(request, messages.Generate)
    assert (request.id, request.seed, request.seconds, request.variations, request.fps) == ("7", None, 4.0, 2, 23.976)


def test_defaults():
    request = parse(b'{"id":"7","request":"generate","audio":"a","out":"b"}')
    assert (request.seed, request.seconds, request.variations, request.guidance, request.fps) == (
        None,
        None,
        1,
        None,
        30.0,
    )
    assert parse(b'{"id":"1","request":"cancel","target":"7"}') == messages.Cancel(id="1", target="7")
    assert parse(b'{"id":"1","request":"status"}') == messages.Status(id="1")
    assert parse(b'{"id":"1","request":"shutdown"}') == messages.Shutdown(id="1")


def test_unicode_survives():
    request = messages.Generate(id="1", audio="/mein Ordner/geh vorwärts 走.wav", out="/ü")
    assert parse(encode(request)) == request


@pytest.mark.parametrize(("line", "code", "request_id"), [
    (b"hello", "bad_line", ""),
    (b"", "bad_line", ""),
    (b"\xff\xfe{}", "bad_line", ""),
    (b'{"id":"\\udc00","request":"status"}', "bad_line", ""),
    (b'{"id":"1","request":"status"', "bad_line", ""),
    (b'{"id":"1","request":"generate","audio":"a","out":"b","seconds":NaN}', "bad_line", ""),
    (b"[]", "bad_request", ""),
    (b"{}", "bad_request", ""),
    (b'"generate"', "bad_request", ""),
    (b'{"id":"5"}', "bad_request", "5"),
    (b'{"id":5,"request":"status"}', "bad_request", ""),
    (b'{"id":"","request":"status"}', "bad_request", ""),
    (b'{"id":"5","request":"fly"}', "unknown_request", "5"),
    (b'{"id":"5","request":"cancel"}', "bad_request", "5"),
    (b'{"id":"5","request":"status","more":1}', "bad_request", "5"),
    (b'{"id":"5","request":"generate","audio":"a","out":"b","variations":1.5}', "bad_request", "5"),
    (b'{"id":"5","request":"generate","audio":"a","out":"b","seconds":1e999}', "bad_request", "5"),
    (b'{"id":"5","request":"generate","audio":"a","out":"b","fps":null}', "bad_request", "5"),
    (b'{"id":"5","request":"generate","audio":"a","out":"b","seed":true}', "bad_request", "5"),
    (b'{"id":"5","request":"generate","audio":"a\\u0000.wav","out":"b"}', "bad_request", "5"),
    (b'{"id":"5","request":"generate","audio":["a"],"out":"b"}', "bad_request", "5"),
    (b'{"id":"5","request":"generate","audio":"' + b"a" * 5000 + b'","out":"b"}', "bad_request", "5"),
    (b'{"id":"' + b"5" * 65 + b'","request":"status"}', "bad_request", ""),
    (b'{"id":"5","request":"status","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "bad_request", ""),
    (b"[" * 400_000, "bad_request", ""),
    (b'{"id":' * 100_000, "bad_line", ""),
    (b'{"x":' * 100_000, "bad_line", ""),
    (b"x" * (protocol.MAX_LINE + 1), "bad_line", ""),
])  # fmt: skip
def test_what_is_wrong_is_said(line, code, request_id):
    with pytest.raises(BadRequest) as caught:
        parse(line)
    error = caught.value
    assert (error.code, error.id) == (code, request_id)
    assert error.message.endswith(".") and "\n" not in error.message and len(error.message) < 500
    sent = messages.Error(id=error.id, code=error.code, message=error.message, hint=error.hint)
    assert parse_event(encode(sent)) == sent


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
nearly = st.fixed_dictionaries(
    {"request": st.sampled_from(["generate", "cancel", "status", "shutdown", "Generate", ""])},
    optional={name: anything for name in ("id", "audio", "out", "seed", "seconds", "variations", "guidance", "fps", "target")},
)


def must_parse_or_refuse(line: bytes) -> None:
    try:
        request = parse(line)
    except BadRequest as error:
        assert error.code in {"bad_line", "bad_request", "unknown_request"} and len(error.id) <= 64
        encode(messages.Error(id=error.id, code=error.code, message=error.message, hint=error.hint))
    else:
        assert isinstance(request, messages.Request) and 1 <= len(request.id) <= 64
        assert parse(encode(request)) == request


@settings(max_examples=2000, deadline=None)
@given(st.binary(max_size=300))
def test_fuzz_bytes(line):
    must_parse_or_refuse(line)


@settings(max_examples=700, deadline=None)
@given(nearly)
def test_fuzz_almost_requests(message):
    must_parse_or_refuse(json.dumps(message).encode("utf-8", "surrogatepass"))


@settings(max_examples=1000, deadline=None)
@given(st.text(min_size=1, max_size=64), st.text(min_size=1, max_size=200), st.data())
def test_fuzz_valid_requests_damaged_in_one_place(request_id, path, data):
    line = bytearray(json.dumps({"id": request_id, "request": "generate", "audio": path, "out": "b"}).encode())
    position = data.draw(st.integers(0, len(line) - 1))
    line[position] = data.draw(st.integers(0, 255))
    must_parse_or_refuse(bytes(line))


@settings(max_examples=500, deadline=None)
@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b""))), st.lists(st.integers(1, 30)))
def test_lines_are_the_same_however_the_pipe_cuts_them(lines, cuts):
    stream = b"".join(line + b"\n" for line in lines)
    splitter, found, position = Lines(), [], 0
    for cut in [*cuts, len(stream) + 1]:
        found += splitter.feed(stream[position : position + cut])
        position += cut
    assert found == [line.strip() for line in lines if line.strip()]


def test_a_line_without_end_is_dropped_once_and_the_next_one_is_read():
    splitter, found = Lines(), []
    for _ in range(160):
        found += splitter.feed(b"x" * 65_536)  # 10 MB
        assert len(splitter._held) <= protocol.MAX_LINE
    found += splitter.feed(b"x\nnext\n")
    assert isinstance(found[0], BadRequest) and found[1:] == [b"next"]


def test_a_long_line_that_arrives_at_once():
    found = list(Lines().feed(b"first\n" + b"x" * 10_000_000 + b"\nnext\n"))
    assert found[0] == b"first" and isinstance(found[1], BadRequest) and found[2] == b"next" and len(found) == 3


def test_events_are_what_the_add_on_expects():
    assert json.loads(encode(messages.Hello(version="0.1.0", pid=5))) == {
        "event": "hello", "protocol": 1, "version": "0.1.0", "pid": 5
    }  # fmt: skip
    assert json.loads(encode(messages.Bye())) == {"event": "bye"}
    assert json.loads(encode(messages.WasCancelled(id="7"))) == {"event": "cancelled", "id": "7"}
    state = messages.State(id="9", state="ready", running=None, queued=(), device="cpu")
    assert json.loads(encode(state))["event"] == "status"
    with pytest.raises(msgspec.MsgspecError):
        parse_event(b'{"event":"unheard of"}')
