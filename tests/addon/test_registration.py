"""Nothing is left behind: classes, properties, threads, timers and processes go with the extension, and at exit."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = "bl_ext.user_default.voice_to_motion"
PEER = Path(__file__).with_name("peer.py")


def ours(blender) -> list[str]:
    return [name for name in dir(blender.types) if name.lower().startswith(("voice_to_motion_", "voicetomotion"))]


def menu_entries(blender) -> int:
    menus = ("VIEW3D_MT_armature_add", "VIEW3D_MT_object_animation", "VIEW3D_MT_pose", "TOPBAR_MT_file_import")
    draws = [draw for menu in menus for draw in getattr(blender.types, menu).draw._draw_funcs]
    return sum(draw.__module__.startswith(MODULE) for draw in draws)


def test_disable_and_enable_again(extension, blender, tmp_path, wait_until):
    session = extension("link.session").session
    request = {"request": "generate", "out": str(tmp_path), "seed": 1}
    session.add(extension("link.tasks").Task(request), [sys.executable, str(PEER), "serve", "slow"], tmp_path)
    extension("link.timer").ensure_running()
    tick = extension("link.timer").tick
    assert blender.app.timers.is_registered(tick)
    pid = session.client.pid
    assert menu_entries(blender) == 4
    before = ours(blender)
    assert len(before) > 30 and len(handlers(blender)) == 1
    try:
        blender.ops.preferences.addon_disable(module=MODULE)
        assert menu_entries(blender) == 0
        assert ours(blender) == [] and not hasattr(blender.types.Scene, "voice_to_motion")
        assert not blender.app.timers.is_registered(tick) and handlers(blender) == [] and shortcuts(blender) == []
        assert not any(thread.name.startswith("voice-to-motion") for thread in threading.enumerate())
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    finally:
        blender.ops.preferences.addon_enable(module=MODULE)
    assert hasattr(blender.types.Scene, "voice_to_motion")
    assert ours(blender) == before and len(handlers(blender)) == 1


def handlers(blender) -> list:
    """Application handlers of ours."""
    lists = [getattr(blender.app.handlers, name) for name in dir(blender.app.handlers)]
    found = [function for functions in lists if isinstance(functions, list) for function in functions]
    return [function for function in found if function.__module__.startswith(MODULE)]


def shortcuts(blender) -> list:
    """Keymap entries of ours."""
    configuration = blender.context.window_manager.keyconfigs.addon
    maps = configuration.keymaps if configuration else []
    return [item for keymap in maps for item in keymap.keymap_items if item.idname.startswith("voice_to_motion")]


LEAVING = """
import sys
from pathlib import Path
import bpy
sys.path.insert(0, sys.argv[1])
import addon
bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
addon.register()
from addon.link.session import session
folder = sys.argv[3]
from addon.link.tasks import Task
task = Task({"request": "generate", "out": folder, "seed": 1})
session.add(task, [sys.executable, sys.argv[2], "serve", "slow"], Path(folder))
while not session.fraction:
    session.step()
print("pid", session.client.pid, flush=True)
"""


@pytest.mark.parametrize("ending", ["", "raise SystemExit(3)", "addon.unregister()", "import os; os.kill(os.getpid(), 9)"])
def test_no_backend_outlives_blender(extension, tmp_path, ending):
    """Leave in the middle of a generation, without any good manners."""
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", LEAVING + ending, str(ROOT), str(PEER), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    pid = int(next(line for line in process.stdout if line.startswith("pid")).split()[1])
    # bpy itself may crash or hang while it ends with classes registered; only the backend's end is asked for here.
    end = time.monotonic() + 30
    try:
        while time.monotonic() < end and alive(pid):
            time.sleep(0.05)
        assert not alive(pid)
    finally:
        process.kill()
        process.wait()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # it may end between the opening and the reading
        return False


def test_manifest():
    manifest = tomllib.loads((ROOT / "blender_manifest.toml").read_text())
    assert manifest["id"] == "voice_to_motion" and manifest["blender_version_min"] == "4.2.0"
    assert len(manifest["tagline"]) <= 64 and not manifest["tagline"].endswith(".")
    assert manifest["license"] == ["SPDX:GPL-3.0-or-later"] and manifest["tags"] == ["Animation"]
    for reason in manifest["permissions"].values():
        assert len(reason) <= 64 and not reason.endswith(".")


def test_bpy_and_torch_stay_on_their_sides():
    import re

    for path in (ROOT / "addon").rglob("*.py"):
        assert not re.search(r"^\s*(import|from) (torch|scipy|backend)\b", path.read_text(), re.M), path
    for path in (ROOT / "backend").rglob("*.py"):
        if "packaging" not in path.parts:
            assert not re.search(r"^\s*(import|from) bpy\b", path.read_text(), re.M), path


def test_no_file_is_longer_than_400_lines():
    for folder in ("addon", "tests/addon", "tests/gui"):
        for path in (ROOT / folder).rglob("*.py"):
            assert len(path.read_text().splitlines()) <= 400, path
