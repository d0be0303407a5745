"""Source rigs: a clip as its rig recorded it, and which of its bones drive which joint.

Maps are data (JSON files read by `rig_maps`); this module only resolves one against the joint names of a clip.
Measuring the rest pose is `alignment`'s job, moving the default body is `retarget`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from ..errors import UserError
from .skeleton import INDEX

REQUIRED = (
    "pelvis", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "head",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
)  # fmt: skip
CHAINS = ("spine", "neck")


@dataclass(frozen=True)
class SourceClip:
    """T frames of a named source rig in world space; Y up, metres unless the map says otherwise.

    Attributes:
        names: J joint names.
        positions: (T, J, 3) world positions.
        rotations: (T, J, 3, 3) world orientations.
        rest_positions: (J, 3) and rest_rotations (J, 3, 3): the rest pose in any placement.
        fps: frames per second.
        parents: index of each joint's parent, -1 for none; empty where the source does not say.
    """

    names: tuple[str, ...]
    positions: np.ndarray
    rotations: np.ndarray
    rest_positions: np.ndarray
    rest_rotations: np.ndarray
    fps: float
    parents: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.positions)


@dataclass(frozen=True)
class RigMap:
    """Which source bones drive the SMPL-X joints.

    Attributes:
        name: the rig family.
        joints: SMPL-X joint name to source names in order of preference; "spine" and "neck" list a chain from the
            bottom up.
        prefixes: normalised prefixes to drop from source names, e.g. "mixamorig_".
        requires, forbids: normalised names (prefixes kept) that tell look-alike rigs apart.
        up: the source's up axis, "Y" or "Z".
        feet: "flat" when the soles are level at rest, "shin" when they are square to the shins.
        axes: SMPL-X joint (or chain bone) to the (3, 3) orientation of the target joint in the source bone's frame,
            for rigs whose rest pose is not a standing person; empty when the clip's own rest pose serves.
        twist: degrees by which whole limbs are turned about themselves ("left_hip", "right_shoulder"...) so that
            knees and elbows bend about SMPL-X's axes; measured by `data.sources.calibrate`.
    """

    name: str
    joints: dict[str, tuple[str, ...]]
    prefixes: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    up: str = "Y"
    feet: str = "flat"
    axes: dict[str, np.ndarray] = field(default_factory=dict)
    twist: dict[str, float] = field(default_factory=dict)

    def resolve(self, names: tuple[str, ...]) -> dict[str, tuple[int, ...]] | None:
        """Indices of the source joints of each mapped SMPL-X joint; None if a needed one is missing."""
        plain = [normalised(name) for name in names]
        if any(name not in plain for name in self.requires) or any(name in plain for name in self.forbids):
            return None
        index: dict[str, int] = {}
        for i, name in enumerate(plain):
            for prefix in self.prefixes:
                if name.startswith(prefix):
                    name = name[len(prefix) :]
                    break
            index.setdefault(name, i)
        found = {}
        for joint, candidates in self.joints.items():
            hits = tuple(index[normalised(c)] for c in candidates if normalised(c) in index)
            if hits:
                found[joint] = hits if joint in CHAINS else hits[:1]
        return found if all(joint in found for joint in REQUIRED) else None


def normalised(name: str) -> str:
    """Lower case, with each run of blanks, dots, colons, dashes, underscores as one underscore."""
    return re.sub(r"[\s.:\-_]+", "_", name).lower()


def detect(names: tuple[str, ...], maps: list[RigMap]) -> tuple[RigMap, dict[str, tuple[int, ...]]]:
    """The map that explains most of the joints.

    Raises UserError ``unknown_rig`` if none has every joint it needs."""
    best = None
    for rig in maps:
        found = rig.resolve(names)
        if found is None:
            continue
        score = sum(len(hits) for hits in found.values()) + len(rig.requires)
        if best is None or score > best[0]:
            best = (score, rig, found)
    if best is None:
        shown = ", ".join(names[:8]) + ("..." if len(names) > 8 else "")
        raise UserError(
            "unknown_rig",
            f"No rig map fits this skeleton's {len(names)} joints ({shown}).",
            "Give its hands, feet and head names that say so, with left and right, or add a map to backend/motion/rigs.",
        )
    return best[1], best[2]


def check_map(rig: RigMap) -> None:
    """Raises ValueError if a map names joints that do not exist: a mistake in our data."""
    unknown = [joint for joint in rig.joints if joint not in INDEX and joint not in CHAINS]
    if unknown:
        raise ValueError(f"rig map {rig.name} names unknown joints: {', '.join(unknown)}")
