"""A static extension repository, from which Blender installs and updates.

It is a folder that any web server can hand out.

The listing is made by the extension tool that comes with Blender, so that it says what Blender expects. Where the folder
is put on the web is not decided here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from backend.errors import UserError
from backend.packaging.extension import blender_extension_tool


def build_repository(archive: Path, target: Path, python: Path) -> Path:
    """Write a repository that holds this one extension, and return its listing (`index.json`).

    The folder is made beside the old one and takes its place when it is complete. Only the newest version is in it: Blender
    offers what the listing says, and two versions in one listing are ambiguous to it.

    Args:
        archive: the extension's zip.
        target: folder of the repository; replaced when it is there.
        python: Python of an environment that has `bpy`.

    Raises:
        UserError: the folder holds something else, or Blender's tool could not read the zip.
    """
    if target.exists() and any(target.iterdir()) and not (target / "index.json").is_file():
        raise UserError("repository", f"{target} is not an extension repository.", "Move it away and try again.")
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    shutil.copyfile(archive, partial / archive.name)
    command = [str(python), str(blender_extension_tool(python)), "server-generate", "--repo-dir", str(partial), "--html"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    listing = partial / "index.json"
    # The tool leaves out what it cannot read and ends with 0 all the same.
    listed = json.loads(listing.read_text(encoding="utf-8"))["data"] if listing.is_file() else []
    if done.returncode != 0 or [entry["archive_url"] for entry in listed] != [f"./{archive.name}"]:
        shutil.rmtree(partial)
        said = (done.stdout + done.stderr).strip()
        raise UserError("repository", f"Blender's tool could not list {archive.name}:\n{said}")
    shutil.rmtree(target, ignore_errors=True)
    partial.replace(target)
    return target / listing.name
