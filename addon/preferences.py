"""The add-on's preferences: which Python runs the backend, and where motions are cached.

No postponed annotations here: Blender reads the properties from them.
"""

import tempfile
from pathlib import Path

import bpy
from bpy.props import StringProperty

from . import backend_location


class VoiceToMotionPreferences(bpy.types.AddonPreferences):
    """Shown under Edit > Preferences > Add-ons > Voice to Motion."""

    bl_idname = __package__

    python_path: StringProperty(
        name="Backend Python",
        description=(
            "Python interpreter with the backend's packages, made by build.py. Leave empty to use the environment "
            f"variable {backend_location.INTERPRETER_VARIABLE} or the project's own .venv"
        ),
        subtype="FILE_PATH",
    )
    cache_path: StringProperty(
        name="Cache Folder",
        description="Where generated motion files are kept. Leave empty to use the extension's own user folder",
        subtype="DIR_PATH",
    )

    def draw(self, context: bpy.types.Context) -> None:
        """Both settings, and what the interpreter setting comes to."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "python_path", placeholder="Automatic")
        column = layout.column()
        try:
            column.label(text=f"Found: {interpreter()}", icon="CHECKMARK")
        except backend_location.BackendNotFoundError as error:
            column.label(text=str(error), icon="ERROR")
            column.label(text=error.hint, icon="BLANK1")
        layout.prop(self, "cache_path", placeholder="Automatic")


def _preferences() -> VoiceToMotionPreferences | None:
    addon = bpy.context.preferences.addons.get(__package__)
    return addon.preferences if addon else None


def _chosen(name: str) -> str:
    preferences = _preferences()
    value = getattr(preferences, name) if preferences else ""
    return bpy.path.abspath(value) if value else ""


def interpreter() -> Path:
    """The Python of the backend. Raises BackendNotFoundError with a sentence and a hint."""
    return backend_location.interpreter(_chosen("python_path"))


def backend_command() -> tuple[list[str], Path]:
    """What starts the backend: (arguments, working folder). Raises BackendNotFoundError."""
    return backend_location.command(_chosen("python_path"))


def cache_folder() -> Path:
    """The folder for generated motions, made when missing. Raises OSError when it cannot be."""
    chosen = _chosen("cache_path")
    if chosen:
        folder = Path(chosen)
    else:
        try:
            folder = Path(bpy.utils.extension_path_user(__package__, path="cache", create=True))
        except ValueError:  # not installed as an extension, as when a developer links the folder into scripts/addons
            folder = Path(tempfile.gettempdir()) / "voice_to_motion_cache"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


CLASSES = (VoiceToMotionPreferences,)
