"""Skeletons (names, parents, rest offsets), the default body, forward kinematics. No bpy.

The default body is read from `backend/motion/default_body.json`. The backend uses the same file, so that motion and
character agree. `character.armature` builds the armature from it. Space is SMPL-X's: Y up, facing +Z, the character's
left at +X, metres.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np

from ..installation import backend_folder
from .quaternions import as_complex, from_complex, rotate

BODY_JOINTS = 22  # pelvis to wrists come first in SMPL-X order; jaw, eyes and fingers follow


@dataclass(frozen=True)
class Skeleton:
    """What turns joint rotations into joint positions.

    Attributes:
        names: J joint names in SMPL-X order.
        parents: parent row of each joint, -1 for the pelvis; a parent comes before its children.
        offsets: (J, 3) child minus parent at rest, metres of the default body's size. Row 0 is the pelvis in SMPL-X
            model space, which forward kinematics ignores.
        ankle_height, ball_height: of a foot that stands flat, metres.
        floor_points: which of "ankle" and "foot" say how high the pelvis is in a motion of the default body; without any it is as
            high as that one's.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    ankle_height: float = field(default=0.07, kw_only=True)
    ball_height: float = field(default=0.02, kw_only=True)
    floor_points: tuple[str, ...] = field(default=("ankle", "foot"), kw_only=True)

    def index(self, name: str) -> int:
        """Row of a joint."""
        return self.names.index(name)

    @cached_property
    def levels(self) -> list[np.ndarray]:
        """Joints by depth below the pelvis, so that each level is one product."""
        depth = [0] * len(self.parents)
        for joint, parent in enumerate(self.parents):
            depth[joint] = 0 if parent < 0 else depth[parent] + 1
        return [np.array([j for j, d in enumerate(depth) if d == level]) for level in range(1, max(depth) + 1)]

    @cached_property
    def reach(self) -> np.ndarray:
        """(J,) the longest way along bones from each joint to one below it, metres."""
        reach = np.zeros(len(self.parents))
        for joint in range(len(self.parents) - 1, 0, -1):
            parent = self.parents[joint]
            reach[parent] = max(reach[parent], reach[joint] + float(np.linalg.norm(self.offsets[joint])))
        return reach

    def legs(self) -> tuple[list[int], Skeleton]:
        """Rows of pelvis, hips, knees, ankles and balls, and a skeleton of them alone."""
        names = ("pelvis", *(f"{side}_{name}" for name in ("hip", "knee", "ankle", "foot") for side in ("left", "right")))
        rows = [0, *(self.index(name) for name in names[1:])]
        parents = tuple(rows.index(self.parents[row]) if row else -1 for row in rows)
        feet = {name: getattr(self, name) for name in ("ankle_height", "ball_height", "floor_points")}
        return rows, Skeleton(names, parents, self.offsets[rows], **feet)

    def ancestors(self, joint: int) -> list[int]:
        """The joint's parents up to the pelvis, nearest first."""
        found = []
        while self.parents[joint] >= 0:
            joint = self.parents[joint]
            found.append(joint)
        return found


@dataclass(frozen=True)
class BodyData(Skeleton):
    """A skeleton that can stand on the floor.

    Attributes:
        standing_pelvis_height: floor to pelvis joint, metres.
    """

    standing_pelvis_height: float

    def rest_positions(self) -> np.ndarray:
        """(J, 3) joint positions in T-pose on the floor y = 0, pelvis above the origin."""
        positions = np.zeros_like(self.offsets)
        positions[0] = (0.0, self.standing_pelvis_height, 0.0)
        for joint, parent in enumerate(self.parents[1:], start=1):
            positions[joint] = positions[parent] + self.offsets[joint]
        return positions


@cache
def default_body() -> BodyData:
    """The body every motion of the backend is made for.

    Raises BackendNotFoundError when its file is missing.
    """
    data = json.loads((backend_folder() / "motion" / "default_body.json").read_text(encoding="utf-8"))
    offsets = np.asarray(data["offsets"], dtype=np.float64)
    offsets.setflags(write=False)
    return BodyData(tuple(data["joints"]), tuple(data["parents"]), offsets, float(data["standing_pelvis_height"]))


def forward_kinematics(rotations: np.ndarray, pelvis: np.ndarray, skeleton: Skeleton) -> tuple[np.ndarray, np.ndarray]:
    """Joint positions and orientations from local rotations.

    Args:
        rotations: (T, J, 4) local quaternions wxyz.
        pelvis: (T, 3) position of the pelvis joint, metres.

    Returns:
        positions (T, J, 3) in metres and global rotations (T, J, 4).
    """
    # Joints first and quaternions as complex numbers, so that each operation goes over memory in one piece.
    first, second = (np.moveaxis(part, 1, 0).copy() for part in as_complex(rotations))
    parents = np.array(skeleton.parents)
    for level in skeleton.levels:
        up, above, own, more = first[parents[level]], second[parents[level]], first[level], second[level]
        first[level] = up * own - above * more.conj()
        second[level] = up * more + above * own.conj()
    turned = from_complex(first, second)
    positions = np.empty((*first.shape, 3))
    positions[0], positions[1:] = pelvis, rotate(turned[parents[1:]], skeleton.offsets[1:, None])
    for joint in range(1, len(parents)):
        positions[joint] += positions[parents[joint]]
    return np.moveaxis(positions, 0, 1), np.moveaxis(turned, 0, 1)
