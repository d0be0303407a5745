"""Esc cancels, wherever the mouse is in the window. A keymap entry, so that people can change it in the preferences.

Where nothing is under way the operators' polls say no, and Esc goes on to whoever else wants it.
"""

from __future__ import annotations

import bpy

# A recording is what is discarded first: it is what one is looking at.
_KEYS = (("voice_to_motion.discard_recording", "ESC"), ("voice_to_motion.cancel", "ESC"))
_added: list[tuple[bpy.types.KeyMap, bpy.types.KeyMapItem]] = []


def register() -> None:
    """Add the entries; without a window there is no key configuration."""
    configuration = bpy.context.window_manager.keyconfigs.addon
    if configuration is None:
        return
    # A keymap without space and region is asked in every window.
    keymap = configuration.keymaps.new(name="Window", space_type="EMPTY", region_type="WINDOW")
    for operator, key in _KEYS:
        _added.append((keymap, keymap.keymap_items.new(operator, type=key, value="PRESS")))


def unregister() -> None:
    """Take them away again."""
    while _added:
        keymap, item = _added.pop()
        keymap.keymap_items.remove(item)
