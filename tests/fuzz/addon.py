"""Importing modules of the add-on that need no Blender, without Blender."""

from __future__ import annotations

import importlib
import sys
import types

from tests.fuzz.runner import ROOT


def addon(module: str) -> types.ModuleType:
    """Import a module of `addon/` without the package's `__init__`, which needs bpy."""
    if "addon" not in sys.modules:
        package = types.ModuleType("addon")
        package.__path__ = [str(ROOT / "addon")]
        sys.modules["addon"] = package
    return importlib.import_module(f"addon.{module}")
