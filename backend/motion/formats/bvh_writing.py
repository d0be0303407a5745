"""Writes BVH: the default body with SMPL-X's joint names, Y up.

In centimetres, as most programs expect."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...packs.whole_files import write_whole
from ..body import default_body
from ..motion import Motion
from ..skeleton import JOINT_NAMES, PARENTS, J

CENTIMETRES = 100.0
TIPS = {"head": (0.0, 15.0, 0.0), "left_foot": (0.0, 0.0, 6.0), "right_foot": (0.0, 0.0, 6.0)}  # cm, where nothing follows
ORDER = "ZXY"  # as most exporters write; angles near 90 degrees about X are rare in bodies


def save_bvh(path: Path | str, motion: Motion) -> None:
    """Write a motion, the whole file or nothing. Raises OSError."""
    path, offsets = Path(path), default_body().offsets.astype(np.float64) * CENTIMETRES
    lines, order = ["HIERARCHY"], []
    _write_joint(lines, order, 0, offsets)
    angles = Rotation.from_quat(motion.rotations.reshape(-1, 4)).as_euler(ORDER, degrees=True).reshape(len(motion), J, 3)
    values = np.concatenate([motion.pelvis * CENTIMETRES, angles[:, order].reshape(len(motion), -1)], axis=1)
    lines += ["MOTION", f"Frames: {len(motion)}", f"Frame Time: {1.0 / motion.fps:.9f}"]
    text = io.StringIO()
    np.savetxt(text, values, fmt="%.5f")
    write_whole(path, ("\n".join(lines) + "\n" + text.getvalue()).encode("ascii"))


def _write_joint(lines: list[str], order: list[int], joint: int, offsets: np.ndarray, depth: int = 0) -> None:
    """A joint with everything below it; ``order`` takes the joints as their values come."""
    order.append(joint)
    pad, children = "\t" * depth, [child for child in range(J) if PARENTS[child] == joint]
    offset = " ".join(f"{value:.6f}" for value in (offsets[joint] if joint else np.zeros(3)))
    turns = " ".join(f"{axis}rotation" for axis in ORDER)
    channels = f"3 {turns}" if joint else f"6 Xposition Yposition Zposition {turns}"
    lines += [f"{pad}{'JOINT' if joint else 'ROOT'} {JOINT_NAMES[joint]}", pad + "{", f"{pad}\tOFFSET {offset}"]
    lines.append(f"{pad}\tCHANNELS {channels}")
    for child in children:
        _write_joint(lines, order, child, offsets, depth + 1)
    if not children:
        bone = TIPS.get(JOINT_NAMES[joint], tuple(offsets[joint] * 0.5))
        tip = " ".join(f"{value:.6f}" for value in bone)
        lines += [f"{pad}\tEnd Site", f"{pad}\t" + "{", f"{pad}\t\tOFFSET {tip}", f"{pad}\t" + "}"]
    lines.append(pad + "}")
