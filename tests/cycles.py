"""Leak test: `python -m tests.cycles [--cycles 500]`.

Generates, cancels and kills the real backend at random moments, through the add-on's own session and client, without Blender.
Counts leaked processes, open files of both sides, threads, and temporary or half-written files. Prints one line of numbers; exit
code 1 where anything leaked or ended unexpectedly.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

from tests.fuzz.addon import addon
from tests.fuzz.runner import ROOT

AUDIO = ROOT / "addon" / "examples" / "walk_forward_then_wave.ogg"
STUCK = 300.0  # seconds, on a busy machine
SHARES = (("generate", 0.45), ("cancel", 0.43), ("kill", 0.12))  # of the cycles; after a kill the backend has to start again


@dataclass
class Tally:
    """How cycles ended, and what leaked."""

    ended: Counter = field(default_factory=Counter)  # (what was done, how it ended) -> cycles
    problems: list[str] = field(default_factory=list)
    starts: int = 0
    seconds: float = 0.0
    most_files: int = 0  # open files of one backend, between requests
    memory: int = 0  # of the largest backend, bytes

    def line(self) -> str:
        """One line for people."""
        parts = ", ".join(f"{done} -> {how}: {count}" for (done, how), count in sorted(self.ended.items()))
        return (
            f"{self.ended.total()} cycles in {self.seconds:.0f} s ({parts}); {self.starts} backends started; "
            f"{len(self.problems)} leaks or surprises; "
            f"at most {self.most_files} open files and {self.memory / 2**20:.0f} MB in a backend"
        )


class Cycles:
    """One session of the add-on, and the cycles it goes through."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = Random(seed)
        self.tally = Tally()
        self.tasks, self.session = addon("link.tasks"), addon("link.session").Session()
        self.cache, self.logs = folder / "cache", folder / "logs"
        self.session.log_folder = lambda: self.logs
        self.out = addon("link.results").own_folder(self.cache)
        addon("link.incremental").incremental_work.run_all()
        self.me = psutil.Process()
        self.others = {child.pid for child in self.me.children(recursive=True)}  # of tests that ran before in this process
        self.command = [sys.executable, "-m", "backend", "serve", "--device", "cpu"]
        self.pid = 0
        self.files = 0  # open files of the running backend after its first request
        self.results = 0

    def children(self) -> list[psutil.Process]:
        """Processes that the cycles have started."""
        return [child for child in self.me.children(recursive=True) if child.pid not in self.others]

    def run(self, cycles: int) -> Tally:
        """Run all cycles, then count what is left."""
        began = time.monotonic()
        descriptors, threads = self.me.num_fds(), threading.active_count()
        # drawn before anything runs, because how often the loop below draws depends on the machine
        names, shares = zip(*SHARES, strict=True)
        for what in ["generate", *self.rng.choices(names, shares, k=cycles - 1)]:
            self.cycle(what)
        self.session.shutdown(wait=5.0)
        time.sleep(0.5)
        self.expect(self.me.num_fds() == descriptors, f"{self.me.num_fds() - descriptors} open files more than at the start")
        self.expect(threading.active_count() == threads, f"threads: {[thread.name for thread in threading.enumerate()]}")
        self.expect(not self.children(), f"processes: {self.children()}")
        made = [path for path in self.out.rglob("*") if path.is_file()]
        # a backend killed between renaming its files and reporting them leaves whole, unreported motions
        unreported = len(made) - self.results
        self.expect(0 <= unreported <= 2 * self.tally.ended["kill", "error"], f"{len(made)} files for {self.results} results")
        load = addon("motion.files").load_motion
        self.expect(all(len(load(path).pelvis) == 30 for path in made), "a file that is no whole motion")
        self.expect(all(path.suffix == ".npz" and path.parent == self.out for path in made), "something that is no result")
        # torch makes one folder for its compiler's cache, shared by all processes
        left = [path for path in Path(tempfile.gettempdir()).iterdir() if not path.name.startswith("torchinductor_")]
        self.expect(not left, f"temporary files: {left[:5]}")
        logs = sorted(self.logs.iterdir())
        self.expect(len(logs) <= 5, f"{len(logs)} logs")
        self.tally.seconds = time.monotonic() - began
        return self.tally

    def expect(self, so: bool, otherwise: str) -> None:
        """Note a problem unless ``so``."""
        if not so:
            self.tally.problems.append(f"cycle {self.tally.ended.total()}: {otherwise}")

    def cycle(self, what: str) -> None:
        """One request, and what is done to it: "generate" (nothing), "cancel" or "kill"."""
        variations = self.rng.choice((1, 1, 1, 2))
        task = self.tasks.Task({
            "request": "generate", "audio": str(AUDIO), "out": str(self.out), "seed": self.rng.randrange(2**31), "seconds": 1.0,
            "variations": variations, "guidance": None, "fps": 30.0,
        })  # fmt: skip
        self.session.add(task, self.command, ROOT)
        self.note_start()
        reach = self.rng.choice((0.3, 0.3, 1.2))  # seconds: mostly during the request, sometimes after its end
        moment = time.monotonic() + self.rng.uniform(0.0, reach)
        limit = time.monotonic() + STUCK
        done = what == "generate"
        while task.outcome is None and time.monotonic() < limit:
            self.session.step()
            # the moment counts from when the networks are loaded; one in five comes while they are loading
            if not done and not self.session._ready and self.rng.random() > 0.0002:
                moment = max(moment, time.monotonic() + self.rng.uniform(0.0, reach))
            if not done and task.outcome is None and time.monotonic() > moment:
                done = True
                if what == "cancel":
                    self.session.cancel(task)
                elif self.session.client is not None:
                    os.kill(self.session.client.pid, 9)
            time.sleep(0.002)
        # a kill may come just after the result; the next request must not go to a dying backend
        while what == "kill" and self.session.client is not None and self.session.client.alive and time.monotonic() < limit:
            os.kill(self.session.client.pid, 9)
            self.session.step()
            time.sleep(0.002)
        how = task.outcome.kind if task.outcome else "stuck"
        self.tally.ended[what, how] += 1
        self.judge(task, what, how)

    def judge(self, task: object, what: str, how: str) -> None:
        """Check how a cycle ended and what it left."""
        allowed = {"generate": ("result",), "cancel": ("cancelled", "result"), "kill": ("error", "result")}[what]
        self.expect(how in allowed, f"{what} ended with {how}: {task.outcome}")
        if task.outcome and (how == "result" or task.outcome.event.get("event") == "result"):
            files = task.outcome.event["files"]
            self.results += len(files)
            self.expect(all(Path(file).is_file() for file in files), f"no such file: {files}")
        children = self.children()
        client = self.session.client
        mine = [client.pid] if client is not None else []
        strangers = [child for child in children if child.pid not in mine and child.pid != self.pid]
        self.expect(not strangers, f"processes: {strangers}")
        if client is None or not client.alive or what == "kill":
            return
        hidden = [path.name for path in self.out.iterdir() if path.name.startswith(".")]
        self.expect(not hidden, f"half-written files while nothing runs: {hidden}")
        backend = psutil.Process(client.pid)
        files = backend.num_fds()
        if not self.files:
            self.files = files
        self.expect(files <= self.files, f"the backend has {files} open files, after its first request it had {self.files}")
        self.tally.most_files = max(self.tally.most_files, files)
        self.tally.memory = max(self.tally.memory, backend.memory_info().rss)

    def note_start(self) -> None:
        """Count a new backend, recognised by its process id."""
        if self.session.client.pid != self.pid:
            self.expect(not self.pid or not psutil.pid_exists(self.pid), f"process {self.pid} is still there")
            self.pid, self.files = self.session.client.pid, 0
            self.tally.starts += 1


def run(cycles: int, seed: int = 0) -> Tally:
    """Run cycles with temporary folders of their own for all processes."""
    with tempfile.TemporaryDirectory(prefix="cycles-") as folder:
        kept = tempfile.tempdir, os.environ.get("TMPDIR")
        place = Path(folder) / "tmp"
        place.mkdir()
        tempfile.tempdir = os.environ["TMPDIR"] = str(place)
        try:
            return Cycles(Path(folder), seed).run(cycles)
        finally:
            tempfile.tempdir = kept[0]
            os.environ.pop("TMPDIR")
            if kept[1] is not None:
                os.environ["TMPDIR"] = kept[1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cycles", description=__doc__)
    parser.add_argument("--cycles", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tally = run(options.cycles, options.seed)
    print(tally.line())
    for problem in tally.problems[:50]:
        print(f"  {problem}")
    return int(bool(tally.problems))


if __name__ == "__main__":
    sys.exit(main())
