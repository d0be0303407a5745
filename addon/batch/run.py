"""The batch under way: a folder's recordings one by one, and the one undo step at its end."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..link import timer
from ..link.client import BackendGoneError
from ..link.session import session
from ..link.tasks import Outcome, Task
from ..scene import Place, in_scene
from ..takes.audio import SUFFIXES
from ..translations import rpt_
from .asset import make_asset

MAX_FILES = 1000


def find_recordings(folder: Path, deep: bool) -> list[Path]:
    """Sound files in a folder, and with ``deep`` below it, without hidden ones. Raises OSError."""
    found = folder.rglob("*") if deep else folder.iterdir()
    files = [
        path
        for path in found
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    return sorted(files, key=_natural_order)[:MAX_FILES]


def _natural_order(path: Path) -> list[tuple[int, str]]:
    """Take 2 comes before Take 10."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


@dataclass
class Item:
    """A recording of the batch. ``state`` is waiting, running, done, failed or cancelled."""

    path: Path
    state: str = "waiting"
    heard: str = ""
    message: str = ""
    action: str = ""
    motion: str = ""


class Batch:
    """The batch under way, one at a time; its items stay until the next, for the panel."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.task: Task | None = None
        self._stop = False

    @property
    def active(self) -> bool:
        """Whether there is more to come."""
        return self.task is not None

    def count(self, state: str) -> int:
        """How many items are in a state."""
        return sum(item.state == state for item in self.items)

    @property
    def done_share(self) -> float:
        """0..1, with the progress of the running one."""
        ended = len(self.items) - self.count("waiting") - self.count("running")
        return (ended + (self.task.fraction if self.task else 0.0)) / max(1, len(self.items))

    @property
    def summary(self) -> str:
        """What came of it, in one sentence."""
        parts = [rpt_("{} motions made", self.count("done"))]
        ends = (("failed", "{} failed"), ("cancelled", "{} cancelled"))
        parts += [rpt_(text, self.count(state)) for state, text in ends if self.count(state)]
        return ", ".join(parts)

    def start(self, files: list[Path], place: Place, request: dict, command: tuple) -> None:
        """Ask for the first recording; the others follow.

        Args:
            files: recordings.
            place: character and scene the actions are made for.
            request: fields of the generate requests, without the audio.
            command: from `runtime.configuration.backend_command`.

        Raises:
            BackendGoneError: the backend cannot be started.
        """
        self.items = [Item(path) for path in files]
        self._place, self._request, self._command = place, request, command
        self._stop = False
        self._start_next()

    def cancel(self) -> None:
        """Stop; what has been made stays."""
        self._stop = True
        if self.task is not None:
            session.cancel(self.task)

    def report(self) -> str:
        """Every file and what became of it."""
        lines = [self.summary, ""]
        for item in self.items:
            what = {"done": f"“{item.heard}” -> {item.action}", "failed": item.message}.get(item.state, "")
            lines.append(f"{item.state:9} {item.path}  {what}".rstrip())
        return "\n".join(lines) + "\n"

    def _start_next(self) -> None:
        item = next((item for item in self.items if item.state == "waiting"), None)
        if item is None or self._stop:
            self._finish()
            return
        item.state = "running"
        self.task = Task(
            {**self._request, "request": "generate", "audio": str(item.path), "variations": 1},
            title=item.path.stem,
            on_end=lambda task, outcome: self._receive(item, task, outcome),
        )
        try:
            session.add(self.task, *self._command)
        except BackendGoneError as error:
            item.state, item.message = "failed", str(error)
            self._stop = True
            self._finish()
            raise

    def _receive(self, item: Item, task: Task, outcome: Outcome) -> None:
        item.heard = task.heard
        if outcome.kind == "result":
            item.motion = outcome.files[0]
            self._key_item(item)
        elif outcome.kind == "error":
            item.state, item.message = "failed", f"{outcome.message} {outcome.hint}".strip()
            session.clear_message()  # it is in the list, and the others go on
        else:
            item.state = "cancelled"
            self._stop = True
        try:
            self._start_next()
        except BackendGoneError as error:
            session.fail(str(error), "Check its Python in the add-on's preferences.")

    def _key_item(self, item: Item) -> None:
        gone = self._place.gone()
        if gone:
            item.state, item.message, self._stop = "failed", gone, True
            return
        arguments = {
            "audio": str(item.path),
            "request": json.dumps({key: self._request[key] for key in ("guidance", "seconds")}),
        }
        with in_scene(self._place.scene):
            try:
                action = make_asset(self._place.scene, self._place.character, item.motion, item.path.stem, arguments)
            except RuntimeError as error:  # how bpy.ops passes on a report of the kind ERROR
                item.state, item.message = "failed", session.message or str(error).strip().removeprefix("Error: ")
                session.clear_message()
                return
        item.state, item.action = "done", action.name

    def _finish(self) -> None:
        self.task = None
        for item in self.items:
            if item.state in ("waiting", "running"):
                item.state = "cancelled"
        # Undo while the batch ran has taken away what came after the step it went back to.
        for item in self.items:
            if item.state == "done" and item.action not in bpy.data.actions:
                self._key_item(item)
        session.note = ""
        if self.count("done"):
            scene = self._place.scene
            if scene is not None:
                with in_scene(scene):
                    bpy.ops.ed.undo_push(message=f"Generate {self.count('done')} Motions")
        timer.show_message(self.summary)


batch = Batch()
