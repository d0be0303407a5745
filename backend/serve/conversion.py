"""Converts motion files for Blender, each in a thread beside the networks.

Even while these load. Reading and writing are `motion.formats`' matter. Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from backend.errors import Cancelled, UserError
from backend.serve import jobs, messages, outputs
from backend.serve.loading import be_patient
from backend.serve.work import error_message

AT_ONCE = 4  # conversions; more would be no faster


class ConversionDesk:
    """The conversions under way. ``send`` may be called from any thread."""

    def __init__(self, send: Callable[[messages.Event], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._under_way: dict[str, threading.Event] = {}

    def begin(self, request: messages.Convert) -> None:
        """Start; raises UserError for an id that is in use, or too many at once."""
        with self._lock:
            if request.id in self._under_way:
                raise UserError("duplicate_id", f"A request with the id {request.id} is not finished yet.", "Use a new id.")
            if len(self._under_way) >= AT_ONCE:
                raise UserError("queue_full", f"{AT_ONCE} files are being read already.", "Wait for one to finish.")
            cancel = self._under_way[request.id] = threading.Event()
        threading.Thread(target=self._run, args=(request, cancel), name=f"convert-{request.id}", daemon=True).start()

    def cancel(self, target: str) -> bool:
        """Ask for its end; whether there was anything of that id."""
        with self._lock:
            cancel = self._under_way.get(target)
        if cancel is not None:
            cancel.set()
        return cancel is not None

    def close(self) -> None:
        """The backend ends: nothing more is written."""
        with self._lock:
            for cancel in self._under_way.values():
                cancel.set()

    def _run(self, request: messages.Convert, cancel: threading.Event) -> None:
        try:
            last = self._convert(request, cancel)
        except Cancelled:
            last = messages.WasCancelled(id=request.id)
        except Exception as error:
            last = error_message(request.id, error)
        with self._lock:
            del self._under_way[request.id]  # before its last message, so that the id is free then
        self._send(last)

    def _convert(self, request: messages.Convert, cancel: threading.Event) -> messages.Converted:
        jobs.in_range("The frame rate", request.fps, 1, 240)
        progress = jobs.ThrottledProgress(
            lambda phase, share: self._send(messages.Progress(id=request.id, phase=phase, fraction=share))
        )

        def report(share: float) -> None:
            if cancel.is_set():
                raise Cancelled
            progress("converting", share)

        report(0.0)
        be_patient()
        from backend.motion.formats.conversion import convert_motion  # which imports torch

        source, folder = Path(request.file), Path(request.out)
        created = outputs.prepare_folder(folder)
        try:
            done = convert_motion(source, outputs.free_file(source, folder, f".{request.kind}"), request.fps, report)
        except BaseException:
            outputs.discard_if_empty(created)
            raise
        return messages.Converted(id=request.id, file=str(done.file), frames=done.frames, fps=done.fps, notes=done.notes)
