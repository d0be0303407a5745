"""Blender's side of waiting: a timer that runs while requests are under way, and only then.

It lets `session` take in what the backend said, writes the status bar and has the panels redrawn. An application timer and
not a modal operator, because that would keep Blender from saving automatically, and would end with its window.
"""

from __future__ import annotations

import time
import traceback
from typing import Protocol

import bpy

from ..translations import rpt_
from .pieces import later
from .session import session
from .tasks import PHASES, Task


class Live(Protocol):
    """A task with a picture of its own, such as a recording: looked at in every tick, more often than others."""

    task: Task | None
    active: bool
    words: str

    def step(self) -> None: ...
    def stop(self) -> None: ...


INTERVAL = 0.1  # seconds between two looks at the backend
LIVE_INTERVAL = 1 / 15  # while a level meter moves
BETWEEN_PIECES = 0.01  # while there is work of several ticks; Blender draws and takes input in between
LINGER = 5.0  # seconds the last word stays in the status bar
_last_word = ("", 0.0)  # text and until when
_live: list[Live] = []
_own_work = ""  # what Blender itself is kept at, in steps, if anything


@bpy.app.handlers.persistent
def _leave_the_file(*_arguments: object) -> None:
    """Another file is about to be loaded: what was asked for in this one would arrive in that one."""
    for live in _live:
        if live.active:
            live.stop()  # what was said is kept, as a file
    kept = [live.task for live in _live]
    for task in [task for task in session.tasks if task not in kept]:
        session.cancel(task)
    later.drop()
    if session.tasks:
        wake()


def register() -> None:
    """Listen for the loading of files."""
    bpy.app.handlers.load_pre.append(_leave_the_file)


def unregister() -> None:
    """Stop at once and leave nothing behind."""
    global _own_work  # noqa: PLW0603
    _own_work = ""
    bpy.app.handlers.load_pre.remove(_leave_the_file)
    later.drop()
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    _show(None)


def wake() -> None:
    """Begin to look after the session, if nobody does yet."""
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=0.01, persistent=True)


def attend(live: Live) -> None:
    """Look after a recorder, too."""
    if live not in _live:
        _live.append(live)


def say(text: str) -> None:
    """Show a sentence in the status bar for some seconds; people may have the sidebar closed."""
    global _last_word  # noqa: PLW0603  (one status bar, one word)
    _last_word = (text, time.monotonic() + LINGER)
    wake()


def work_on(text: str) -> None:
    """Show in the status bar, until told otherwise, what Esc would end first; empty: nothing any more."""
    global _own_work  # noqa: PLW0603
    _own_work = text
    if text:  # the tick that runs already sees that it is over; after the add-on's end there is none
        wake()


def tick() -> float | None:
    """One look at the backend. Returns the seconds until the next, or None when there is nothing left to look at."""
    if not step_under_way():
        try:
            for live in _live:
                live.step()
            session.step()
            later.step()
        except Exception as error:  # whatever a result does to Blender: the next in the queue must have its turn
            traceback.print_exc()
            session.fail(f"Something went wrong inside the add-on ({type(error).__name__}).", "The console has the details.")
    redraw_sidebars()
    _show(_status())
    if later:
        return BETWEEN_PIECES
    active = any(live.active for live in _live)
    if session.tasks or active:
        return LIVE_INTERVAL if active else INTERVAL
    return INTERVAL if _last_word[0] or _own_work else None


def step_under_way() -> bool:
    """Whether the user is in the middle of something that will be an undo step, such as dragging a bone.

    Keys written and an undo step pushed then would be mixed up with theirs, so results wait until the mouse is released.
    """
    windows = bpy.context.window_manager.windows
    return any("BLOCKING" in operator.bl_options for window in windows for operator in window.modal_operators)


def redraw_sidebars() -> None:
    """Have the panels drawn again in every 3D viewport."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


def _status() -> str | None:
    global _last_word  # noqa: PLW0603
    for live in _live:
        if live.active:
            return rpt_("Voice to Motion: recording {}   (Esc discards)", live.words)
    if _own_work:
        return rpt_("Voice to Motion: {}   (Esc cancels)", _own_work)
    task = session.running
    if task is not None:
        more = rpt_(", {} waiting", len(session.waiting)) if session.waiting else ""
        percent = f" {task.fraction:.0%}" if task.phase not in ("starting", "cancelling") else ""
        heard = f": “{task.heard}”" if task.heard else ""
        phase = rpt_(PHASES.get(task.phase, "Working"))
        return rpt_("Voice to Motion: {}   (Esc cancels)", f"{phase}{percent}{heard}{more}")
    if _last_word[0] and time.monotonic() > _last_word[1]:
        _last_word = ("", 0.0)
    return f"Voice to Motion: {rpt_(_last_word[0])}" if _last_word[0] else None


_shown: set[str] = set()  # workspaces whose status bar has our text


def _show(text: str | None) -> None:
    """Write the status bar of the workspaces that are seen; hand all others back to Blender."""
    windows = bpy.context.window_manager.windows
    if not len(windows):
        return
    seen = {window.workspace.name: window for window in windows} if text else {}
    for name in {*seen, *_shown}:
        workspace = bpy.data.workspaces.get(name)
        if workspace is not None:
            # Blender redraws the status bar of the context's window, and crashes where a timer has none.
            with bpy.context.temp_override(window=seen.get(name, windows[0]), workspace=workspace):
                workspace.status_text_set(text if name in seen else None)
    _shown.clear()
    _shown.update(seen)
