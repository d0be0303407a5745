"""Builds the extension's zip; the same sources always give the same bytes.

Layout: `blender_manifest.toml`, the contents of `addon/` at the root, and `backend/` beside them with its weights.
Whether the result is a good extension is judged by Blender's own checker, which comes with the `bpy` package.
"""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
import zipfile
from pathlib import Path

from backend.errors import UserError

# Only what running needs goes in; a new kind of file must be added here on purpose.
SUFFIXES = {".py", ".json", ".toml", ".md", ".txt", ".safetensors", ".svg", ".png", ".ogg"}
LEFT_OUT = ("backend/packaging/", "backend/docs/", "backend/data/", "backend/training/", "backend/evaluation/", "docs/")
# Packs of weights that may be given away with the code. Another pack that lies in the folder (one's own, or one trained on
# data that forbids it) must not get into the zip by lying there, nor by being given the name of one of these.
PACKS = ("ear", "open")
FORBIDDEN = "noncommercial"  # in the tiers of a pack's data, as `backend.packs.pack` has it
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the zip format's own first date: the same for every build


def read_version(root: Path) -> str:
    """Return the product's version from the manifest, the one place where it is written."""
    return tomllib.loads((root / "blender_manifest.toml").read_text(encoding="utf-8"))["version"]


def extension_files(root: Path) -> dict[str, Path]:
    """Return archive name -> file of everything in the extension, in writing order.

    Args:
        root: the repository.

    Raises:
        UserError: a part without which the extension cannot work is not there, or a pack must not be given away.
    """
    for card in (root / "backend" / "weights" / name / "pack.json" for name in PACKS):
        if card.is_file() and FORBIDDEN in (json.loads(card.read_text(encoding="utf-8")).get("tiers") or ()):
            hint = "Put the pack back that is in git, and give this one another name."
            raise UserError("licence", f"{card} is of weights that are not for commercial use; they cannot go into the zip.", hint)
    for needed in ("blender_manifest.toml", "LICENSE", "addon/__init__.py", "backend/__init__.py"):
        if not (root / needed).is_file():
            raise UserError("sources", f"{needed} is missing from {root}.", "Is this a whole checkout?")
    found = {name: root / name for name in ("blender_manifest.toml", "LICENSE")}
    for folder, prefix in (("addon", ""), ("backend", "backend/")):
        for path in (root / folder).rglob("*"):
            inside = path.relative_to(root / folder)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
            name = prefix + inside.as_posix()
            if path.is_file() and path.suffix in SUFFIXES and not hidden and not _left_out(name):
                found[name] = path
    return dict(sorted(found.items()))


def _left_out(name: str) -> bool:
    """Whether a file stays out of the zip, by its name in there."""
    parts = name.split("/")
    strange_pack = parts[:2] == ["backend", "weights"] and len(parts) > 3 and parts[2] not in PACKS
    return strange_pack or name.startswith(LEFT_OUT)


def build_extension(root: Path, target: Path) -> Path:
    """Write the zip and return its path, e.g. ``dist/voice_to_motion-VERSION.zip``.

    The same sources give the same bytes.

    Args:
        root: the repository.
        target: folder for the zip; made when missing.
    """
    target.mkdir(parents=True, exist_ok=True)
    finished = target / f"voice_to_motion-{read_version(root)}.zip"
    partial = finished.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in extension_files(root).items():
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is built, so that the mode below is read everywhere
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())
    partial.replace(finished)
    return finished


def validate_extension(archive: Path, python: Path) -> str:
    """Let Blender's own checker judge the zip and return what it said.

    Args:
        archive: the zip.
        python: Python of an environment that has `bpy`.

    Raises:
        UserError: the checker found something wrong.
    """
    tool = blender_extension_tool(python)
    command = [str(python), str(tool), "validate", str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said = (done.stdout + done.stderr).strip()
    if done.returncode != 0:
        raise UserError("extension", f"Blender's checker rejects {archive.name}:\n{said}")
    return said


def blender_extension_tool(python: Path) -> Path:
    """Return the extension tool of the Blender in this environment (`blender_ext.py`).

    Raises:
        UserError: the environment has no `bpy`.
    """
    inside = "site-packages/bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py"
    folder = python.parent.parent
    found = sorted(folder.glob(f"Lib/{inside}" if os.name == "nt" else f"lib/python3*/{inside}"))
    if not found:
        raise UserError("environment", f"There is no Blender module in {folder}.", "Run: python3 build.py setup")
    return found[-1]
