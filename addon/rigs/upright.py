"""Which way is up in a rest pose, and how its body stands on the floor. Only numpy.

A rest pose may lean, lie, sit or bend a leg. Up is an axis of the armature: Z, unless the object is rotated. Then the
body and the scene decide together: files made with Y up come rotated, and so does a character that lies in a bed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.body import BodyData
from .joints import SIDES

_TILTED = np.cos(np.radians(20.0))  # of the object: less is a slope that the character stands on
_NEAR_AXIS = np.cos(np.radians(25.0))
_AXIS_BONUS = 0.15  # armatures are made along axes: another direction must fit legs and trunk 22 degrees better
_AGREES = 1.2  # of 2: legs and trunk along a direction
_LEANS = np.cos(np.radians(45.0))  # a trunk that leans further at rest lies; less is this character's own stance
_STANDS = 0.4  # of the leg's length from ankle up to hip, to stand on it
_RAISED = 0.05  # of the leg's length above the other ankle
_UPRIGHT_SHIN = 0.5  # cosine; of a leg that stands
_NEAR_FLOOR = (-0.25, 0.6)  # of the leg's length: a body that does not stand lies on the armature's own floor if it is this near
_FLAT_PITCH = np.radians([-10.0, 70.0])  # of ankle to toes below the horizontal, of a foot that stands flat


def find_up(legs: np.ndarray, trunk: np.ndarray, scene_up: np.ndarray) -> np.ndarray | None:
    """(3,) up in armature space; None where nothing can decide.

    Args:
        legs, trunk: (3,) unit directions from ankles to hips and from hips to shoulders.
        scene_up: (3,) the scene's up in armature space.
    """
    y, z = np.eye(3)[1:]
    if scene_up @ z > _TILTED:
        return z
    row = int(np.abs(scene_up).argmax())
    nearest = np.eye(3)[row] * np.sign(scene_up[row])
    near = scene_up @ nearest > _NEAR_AXIS
    axes = [z, y, nearest] if near else [z, y]
    fits = [(direction @ (legs + trunk) + _AXIS_BONUS, direction) for direction in axes]
    fits.append((scene_up @ (legs + trunk), scene_up))
    best, up = max(fits, key=lambda fit: fit[0])
    if best > _AGREES:
        return up
    return nearest if near else None


def stand_up(trunk: np.ndarray, left: np.ndarray, up: np.ndarray) -> np.ndarray:
    """(3, 3) the turn that stands a lying body upright; none for one that only leans.

    Args:
        trunk: (3,) unit direction.
        left: (3,) direction to its left.
    """
    if trunk @ up > _LEANS:
        return np.eye(3)
    if trunk @ up > -0.99:
        cross, dot = np.cross(trunk, up), float(trunk @ up)
        k = np.array([[0, -cross[2], cross[1]], [cross[2], 0, -cross[0]], [-cross[1], cross[0], 0]])
        return np.eye(3) + k + k @ k / (1 + dot)
    axis = left - trunk * (left @ trunk)  # upside down: turned about the line through the hips
    axis = axis / max(float(np.linalg.norm(axis)), 1e-12)
    return 2 * np.outer(axis, axis) - np.eye(3)


@dataclass(frozen=True)
class Stance:
    """How a rest pose meets the floor.

    Attributes:
        stands: on at least one foot.
        raised: the side whose foot is off the floor; empty where both stand, or none.
    """

    stands: bool
    raised: str


def find_stance(own: dict[str, np.ndarray], up: np.ndarray, stood: np.ndarray, leg: float) -> Stance:
    """The stance of a rest pose with these joints and this leg length."""
    ankles = [float(own[f"{side}_ankle"] @ up) for side in SIDES]
    reach = [float((own[f"{side}_hip"] - own[f"{side}_ankle"]) @ up) for side in SIDES]
    lower = int(np.argmin(ankles))
    if not np.allclose(stood, np.eye(3)) or reach[lower] < _STANDS * leg or not is_upright(SIDES[lower], own, up):
        return Stance(False, "")
    return Stance(True, SIDES[1 - lower] if ankles[1 - lower] - ankles[lower] > _RAISED * leg else "")


def is_upright(side: str, own: dict[str, np.ndarray], up: np.ndarray) -> bool:
    """Whether a shin is upright enough to stand on."""
    shin = own[f"{side}_knee"] - own[f"{side}_ankle"]
    return bool(shin @ up > _UPRIGHT_SHIN * np.linalg.norm(shin))


def leg_length(at: dict[str, np.ndarray]) -> float:
    """Hip to ankle along the bones, mean of both legs."""
    total = 0.0
    for side in SIDES:
        hip, knee, ankle = (at[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
        total += float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))
    return total / 2


def is_flat(direction: np.ndarray, up: np.ndarray) -> bool:
    """Whether a foot that points from ankle to toes this way may stand flat."""
    pitch = -np.arcsin(np.clip(direction @ up / max(float(np.linalg.norm(direction)), 1e-12), -1, 1))
    return bool(_FLAT_PITCH[0] <= pitch <= _FLAT_PITCH[1])


def foot_heights(
    own: dict[str, np.ndarray], turns: dict[str, np.ndarray], up: np.ndarray, stance: Stance, leg: float, body: BodyData
) -> dict[str, float]:
    """Heights of ankles and toes along ``up``, in armature units, when standing flat.

    Args:
        own: joint -> where it is at rest.
        turns: joint -> S, see `alignment`.
        leg: its length.
    """
    found = {key: float(own[key] @ up) for side in SIDES for key in (f"{side}_ankle", f"{side}_foot") if key in own}
    if stance.stands:
        if stance.raised:
            other = SIDES[1 - SIDES.index(stance.raised)]
            found |= {key: found[key.replace(stance.raised, other)] for key in found if key.startswith(stance.raised)}
        return found
    heights = [float(own[f"{side}_{joint}"] @ up) for side in SIDES for joint in ("hip", "knee", "ankle", "shoulder")]
    near = min(heights) <= _NEAR_FLOOR[1] * leg and max(heights) >= _NEAR_FLOOR[0] * leg
    floor = 0.0 if near else min(heights)
    rests = body.rest_positions()
    scale = leg / leg_length({name: rests[row] for row, name in enumerate(body.names)})
    for side in SIDES:
        ankle, toes = f"{side}_ankle", f"{side}_foot"
        above = body.standing_pelvis_height + rests[body.index(ankle), 1] - rests[0, 1]
        found[ankle] = floor + scale * above
        if toes in own:
            found[toes] = found[ankle] + float(turns[ankle] @ (own[toes] - own[ankle]) @ up)
    return found
