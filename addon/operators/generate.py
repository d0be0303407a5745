"""Operator: from the recording to a motion file, with the scene left alone, then one undo step that applies it.

In a window it is modal: a timer asks `session` ten times a second, so Blender stays usable. Called from a script
(`bpy.ops.voice_to_motion.generate()`) it waits for the result, because scripts expect to find the keys afterwards.
"""

from __future__ import annotations

import time
from pathlib import Path

import bpy

from ..backend_client import BackendGoneError
from ..backend_location import BackendNotFoundError
from ..preferences import backend_command, cache_folder
from ..properties import LARGEST_SEED, scene_fps
from ..session import Outcome, session
from .reasons import Explained, character_reason

INTERVAL = 0.1  # seconds between two looks at the backend
_timers: list[bpy.types.Timer] = []


def remove_timer() -> None:
    """Take the timer of a running generation from the window manager, if there is one."""
    while _timers:
        bpy.context.window_manager.event_timer_remove(_timers.pop())


class VOICE_TO_MOTION_OT_generate(Explained, bpy.types.Operator):
    """Turn the spoken instruction into keys for the character, from the current frame on"""

    bl_idname = "voice_to_motion.generate"
    bl_label = "Generate Motion"
    bl_options = {"REGISTER"}  # no UNDO: only applying the result changes the scene, and that is a step of its own

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Audio, character and backend must be there, and nothing else running."""
        settings = context.scene.voice_to_motion
        if session.busy:
            return "A motion is being generated already"
        if not settings.audio_path:
            return "Load an audio file first"
        reason = character_reason(context.scene, settings.character)
        if reason:
            return reason
        try:
            backend_command()
        except BackendNotFoundError as error:
            return f"{error} {error.hint}".rstrip(".")
        return ""

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Start, and come back ten times a second."""
        if not self._begin(context):
            return {"CANCELLED"}
        remove_timer()
        _timers.append(context.window_manager.event_timer_add(INTERVAL, window=context.window))
        context.window_manager.modal_handler_add(self)
        redraw_sidebars(context)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Let everything through but Esc, which cancels."""
        if event.type == "ESC" and event.value == "PRESS":
            session.cancel()
            redraw_sidebars(context)
            return {"RUNNING_MODAL"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        outcome = session.step()
        redraw_sidebars(context)
        if outcome is None:
            return {"PASS_THROUGH"}
        remove_timer()
        return self._finish(outcome)

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender ends modal operators when another file is loaded or the window closes."""
        remove_timer()
        session.cancel()

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start and wait for the end."""
        if not self._begin(context):
            return {"CANCELLED"}
        while (outcome := session.step()) is None:
            time.sleep(0.01)
        return self._finish(outcome)

    def _begin(self, context: bpy.types.Context) -> bool:
        settings = context.scene.voice_to_motion
        audio = Path(bpy.path.abspath(settings.audio_path))
        self._audio = str(audio)
        self._character = settings.character.name
        self._frame = context.scene.frame_current
        if not audio.is_file():
            return self._fail(f"The audio file does not exist: {audio}", "Load another one.")
        try:
            folder = cache_folder()
        except OSError as error:
            return self._fail(
                f"The cache folder cannot be used: {error.strerror}.", "Choose another one in the add-on's preferences."
            )
        request = {
            "audio": str(audio),
            "out": str(folder),
            "seed": None if settings.use_random_seed else settings.seed,
            "seconds": None if settings.use_auto_length else round(settings.seconds, 3),
            "variations": 1,
            "guidance": None if settings.use_auto_guidance else round(settings.guidance, 3),
            "fps": scene_fps(context.scene),
        }
        try:
            session.begin(*backend_command(), request)
        except (BackendNotFoundError, BackendGoneError) as error:
            return self._fail(str(error), getattr(error, "hint", "Check its Python in the add-on's preferences."))
        return True

    def _fail(self, message: str, hint: str) -> bool:
        session.fail(message, hint)
        self.report({"ERROR"}, f"{message} {hint}".strip())
        return False

    def _finish(self, outcome: Outcome) -> set[str]:
        if outcome.kind == "cancelled":
            self.report({"INFO"}, "Motion generation cancelled")
            return {"CANCELLED"}
        if outcome.kind == "error":
            self._fail(outcome.message, outcome.hint)
            return {"CANCELLED"}
        try:
            # The second argument asks for an undo step although a script calls.
            bpy.ops.voice_to_motion.apply_motion(
                "EXEC_DEFAULT",
                True,
                filepath=outcome.files[0],
                audio=self._audio,
                character=self._character,
                frame=self._frame,
                seed=min(max(outcome.seed, -1), LARGEST_SEED),
            )
        except RuntimeError as error:  # how bpy.ops passes on a report of the kind ERROR, or a poll that says no
            message = str(error).strip().removeprefix("Error: ")
            self._fail(message, "" if session.message else "The motion itself is kept in the cache folder.")
            return {"CANCELLED"}
        self.report({"INFO"}, session.note)
        return {"FINISHED"}


def redraw_sidebars(context: bpy.types.Context) -> None:
    """Have the progress bar drawn again in every 3D viewport."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


CLASSES = (VOICE_TO_MOTION_OT_generate,)
