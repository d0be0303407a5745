"""The installation in the preferences: setting it up, its state, and the doctor's table.

The sidebar has the doctor's table, too; `set_up` has the button that both share. Buttons are in `operators.runtime` and
`operators.doctor`.
"""

from __future__ import annotations

import bpy

from ..runtime import configuration
from ..runtime.doctor import doctor
from ..runtime.folder import State
from ..runtime.interpreters import package_sources
from ..runtime.locks import Lock
from ..runtime.machine import platform_name
from ..runtime.plan import licences_text, size_text
from ..runtime.task import task
from ..translations import iface_
from .layout import Section, alert, note, paragraph
from .set_up import draw_progress_bar, draw_set_up

STATUS_ICONS = {"ok": "CHECKMARK", "warning": "ERROR", "failed": "CANCEL"}


def draw_backend(layout: bpy.types.UILayout, context: bpy.types.Context, preferences: bpy.types.AddonPreferences) -> None:
    """Progress while it is set up; else its state, or what a set-up would do."""
    box = layout.box()
    state = configuration.runtime_state()
    if task.work:
        _draw_progress(box, context)
        return
    _draw_outcome(box, context)
    if state.kind == "ready":
        _draw_ready(box, context, state)
    else:
        _draw_offer(box, context, preferences, state)


def _draw_progress(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    layout.label(text="Motion Backend: Being Set Up" if task.work == "set-up" else "Motion Backend", icon="TIME")
    draw_progress_bar(layout)
    text = (
        "You can keep working and close this window. Closing Blender interrupts the set-up, which continues from there next time."
    )
    note(layout, context, text)


def _draw_outcome(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    if task.message:
        alert(layout, context, task.message)
        if task.hint:
            paragraph(layout, context, task.hint, icon="INFO")
    elif task.note:
        paragraph(layout, context, task.note, icon="INFO")


def _draw_ready(layout: bpy.types.UILayout, context: bpy.types.Context, state: State) -> None:
    facts = state.facts
    layout.label(text="Motion Backend: Ready", icon="CHECKMARK")
    _rows(
        layout,
        context,
        (
            ("Device", {"cpu": "Processor (CPU)"}.get(facts.get("device", ""), str(facts.get("device", "")))),
            ("Size on Disk", size_text(facts.get("bytes", 0))),
            ("Versions", f"PyTorch {facts.get('torch', '')}, Python {facts.get('python', '')}"),
            ("Folder", str(configuration.runtime_folder().root)),
        ),
    )
    row = layout.row()
    row.operator("voice_to_motion.set_up_runtime", text="Repair", icon="FILE_REFRESH")
    row.operator("voice_to_motion.move_runtime", text="Move...", icon="FILE_FOLDER")
    row.operator("voice_to_motion.remove_runtime", text="Remove", icon="TRASH")


def _draw_offer(
    layout: bpy.types.UILayout, context: bpy.types.Context, preferences: bpy.types.AddonPreferences, state: State
) -> None:
    draw_set_up(layout, context, preferences, state)
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    column.prop(preferences, "runtime_python", placeholder="Blender's Own")
    column.prop(preferences, "runtime_path", placeholder="Automatic")
    choice = configuration.package_choice()
    if choice is not None and choice.lock is not None:
        _draw_consent(layout, context, choice.lock)
    row = layout.row()
    row.operator("voice_to_motion.install_runtime_pack", text="Install from Pack (Offline)...", icon="FILE_ARCHIVE")
    row.operator("voice_to_motion.remove_runtime", text="Remove", icon="TRASH")


def _draw_consent(layout: bpy.types.UILayout, context: bpy.types.Context, lock: Lock) -> None:
    """What pressing the button agrees to: packages, sources, sizes, licences, folder."""
    torch = next(package for package in lock.packages if package.name == "torch")
    device = iface_("NVIDIA graphics card (CUDA)" if lock.device == "cuda" else "processor")
    needed = iface_(
        "PyTorch {} for the {} and {} packages it needs, each checked by its SHA-256", torch.version, device, len(lock.packages) - 1
    )
    meanwhile = size_text(max(lock.download, lock.disk) + lock.download)
    _rows(
        layout,
        context,
        (
            ("Packages", needed),
            ("From", _sources(lock)),
            ("Download", iface_("{} at most", size_text(lock.download))),
            ("Disk Space", iface_("{}, up to {} during the set-up", size_text(lock.disk), meanwhile)),
            ("Licences", licences_text(lock)),
            ("Platform", f"{platform_name()}, Python {lock.python[0]}.{lock.python[1]}"),
            ("Place", str(configuration.runtime_folder().root)),
        ),
    )


def _sources(lock: Lock) -> str:
    """Where pip takes the packages from, and PyTorch's own index where it may be needed."""
    names = [iface_(name) for name in package_sources(configuration.base_python())]
    if lock.torch_index:
        names.append(lock.torch_index.split("/")[2])
    return ", ".join(names)


def _rows(layout: bpy.types.UILayout, context: bpy.types.Context, rows: tuple[tuple[str, str], ...]) -> None:
    grid = layout.column(align=True)
    for name, value in rows:
        split = grid.split(factor=0.2)
        left = split.row()
        left.alignment = "RIGHT"
        left.active = False
        left.scale_y = 0.85
        left.label(text=name)
        paragraph(split, context, value, share=0.8)


def draw_doctor(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Buttons, then a line for each check, with its fix below."""
    row = layout.row(align=True)
    row.operator("voice_to_motion.doctor", icon="VIEWZOOM")
    row.operator("voice_to_motion.copy_report", text="", icon="COPYDOWN")
    row.operator("voice_to_motion.open_logs", text="", icon="FILE_FOLDER")
    if doctor.running:
        layout.label(text="Checking...", icon="SORTTIME")
    if not doctor.checks:
        return
    box = layout.box()
    for check in doctor.checks:
        draw_line = alert if check.status == "failed" else paragraph
        draw_line(box, context, f"{iface_(check.name)}: {iface_(check.detail)}", STATUS_ICONS[check.status])
        if check.fix:
            paragraph(box, context, check.fix, icon="BLANK1")


class InstallationSection(Section):
    """Sidebar > Voice to Motion > Installation."""

    key = "installation"
    bl_label = "Installation"

    def draw(self, context: bpy.types.Context) -> None:
        """The table."""
        draw_doctor(self.layout, context)
