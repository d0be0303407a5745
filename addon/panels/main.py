"""The main panel with the set-up while it is needed, the character, Generate, the sections.

All other panels lie below it.
"""

from __future__ import annotations

import bpy

from ..installation import BackendNotFoundError
from ..link.session import session
from ..runtime.configuration import add_on_preferences, backend_python, preferred_path, runtime_state
from ..runtime.task import task
from .batch import BatchSection
from .guide import CREATE, GENERATE, next_step
from .history import HistorySection
from .installation import InstallationSection
from .layout import BarePanel, Section, alert, draw_section, emphasized, paragraph
from .options import OptionsSection
from .placement import PlacementSection, RangeSection
from .rig import RigSection, draw_score
from .set_up import TITLES, draw_progress_bar, draw_set_up
from .timeline import TimelineSection
from .tweak import TweakSection

SECTIONS: tuple[type[Section], ...] = (
    TweakSection,
    OptionsSection,
    PlacementSection,
    TimelineSection,
    RangeSection,
    HistorySection,
    BatchSection,
    RigSection,
    InstallationSection,
)


class VOICE_TO_MOTION_PT_main(bpy.types.Panel):
    """Sidebar > Voice to Motion."""

    bl_idname = "VOICE_TO_MOTION_PT_main"
    bl_label = "Voice to Motion"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Voice to Motion"

    def draw(self, context: bpy.types.Context) -> None:
        """The set-up, while it is needed."""
        if task.work:
            draw_progress_bar(self.layout.box())
            return
        try:
            backend_python()
        except BackendNotFoundError as error:
            _draw_missing(self.layout.box(), context, error)


class VOICE_TO_MOTION_PT_generate(BarePanel, bpy.types.Panel):
    """The character that gets the motion, and Generate."""

    bl_idname = "VOICE_TO_MOTION_PT_generate"
    bl_label = "Generate"

    def draw(self, context: bpy.types.Context) -> None:
        """Picker, Create, and the kind of rig; then the button."""
        step = next_step(context)
        _draw_character(self.layout, context, step)
        row = emphasized(self.layout, step == GENERATE)
        row.scale_y = 1.6
        row.operator("voice_to_motion.generate", text="Add to Queue" if session.busy else "Generate Motion", icon="ARMATURE_DATA")


def _draw_character(layout: bpy.types.UILayout, context: bpy.types.Context, step: str) -> None:
    settings = context.scene.voice_to_motion
    chosen = settings.character
    if chosen is None:
        split = layout.split(factor=0.42, align=True)
        split.prop(settings, "character", text="")
        button = emphasized(split, step == CREATE)
        button.operator("voice_to_motion.create_character", text="Create Character", icon="OUTLINER_OB_ARMATURE")
        return
    row = layout.row(align=True)
    row.prop(settings, "character", text="")
    row.operator("voice_to_motion.create_character", text="", icon="ADD")
    if chosen.type == "ARMATURE":
        draw_score(layout, context, chosen)


class VOICE_TO_MOTION_PT_sections(BarePanel, bpy.types.Panel):
    """Everything that is folded at first."""

    bl_idname = "VOICE_TO_MOTION_PT_sections"
    bl_label = "Sections"

    def draw(self, context: bpy.types.Context) -> None:
        """One header after another."""
        for section in SECTIONS:
            draw_section(self.layout, context, section)


def _draw_missing(layout: bpy.types.UILayout, context: bpy.types.Context, error: BackendNotFoundError) -> None:
    state = runtime_state()
    if state.kind in TITLES and not preferred_path("python_path"):
        if task.message:
            alert(layout, context, task.message)
            if task.hint:
                paragraph(layout, context, task.hint, icon="INFO")
        draw_set_up(layout, context, add_on_preferences(), state)
        text = "Packages, Sizes, Other Ways..."
    else:
        paragraph(layout, context, str(error), icon="ERROR")
        paragraph(layout, context, error.hint, icon="BLANK1")
        text = "Open Preferences"
    layout.operator("preferences.addon_show", text=text, icon="PREFERENCES").module = __package__.rpartition(".")[0]
