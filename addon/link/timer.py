"""Blender's timer that looks at the backend while requests are under way, and only then.

Each tick lets `session` take in events, does one step of `incremental_work`, writes the status bar and redraws the panels. It is
an application timer: a modal operator would stop Blender's auto-save, and would end with its window.
"""

from __future__ import annotations

import time
import traceback
from typing import Protocol

import bpy

from ..translations import rpt_
from .incremental import incremental_work
from .session import session
from .tasks import PHASES, Task


class LiveTask(Protocol):
    """A task shown live, such as a recording with its level meter; it makes ticks more frequent."""

    task: Task | None
    active: bool
    progress_text: str

    def step(self) -> None: ...
    def stop(self) -> None: ...


INTERVAL = 0.1  # seconds between two ticks
LIVE_INTERVAL = 1 / 15  # while a level meter moves
WORK_INTERVAL = 0.01  # while there is incremental work; Blender draws and takes input in between
MESSAGE_SECONDS = 5.0  # how long a message stays in the status bar
_message = ("", 0.0)  # text, and the time.monotonic() at which it goes
_live: list[LiveTask] = []
_work = ""  # what the status bar says of an operator's own work, if there is any


@bpy.app.handlers.persistent
def _cancel_requests(*_arguments: object) -> None:
    """Cancel everything before another file is loaded: results would arrive in the wrong file."""
    for live in _live:
        if live.active:
            live.stop()  # the recording so far is kept, as a file
    kept = [live.task for live in _live]
    for task in [task for task in session.tasks if task not in kept]:
        session.cancel(task)
    incremental_work.cancel_all()
    if session.tasks:
        ensure_running()


def register() -> None:
    """Listen for the loading of files."""
    bpy.app.handlers.load_pre.append(_cancel_requests)


def unregister() -> None:
    """Stop at once: timer, handler, work and status bar."""
    global _work  # noqa: PLW0603
    _work = ""
    bpy.app.handlers.load_pre.remove(_cancel_requests)
    incremental_work.cancel_all()
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    _show(None)


def ensure_running() -> None:
    """Start the timer, unless it runs already."""
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=0.01, persistent=True)


def watch(live: LiveTask) -> None:
    """Step this live task in every tick, too."""
    if live not in _live:
        _live.append(live)


def show_message(text: str) -> None:
    """Show a sentence in the status bar for some seconds; the sidebar may be closed."""
    global _message  # noqa: PLW0603  (one status bar, one message)
    _message = (text, time.monotonic() + MESSAGE_SECONDS)
    ensure_running()


def show_work(text: str) -> None:
    """Show in the status bar the work that Esc cancels; an empty text takes it away."""
    global _work  # noqa: PLW0603
    _work = text
    if text:  # taking it away must not start a timer: the add-on may be unregistered by now
        ensure_running()


def tick() -> float | None:
    """Take in events and do one step of work.

    Returns:
        Seconds until the next tick; None when nothing is left to do.
    """
    if not is_user_dragging():
        try:
            for live in _live:
                live.step()
            session.step()
            incremental_work.step()
        except Exception as error:  # one result that fails must not stop the queue
            traceback.print_exc()
            session.fail(f"Something went wrong inside the add-on ({type(error).__name__}).", "The console has the details.")
    redraw_sidebars()
    _show(_status())
    if incremental_work:
        return WORK_INTERVAL
    active = any(live.active for live in _live)
    if session.tasks or active:
        return LIVE_INTERVAL if active else INTERVAL
    return INTERVAL if _message[0] or _work else None


def is_user_dragging() -> bool:
    """Whether a modal operator runs that ends in an undo step, such as dragging a bone.

    Results wait until it ends: an undo step pushed meanwhile would be mixed up with the user's.
    """
    windows = bpy.context.window_manager.windows
    return any("BLOCKING" in operator.bl_options for window in windows for operator in window.modal_operators)


def redraw_sidebars() -> None:
    """Redraw the sidebar of every 3D viewport."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


def _status() -> str | None:
    global _message  # noqa: PLW0603
    for live in _live:
        if live.active:
            return rpt_("Voice to Motion: recording {}   (Esc discards)", live.progress_text)
    if _work:
        return rpt_("Voice to Motion: {}   (Esc cancels)", _work)
    task = session.running or session.under_way("convert")
    if task is not None:
        more = rpt_(", {} waiting", len(session.waiting)) if session.waiting else ""
        percent = f" {task.fraction:.0%}" if task.phase not in ("starting", "cancelling") else ""
        heard = f": “{task.heard}”" if task.heard else ""
        phase = rpt_(PHASES.get(task.phase, "Working"))
        return rpt_("Voice to Motion: {}   (Esc cancels)", f"{phase}{percent}{heard}{more}")
    if _message[0] and time.monotonic() > _message[1]:
        _message = ("", 0.0)
    return f"Voice to Motion: {rpt_(_message[0])}" if _message[0] else None


_shown: set[str] = set()  # workspaces whose status bar has our text


def _show(text: str | None) -> None:
    """Write the status bar of the visible workspaces; give all others back to Blender."""
    windows = bpy.context.window_manager.windows
    if not len(windows):
        return
    seen = {window.workspace.name: window for window in windows} if text else {}
    for name in {*seen, *_shown}:
        workspace = bpy.data.workspaces.get(name)
        if workspace is not None:
            # Blender redraws the status bar of the context's window and crashes without one; timers have none.
            with bpy.context.temp_override(window=seen.get(name, windows[0]), workspace=workspace):
                workspace.status_text_set(text if name in seen else None)
    _shown.clear()
    _shown.update(seen)
