"""A Blender that visits an extension repository: run by test_updates.py as `updates.py EXTENSION_FOLDER WORK_FOLDER`.

The web server is this process too, on the loopback interface. Writes WORK_FOLDER/said.json.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import bpy

SOURCE, WORK = Path(sys.argv[1]), Path(sys.argv[2])
SERVED = WORK / "served"
MODULE = "bl_ext.test_repo.voice_to_motion"
TOOL = Path(bpy.utils.resource_path("LOCAL")) / "scripts/addons_core/bl_pkg/cli/blender_ext.py"


class Handler(SimpleHTTPRequestHandler):
    """Files of a folder, and a list of what was asked for."""

    asked: list[str] = []

    def log_message(self, kind: str, *arguments: object) -> None:
        """Called for every request."""
        self.asked.append(self.path)


def publish(version: str) -> Path:
    """Put the installed extension, without its weights, on the server as this version."""
    for old in SERVED.iterdir():
        old.unlink()
    path = SERVED / f"voice_to_motion-{version}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(SOURCE.rglob("*")):
            name = file.relative_to(SOURCE).as_posix()
            if not file.is_file() or "__pycache__" in name or file.suffix == ".safetensors":
                continue
            data = file.read_bytes()
            if name == "blender_manifest.toml":
                lines = data.decode().splitlines()
                data = "\n".join(f'version = "{version}"' if line.startswith("version ") else line for line in lines).encode()
            archive.writestr(name, data)
    subprocess.run([sys.executable, str(TOOL), "server-generate", "--repo-dir", str(SERVED)], check=True, capture_output=True)
    return path


def state() -> dict:
    """Version on disk and whether it runs."""
    preferences = bpy.context.preferences
    folder = Path(sys.modules[MODULE].__file__).parent if MODULE in sys.modules else None
    manifest = (folder / "blender_manifest.toml").read_text() if folder else ""
    version = next((line.split('"')[1] for line in manifest.splitlines() if line.startswith("version ")), "")
    return {"version": version, "enabled": MODULE in preferences.addons and hasattr(bpy.types, "VOICE_TO_MOTION_PT_main")}


def attempt(operator, **arguments) -> str:
    """Call an operator; return what it refused with."""
    try:
        operator(**arguments)
    except RuntimeError as error:
        return str(error)
    return ""


def visit(port: int) -> dict:
    """Everything, in order."""
    said: dict = {}
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    preferences = bpy.context.preferences
    for other in preferences.extensions.repos:
        other.enabled = other.enabled and not other.use_remote_url  # Blender's own is not asked by a test
    url = f"http://127.0.0.1:{port}/index.json"
    repo = preferences.extensions.repos.new(name="Test", module="test_repo", remote_url=url)
    publish("1.0.0")
    preferences.system.use_online_access = False
    said["offline"] = attempt(bpy.ops.extensions.repo_sync_all)
    said["requests while offline"] = len(Handler.asked)

    preferences.system.use_online_access = True
    bpy.ops.extensions.repo_sync_all()
    bpy.ops.extensions.package_install(repo_directory=repo.directory, pkg_id="voice_to_motion", enable_on_install=True)
    said["installed"] = state()
    preferences.addons[MODULE].preferences.python_path = "/opt/some/python"
    note = Path(bpy.utils.extension_path_user(MODULE, path="cache", create=True)) / "motion.npz"
    note.write_text("kept")

    bpy.ops.extensions.repo_sync_all()
    bpy.ops.extensions.package_upgrade_all()
    said["unchanged"] = state()
    said["downloads of 1.0.0"] = sum("1.0.0.zip" in path for path in Handler.asked)

    publish("1.0.1")
    bpy.ops.extensions.repo_sync_all()
    bpy.ops.extensions.package_upgrade_all()
    said["updated"] = state()
    said["setting"] = preferences.addons[MODULE].preferences.python_path
    said["motion"] = note.read_text()

    changed = bytearray(publish("1.0.2").read_bytes())
    changed[len(changed) // 2] ^= 1
    (SERVED / "voice_to_motion-1.0.2.zip").write_bytes(changed)
    bpy.ops.extensions.repo_sync_all()
    attempt(bpy.ops.extensions.package_upgrade_all)
    said["tampered"] = state()
    bpy.ops.preferences.addon_disable(module=MODULE)
    return said


if __name__ == "__main__":
    SERVED.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(SERVED)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    result = visit(server.server_port)
    (WORK / "said.json").write_text(json.dumps(result))
    sys.stdout.flush()
    os._exit(0)  # Blender's teardown as a module is not under test and has been seen to hang
