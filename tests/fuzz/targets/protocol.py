"""Messages both ways: lines into the real server (without models), events into the add-on.

The server runs in the main thread, the cases in another that acts as Blender. After each case the server has to answer a status
request, and everything it says has to be an event for both sides. Lines that would end the server or open the microphone are only
decoded.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import get_args

import msgspec
import numpy as np
import soundfile

from backend.errors import Cancelled, UserError
from backend.serve import messages, protocol
from backend.serve.pipes import Pipes
from backend.serve.server import Server
from tests.fuzz.addon import addon
from tests.fuzz.mutate import INTERESTING, damaged

SENT = (messages.Generate, messages.Split, messages.Cancel, messages.Status)
REQUESTS = tuple(kind.__struct_config__.tag for kind in get_args(messages.AnyRequest))
FIELDS = (
    "id", "request", "audio", "out", "seed", "seconds", "variations", "guidance", "fps", "target", "file", "device", "part", "more",
)  # fmt: skip
EVENTS = (
    {"event": "hello", "protocol": 1, "version": "0.1.0", "pid": 7},
    {"event": "ready", "device": "cpu", "packs": [{"name": "open", "licence": "CC", "vocabulary": ["walk", "wave"]}]},
    {"event": "progress", "id": "1", "phase": "composing", "fraction": 0.5},
    {"event": "heard", "id": "1", "text": "walk forward"},
    {"event": "result", "id": "1", "files": ["/cache/a.npz"], "heard": "walk", "seeds": [5], "frames": [60], "fps": 30.0,
     "seconds": {"total": 1.5}},
    {"event": "instructions", "id": "1", "instructions": [{"start": 0.5, "end": 1.0, "heard": "walk", "confidence": None}]},
    {"event": "cancelled", "id": "1"},
    {"event": "error", "id": "", "code": "missing_pack", "message": "The weights are missing.", "hint": "Train them."},
    {"event": "status", "id": "1", "state": "ready", "running": None, "queued": [], "device": "cpu"},
    {"event": "bye"},
)  # fmt: skip
TEXTS = ("", "1", "a.wav", "/", "..", "\0", "\ud800", "x" * 5000, "geh 走", "\u202e", "1" * 400, "NaN", "-1", "__proto__")


class Reluctant:
    """A generator that only fails, now and then in an unusual way."""

    device = "cpu"

    def __init__(self) -> None:
        self.number = 0

    def warm_up(self) -> None:
        pass

    def hear(self, wave: np.ndarray) -> tuple[str, float | None]:
        return "walk", 0.5

    def generate(self, wave: np.ndarray, **options: object) -> None:
        self.number += 1
        options["on_progress"]("composing", self.number % 7 / 6)
        options["on_heard"]("walk", 0.5)
        if self.number % 5 == 0:
            raise Cancelled
        if self.number % 17 == 0:
            raise MemoryError
        raise UserError("nothing_heard", "No words were understood.", "Speak closer.")


class Scripted:
    """Stands in for the add-on's client and says what it is told to."""

    alive, pid = True, 1

    def __init__(self, command: list[str], folder: Path, log_folder: Path | None) -> None:
        self.command = command
        self.says = [dict(event) for event in EVENTS[:2]]

    def send(self, message: dict) -> None:
        json.dumps(message)

    def poll(self) -> list[dict]:
        said, self.says = self.says, []
        return said

    def stop(self, wait: float) -> None:
        pass


