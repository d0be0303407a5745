"""The add-on's preferences: the backend's runtime, another Python for it, and where motions are cached.

No postponed annotations here: Blender reads the properties from them.
"""

import os
import tempfile
from pathlib import Path

import bpy
from bpy.props import EnumProperty, StringProperty

from . import backend_location, runtime_here
from .runtime.folder import State
from .translations import iface_


class VoiceToMotionPreferences(bpy.types.AddonPreferences):
    """Shown under Edit > Preferences > Add-ons > Voice to Motion."""

    bl_idname = __package__

    runtime_path: StringProperty(
        name="Folder",
        description=(
            "Where the motion backend's Python and packages are set up, in a folder of their own. Leave empty to use the "
            "extension's own user folder"
        ),
        subtype="DIR_PATH",
    )
    runtime_python: StringProperty(
        name="Made with Python",
        description="Python interpreter to make the backend's environment with. Leave empty to use Blender's own",
        subtype="FILE_PATH",
    )
    runtime_device: EnumProperty(
        name="Device",
        description="What the motions are computed on, which decides how much has to be downloaded",
        items=(
            ("AUTO", "Automatic", "The graphics card where there is one that fits, else the processor"),
            ("CPU", "Processor (CPU)", "Works everywhere, and is fast enough for the models that come with the add-on"),
            ("CUDA", "NVIDIA Graphics Card (CUDA)", "Needs a driver for CUDA 13 and several gigabytes"),
        ),
    )
    python_path: StringProperty(
        name="Other Backend Python",
        description=(
            "Python interpreter that has the backend's packages already, instead of a runtime that is set up here. Leave "
            f"empty to use the environment variable {backend_location.INTERPRETER_VARIABLE}, the runtime, or a checkout's .venv"
        ),
        subtype="FILE_PATH",
    )
    smplx_path: StringProperty(
        name="SMPL-X Model File",
        description="Your own SMPLX_NEUTRAL.npz (or MALE, FEMALE), for characters with the exact SMPL-X body",
        subtype="FILE_PATH",
    )
    cache_path: StringProperty(
        name="Cache Folder",
        description="Where generated motion files are kept. Leave empty to use the extension's own user folder",
        subtype="DIR_PATH",
    )

    def draw(self, context: bpy.types.Context) -> None:
        """The runtime first; the rest is seldom needed."""
        # Imported here, because panels import this module.
        from .panels import doctor, runtime_page, smplx_body

        runtime_page.draw(self.layout, context, self)
        smplx_body.draw_preferences(self.layout, self)
        column = self.layout.column()
        column.use_property_split = True
        column.prop(self, "cache_path", placeholder="Automatic")
        column.prop(self, "python_path", placeholder="Automatic")
        try:
            column.label(text=iface_("In use: {}", interpreter()), icon="CHECKMARK")
        except backend_location.BackendNotFoundError as error:
            if self.python_path:  # without one the page above says what to do
                column.label(text=iface_(str(error)), icon="ERROR")
        self.layout.separator()
        doctor.draw(self.layout, context)


def _runtime() -> Path | None:
    return runtime_here.folder().python if runtime_here.state().kind == "ready" else None


def interpreter() -> Path:
    """The Python of the backend. Raises BackendNotFoundError with a sentence and a hint."""
    chosen = runtime_here.chosen("python_path")
    try:
        return backend_location.interpreter(chosen, runtime=_runtime())
    except backend_location.BackendNotFoundError:
        if not chosen and not os.environ.get(backend_location.INTERPRETER_VARIABLE):
            _say_what_the_runtime_needs(runtime_here.state())
        raise


def _say_what_the_runtime_needs(state: State) -> None:
    """A runtime that is there and cannot be used says why, instead of that there is none."""
    if state.kind == "partial":
        raise backend_location.BackendNotFoundError(
            "The motion backend's set-up is not finished.", "Open the add-on's preferences and press Continue Setting Up."
        )
    if state.kind == "outdated":
        raise backend_location.BackendNotFoundError(
            "This version of the add-on needs other packages.", "Open the add-on's preferences and press Update."
        )
    if state.kind == "broken":
        raise backend_location.BackendNotFoundError(
            f"The motion backend needs repair. {state.reason}", "Open the add-on's preferences and press Repair."
        )


def backend_command() -> tuple[list[str], Path]:
    """What starts the backend: (arguments, working folder). Raises BackendNotFoundError."""
    return backend_location.command(interpreter())


def cache_folder() -> Path:
    """The folder for generated motions, made when missing. Raises OSError when it cannot be."""
    folder = Path(runtime_here.chosen("cache_path") or _user_folder("cache"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def log_folder() -> Path | None:
    """The folder for what the backend writes about its troubles, made when missing; None where it cannot be."""
    folder = _user_folder("logs")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


def _user_folder(name: str) -> Path:
    """A folder of the extension that survives its updates."""
    try:
        return Path(bpy.utils.extension_path_user(__package__, path=name, create=True))
    except ValueError:  # not installed as an extension, as when a developer links the folder into scripts/addons
        return Path(tempfile.gettempdir()) / f"voice_to_motion_{name}"


CLASSES = (VoiceToMotionPreferences,)
