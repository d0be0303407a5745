"""Runs programs for the set-up: they end with it, and the log keeps all they say."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from .errors import SetupCancelled
from .sources import MISLEADING

WATCHED = Path(__file__).resolve().with_name("watched.py")
_TICK = 0.2  # seconds between two looks at whether the user has cancelled


class Programs:
    """Starts programs for one set-up.

    Args:
        log: file that gets all output; begun anew.
        cancelled: set when the user asks to stop.
        lock: descriptor that every program holds as long as it lives; see `exclusive`.
        temporary: folder for the programs' temporary files.
    """

    def __init__(self, log: Path, cancelled: threading.Event, lock: int, temporary: Path) -> None:
        self._log = log
        self._cancelled = cancelled
        self._inherited = {"pass_fds": (lock,)} if os.name == "posix" else {}
        kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
        place = str(temporary)
        self._variables = {**kept, "TMPDIR": place, "TEMP": place, "TMP": place}
        log.write_text("", encoding="utf-8")

    def run(
        self,
        python: Path,
        arguments: list[str],
        *,
        path: Path | None = None,
        on_line: Callable[[str], None] = lambda line: None,
        on_tick: Callable[[], None] = lambda: None,
    ) -> tuple[int, list[str]]:
        """Run ``python -m arguments`` to its end; returns exit code and the last lines it wrote.

        Args:
            python: interpreter.
            arguments: module and its arguments.
            path: folder or wheel that comes first on the module path.
            on_line: called with every line of output.
            on_tick: called five times a second.

        Raises:
            SetupCancelled: the user asked to stop; the program is gone.
            OSError: the interpreter cannot be started.
        """
        front = ["--path", str(path)] if path else []
        command = [str(python), "-I", "-X", "utf8", str(WATCHED), *front, *arguments]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=self._variables,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            **self._inherited,
        )
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        reader.start()
        last: deque[str] = deque(maxlen=40)
        try:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(f"\n$ {' '.join(command)}\n")
                while True:
                    if self._cancelled.is_set():
                        raise SetupCancelled
                    on_tick()
                    try:
                        line = lines.get(timeout=_TICK)
                    except queue.Empty:
                        continue
                    if line is None:
                        break
                    if not line.startswith("Progress "):  # thousands of them, for the progress bar only
                        log.write(line + "\n")
                        last.append(line)
                    on_line(line)
            return process.wait(), list(last)
        finally:
            process.stdin.close()  # the watch in it ends it
            try:
                process.wait(2.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            reader.join(2.0)


def _read(stream, lines: queue.SimpleQueue) -> None:
    with stream:
        for line in stream:
            lines.put(line.rstrip("\n"))
    lines.put(None)
