"""Reads the rig maps in `rigs/*.json`; `motion.rig` says what a map means."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from .rig import RigMap, check_map

FOLDER = Path(__file__).with_name("rigs")


@cache
def rig_maps() -> tuple[RigMap, ...]:
    """Every map that ships, in the order of their names."""
    return tuple(read_map(path) for path in sorted(FOLDER.glob("*.json")))


def read_map(path: Path) -> RigMap:
    """One map. Raises ValueError when it names joints that SMPL-X does not have."""
    data = json.loads(path.read_text(encoding="utf-8"))
    axes = {name: Rotation.from_quat(value).as_matrix() for name, value in data.get("axes", {}).items()}
    rig = RigMap(
        name=data["name"],
        joints={joint: tuple(names) for joint, names in data["joints"].items()},
        prefixes=tuple(data.get("prefixes", ())),
        requires=tuple(data.get("requires", ())),
        forbids=tuple(data.get("forbids", ())),
        up=data.get("up", "Y"),
        feet=data.get("feet", "flat"),
        axes={name: np.asarray(value) for name, value in axes.items()},
        twist=data.get("twist", {}),
    )
    check_map(rig)
    return rig
