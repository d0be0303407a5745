"""Where the user's model file is, as the add-on's preferences say."""

from __future__ import annotations

import bpy

ADDON = __package__.rpartition(".")[0]


def model_path() -> str:
    """The chosen file's absolute path; empty when none is chosen."""
    addon = bpy.context.preferences.addons.get(ADDON)
    return bpy.path.abspath(addon.preferences.smplx_path) if addon and addon.preferences.smplx_path else ""
