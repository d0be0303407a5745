"""The default body: rest-pose joint offsets from published anthropometry.

They are read from `default_body.json`, as in the add-on, so character and motion agree. The user's own SMPL-X body is
`smplx_body`'s matter.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from .skeleton import INDEX, JOINT_NAMES, PARENTS

BODY_FILE = Path(__file__).with_name("default_body.json")


@dataclass(frozen=True)
class Body:
    """A skeleton at rest: T-pose, Y up, facing +Z, left at +X, all orientations identity.

    Attributes:
        offsets: (J, 3) metres, child minus parent; row 0 is the pelvis in SMPL-X model space.
        standing_pelvis_height: metres from the floor to the pelvis joint in the rest pose.
        height: stature in metres.
    """

    offsets: np.ndarray
    standing_pelvis_height: float
    height: float

    @property
    def rest_pelvis(self) -> np.ndarray:
        """(3,) pelvis in SMPL-X model space: world pelvis = trans + rest_pelvis."""
        return self.offsets[0]

    @property
    def leg_length(self) -> float:
        """Hip to ankle along the bones, metres; root motion is scaled by it between bodies."""
        return float(sum(np.linalg.norm(self.offsets[INDEX[name]]) for name in ("left_knee", "left_ankle")))

    def rest_positions(self) -> np.ndarray:
        """(J, 3) joint positions of the rest pose standing on the floor, pelvis over the origin."""
        positions = np.zeros_like(self.offsets)
        positions[0] = (0.0, self.standing_pelvis_height, 0.0)
        for joint, parent in enumerate(PARENTS[1:], start=1):
            positions[joint] = positions[parent] + self.offsets[joint]
        return positions


@cache
def default_body() -> Body:
    """The body every model of ours is trained on."""
    data = json.loads(BODY_FILE.read_text(encoding="utf-8"))
    if tuple(data["joints"]) != JOINT_NAMES or tuple(data["parents"]) != PARENTS:
        raise ValueError(f"{BODY_FILE.name} does not list the SMPL-X joints in order")
    offsets = np.asarray(data["offsets"], dtype=np.float32)
    offsets.setflags(write=False)
    return Body(offsets, float(data["standing_pelvis_height"]), float(data["height"]))
