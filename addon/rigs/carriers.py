"""Carriers: the bones above the pelvis, which carry the body as the object does. Only numpy.

Let r be a bone's rest pose, L its own transform and D = r L r^-1 what that does to everything below. With carriers
1 (uppermost) to n, the body is at D_1 ... D_n x instead of x. A motion is keyed under them, in the space of x ("body space"),
so it lands where the carriers stand, whether they are posed, keyed, constrained or scaled.

Where the root bone, one of them, has to carry the way itself, it keeps its own pose and moves within it. With D_r its own
part, C that of the carriers below it and M(t) the way in body space, its part becomes D_r C M(t) C^-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..motion.coordinates import matrices_from_quaternions, quaternions_from_matrices

CarrierPose = dict[str, list[float]]  # bone -> its location (3), rotation (4, wxyz) and scale (3)
_REST = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Carrier:
    """A bone above the pelvis, or the pelvis bone.

    Attributes:
        rest: (4, 4) `Bone.matrix_local`.
        local_location: whether its location counts in its own axes, else in the armature's.
    """

    name: str
    rest: np.ndarray
    local_location: bool

    @property
    def axes(self) -> np.ndarray:
        """(3, 3) the axes its location counts in."""
        return self.rest[:3, :3] if self.local_location else np.eye(3)

    def displacements(self, values: np.ndarray) -> np.ndarray:
        """(T, 4, 4) D at values (T, 10) of location, rotation and scale."""
        own = np.zeros((len(values), 4, 4))
        own[:, :3, :3] = matrices_from_quaternions(values[:, 3:7]) * values[:, None, 7:]
        own[:, :3, 3] = values[:, :3] @ self.axes.T @ self.rest[:3, :3]
        own[:, 3, 3] = 1.0
        return self.rest @ own @ np.linalg.inv(self.rest)


def carried(carriers: Sequence[Carrier], values: dict[str, np.ndarray]) -> np.ndarray:
    """(T, 4, 4) where values (T, 10) of the bones carry the body; those without are at rest."""
    whole = np.eye(4)[None]
    for carrier in carriers:
        if carrier.name in values:
            whole = whole @ carrier.displacements(values[carrier.name])
    return whole


def carried_once(carriers: Sequence[Carrier], pose: CarrierPose) -> np.ndarray:
    """(4, 4) where the body is carried in one pose."""
    return carried(carriers, {name: np.array([values]) for name, values in pose.items()})[0]


def values_of(pose: CarrierPose, name: str) -> np.ndarray:
    """(10,) of a bone in a pose; at rest where the pose does not have it."""
    return np.array(pose.get(name, _REST), dtype=float)


def root_values(carriers: Sequence[Carrier], root: str, pose: CarrierPose, way: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Locations (T, 3) and quaternions (T, 4) of the root bone that carries a way (T, 4, 4)."""
    place = [carrier.name for carrier in carriers].index(root)
    bone, own = carriers[place], values_of(pose, root)
    below = carried_once(carriers[place + 1 :], pose)
    # Seen from the root bone's own rest pose.
    moved = np.linalg.inv(bone.rest) @ below @ way @ np.linalg.inv(below) @ bone.rest
    turn = matrices_from_quaternions(own[None, 3:7])[0]
    rotations = quaternions_from_matrices(turn @ moved[:, :3, :3])
    locations = own[:3] + (moved[:, :3, 3] * own[7:]) @ turn.T @ bone.rest[:3, :3].T @ bone.axes
    return locations, rotations
