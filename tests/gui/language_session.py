"""The panel in German in a real window: Blender as a module is built without languages, so this is where they are seen.

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
GENERATE = (255, 0.45)  # the button: pixels below the sidebar's upper edge, and how far from left to right


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    part = {name: sys.modules[f"{MODULE}.{name}"] for name in ("link.session", "translations", "link.timer")}
    state, iface_, rpt_ = part["link.session"].session, part["translations"].iface_, part["translations"].rpt_
    reason = "Hero is no armature."
    window.check("English is as it is written", iface_("Next: {}", "x") == "Next: x" and rpt_(reason) == reason)
    view = bpy.context.preferences.view
    view.language = "de_DE"
    view.use_translate_interface = view.use_translate_tooltips = view.use_translate_reports = True
    blender = bpy.app.translations
    window.check("Blender finds labels", blender.pgettext_iface("Generate Motion", "Operator") == "Bewegung erzeugen")
    window.check("and tooltips", blender.pgettext_tip("Swap left and right") == "Links und rechts tauschen")
    window.check("values are put in", iface_("Next: {}", "Take 1") == "Danach: Take 1")
    window.check("finished sentences are recognized", rpt_(reason) == "Hero ist keine Armatur.")
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    yield 1.0
    bpy.ops.voice_to_motion.create_character()
    bpy.ops.voice_to_motion.select_audio(filepath=str(FOLDER / "instruction.ogg"))
    try:
        bpy.ops.voice_to_motion.select_audio(filepath="/nowhere.wav")
    except RuntimeError as error:
        window.check(f"errors: {str(error).strip()}", "Es gibt keine Datei" in str(error))
    bpy.context.scene.voice_to_motion.variations = 3
    (FOLDER / "behaviour").write_text("longer")  # long enough to be seen on a busy machine
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    yield from window.wait("progress arrives", lambda: state.fraction > 0.4)
    status = part["link.timer"]._status()
    window.check(f"the status bar: {status}", "Bewegung" in status and "bricht ab" in status)
    yield from window.wait("three variations are made", lambda: len(bpy.data.actions) == 3 and state.note, seconds=60.0)
    window.check(f"the note: {state.note}", "3 Varianten" in state.note and "Frames ab Frame" in state.note)
    bpy.context.scene.frame_set(30)
    yield 1.0
    window.shot("language_de")
    # What keeps a button from being pressed, in its tooltip.
    bpy.context.scene.voice_to_motion.character = None
    window.area.tag_redraw()
    yield 0.5
    region, scale = window.region("UI"), bpy.context.preferences.system.ui_scale
    below, across = GENERATE
    for step in range(3):
        yield from window.point(region.x + int(region.width * across) + step, region.y + region.height - int(below * scale))
    yield 1.5
    window.shot("language_de_reason")
    bpy.ops.preferences.addon_disable(module=MODULE)
    window.check("disabling takes the texts back", blender.pgettext_iface("Generate Motion", "Operator") == "Generate Motion")
    bpy.ops.preferences.addon_enable(module=MODULE)
    window.check("enabling brings them", blender.pgettext_iface("Generate Motion", "Operator") == "Bewegung erzeugen")
    yield 0.5


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
