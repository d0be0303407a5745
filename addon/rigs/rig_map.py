"""Rig maps: which bone is which joint. JSON files that ship or that the user saved. No bpy.

A file has format and version, a name, ``bones`` (joint -> bone; spine and neck -> list of bones from below), and may have
any_prefix, root, follows, settings and note, as `RigMap` describes them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from .joints import KEYS, LONGEST

FORMAT = "voice_to_motion rig map"
VERSION = 1
LARGEST_FILE = 100_000  # bytes; a map of every joint has 2,000
BUNDLED = Path(__file__).with_name("presets")


class RigMapError(Exception):
    """The file is no rig map. The text is one sentence for the user."""


@dataclass(frozen=True)
class Setting:
    """The value a custom property, such as IK/FK, needs for the mapped bones to be in charge."""

    bone: str
    property: str
    value: float


@dataclass(frozen=True)
class RigMap:
    """Attributes:
    name: what the panel calls this kind of rig.
    bones: joint key (see `joints`) -> bone name.
    any_prefix: bones may all have one more prefix, such as ``mixamorig:``.
    root: bone the whole character hangs from, if there is one that is not the pelvis; never keyed.
    follows: joint -> joint that carries it, where constraints rather than parents say so.
    settings: keyed together with the motion.
    note: what was set, in a sentence for the user.
    """

    name: str
    bones: dict[str, str]
    any_prefix: bool = False
    root: str = ""
    follows: dict[str, str] = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()
    note: str = ""

    def with_bones(self, bones: dict[str, str]) -> RigMap:
        """The same kind of rig with other bones."""
        return replace(self, bones=bones)


@cache
def bundled_maps() -> tuple[RigMap, ...]:
    """The maps that ship, by file name."""
    return tuple(load_map(path) for path in sorted(BUNDLED.glob("*.json")))


def saved_maps(folder: Path | None) -> tuple[tuple[RigMap, ...], tuple[str, ...]]:
    """The maps in a folder, and a sentence for each unusable file; changed files are read again."""
    if folder is None or not folder.is_dir():
        return (), ()
    return _load_all(tuple((path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.json"))))


@cache
def _load_all(files: tuple[tuple[Path, int], ...]) -> tuple[tuple[RigMap, ...], tuple[str, ...]]:
    maps, errors = [], []
    for path, _ in files:
        try:
            maps.append(load_map(path))
        except RigMapError as error:
            errors.append(str(error))
    return tuple(maps), tuple(errors)


def load_map(path: Path) -> RigMap:
    """Read and check a map file.

    Raises:
        RigMapError: it cannot be read or is no rig map.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise RigMapError(f"{path.name} is too large for a rig map.")
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RigMapError(f"{path.name} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise RigMapError(f"{path.name} is not a JSON file.") from error
    return parse_map(data, path.name)


def parse_map(data: object, source: str) -> RigMap:
    """The map in ``data``, decoded JSON from a file called ``source``. Raises RigMapError."""
    if not isinstance(data, dict) or data.get("format") != FORMAT or data.get("version") != VERSION:
        raise RigMapError(f"{source} is not a rig map of Voice to Motion.")
    bones = data.get("bones")
    if not isinstance(bones, dict):
        raise RigMapError(f"{source} lists no bones.")
    flat = {}
    for joint, value in bones.items():
        chain = isinstance(value, list)
        names = value if chain else [value]
        keys = [f"{joint}.{i}" for i in range(len(names))] if joint in LONGEST and chain else [joint]
        if len(keys) != len(names) or not all(key in KEYS for key in keys):
            raise RigMapError(f"{source} names a joint that does not exist: {joint}.")
        if not all(isinstance(name, str) and name for name in names):
            raise RigMapError(f"{source} has no usable bone for {joint}.")
        flat.update(zip(keys, names, strict=True))
    follows = data.get("follows", {})
    if not isinstance(follows, dict) or not all(key in KEYS for pair in follows.items() for key in pair):
        raise RigMapError(f"{source} says of an unknown joint what it follows.")
    try:
        settings = tuple(
            Setting(str(item["bone"]), str(item["property"]), float(item["value"])) for item in data.get("settings", ())
        )
    except (TypeError, KeyError, ValueError) as error:
        raise RigMapError(f"{source} has a setting without bone, property and value.") from error
    texts = {key: str(data.get(key, ""))[:200] for key in ("name", "root", "note")}
    return RigMap(bones=flat, any_prefix=data.get("any_prefix") is True, follows=follows, settings=settings, **texts)


def save_map(rig_map: RigMap, path: Path) -> None:
    """Write the map, whole or not at all. Raises OSError."""
    bones: dict[str, str | list[str]] = {}
    for key in sorted(rig_map.bones, key=KEYS.index):
        chain, dot, _ = key.partition(".")
        if dot:
            bones.setdefault(chain, []).append(rig_map.bones[key])
        else:
            bones[key] = rig_map.bones[key]
    data = {"format": FORMAT, "version": VERSION, "name": rig_map.name, "root": rig_map.root, "note": rig_map.note}
    data |= {"any_prefix": rig_map.any_prefix, "follows": rig_map.follows, "bones": bones}
    data["settings"] = [vars(setting) for setting in rig_map.settings]
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def chains_closed(bones: dict[str, str]) -> dict[str, str]:
    """``bones`` with spine and neck numbered without gaps: row 2 may be empty and row 3 filled."""
    out = {key: bone for key, bone in bones.items() if "." not in key}
    for chain in LONGEST:
        out |= _numbered(chain, (bones[key] for key in KEYS if key.startswith(chain + ".") and key in bones))
    return out


def _numbered(chain: str, names: Iterable[str]) -> dict[str, str]:
    return {f"{chain}.{i}": name for i, name in enumerate(names)}
