"""Installing from a repository on a web server and updating from it, in a real window. Started by run.sh; never imported.

The repository is made by this Blender's own command line, as the README says, and served by this process on the loopback
interface. Blender then finds the newer version by itself and says so; this session presses what a user presses.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import zipfile
from collections.abc import Generator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

SERVED = FOLDER / "served"
MODULE = "bl_ext.test_repo.voice_to_motion"


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, without a line about each."""

    def log_message(self, kind: str, *arguments: object) -> None:
        """Called for every request."""


def publish(version: str) -> None:
    """Put the extension on the server as this version."""
    SERVED.mkdir(exist_ok=True)
    for old in SERVED.iterdir():
        old.unlink()
    with (
        zipfile.ZipFile(FOLDER / "extension.zip") as whole,
        zipfile.ZipFile(SERVED / f"voice_to_motion-{version}.zip", "w") as changed,
    ):
        for name in whole.namelist():
            data = whole.read(name)
            if name == "blender_manifest.toml":
                lines = data.decode().splitlines()
                data = "\n".join(f'version = "{version}"' if line.startswith("version ") else line for line in lines).encode()
            changed.writestr(name, data)
    tool = [bpy.app.binary_path, "--factory-startup", "--command", "extension", "server-generate", "--repo-dir", str(SERVED)]
    subprocess.run(tool, check=True, capture_output=True, timeout=60)


def installed() -> str:
    """The version in use, or nothing."""
    if MODULE not in bpy.context.preferences.addons or MODULE not in sys.modules:
        return ""
    manifest = Path(sys.modules[MODULE].__file__).with_name("blender_manifest.toml").read_text()
    return next(line.split('"')[1] for line in manifest.splitlines() if line.startswith("version "))


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    publish("1.0.0")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SERVED)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    preferences = bpy.context.preferences
    preferences.system.use_online_access = True
    for other in preferences.extensions.repos:
        other.enabled = other.enabled and not other.use_remote_url  # Blender's own is not asked by a test
    url = f"http://127.0.0.1:{server.server_port}/index.json"
    repo = preferences.extensions.repos.new(name="Voice to Motion", module="test_repo", remote_url=url)
    preferences.extensions.active_repo = list(preferences.extensions.repos).index(repo)
    bpy.ops.extensions.repo_sync_all("INVOKE_DEFAULT")
    yield from window.wait("the listing arrives", (Path(repo.directory) / ".blender_ext" / "index.json").exists)
    yield 1.0
    bpy.ops.extensions.package_install("INVOKE_DEFAULT", repo_directory=repo.directory, pkg_id="voice_to_motion")
    yield from window.wait("1.0.0 is installed from the web server and runs", lambda: installed() == "1.0.0", seconds=60.0)
    yield 1.0

    publish("1.0.1")
    bpy.ops.extensions.repo_sync_all("INVOKE_DEFAULT")
    manager = bpy.context.window_manager
    yield from window.wait("Blender offers one update", lambda: manager.extensions_updates == 1, seconds=60.0)
    bpy.ops.extensions.package_upgrade_all("INVOKE_DEFAULT")
    yield from window.wait("1.0.1 is installed and runs", lambda: installed() == "1.0.1", seconds=60.0)
    yield from window.wait("nothing more is offered", lambda: manager.extensions_updates == 0)
    window.check("the panel is there", hasattr(bpy.types, "VOICE_TO_MOTION_PT_main"))
    bpy.ops.preferences.addon_disable(module=MODULE)
    server.shutdown()
    yield 0.5


bpy.context.preferences.view.show_splash = False
_window = Window(FOLDER)
run(_window, session(_window))