class Target:
    def __init__(self, folder: Path) -> None:
        self.messages, self.session, self.tasks = addon("link.messages"), addon("link.session"), addon("link.tasks")
        self.session.BackendClient = Scripted
        soundfile.write(folder / "a.wav", 0.3 * np.sin(np.arange(4000) / 9), 8000)
        (folder / "o").mkdir()
        source, self.to_server = os.pipe()
        self.from_server, sink = os.pipe()
        self.pipes = Pipes(source, sink)
        self.rest = b""
        self.number = 0

    def around(self, loop: Callable[[], None]) -> None:
        """Run the server in the main thread, where signals arrive, and the cases in another."""

        def cases() -> None:
            self.until("ready")
            loop()
            sys.stdout.flush()
            os._exit(0)  # how a server ends is tested elsewhere

        threading.Thread(target=cases, daemon=True).start()
        Server(self.pipes, Reluctant, "fuzz").run()
        raise AssertionError("the server has ended")

    def case(self, rng: Random) -> tuple[list[bytes], list[str], list[int]]:
        lines = [self.request(rng) for _ in range(rng.choice((1, 1, 2, 4)))]
        events = [self.event(rng) for _ in range(2)]
        return lines, events, [rng.choice((1, 7, 100, 65_536)) for _ in range(4)]

    def value(self, rng: Random, depth: int = 0) -> object:
        kind = rng.randrange(9 if depth < 3 else 7)
        if kind == 0:
            return rng.choice((*INTERESTING, -1, 2**64, 10**30))
        if kind == 1:
            return rng.choice((0.5, -1.0, 1e308, 5e-324, float("nan"), float("inf"), 30.0))
        if kind in (2, 3):
            return rng.choice(TEXTS)
        if kind == 4:
            return rng.choice((None, True, False))
        if kind in (5, 6):
            return "".join(chr(rng.choice((rng.randrange(32), rng.randrange(128), rng.randrange(0x11000)))) for _ in range(5))
        if kind == 7:
            return [self.value(rng, depth + 1) for _ in range(rng.choice((0, 1, 3)))]
        return {rng.choice(FIELDS): self.value(rng, depth + 1) for _ in range(rng.choice((0, 1, 2)))}

    def request(self, rng: Random) -> bytes:
        good = {
            "id": str(rng.randrange(9)), "request": rng.choice(REQUESTS), "audio": "a.wav", "out": "o",
            "target": str(rng.randrange(9)), "seconds": 1.0,
        }  # fmt: skip
        how = rng.random()
        if how < 0.03:
            return rng.choice((b"[", b'{"id":', b'{"a":[', b"9", b'"', b"\xff")) * rng.choice((10, 1000, 300_000))
        known = {"generate": ("audio", "out", "seconds"), "split": ("audio",), "cancel": ("target",)}.get(good["request"], ())
        message = {name: value for name, value in good.items() if name in ("id", "request", *known)}
        if how < 0.6:
            for _ in range(rng.choice((1, 1, 2))):
                message[rng.choice(FIELDS)] = self.value(rng)
        line = json.dumps(message, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
        return (damaged(rng, line) if 0.5 < how < 0.9 else line).replace(b"\n", b" ")

    def event(self, rng: Random) -> str:
        event = dict(rng.choice(EVENTS))
        how = rng.random()
        if how < 0.6:
            for _ in range(rng.choice((1, 1, 2))):
                event[rng.choice([*event, "more"])] = self.value(rng)
        if how < 0.02:
            event = rng.choice(("[", '{"event":', "9", "\ud800")) * rng.choice((10, 400_000))
            return event
        line = json.dumps(event)
        return damaged(rng, line.encode()).decode("utf-8", "replace") if how > 0.5 else line

    def run(self, made: tuple[list[bytes], list[str], list[int]]) -> None:
        lines, events, cuts = made
        self.blender(events)
        stream = b""
        for line in lines:
            try:
                request = protocol.parse(line)
            except protocol.BadRequest as error:
                assert error.message.endswith(".") and "\n" not in error.message and len(error.id) <= 64
            else:
                assert protocol.parse(protocol.encode(request)) == request
                if not isinstance(request, SENT):
                    continue
            stream += line + b"\n"
        self.number += 1
        me = f"case {self.number}"
        stream += json.dumps({"id": me, "request": "status"}).encode() + b"\n"
        for cut in cuts:
            self.write(stream[:cut])
            stream = stream[cut:]
        self.write(stream)
        self.until("status", me)

    def blender(self, lines: list[str]) -> None:
        """Give events to the add-on's parser and to its session during a generation."""
        events = []
        for line in lines:
            event = self.messages.parse(line)
            assert event["event"] in self.messages.EVENTS or event["event"] == "malformed"
            assert len(json.dumps(event)) < 4 * self.messages.LONGEST_LINE
            events.append(event)
        session = self.session.Session()
        task = self.tasks.Task({"request": "generate", "out": "/cache"})
        session.add(task, [], Path())
        session.step()
        assert task.sent
        session.client.says = events
        session.step()
        assert 0.0 <= session.fraction <= 1.0
        for shown in (session.heard, session.message, session.hint, session.phase):
            assert isinstance(shown, str) and len(shown) <= 10_000 and "\0" not in shown
        if task.outcome and task.outcome.kind == "result":
            assert all(Path("/cache") in Path(os.path.realpath(file)).parents for file in task.outcome.files)

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.to_server, view) :]

    def until(self, kind: str, name: str | None = None) -> None:
        """Read and check what the server says, up to an event."""
        while True:
            *lines, self.rest = (self.rest + os.read(self.from_server, 1 << 16)).split(b"\n")
            there = False
            for line in lines:
                event = msgspec.to_builtins(protocol.parse_event(line))
                checked = self.messages.parse(line.decode("utf-8"))
                assert checked["event"] == event["event"] and checked.get("id") == event.get("id"), (
                    f"the add-on does not know {line[:300]!r}"
                )
                there |= event["event"] == kind and (name is None or event["id"] == name)
            if there:
                return
