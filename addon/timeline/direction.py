"""A direction under way: a request for each instruction, then the keys of all results.

The requests are in the session's queue, so panel and status bar show them with their words. One that fails, or is taken
out of the queue, is left out. Cancelling the one under way ends all, and nothing is keyed.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator
from dataclasses import dataclass, field

import bpy

from ..clips.clip_layers import ClipError
from ..clips.staged_action import build_staged_action
from ..keys.keyframes import KeyingError
from ..link import timer
from ..link.client import BackendGoneError
from ..link.incremental import incremental_work
from ..link.session import session
from ..link.tasks import Outcome, Task
from ..motion.files import MotionFileError
from ..rigs.rig import RigError
from ..scene import Place, in_scene
from ..translations import rpt_
from .keying import TimedMotion, key_motions, new_direction_action


@dataclass(eq=False)
class Instruction:
    """An instruction, its request, and its result: a motion file, or a sentence why not.

    One that is not ``asked`` for is put in by us, and not counted."""

    frame: int
    words: str
    request: dict
    asked: bool = True
    task: Task | None = None
    file: str = ""
    message: str = ""


@dataclass
class DirectionPlan:
    """What a direction is made of, and where it goes.

    Attributes:
        place: scene and character; its frame is where the recording starts.
        name: of the recording.
        audio: path of its file.
        fresh: whether it goes into an action of its own.
        instructions: in the order of their frames.
    """

    place: Place
    name: str
    audio: str
    fresh: bool
    instructions: list[Instruction] = field(default_factory=list)


class Direction:
    """The direction under way; one at a time."""

    def __init__(self) -> None:
        self.plan: DirectionPlan | None = None
        self.applied = False  # whether the last one got to the character
        self._stopped = self._keying = False

    @property
    def active(self) -> bool:
        """Whether there is more to come. Tasks may also have ended silently, with the session."""
        tasks = [each.task for each in self.plan.instructions if each.task is not None] if self.plan else []
        return self._keying or any(task.outcome is None for task in tasks)

    def start(self, plan: DirectionPlan, command: tuple) -> None:
        """Put all requests in the queue.

        Args:
            command: from `runtime.configuration.backend_command`.

        Raises:
            BackendGoneError: the backend cannot be started; nothing is queued then.
        """
        self.plan, self.applied, self._stopped = plan, False, False
        try:
            for each in plan.instructions:
                each.task = Task(each.request, title=each.words[:40])
                each.task.on_end = lambda task, outcome, each=each: self._receive(each, task, outcome)
                session.add(each.task, *command)
        except BackendGoneError:
            self.plan = None  # the first of them starts the backend
            raise

    def _receive(self, instruction: Instruction, task: Task, outcome: Outcome) -> None:
        instruction.task = None
        everything = self.plan.instructions
        waiting = [other.task for other in everything if other.task is not None]
        first = all(other.task is None for other in everything[: everything.index(instruction)])
        if outcome.files:
            instruction.file = outcome.files[0]
        elif outcome.kind == "error":
            instruction.message = f"{rpt_(outcome.message)} {rpt_(outcome.hint)}".strip()
            session.clear_message()  # it is said at the end, and the others go on
        elif task.sent or (first and session.running in (None, *waiting)):  # it was not only taken out of the queue
            self._stopped = True
        if self._stopped:
            for other in waiting:
                session.cancel(other)
        if not waiting:
            self._begin_keying()

    def _begin_keying(self) -> None:
        if not self._stopped and any(each.file and each.asked for each in self.plan.instructions):
            self._keying = True
            incremental_work.add(self._key_all())
            return
        failed = [each for each in self.plan.instructions if each.message and each.asked]
        self.plan = None
        if failed and not self._stopped:
            session.fail(failed[0].message)
        timer.show_message(session.message or "cancelled")

    def _key_all(self) -> Generator[None, None, None]:
        """Key every result, step by step; the last step puts the action on the character."""
        plan, mark = self.plan, uuid.uuid4().hex
        motions = [TimedMotion(each.file, each.frame, each.words, each.request) for each in plan.instructions if each.file]

        def begin() -> tuple[bpy.types.Action, Generator[None, None, None]]:
            action = new_direction_action(plan.place.character, plan.name, plan.fresh)
            return action, key_motions(plan.place.scene, plan.place.character, action, motions)

        try:
            action = yield from build_staged_action(mark, begin, lambda: self._check(plan))
            try:
                self._apply(plan, action)
            except ClipError:
                bpy.data.actions.remove(action)
                raise
        except (MotionFileError, RigError, KeyingError, ClipError) as error:
            session.fail(str(error), "The motions themselves are kept in the cache folder.")
            timer.show_message(str(error))
        finally:
            self.plan, self._keying = None, False

    def _check(self, plan: DirectionPlan) -> None:
        if gone := plan.place.gone():
            raise ClipError(gone)

    def _apply(self, plan: DirectionPlan, action: bpy.types.Action) -> None:
        with in_scene(plan.place.scene):
            try:
                # The second argument asks for an undo step although a script calls.
                bpy.ops.voice_to_motion.apply_direction(
                    "EXEC_DEFAULT",
                    True,
                    action=action.name,
                    character=plan.place.character.name_full,
                    audio=plan.audio,
                    frame=plan.place.frame,
                    fresh=plan.fresh,
                )
            except RuntimeError as error:  # how bpy.ops passes on a report of the kind ERROR
                raise ClipError(str(error).strip().removeprefix("Error: ")) from None
        self.applied = True
        done = [each for each in plan.instructions if each.asked and each.file]
        failed = [each for each in plan.instructions if each.asked and each.message]
        timer.show_message(session.note)
        if failed:
            session.fail(
                rpt_("{} of {} instructions could not be done.", len(failed), len(failed) + len(done)),
                f"“{failed[0].words}”: {failed[0].message}",
            )


direction = Direction()
