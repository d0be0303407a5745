"""A direction under way: a request for each instruction of the list, then the keys of all that came, piece by piece.

Each request is one of the session's queue, so that panel and status bar show it with its words. One that fails, or is taken out of
the queue, is left out; cancelling the one under way ends all, and nothing is keyed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import bpy

from ..clips.unseen import made_unseen
from ..clips.values import ClipError
from ..keys.keyframes import KeyingError
from ..link import timer
from ..link.client import BackendGoneError
from ..link.incremental import incremental_work
from ..link.session import session
from ..link.tasks import Outcome, Task
from ..motion.files import MotionFileError
from ..rigs.smplx_rig import RigError
from ..scene import Place, in_scene
from ..translations import rpt_
from .keying import Motion, begun, keyed


@dataclass(eq=False)
class Part:
    """An instruction, its request, and what came of it: a motion file, or a sentence why not."""

    frame: int
    words: str
    request: dict
    task: Task | None = None
    file: str = ""
    message: str = ""


@dataclass
class Plan:
    """Where all of it goes.

    Attributes:
        place: scene and character; its frame is where the recording starts.
        name: of the recording; audio: path of its file.
        fresh: into an action of its own.
    """

    place: Place
    name: str
    audio: str
    fresh: bool
    parts: list[Part] = field(default_factory=list)


class Direction:
    """One at a time."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.applied = False  # whether the last one got to the character
        self._stopped = self._keying = False

    @property
    def active(self) -> bool:
        """Whether there is more to come. Tasks may also have ended without a word, with the session."""
        tasks = [part.task for part in self.plan.parts if part.task is not None] if self.plan else []
        return self._keying or any(task.outcome is None for task in tasks)

    def start(self, plan: Plan, command: tuple) -> None:
        """Put all requests in the queue.

        Args:
            command: from `preferences.backend_command`.

        Raises:
            BackendGoneError: the backend cannot be started; nothing is queued then.
        """
        self.plan, self.applied, self._stopped = plan, False, False
        try:
            for part in plan.parts:
                part.task = Task(part.request, title=part.words[:40])
                part.task.on_end = lambda task, outcome, part=part: self._take(part, task, outcome)
                session.add(part.task, *command)
        except BackendGoneError:
            self.plan = None  # the first of them starts the backend
            raise

    def _take(self, part: Part, task: Task, outcome: Outcome) -> None:
        part.task = None
        waiting = [other.task for other in self.plan.parts if other.task is not None]
        first = all(other.task is None for other in self.plan.parts[: self.plan.parts.index(part)])
        if outcome.files:
            part.file = outcome.files[0]
        elif outcome.kind == "error":
            part.message = f"{rpt_(outcome.message)} {rpt_(outcome.hint)}".strip()
            session.clear_message()  # it is said at the end, and the others go on
        elif task.sent or (first and session.running in (None, *waiting)):  # it was not only taken out of the queue
            self._stopped = True
        if self._stopped:
            for other in waiting:
                session.cancel(other)
        if not waiting:
            self._finish()

    def _finish(self) -> None:
        if not self._stopped and any(part.file for part in self.plan.parts):
            self._keying = True
            incremental_work.add(self._keys())
            return
        failed = [part for part in self.plan.parts if part.message]
        self.plan = None
        if failed and not self._stopped:
            session.fail(failed[0].message)
        timer.show_message(session.message or "cancelled")

    def _keys(self) -> Iterator[None]:
        """Key all of it, a piece at a step; the last step puts the action on the character."""
        plan, mark = self.plan, uuid.uuid4().hex
        motions = [Motion(part.file, part.frame, part.words, part.request) for part in plan.parts if part.file]

        def begin() -> tuple[bpy.types.Action, Iterator[None]]:
            action = begun(plan.place.character, plan.name, plan.fresh)
            return action, keyed(plan.place.scene, plan.place.character, action, motions)

        try:
            action = yield from made_unseen(mark, begin, lambda: self._check(plan))
            try:
                self._apply(plan, action, len(motions))
            except ClipError:
                bpy.data.actions.remove(action)
                raise
        except (MotionFileError, RigError, KeyingError, ClipError) as error:
            session.fail(str(error), "The motions themselves are kept in the cache folder.")
            timer.show_message(str(error))
        finally:
            self.plan, self._keying = None, False

    def _check(self, plan: Plan) -> None:
        if gone := plan.place.gone():
            raise ClipError(gone)

    def _apply(self, plan: Plan, action: bpy.types.Action, count: int) -> None:
        with in_scene(plan.place.scene):
            try:
                # The second argument asks for an undo step although a script calls.
                bpy.ops.voice_to_motion.apply_direction(
                    "EXEC_DEFAULT",
                    True,
                    action=action.name,
                    character=plan.place.character.name,
                    audio=plan.audio,
                    frame=plan.place.frame,
                    fresh=plan.fresh,
                )
            except RuntimeError as error:  # how bpy.ops passes on a report of the kind ERROR
                raise ClipError(str(error).strip().removeprefix("Error: ")) from None
        self.applied = True
        failed = [part for part in plan.parts if part.message]
        timer.show_message(session.note)
        if failed:
            session.fail(
                rpt_("{} of {} instructions could not be done.", len(failed), len(failed) + count),
                f"“{failed[0].words}”: {failed[0].message}",
            )


direction = Direction()
