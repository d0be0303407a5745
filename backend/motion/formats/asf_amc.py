"""Reads Acclaim ASF and AMC, the form of CMU's and HDM05's originals.

Each bone turns about its own axes: local rotation L = C M C^-1, C from the bone's "axis" line, M from the AMC's
degrees of freedom; a bone's joint is where its parent ends. Units are left as they are (the retargeter scales by leg
length). AMC does not store the frame
rate: CMU and HDM05 record at 120 per second, some CMU trials at 60.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...errors import UserError
from ..rig import SourceClip

MAX_BYTES = 512 * 1024 * 1024


@dataclass
class _Bone:
    direction: np.ndarray
    length: float
    axis: Rotation
    dof: tuple[str, ...]


@dataclass
class Skeleton:
    """An ASF skeleton: bones and parents by name, channel order, radians or degrees.

    "root" is on top.
    """

    bones: dict[str, _Bone]
    parents: dict[str, str]
    order: tuple[str, ...]
    degrees: bool


def load_amc(motion: Path | str, skeleton: Path | str | None = None, fps: float = 120.0) -> SourceClip:
    """An AMC file on its ASF skeleton.

    ``skeleton`` may be left out when exactly one .asf lies beside the motion.

    Returns:
        a clip with joints "root" and every bone (at the bone's start), rest pose as in the ASF.

    Raises:
        UserError("bad_asf" or "bad_amc"): missing, cut off or malformed files, or a motion of another skeleton.
    """
    motion = Path(motion)
    if skeleton is None:
        beside = sorted(motion.parent.glob("*.asf"))
        own = [file for file in beside if motion.stem.startswith(file.stem)]
        if len(own or beside) != 1:
            raise UserError(
                "bad_asf", f"{motion.name} needs its skeleton and {len(beside)} .asf files lie beside it.", "Name one."
            )
        skeleton = (own or beside)[0]
    asf = load_asf(skeleton)
    frames = _read_frames(motion, asf)
    return _pose(asf, frames, fps)


def load_asf(path: Path | str) -> Skeleton:
    """The skeleton. Raises UserError("bad_asf")."""
    name = Path(path).name
    sections: dict[str, list[list[str]]] = {}
    current: list[list[str]] = []
    for line in _lines(path, "bad_asf"):
        words = line.split()
        if words[0].startswith(":"):
            current = sections.setdefault(words[0][1:].lower(), [])
            words = words[1:]
        if words:
            current.append(words)
    if not {"root", "bonedata", "hierarchy"} <= sections.keys():
        raise UserError(
            "bad_asf", f"{name} lacks a :root, :bonedata or :hierarchy part, so it is not a whole ASF file."
        )
    try:
        degrees = all(row[:2] != ["angle", "rad"] for row in sections.get("units", []))
        root = {row[0].lower(): row[1:] for row in sections["root"]}
        bones = dict(_bones(sections["bonedata"], degrees))
        parents = {
            child: row[0] for row in sections["hierarchy"] if row[0] not in ("begin", "end") for child in row[1:]
        }
    except (ValueError, IndexError, KeyError) as error:
        raise UserError("bad_asf", f"{name} has a line that does not make sense.", str(error)) from error
    loose = [bone for bone in bones if not _reaches_root(bone, parents)]
    if not bones or loose:
        raise UserError(
            "bad_asf", f"{name} has bones that hang from nothing: {', '.join(loose[:5]) or 'there are none at all'}."
        )
    order = tuple(channel.lower() for channel in root.get("order", ["tx", "ty", "tz", "rx", "ry", "rz"]))
    return Skeleton(bones, parents, order, degrees)


def _bones(rows: list[list[str]], degrees: bool):
    entry: dict[str, list[str]] = {}
    for row in rows:
        if row[0] == "begin":
            entry = {}
        elif row[0] == "end":
            angles = [float(v) for v in entry["axis"][:3]]
            order = (entry["axis"][3] if len(entry["axis"]) > 3 else "XYZ").lower()  # lower case: about fixed axes
            direction = np.array([float(v) for v in entry["direction"]])
            direction = direction / max(np.linalg.norm(direction), 1e-12)
            axis = Rotation.from_euler(order, angles, degrees=degrees)
            yield (
                entry["name"][0],
                _Bone(direction, float(entry["length"][0]), axis, tuple(d.lower() for d in entry.get("dof", []))),
            )
        else:
            entry.setdefault(row[0].lower(), row[1:])


def _reaches_root(bone: str, parents: dict[str, str]) -> bool:
    for _ in range(len(parents) + 1):
        if bone == "root":
            return True
        bone = parents.get(bone, "")
    return False


def _read_frames(path: Path, asf: Skeleton) -> list[dict[str, np.ndarray]]:
    frames: list[dict[str, np.ndarray]] = []
    for number, line in enumerate(_lines(path, "bad_amc"), start=1):
        words = line.split()
        if words[0].startswith(":"):
            continue
        if len(words) == 1 and words[0].isdigit():
            frames.append({})
            continue
        try:
            values = np.array([float(word) for word in words[1:]])
        except ValueError as error:
            raise UserError(
                "bad_amc", f"{path.name}: a value of '{words[0]}' is not a number (line {number})."
            ) from error
        wanted = len(asf.order) if words[0] == "root" else len(asf.bones[words[0]].dof) if words[0] in asf.bones else -1
        if not frames or wanted != len(values) or not np.isfinite(values).all():
            raise UserError(
                "bad_amc",
                f"{path.name}: '{words[0]}' does not fit the skeleton (line {number}).",
                "Is it the right .asf?",
            )
        frames[-1][words[0]] = values
    if not frames or any("root" not in frame for frame in frames):
        raise UserError("bad_amc", f"{path.name} holds no whole frame, so it is not an AMC file or it is cut off.")
    return frames


def _pose(asf: Skeleton, frames: list[dict[str, np.ndarray]], fps: float) -> SourceClip:
    names = ["root", *_ordered(asf)]
    index = {name: i for i, name in enumerate(names)}
    count = len(frames)
    positions, rotations = np.zeros((count, len(names), 3)), np.tile(np.eye(3), (count, len(names), 1, 1))
    rest = np.zeros((len(names), 3))
    root = np.stack([frame["root"] for frame in frames])
    moves = [(i, "xyz".index(channel[1])) for i, channel in enumerate(asf.order) if channel[0] == "t"]
    for i, axis in moves:
        positions[:, 0, axis] = root[:, i]
    turns = [i for i, channel in enumerate(asf.order) if channel[0] == "r"]
    rotations[:, 0] = _turned("".join(asf.order[i][1] for i in turns), root[:, turns], asf.degrees)
    for name in names[1:]:
        bone, j, up = asf.bones[name], index[name], index[asf.parents[name]]
        own = np.array([frame.get(name, np.zeros(len(bone.dof))) for frame in frames])
        turns = [i for i, channel in enumerate(bone.dof) if channel[0] == "r"]
        local = np.broadcast_to(np.eye(3), (count, 3, 3))
        if turns:
            axis = bone.axis.as_matrix()
            local = axis @ _turned("".join(bone.dof[i][1] for i in turns), own[:, turns], asf.degrees) @ axis.T
        reach = np.zeros(3) if up == 0 else asf.bones[asf.parents[name]].direction * asf.bones[asf.parents[name]].length
        positions[:, j] = positions[:, up] + rotations[:, up] @ reach
        rest[j] = rest[up] + reach
        rotations[:, j] = rotations[:, up] @ local
    return SourceClip(tuple(names), positions, rotations, rest, np.tile(np.eye(3), (len(names), 1, 1)), fps)


def _turned(order: str, values: np.ndarray, degrees: bool) -> np.ndarray:
    """(T, 3, 3) turned about fixed axes in the order of the channels: rx ry rz means Rz Ry Rx."""
    return Rotation.from_euler(order, values, degrees=degrees).as_matrix()


def _ordered(asf: Skeleton) -> list[str]:
    """Bone names, parents first."""
    out: list[str] = []
    waiting = list(asf.bones)
    while waiting:
        ready = [name for name in waiting if asf.parents[name] == "root" or asf.parents[name] in out]
        out += ready
        waiting = [name for name in waiting if name not in ready]
    return out


def _lines(path: Path | str, code: str):
    """Lines with something on them, comments dropped."""
    name = Path(path).name
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise UserError(code, f"{name} is larger than {MAX_BYTES // 2**20} MiB, which no motion needs.")
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(code, f"{name} is not a text file.") from error
    except OSError as error:
        raise UserError(code, f"{name} cannot be read.", str(error)) from error
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line:
            yield line
