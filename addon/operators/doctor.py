"""Operators: check the installation, copy the report, open the log folder."""

from __future__ import annotations

import platform

import bpy

from ..installation import BackendNotFoundError, add_on_version
from ..link.session import PROTOCOL
from ..runtime.configuration import backend_command, cache_folder, log_folder
from ..runtime.doctor import doctor
from ..runtime.report import report
from .reasons import Explained

INTERVAL = 0.25  # seconds between two looks at the examination


def _tick() -> float | None:
    """Take in what the doctor said and redraw the tables; ends with the examination."""
    doctor.step()
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in ("VIEW_3D", "PREFERENCES"):
                area.tag_redraw()
    return INTERVAL if doctor.running else None


class VOICE_TO_MOTION_OT_doctor(Explained, bpy.types.Operator):
    """Check this computer and the installation: Python, packages, device, memory, weights, microphone and folders"""

    bl_idname = "voice_to_motion.doctor"
    bl_label = "Check Installation"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """One at a time."""
        return "The installation is being checked already" if doctor.running else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start the doctor; the table fills when it has answered."""
        try:
            cache = cache_folder()
        except OSError:
            cache = None  # the doctor's check of the disk reports it
        try:
            command, folder = backend_command()
        except BackendNotFoundError as error:
            doctor.refuse(str(error), error.hint)
            return {"FINISHED"}
        doctor.start(command, folder, PROTOCOL, cache)
        if not bpy.app.timers.is_registered(_tick):
            bpy.app.timers.register(_tick, first_interval=INTERVAL, persistent=True)
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_copy_report(Explained, bpy.types.Operator):
    """Copy the table for a bug report. Your home folder, your name and your computer's name are left out"""

    bl_idname = "voice_to_motion.copy_report"
    bl_label = "Copy Report"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be something to copy."""
        if doctor.running:
            return "The installation is being checked"
        return "" if doctor.checks else "Check the installation first"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """To the clipboard."""
        context.window_manager.clipboard = report(doctor.checks, versions())
        self.report({"INFO"}, "Report copied: paste it into a bug report")
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_open_logs(Explained, bpy.types.Operator):
    """Open the folder in which the last five logs of the motion backend are kept"""

    bl_idname = "voice_to_motion.open_logs"
    bl_label = "Open Log Folder"
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Blender's own user folder may not be writable."""
        return "" if log_folder() is not None else "The log folder cannot be made"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """In the system's file browser."""
        folder = log_folder()
        if folder is None:
            self.report({"ERROR"}, "The log folder cannot be made.")
            return {"CANCELLED"}
        return bpy.ops.wm.path_open(filepath=str(folder))


def versions() -> list[str]:
    """The first lines of a report."""
    return [
        f"Add-on {add_on_version()}, Blender {bpy.app.version_string}, Python {platform.python_version()}",
        f"{platform.system()} {platform.release()}, {platform.machine()}",
    ]


def unregister() -> None:
    """End an examination and its timer."""
    doctor.stop()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


CLASSES = (VOICE_TO_MOTION_OT_doctor, VOICE_TO_MOTION_OT_copy_report, VOICE_TO_MOTION_OT_open_logs)
