"""Which way a skeleton faces, by its toes, knees, elbows, thumbs, eyes and jaw. Only numpy."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from .bone_tree import BoneTree
from .joints import SIDES

CLEAR = 1.2  # of `facing_evidence`: enough to say that names have left and right the wrong way round
SHOWN = 0.3  # enough where names say nothing
_TOE, _FOOT, _FACE, _THUMB, _KNEE, _ELBOW = 1.0, 0.6, 0.4, 0.3, 0.5, 0.3  # weights
_MIRRORED = 0.9  # cosine: feet that point alike
_FEWEST_PAIRS = 2  # of joints on both sides
_ALIKE, _LEVEL = 0.8, 0.6  # cosines between the lines from side to side, and of these to the vertical
_BEND = 0.05  # of a limb's length: a bend that counts fully
_SHORT = 0.015  # of the body's size: shorter ways show nothing


def upright(tree: BoneTree, rows: Mapping[str, int]) -> np.ndarray | None:
    """(3,) unit vector from the feet to the shoulders; None where the bones do not show it."""
    if tree.heads is None:
        return None
    low = [rows[key] for joint in ("ankle", "knee", "hip") for side in SIDES if (key := f"{side}_{joint}") in rows][:2]
    high = [rows[key] for joint in ("shoulder", "collar") for side in SIDES if (key := f"{side}_{joint}") in rows][:2]
    if not low or not high:
        return None
    way = tree.heads[high].mean(axis=0) - tree.heads[low].mean(axis=0)
    length = float(np.linalg.norm(way))
    return way / length if length > _SHORT * tree.size else None


def is_symmetric(tree: BoneTree, rows: Mapping[str, int]) -> bool:
    """Whether hips, shoulders and hands of the two sides lie apart along level lines."""
    up = upright(tree, rows)
    if up is None:
        return False
    pairs = [(f"left_{joint}", f"right_{joint}") for joint in ("hip", "shoulder", "wrist")]
    across = [tree.heads[rows[one]] - tree.heads[rows[other]] for one, other in pairs if one in rows and other in rows]
    lengths = [float(np.linalg.norm(each)) for each in across]
    if len(across) < _FEWEST_PAIRS or min(lengths) < _SHORT * tree.size:
        return False
    units = [each / length for each, length in zip(across, lengths, strict=True)]
    level = all(abs(float(each @ up)) < _LEVEL for each in units)
    return level and all(float(one @ other) > _ALIKE for one, other in itertools.pairwise(units))


def facing_evidence(tree: BoneTree, rows: Mapping[str, int]) -> float:
    """How clearly the body faces where its left side says; negative where it faces backwards.

    Args:
        rows: joint key -> row. Each toe counts up to 1, everything else less.
    """
    up = upright(tree, rows)
    if up is None or not is_symmetric(tree, rows):
        return 0.0
    pairs = [(f"left_{joint}", f"right_{joint}") for joint in ("hip", "shoulder", "elbow", "wrist")]
    across = [tree.heads[rows[one]] - tree.heads[rows[other]] for one, other in pairs if one in rows and other in rows]
    if not across:
        return 0.0
    left = sum(across)
    ahead = np.cross(left - up * (left @ up), up)
    length = float(np.linalg.norm(ahead))
    if length < _SHORT * tree.size:
        return 0.0
    ahead /= length
    ways = [(_TOE, f"{side}_ankle", f"{side}_foot") for side in SIDES]
    ways += [(_FACE, "head", key) for key in ("jaw", "left_eye", "right_eye")]
    ways += [(_THUMB, f"{side}_pinky1", f"{side}_thumb1") for side in SIDES]
    total = sum(weight * _along(tree, rows, start, end, ahead, up) for weight, start, end in ways)
    total += 2 * _FOOT * _feet(tree, rows, ahead, up)
    for side in SIDES:
        total += _KNEE * _bend(tree, [rows.get(f"{side}_{joint}") for joint in ("hip", "knee", "ankle")], ahead)
        total -= _ELBOW * _bend(tree, [rows.get(f"{side}_{joint}") for joint in ("shoulder", "elbow", "wrist")], ahead)
    return float(total)


def _along(tree: BoneTree, rows: Mapping[str, int], start: str, end: str, ahead: np.ndarray, up: np.ndarray) -> float:
    """Cosine of the level way between joints to straight ahead; 0 where it is short."""
    if start not in rows or end not in rows:
        return 0.0
    way = tree.heads[rows[end]] - tree.heads[rows[start]]
    level = way - up * (way @ up)
    length = float(np.linalg.norm(level))
    return float(level @ ahead) / length if length > _SHORT * tree.size else 0.0


def _feet(tree: BoneTree, rows: Mapping[str, int], ahead: np.ndarray, up: np.ndarray) -> float:
    """Where feet without toes point: the cosine to straight ahead, 0 where they do not agree."""
    keys = [f"{side}_ankle" for side in SIDES]
    if tree.tails is None or any(key not in rows for key in keys) or any(f"{side}_foot" in rows for side in SIDES):
        return 0.0
    ways = [tree.tails[rows[key]] - tree.heads[rows[key]] for key in keys]
    lengths = [float(np.linalg.norm(way)) for way in ways]
    if min(lengths) < _SHORT * tree.size:
        return 0.0
    left, right = (way / length for way, length in zip(ways, lengths, strict=True))
    across = np.cross(up, ahead)
    mirrored = right - 2 * across * (right @ across)
    along = float((left + mirrored) @ ahead) / 2
    return along if float(left @ mirrored) > _MIRRORED and abs(along) > 0.3 else 0.0


def _bend(tree: BoneTree, joints: list[int | None], ahead: np.ndarray) -> float:
    """How far the middle of three joints lies ahead of the line between the others, -1..1."""
    if None in joints:
        return 0.0
    first, middle, last = tree.heads[joints]
    length = float(np.linalg.norm(last - first))
    if length < _SHORT * tree.size:
        return 0.0
    line = (last - first) / length
    off = middle - first - line * ((middle - first) @ line)
    return float(np.clip(float(off @ ahead) / (_BEND * length), -1, 1)) if abs(float(off @ ahead)) > 0.01 * length else 0.0
