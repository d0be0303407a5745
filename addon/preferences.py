"""The add-on's preferences: the backend's runtime, the SMPL-X model file, the cache folder.

No postponed annotations here: Blender reads the properties from them.
"""

import bpy
from bpy.props import BoolProperty, EnumProperty, PointerProperty, StringProperty

from .installation import BackendNotFoundError
from .panels import installation, smplx_body
from .runtime import configuration
from .runtime.location import INTERPRETER_VARIABLE
from .translations import iface_


def _keep(_sections: bpy.types.PropertyGroup, context: bpy.types.Context) -> None:
    context.preferences.is_dirty = True  # else Blender would not save it on exit


class OpenSections(bpy.types.PropertyGroup):
    """Which sections of the panel are open."""

    tweak: BoolProperty(options={"HIDDEN"}, update=_keep)
    options: BoolProperty(options={"HIDDEN"}, update=_keep)
    placement: BoolProperty(options={"HIDDEN"}, update=_keep)
    range: BoolProperty(options={"HIDDEN"}, update=_keep)
    timeline: BoolProperty(options={"HIDDEN"}, update=_keep)
    history: BoolProperty(options={"HIDDEN"}, update=_keep)
    batch: BoolProperty(options={"HIDDEN"}, update=_keep)
    rig: BoolProperty(options={"HIDDEN"}, update=_keep)
    bone_map: BoolProperty(options={"HIDDEN"}, update=_keep)
    smplx_body: BoolProperty(options={"HIDDEN"}, update=_keep)
    ik: BoolProperty(options={"HIDDEN"}, update=_keep)
    installation: BoolProperty(options={"HIDDEN"}, update=_keep)


class VoiceToMotionPreferences(bpy.types.AddonPreferences):
    """Shown under Edit > Preferences > Add-ons > Voice to Motion."""

    bl_idname = __package__

    runtime_path: StringProperty(
        name="Folder",
        description="Folder for the motion backend's Python and packages. Leave empty to use the extension's own user folder",
        subtype="DIR_PATH",
    )
    runtime_python: StringProperty(
        name="Made with Python",
        description="Python interpreter to make the backend's environment with. Leave empty to use Blender's own",
        subtype="FILE_PATH",
    )
    runtime_device: EnumProperty(
        name="Device",
        description="Hardware that computes the motions. It decides the size of the download",
        items=(
            ("AUTO", "Automatic", "A suitable graphics card if there is one, else the processor"),
            ("CPU", "Processor (CPU)", "Works everywhere and is fast enough for the included models"),
            ("CUDA", "NVIDIA Graphics Card (CUDA)", "Needs a driver for CUDA 13 and several gigabytes"),
        ),
    )
    python_path: StringProperty(
        name="Other Backend Python",
        description=(
            "Python interpreter that already has the backend's packages, used instead of the runtime set up here. Leave "
            f"empty to use the environment variable {INTERPRETER_VARIABLE}, the runtime, or a checkout's .venv"
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
        description="Folder for generated motion files. Leave empty to use the extension's own user folder",
        subtype="DIR_PATH",
    )
    open_sections: PointerProperty(type=OpenSections, options={"HIDDEN"})

    def draw(self, context: bpy.types.Context) -> None:
        """The backend first; the rest is seldom needed."""
        installation.draw_backend(self.layout, context, self)
        smplx_body.draw_preferences(self.layout, self)
        column = self.layout.column()
        column.use_property_split = True
        column.prop(self, "cache_path", placeholder="Automatic")
        column.prop(self, "python_path", placeholder="Automatic")
        try:
            column.label(text=iface_("In use: {}", configuration.backend_python()), icon="CHECKMARK")
        except BackendNotFoundError as error:
            if self.python_path:  # without one, the part above says what to do
                column.label(text=iface_(str(error)), icon="ERROR")
        self.layout.separator()
        installation.draw_doctor(self.layout, context)


CLASSES = (OpenSections, VoiceToMotionPreferences)
