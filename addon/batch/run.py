"""The batch under way: the files of a folder one by one, and the undo step at its end.

Files are listed and looked through in steps (`link.incremental`); motions are requests like any other. What is done is remembered
in the report beside the motions (`report_file`) and on the actions, so that a batch goes on where an earlier one stopped.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..link import timer
from ..link.client import BackendGoneError
from ..link.incremental import incremental_work
from ..link.session import session
from ..link.tasks import Outcome, Task
from ..scene import Place, in_scene
from ..takes.audio import SUFFIXES
from ..translations import rpt_
from .asset import make_asset
from .listing import STEP, FolderListing, what_it_is
from .report_file import ReportFile, fingerprint_of

SUMMARY = (  # outcome, and its part of the summary
    ("done", "{} made"),
    ("already", "{} done already"),
    ("refused", "{} refused"),
    ("failed", "{} failed"),
    ("cancelled", "{} not reached"),
    ("not_audio", "{} other files"),
)
AGAIN = ("refused", "failed", "cancelled")  # outcomes that Try Again takes up
# Errors of the backend that every further file would end in, and those that are not the recording's.
ENDING = ("cannot_write", "missing_pack", "damaged_pack", "bad_weights", "missing_package")
OWN = (*ENDING, "", "internal", "out_of_memory")
CRASHES = 3  # of the backend, one after the other, that end a batch
KEY = "batch_key"  # of an action: what it was made from, and for which bones
STEP_SECONDS = 0.01  # for which files are looked through at once


@dataclass(slots=True)
class BatchItem:
    """A file of the folder. ``state`` is waiting, running, or an outcome of `SUMMARY`."""

    name: str
    state: str = "waiting"
    heard: str = ""
    message: str = ""
    action: str = ""
    motion: str = ""
    key: str = ""


class Batch:
    """The batch under way, one at a time; its items stay until the next, for the panel.

    Attributes:
        phase: "" where none is under way, listing, working or finishing.
        counts: how many items are in a state.
        problems: those that were refused or failed, in order.
        stopped: why it ended early, in one sentence.
    """

    def __init__(self) -> None:
        self.items: list[BatchItem] = []
        self.problems: list[BatchItem] = []
        self.counts: Counter[str] = Counter()
        self.phase = ""
        self.stopped = ""
        self.current = ""
        self.hidden = 0
        self.task: Task | None = None
        self.report: ReportFile | None = None
        self._stop = False
        self._next = self._crashes = 0

    @property
    def active(self) -> bool:
        """Whether there is more to come."""
        return bool(self.phase)

    @property
    def ended(self) -> int:
        """How many items have an outcome."""
        return len(self.items) - self.counts["waiting"] - self.counts["running"]

    @property
    def done_share(self) -> float:
        """0..1, with the progress of the running one."""
        return (self.ended + (self.task.fraction if self.task else 0.0)) / max(1, len(self.items))

    @property
    def seconds_left(self) -> float | None:
        """Estimated from those that have ended so far; None before the first."""
        ended = self.ended - self._ended_before
        return (time.monotonic() - self._began) / ended * (len(self.items) - self.ended) if ended > 0 else None

    @property
    def summary(self) -> str:
        """What came of it, in one sentence."""
        parts = [rpt_(text, self.counts[state]) for state, text in SUMMARY if self.counts[state] or state == "done"]
        return ", ".join(parts)

    def start(
        self, folder: Path, deep: bool, place: Place, request: dict, command: tuple[list[str], Path], again: bool = False
    ) -> None:
        """Begin to list the folder; its recordings follow one by one.

        Args:
            folder: with recordings.
            deep: take the folders inside, too.
            place: character and scene the actions are made for.
            request: fields of the generate requests, without the audio; ``out`` takes the report as well.
            command: from `runtime.configuration.backend_command`.
            again: make what is done already once more.
        """
        self.__init__()
        self.folder, self.place, self._request, self._command, self._again = folder, place, request, command, again
        self.report = ReportFile(Path(request["out"]))
        self._bones = _bones_of(place.character)
        self._schedule("listing", self._list(deep))

    def retry(self, command: tuple[list[str], Path]) -> None:
        """Take up those again that were refused, failed or not reached; ``command`` as for `start`."""
        self._command = command
        for item in self.items:
            if item.state in AGAIN:
                self._set(item, "waiting")
                item.message = ""
        self.problems.clear()
        self.stopped, self._stop, self._next, self._crashes = "", False, 0, 0
        self._begin_clock()
        self._schedule("working", self._advance())

    def cancel(self) -> None:
        """Stop; what has been made stays."""
        self._stop = True
        if self.task is not None:
            session.cancel(self.task)

    # --- steps

    def _schedule(self, phase: str, work: Generator[None, None, None]) -> None:
        self.phase = phase
        incremental_work.add(self._guarded(work))

    def _guarded(self, work: Generator[None, None, None]) -> Generator[None, None, None]:
        try:
            yield from work
        except OSError as error:
            self._end_early(rpt_("The batch cannot go on: {}", error.strerror or error))
            yield from self._finish()
        except BaseException:  # a bug, or closed because another file is loaded or the extension is disabled
            self.phase = ""
            raise

    def _list(self, deep: bool) -> Generator[None, None, None]:
        """Read the earlier report, list the folder and note which actions are there."""
        yield from self.report.read()
        listing = FolderListing(self.folder, deep)
        work = listing.steps()
        while not self._stop:
            self.current = rpt_("{} files found", len(listing.names))
            try:
                next(work)
            except StopIteration:
                break
            yield
        self.hidden = listing.hidden
        for start in range(0, len(listing.names), STEP):
            self.items += [BatchItem(name) for name in listing.names[start : start + STEP]]
            yield
        self.counts["waiting"] = len(self.items)
        for inside, reason in listing.unreadable.items():
            self.items.append(BatchItem(inside, "running"))
            self.counts["running"] += 1
            self._end(self.items[-1], "failed", rpt_("The folder cannot be read: {}", reason))
        yield
        self._made = {key: action.name for action in bpy.data.actions if (key := action.get(KEY))}
        self._begin_clock()
        self.phase = "working"
        yield from self._advance()

    def _begin_clock(self) -> None:
        self._began, self._ended_before = time.monotonic(), self.ended

    def _advance(self) -> Generator[None, None, None]:
        """Give items an outcome until one needs a motion; then ask for it. After the last, finish."""
        pause = time.monotonic() + STEP_SECONDS
        while self._next < len(self.items) and not self._stop:
            item = self.items[self._next]
            self._next += 1
            if item.state != "waiting":
                continue
            self.current = shown(item.name)
            self._set(item, "running")
            if not self._is_no_recording(item) and (yield from self._needs_motion(item)):
                self.report.flush()
                self._ask(item)
                return
            if time.monotonic() > pause:
                self.report.flush()
                yield
                pause = time.monotonic() + STEP_SECONDS
        self.report.flush()
        yield from self._finish()

    def _is_no_recording(self, item: BatchItem) -> bool:
        what, suffix = what_it_is(self.folder / item.name, SUFFIXES)
        if not what and item.name.encode("utf-8", "replace") != item.name.encode("utf-8", "surrogatepass"):
            self._end(item, "refused", "Its name is not valid Unicode. Rename the file.")
            return True
        if what:
            self._end(item, "not_audio", rpt_("It is {} ({}), not a recording.", rpt_(what), suffix))
        return bool(what)

    def _needs_motion(self, item: BatchItem) -> Generator[None, None, bool]:
        """Whether an item has to be generated; a motion made before is keyed."""
        options = {name: self._request[name] for name in ("seed", "seconds", "guidance", "follow", "fps")}
        try:
            fingerprint = yield from fingerprint_of(self.folder / item.name, options)
        except OSError:
            return True  # the backend says why it cannot be read
        item.key = fingerprint
        if self._again:
            return True
        made = self._made.get(f"{fingerprint} {item.name} {self._bones}", "")
        if made and made in bpy.data.actions:
            item.action = made
            self._set(item, "already")
            if not self.report.has(item.name, fingerprint):
                self.report.add({"file": item.name, "outcome": "done", "fingerprint": fingerprint, "action": made})
            return False
        item.motion, item.heard = self.report.motion_of(item.name, fingerprint)
        if item.motion:
            self._key(item)
        return not item.motion

    def _ask(self, item: BatchItem) -> None:
        path = self.folder / item.name
        self.task = Task(
            {**self._request, "request": "generate", "audio": str(path), "variations": 1},
            title=path.stem,
            on_end=lambda task, outcome: self._receive(item, task, outcome),
        )
        try:
            session.add(self.task, *self._command)
        except BackendGoneError as error:
            self.task = None
            self._end(item, "failed", str(error))
            self._end_early(str(error))
            self._schedule("working", self._advance())
        timer.ensure_running()

    def _receive(self, item: BatchItem, task: Task, outcome: Outcome) -> None:
        self.task = None
        if not self.active:  # cancelled together with everything else, as another file was loaded
            return
        item.heard = task.heard
        self._crashes = self._crashes + 1 if outcome.kind == "error" and not outcome.event else 0
        if outcome.kind == "result":
            item.motion = outcome.files[0]
            self._key(item)
        elif outcome.kind == "error":
            self._receive_error(item, outcome)
        else:
            self._set(item, "cancelled")
            self._stop = True
        self._schedule("working", self._advance())

    def _receive_error(self, item: BatchItem, outcome: Outcome) -> None:
        session.clear_message()  # it is in the list, and the others go on
        code = outcome.event.get("code", "")
        message = f"{outcome.message} {outcome.hint}".strip()
        if code in ("unsupported_audio", "empty_audio") and not item.name.lower().endswith(SUFFIXES):
            self._end(item, "not_audio", outcome.message)
            return
        self._end(item, "failed" if code in OWN else "refused", message, nearest=outcome.event.get("nearest", []))
        if code in ENDING or self._crashes >= CRASHES:
            self._end_early(message)

    def _key(self, item: BatchItem) -> None:
        gone = self.place.gone()
        if gone:
            self._end(item, "failed", gone)
            self._end_early(gone)
            return
        path = self.folder / item.name
        arguments = {
            "audio": str(path),
            "request": json.dumps({key: self._request[key] for key in ("guidance", "follow", "seconds")}),
        }
        with in_scene(self.place.scene):
            try:
                action = make_asset(self.place.scene, self.place.character, item.motion, path.stem, arguments)
            except RuntimeError as error:  # how bpy.ops passes on a report of the kind ERROR
                message = session.message or str(error).strip().removeprefix("Error: ")
                session.clear_message()
                self._end(item, "failed", message)
                return
        action[KEY] = f"{item.key} {item.name} {self._bones}"
        item.action = action.name
        if item.state != "done":
            self._end(item, "done")

    # --- outcomes

    def _set(self, item: BatchItem, state: str) -> None:
        self.counts[item.state] -= 1
        self.counts[state] += 1
        item.state = state

    def _end(self, item: BatchItem, state: str, message: str = "", **facts: object) -> None:
        """Give an item its outcome, in the report too."""
        self._set(item, state)
        item.message = message
        if state in ("refused", "failed"):
            self.problems.append(item)
        entry = {"file": item.name, "outcome": state, "message": message, "heard": item.heard, **facts}
        if state == "done":
            entry |= {"files": [Path(item.motion).name], "fingerprint": item.key, "action": item.action}
        self.report.add({name: value for name, value in entry.items() if value or name in ("file", "outcome")})

    def _end_early(self, reason: str) -> None:
        self._stop, self.stopped = True, reason

    def _finish(self) -> Generator[None, None, None]:
        """Put the report in order, bring back what undo took away, and make the undo step."""
        self.phase, self.current = "finishing", ""
        for item in self.items:
            if item.state in ("waiting", "running"):
                self._set(item, "cancelled")
        yield
        # Undo while the batch ran has taken away what came after the step it went back to.
        there = {action.name for action in bpy.data.actions}
        for item in self.items:
            if item.state == "done" and item.action not in there and not self.place.gone():
                self._key(item)
                yield
        try:
            self.report.flush()
            yield from self.report.in_order(item.name for item in self.items)
        except OSError as error:
            self.stopped = self.stopped or rpt_("The report cannot be written: {}", error.strerror or error)
        self.phase = ""
        session.note = ""
        scene = self.place.scene
        if self.counts["done"] and scene is not None:
            with in_scene(scene):
                bpy.ops.ed.undo_push(message=f"Generate {self.counts['done']} Motions")
        timer.show_message(self.summary)


def _bones_of(character: bpy.types.Object) -> str:
    """A short name for a set of bones: an action made for one rig does not stand for another's."""
    return hashlib.sha256("\n".join(bone.name for bone in character.data.bones).encode()).hexdigest()[:12]


def shown(name: str) -> str:
    """A file's name as Blender can draw it."""
    return name.encode("utf-8", "replace").decode("utf-8")


batch = Batch()
