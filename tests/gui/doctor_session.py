"""The doctor in a real window, asked by a Python that has no torch: its table in the sidebar and in the preferences.

Started by run.sh; never imported.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    (FOLDER / "python").write_text('#!/bin/sh\nexec python3 "$@"\n')  # the real backend by a Python without its packages
    window.install()
    doctor = sys.modules[f"{MODULE}.runtime.doctor"].doctor
    window.area.spaces.active.show_region_ui = True
    window.open_sections("installation")
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    window.area.tag_redraw()
    yield 1.0
    window.check("nothing to copy yet", not bpy.ops.voice_to_motion.copy_report.poll())
    window.check("the check begins", bpy.ops.voice_to_motion.doctor() == {"FINISHED"})
    yield 0.3
    window.shot("doctor_1_checking")
    yield from window.wait("the check ends", lambda: not doctor.running, seconds=300.0)
    yield 1.0
    states = {check.name: check.status for check in doctor.checks}
    window.say(str(states))
    window.check("torch is missed", states["torch"] == "failed" and states["Weights"] == "ok" and states["Write access"] == "ok")
    window.shot("doctor_2_table")
    window.check("the report is copied", bpy.ops.voice_to_motion.copy_report() == {"FINISHED"})
    text = bpy.context.window_manager.clipboard
    window.check("and can be pasted", "failed   torch: not installed" in text and "/root" not in text)
    window.say(text)
    bpy.ops.preferences.addon_show(module=MODULE)
    yield 3.0
    window.shot("doctor_3_preferences")
    bpy.ops.preferences.addon_disable(module=MODULE)
    yield 0.5


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
