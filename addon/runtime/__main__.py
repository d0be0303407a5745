"""`python -m runtime set-up|remove|move ...` does one piece of work.

It reports in lines of JSON on standard output.

Events: ``progress`` (phase, fraction), then one of ``result`` (facts), ``cancelled`` or ``error`` (code, message, hint).
The line ``cancel`` on standard input, or its end, asks to stop: a set-up does not outlive the Blender that started it.
"""

from __future__ import annotations

import argparse  # the standard library's: nothing else is installed yet
import json
import sys
import threading
import time
from pathlib import Path

from .errors import SetupCancelled, SetupError
from .folder import RuntimeFolder
from .locks import read_lock
from .setup import Order, set_up
from .upkeep import move_runtime, remove_runtime

_INTERVAL = 0.1  # seconds between two lines about the same phase


class Reporter:
    """Writes events, not more often than anybody looks at them."""

    def __init__(self) -> None:
        self._last = ("", 0.0)

    def progress(self, phase: str, fraction: float) -> None:
        """Say how far it is."""
        now = time.monotonic()
        if phase != self._last[0] or now - self._last[1] >= _INTERVAL:
            self._last = (phase, now)
            self.event("progress", phase=phase, fraction=round(fraction, 4))

    def event(self, kind: str, **fields: object) -> None:
        """Write one line."""
        sys.stdout.write(json.dumps({"event": kind, **fields}) + "\n")
        sys.stdout.flush()


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line (`sys.argv` when None)."""
    parser = argparse.ArgumentParser(prog="python -m runtime", description="Set up, remove or move the motion backend's Python.")
    parser.add_argument("work", choices=("set-up", "remove", "move"))
    parser.add_argument("--folder", type=Path, required=True, help="where the runtime is or will be")
    parser.add_argument("--lock", type=Path, help="lock file of the packages")
    parser.add_argument("--python", type=Path, help="Python that the environment is made with")
    parser.add_argument("--backend", type=Path, help="folder above backend/")
    parser.add_argument("--example", type=Path, help="recording for the self-test")
    parser.add_argument("--product", default="", help="version of the add-on")
    parser.add_argument("--pack", type=Path, help="offline pack to install from")
    parser.add_argument("--target", type=Path, help="where to move it")
    return parser.parse_args(arguments)


def work(options: argparse.Namespace, reporter: Reporter, cancelled: threading.Event) -> dict:
    """Do it; returns the facts of the runtime, none after a removal."""
    folder = RuntimeFolder(options.folder)
    if options.work == "remove":
        remove_runtime(folder, reporter.progress)
        return {}
    try:
        lock = read_lock(options.lock)
    except (OSError, ValueError) as error:
        raise SetupError("lock", f"The add-on's own files are damaged: {error}", "Install the extension again.") from None
    order = Order(folder, lock, options.python, options.backend, options.example, options.product, options.pack)
    if options.work == "move":
        return move_runtime(order, RuntimeFolder(options.target), reporter.progress, cancelled)
    return set_up(order, reporter.progress, cancelled)


def main(arguments: list[str] | None = None) -> int:
    """Returns 0 done, 1 failed or cancelled."""
    options = parse_arguments(arguments)
    cancelled = threading.Event()

    def listen() -> None:
        sys.stdin.readline()
        cancelled.set()

    threading.Thread(target=listen, daemon=True).start()
    reporter = Reporter()
    try:
        facts = work(options, reporter, cancelled)
    except SetupCancelled:
        reporter.event("cancelled")
    except SetupError as error:
        reporter.event("error", code=error.code, message=error.message, hint=error.hint)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        said = f"The set-up could not go on: {error.strerror or error}{where}."
        reporter.event("error", code="system", message=said, hint="Make sure there is room and that the folder can be written.")
    else:
        reporter.event("result", **facts)
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
