"""Reads BVH files into `SourceClip`, with any channel order and any units.

Own parser: the format is a page long, and the packages that read it (bvh, bvhio, pymotion) bring their own transform
classes or have had no release for years; what is needed here is names, world positions and world rotations, in one
pass of numpy. The rest pose is the file's zero pose. Files whose zero pose is not a standing person need a rig map
with "axes".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...errors import UserError
from ..rig import SourceClip
from .arrays import check_length

MAX_BYTES = 512 * 1024 * 1024
MAX_JOINTS = 1000
CHANNELS = {f"{axis}{kind}" for axis in "XYZ" for kind in ("position", "rotation")}


@dataclass
class _Node:
    name: str
    parent: int
    offset: np.ndarray
    channels: tuple[str, ...] = ()


def load_bvh(path: Path | str) -> SourceClip:
    """World positions (T, J, 3), in the file's units, and world rotations of every joint.

    End sites are named "<parent>_end".

    Raises UserError("bad_bvh") with the line that does not make sense, for a missing, cut off or malformed file.
    """
    name = Path(path).name
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise UserError("bad_bvh", f"{name} is larger than {MAX_BYTES // 2**20} MiB, which no motion needs.")
        data = Path(path).read_bytes()
    except OSError as error:
        raise UserError("bad_bvh", f"{name} cannot be read.", str(error)) from error
    if b"\0" in data:
        raise UserError("bad_bvh", f"{name} is not a text file, so not a BVH.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:  # names of joints in some older encoding: any of one byte a letter keeps them apart
        text = data.decode("latin-1")
    lines = text.lstrip().splitlines()
    nodes, at = _hierarchy(lines, name)
    frames, seconds, at = _header(lines, at, name)
    check_length(Path(path), frames)
    return _pose(nodes, _values(lines[at:], frames, sum(len(n.channels) for n in nodes), name, at), _rate(seconds))


def _hierarchy(lines: list[str], name: str) -> tuple[list[_Node], int]:
    """The joints in file order, and the index of the line with MOTION."""
    nodes: list[_Node] = []
    stack: list[int] = []
    pending: _Node | None = None
    if not lines or lines[0].upper().split()[:1] != ["HIERARCHY"]:
        raise UserError("bad_bvh", f"{name} does not begin with HIERARCHY, so it is not a BVH file.")
    for number, line in _statements(lines):
        words = line.split()
        where = f"{name}, line {number + 1}"
        head = words[0].upper()
        if head in ("ROOT", "JOINT", "END"):
            if pending is not None or len(words) < 2 or (head != "ROOT" and not stack) or len(nodes) >= MAX_JOINTS:
                raise UserError("bad_bvh", f"{where}: '{line.strip()[:40]}' does not belong here.")
            parent = stack[-1] if stack else -1
            title = f"{nodes[parent].name}_end" if head == "END" else " ".join(words[1:])
            pending = _Node(title, parent, np.zeros(3))
        elif head == "{" and pending is not None:
            nodes.append(pending)
            stack.append(len(nodes) - 1)
            pending = None
        elif head == "}" and stack:
            stack.pop()
        elif head == "OFFSET" and stack:
            nodes[stack[-1]].offset = _numbers(words[1:], 3, where)
        elif head == "CHANNELS" and stack:
            channels = tuple(words[2:])
            if not words[1:2] or words[1] != str(len(channels)) or not set(channels) <= CHANNELS:
                raise UserError("bad_bvh", f"{where}: channels are miscounted or unknown.")
            nodes[stack[-1]].channels = channels
        elif head == "MOTION" and nodes and not stack:
            return nodes, number
        else:
            raise UserError("bad_bvh", f"{where}: '{line.strip()[:40]}' does not belong here.")
    raise UserError("bad_bvh", f"{name} ends before its MOTION part.")


def _statements(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Index and text of each line after the first; a brace behind a name is a line, too."""
    for number, line in enumerate(lines[1:], start=1):
        name = line.rstrip().removesuffix("{")
        if name.strip():
            yield number, name
        if name != line.rstrip():
            yield number, "{"


def _header(lines: list[str], at: int, name: str) -> tuple[int, float, int]:
    """Frame count, seconds a frame, and the index of the first line of values."""
    found: dict[str, str] = {}
    for number in range(at + 1, min(at + 10, len(lines))):
        key, _, value = lines[number].partition(":")
        found[key.strip().lower()] = value.strip()
        if "frames" in found and "frame time" in found:
            try:
                frames, seconds = int(found["frames"]), float(found["frame time"])
            except ValueError:
                break
            if frames > 0 and 1e-4 < seconds < 10:
                return frames, seconds, number + 1
            break
    raise UserError("bad_bvh", f"{name} has no sensible 'Frames:' and 'Frame Time:' after MOTION.")


def _rate(seconds: float) -> float:
    """Frames per second, whole where a frame time of few digits means so."""
    rate = 1.0 / seconds
    return float(round(rate)) if abs(rate - round(rate)) < 1e-4 * rate else rate


def _values(lines: list[str], frames: int, channels: int, name: str, first: int) -> np.ndarray:
    rows = [line for line in lines if line.strip()]
    if len(rows) < frames:
        raise UserError("bad_bvh", f"{name} promises {frames} frames and holds {len(rows)}.")
    out = np.empty((frames, channels))
    for i, row in enumerate(rows[:frames]):
        out[i] = _numbers(row.split(), channels, f"{name}, frame {i + 1} (about line {first + i + 1})")
    return out


def _numbers(words: list[str], count: int, where: str) -> np.ndarray:
    try:
        values = np.array([float(word) for word in words])
    except ValueError as error:
        raise UserError("bad_bvh", f"{where}: a value is not a number.") from error
    if len(values) != count or not np.isfinite(values).all():
        raise UserError("bad_bvh", f"{where}: expected {count} finite numbers, found {len(values)} values.")
    return values


def _pose(nodes: list[_Node], values: np.ndarray, fps: float) -> SourceClip:
    """Forward kinematics of all frames at once, parents first as they are in the file."""
    frames, joints = len(values), len(nodes)
    positions, rotations = np.empty((frames, joints, 3)), np.empty((frames, joints, 3, 3))
    rest = np.empty((joints, 3))
    column = 0
    for j, node in enumerate(nodes):
        own = values[:, column : column + len(node.channels)]
        column += len(node.channels)
        turns = [i for i, channel in enumerate(node.channels) if channel.endswith("rotation")]
        local = np.broadcast_to(np.eye(3), (frames, 3, 3))
        if turns:
            order = "".join(node.channels[i][0] for i in turns)  # upper case: intrinsic, as BVH means it
            local = Rotation.from_euler(order, own[:, turns], degrees=True).as_matrix()
        moved = np.tile(node.offset, (frames, 1))
        moves = [
            (i, "XYZ".index(channel[0])) for i, channel in enumerate(node.channels) if channel.endswith("position")
        ]
        for i, axis in moves:  # position channels replace the offset
            moved[:, axis] = own[:, i]
        if node.parent < 0:
            positions[:, j], rotations[:, j], rest[j] = moved, local, node.offset
        else:
            up = rotations[:, node.parent]
            positions[:, j] = positions[:, node.parent] + (up @ moved[..., None])[..., 0]
            rotations[:, j] = up @ local
            rest[j] = rest[node.parent] + node.offset
    names, parents = tuple(node.name for node in nodes), tuple(node.parent for node in nodes)
    return SourceClip(names, positions, rotations, rest, np.tile(np.eye(3), (joints, 1, 1)), fps, parents)
