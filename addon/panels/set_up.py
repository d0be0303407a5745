"""Setting up the motion backend: the progress, and one button with the size of its download.

Shared by the sidebar, where it is the first thing while it is needed, and the preferences.
"""

from __future__ import annotations

import bpy

from ..runtime import configuration
from ..runtime.folder import State
from ..runtime.plan import size_text
from ..runtime.task import PHASES, task
from ..translations import iface_
from .layout import alert, emphasized, paragraph

TITLES = {
    "absent": "Motion Backend: Not Set Up Yet",
    "partial": "Motion Backend: Set-Up Not Finished",
    "outdated": "Motion Backend: Update Needed",
    "broken": "Motion Backend: Needs Repair",
}
ABOUT = {
    "absent": "A separate program computes the motions and needs these packages. Blender's Python stays unchanged.",
    "partial": "The last set-up was interrupted. It continues from there.",
    "outdated": "This version of the add-on needs other packages. Only the differences are downloaded.",
}
BUTTONS = {"absent": "Download and Set Up", "partial": "Continue Setting Up", "outdated": "Update", "broken": "Repair"}


def draw_progress_bar(layout: bpy.types.UILayout) -> None:
    """Phase, percentage and Cancel; also for the sidebar."""
    row = layout.row(align=True)
    phase = iface_(PHASES.get(task.phase, "Working"))
    row.progress(
        factor=task.fraction if task.measured else 0.0,
        type="BAR",
        text=f"{phase}  {task.fraction:.0%}" if task.measured else f"{phase}...",
    )
    row.operator("voice_to_motion.cancel_runtime", text="", icon="CANCEL")


def draw_set_up(
    layout: bpy.types.UILayout, context: bpy.types.Context, preferences: bpy.types.AddonPreferences, state: State
) -> None:
    """What it is, leave to go online where that is missing, the button, and the device."""
    paragraph(layout, context, TITLES[state.kind], icon="ERROR" if state.kind == "broken" else "IMPORT")
    paragraph(layout, context, ABOUT.get(state.kind, state.reason))
    choice = configuration.package_choice()
    if choice is not None and choice.lock is None:
        paragraph(layout, context, choice.reason, icon="ERROR")
    online = bpy.app.online_access
    if not online:
        alert(layout, context, "Blender is not allowed to go online. Allow it here, or install from a pack.", "INTERNET_OFFLINE")
        row = layout.row()
        row.enabled = not getattr(bpy.app, "online_access_override", False)
        row.prop(context.preferences.system, "use_online_access")
    button = emphasized(layout, online and choice is not None and choice.lock is not None)
    button.scale_y = 1.4
    text = iface_(BUTTONS[state.kind])
    if choice is None:
        text = iface_("Checking the chosen Python...")
    elif choice.lock is not None:
        text = f"{text} ({size_text(choice.lock.download)})"
    button.operator("voice_to_motion.set_up_runtime", text=text, icon="IMPORT", translate=False)
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    column.prop(preferences, "runtime_device")
    if choice is not None and choice.note:
        paragraph(layout, context, choice.note, icon="INFO")
