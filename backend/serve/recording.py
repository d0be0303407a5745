"""Recording and playing for Blender, each in a thread of its own beside the networks.

PortAudio is `audio.microphone`'s, the file and the judgement of silence `audio.take`'s. Nothing heavy is imported before it is
needed, so that the server greets at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from backend.errors import Cancelled, UserError
from backend.serve import messages
from backend.serve.work import error_message

LEVELS_PER_SECOND = 15
PATIENCE = 3.0  # seconds without any sound data after which a microphone is taken for gone
CLOSING = 1.0  # seconds a recording gets to be written when the backend ends

Request = messages.ListDevices | messages.Record | messages.Play


class SoundDesk:
    """Whatever has to do with the sound card. ``send`` may be called from any thread."""

    def __init__(self, send: Callable[[messages.Event], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._under_way: dict[str, Activity] = {}

    def begin(self, request: Request) -> None:
        """Start; raises UserError when the same is under way already."""
        activity = Activity(request, self._send, self._forget)
        with self._lock:
            if request.id in self._under_way:
                raise UserError("duplicate_id", f"A request with the id {request.id} is not finished yet.", "Use a new id.")
            # PortAudio's list of devices can only be renewed while nothing is open, so there is one at a time of everything.
            if self._under_way:
                raise UserError("sound_busy", "The sound card is in use by this backend already.", "Stop recording or playing.")
            self._under_way[request.id] = activity
        activity.thread.start()

    def stop(self, target: str) -> None:
        """End a recording and keep it, or end playing. Raises UserError if there is none of that id."""
        with self._lock:
            activity = self._under_way.get(target)
        if activity is None:
            raise UserError("not_running", f"Nothing is being recorded or played as {target}.", "It has ended already.")
        activity.stopped.set()

    def cancel(self, target: str) -> bool:
        """Discard; whether there was anything of that id."""
        with self._lock:
            activity = self._under_way.get(target)
        if activity is None:
            return False
        activity.discarded.set()
        activity.stopped.set()
        return True

    def close(self) -> None:
        """The backend ends: keep what was recorded so far."""
        with self._lock:
            activities = list(self._under_way.values())
        for activity in activities:
            activity.stopped.set()
        for activity in activities:
            activity.thread.join(CLOSING)

    def _forget(self, activity: Activity) -> None:
        with self._lock:
            self._under_way.pop(activity.request.id, None)


class Activity:
    """One request in its thread.

    It is forgotten before its last message goes out, so that the id is free then."""

    def __init__(self, request: Request, send: Callable, forget: Callable) -> None:
        self.request = request
        self.stopped = threading.Event()
        self.discarded = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"sound-{request.id}", daemon=True)
        self._send = send
        self._forget = forget

    def _run(self) -> None:
        try:
            match self.request:
                case messages.Record():
                    last = self._record(self.request)
                case messages.Play():
                    last = self._play(self.request)
                case _:
                    last = self._devices()
        except Cancelled:
            last = messages.WasCancelled(id=self.request.id)
        except Exception as error:
            last = error_message(self.request.id, error)
        self._forget(self)
        self._send(last)

    def _devices(self) -> messages.Devices:
        from backend.audio import microphone

        found = tuple(messages.Device(**device) for device in microphone.list_microphones())
        return messages.Devices(id=self.request.id, devices=found)

    def _record(self, request: messages.Record) -> messages.Recorded:
        from backend.audio import microphone
        from backend.audio.wav_recorder import WavRecorder

        with (
            microphone.Microphone(request.device, LEVELS_PER_SECOND) as source,
            WavRecorder(Path(request.file), source.rate, request.silence, request.longest) as take,
        ):
            self._send(messages.Recording(id=request.id, device=source.name, rate=source.rate))
            reason = "stopped"
            while not self.stopped.is_set():
                block = source.read(PATIENCE)  # (N,) int16, or None when it is gone
                if block is None:
                    reason = "lost"
                    break
                level = take.add(block)
                self._send(messages.Level(id=request.id, seconds=round(take.seconds, 3), **level))
                if take.over:
                    reason = take.over
                    break
            if self.discarded.is_set():
                raise Cancelled  # the file goes with it
            take.keep(reason)
        return messages.Recorded(
            id=request.id,
            file=request.file,
            seconds=round(take.seconds, 3),
            peak=round(take.peak, 4),
            reason=reason,
            gaps=source.gaps,
        )

    def _play(self, request: messages.Play) -> messages.Played:
        from backend.audio import microphone
        from backend.audio.reading import read_mono

        wave, rate = read_mono(Path(request.file))
        microphone.play_wave(wave, rate, self.stopped)
        return messages.Played(id=request.id)
