"""A client of the backend process for tests: real pipes, a reader thread, and patience with a limit."""

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
STAND_IN = [sys.executable, str(REPOSITORY / "tests/backend/stand_in.py")]
REAL = [sys.executable, "-m", "backend"]
PATIENCE = 300.0  # seconds; only ever waited for when something is broken
LAST = {"result", "converted", "cancelled", "error"}


def environment(**manners) -> dict[str, str]:
    """The environment for a child process, with the stand-in's manners."""
    return os.environ | {f"STAND_IN_{name.upper()}": str(value) for name, value in manners.items()}


class Client:
    """The process and every event it has sent."""

    def __init__(self, command: list[str] = STAND_IN, **manners) -> None:
        self.process = subprocess.Popen(
            [*command, "serve", "--device", "cpu"], cwd=REPOSITORY, env=environment(**manners),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.events: list[dict] = []
        self.log = ""
        self._ids = map("n{}".format, itertools.count())
        self._incoming: queue.Queue = queue.Queue()
        self._threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._note, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._incoming.put(json.loads(line))  # anything that is not JSON breaks the test here
        self._incoming.put(None)

    def _note(self) -> None:
        for line in self.process.stderr:
            self.log += line.decode("utf-8")

    def send(self, **message) -> str:
        """Send a message, with a fresh id where none is given; returns the id."""
        message = {"id": next(self._ids)} | message
        self.write(json.dumps(message).encode() + b"\n")
        return message["id"]

    def write(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def wait(self, event: str, id: str | None = None, timeout: float = PATIENCE) -> dict:
        """The next event of a kind; events that came and were not waited for stay in `events`."""
        return self.until(
            lambda message: message["event"] == event and (id is None or message.get("id") == id), timeout
        )

    def working(self, id: str) -> dict:
        """Progress of a request that can be cancelled at once: reading imports packages, which takes long on a busy machine."""
        return self.until(lambda m: m["event"] == "progress" and m.get("id") == id and m["phase"] != "reading")

    def end_of(self, id: str, timeout: float = PATIENCE) -> dict:
        """The last event of a request."""
        return self.until(lambda message: message["event"] in LAST and message.get("id") == id, timeout)

    def state(self) -> dict:
        """The answer to a status request."""
        return self.wait("status", self.send(request="status"))

    def until(self, wanted, timeout: float = PATIENCE) -> dict:
        """The next event for which ``wanted`` holds."""
        limit = time.monotonic() + timeout
        while True:
            try:
                message = self._incoming.get(timeout=max(0.0, limit - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"waited in vain; so far: {self.events[-5:]}\n{self.log[-2000:]}") from None
            if message is None:
                raise AssertionError(f"the process ended; so far: {self.events[-5:]}\n{self.log[-2000:]}")
            self.events.append(message)
            if wanted(message):
                return message

    def finish(self, timeout: float = PATIENCE) -> int:
        """Close stdin, take in what still comes, and return the exit code."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        return self.ended(timeout)

    def ended(self, timeout: float = PATIENCE) -> int:
        """Wait for the process to end by itself."""
        code = self.process.wait(timeout)
        for thread in self._threads:
            thread.join(timeout)
        while (message := self._incoming.get(timeout=timeout)) is not None:
            self.events.append(message)
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                pipe.close()
