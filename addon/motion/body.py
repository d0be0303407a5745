"""The default body as the add-on needs it: joint names, parents and rest positions from
`backend/motion/default_body.json`.

The same file drives the backend, so that motion and character agree. Building the armature from it is `armature`'s job.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..installation import backend_folder

BODY_JOINTS = 22  # pelvis to wrists come first in SMPL-X order; jaw, eyes and fingers follow


@dataclass(frozen=True)
class BodyData:
    """A skeleton at rest in SMPL-X space: T-pose, Y up, facing +Z, the character's left at +X, metres.

    Attributes:
        names: J joint names in SMPL-X order.
        parents: parent index of each joint, -1 for the pelvis.
        offsets: (J, 3) child minus parent; row 0 is the pelvis in SMPL-X model space.
        standing_pelvis_height: floor to pelvis joint, metres.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    standing_pelvis_height: float

    def index(self, name: str) -> int:
        """Row of a joint."""
        return self.names.index(name)

    def rest_positions(self) -> np.ndarray:
        """(J, 3) joint positions standing on the floor y = 0, pelvis above the origin."""
        positions = np.zeros_like(self.offsets)
        positions[0] = (0.0, self.standing_pelvis_height, 0.0)
        for joint, parent in enumerate(self.parents[1:], start=1):
            positions[joint] = positions[parent] + self.offsets[joint]
        return positions


@cache
def default_body() -> BodyData:
    """The body every motion of the backend is made for. Raises BackendNotFoundError when its file is missing."""
    data = json.loads((backend_folder() / "motion" / "default_body.json").read_text(encoding="utf-8"))
    offsets = np.asarray(data["offsets"], dtype=np.float64)
    offsets.setflags(write=False)
    return BodyData(tuple(data["joints"]), tuple(data["parents"]), offsets, float(data["standing_pelvis_height"]))
