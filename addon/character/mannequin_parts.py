"""The mannequin's parts, measured to fit the joints of the default body. Only numpy.

An artist's mannequin: rigid shells on one bone each, and dark balls in the joints between them, so that elbows and knees
bend by any angle without collapsing or opening. Trunk, neck, fingers and feet are continuous and blend from bone to bone.
Measures are metres, chosen by eye for a stature of 1.70 m; lengths come from the joints.
"""

from __future__ import annotations

import numpy as np

from ..motion.body import BodyData
from ..motion.coordinates import to_blender
from .mannequin_shapes import JOINT, SHELL, Part, ball, chain_weights, limb, loft, smooth_rows, with_rims

_X, _Y, _Z = np.eye(3)
_SIDES = {"segments": 24, "squareness": 2.2}

# limbs: fraction of the way from joint to joint, radii to the side (arms: up and down), front and back
_UPPER_ARM = np.array(
    [[0.15, 0.047, 0.048, 0.048], [0.40, 0.044, 0.046, 0.045], [0.65, 0.039, 0.041, 0.039], [0.87, 0.036, 0.036, 0.036]]
)
_FOREARM = np.array(
    [[0.13, 0.035, 0.036, 0.036], [0.32, 0.037, 0.039, 0.038], [0.62, 0.030, 0.033, 0.032], [0.91, 0.022, 0.026, 0.026]]
)
_THIGH = np.array(
    [[0.12, 0.073, 0.078, 0.082], [0.32, 0.070, 0.076, 0.078], [0.60, 0.060, 0.064, 0.062], [0.89, 0.049, 0.051, 0.049]]
)
_SHIN = np.array(
    [[0.10, 0.046, 0.048, 0.048], [0.30, 0.049, 0.044, 0.060], [0.58, 0.038, 0.038, 0.045], [0.92, 0.031, 0.031, 0.033]]
)
# trunk and head: height above the pelvis or head joint, radii, and how far back the middle lies
_TRUNK = np.array([
    [-0.128, .035, .040, .045, .004], [-0.110, .066, .066, .075, .004], [-0.075, .112, .088, .100, .004],
    [-0.030, .146, .098, .108, .004], [0.015, .154, .098, .104, .005], [0.058, .143, .092, .092, .006],
    [0.105, .128, .085, .082, .008], [0.150, .126, .086, .080, .009], [0.195, .136, .096, .084, .009],
    [0.250, .150, .108, .092, .008], [0.310, .160, .114, .100, .008], [0.365, .166, .110, .104, .010],
    [0.415, .158, .096, .100, .014], [0.452, .132, .076, .084, .018], [0.480, .094, .058, .066, .021],
    [0.496, .066, .050, .054, .022],
])  # fmt: skip
_HEAD = np.array([
    [-0.082, .026, .062, .000, -.020], [-0.070, .041, .079, .018, -.018], [-0.045, .057, .088, .048, -.014],
    [-0.012, .069, .089, .075, -.010], [0.028, .0755, .086, .092, -.008], [0.068, .074, .080, .092, -.006],
    [0.100, .060, .064, .076, -.004], [0.120, .038, .040, .050, -.002], [0.129, .016, .016, .022, -.001],
])  # fmt: skip
_WAIST = (0.066, 0.186)  # height above the pelvis of the flexible band
# foot: distance in front of the ankle, half width, height
_FOOT = np.array([
    [-0.052, .016, .030], [-0.042, .027, .050], [-0.015, .034, .070], [0.030, .036, .072], [0.070, .041, .058],
    [0.110, .046, .045], [0.150, .044, .035], [0.180, .034, .027], [0.196, .020, .019],
])  # fmt: skip
_FINGERS = {"index": 0.0090, "middle": 0.0094, "ring": 0.0090, "pinky": 0.0078, "thumb": 0.0112}


def mannequin_parts(body: BodyData) -> list[Part]:
    """The whole mannequin at the origin, facing -Y: parts of about ten thousand vertices."""
    positions = to_blender(body.rest_positions())
    at = {name: positions[row] for row, name in enumerate(body.names)}
    left = [*_arm(at), *_hand(at), *_leg(at), *_foot(at), _eye(at)]
    return [_trunk(at), _neck(at), _head(at), *left, *(part.mirrored() for part in left)]


def _standing(table: np.ndarray, foot: np.ndarray, rings: int, **options) -> Part:
    """A loft of upright rings from rows (height above ``foot``, side, front, back, middle)."""
    heights = np.linspace(table[0, 0], table[-1, 0], rings)
    rows = smooth_rows(table, heights)
    centres = np.outer(heights + foot[2], _Z) + np.outer(rows[:, 3], _Y)
    # side x front must point up: X x Y = Z, but the front is -Y, so the side is -X
    return loft(centres, -_X, -_Y, np.maximum(rows[:, :3], 0.001), **options)


def _trunk(at: dict[str, np.ndarray]) -> Part:
    pelvis = at["pelvis"]
    rings = 64
    heights = np.linspace(_TRUNK[0, 0], _TRUNK[-1, 0], rings)
    bones = ["pelvis", "spine1", "spine2", "spine3"]
    weights = chain_weights(heights, bones, [at[name][2] - pelvis[2] for name in bones[1:]], blend=0.055)
    middle = (heights[:-1] + heights[1:]) / 2
    waist = (middle > _WAIST[0]) & (middle < _WAIST[1])
    part = _standing(_TRUNK, pelvis, rings, segments=36, squareness=2.5, weights=weights,
                     materials=np.where(waist, JOINT, SHELL))  # fmt: skip
    _groove(part, pelvis[2], heights)
    return _with_collars(part, at)


def _groove(part: Part, pelvis: float, heights: np.ndarray) -> None:
    """Sink the waist a little below the shells, so that pelvis and chest have an edge."""
    height = part.vertices[:, 2] - pelvis
    step = heights[1] - heights[0]
    inside = np.clip(np.minimum(height - _WAIST[0], _WAIST[1] - height) / step + 0.5, 0.0, 1.0)
    part.vertices[:, :2] *= 1.0 - 0.055 * inside[:, None]


def _with_collars(part: Part, at: dict[str, np.ndarray]) -> Part:
    """Weight the chest's shoulders to the collar bones, so that a shrug lifts them."""
    x, z = part.vertices[:, 0], part.vertices[:, 2]
    ramp = lambda t: (c := np.clip(t, 0.0, 1.0)) * c * (3 - 2 * c)  # noqa: E731
    shoulder = at["left_shoulder"]
    share = ramp((np.abs(x) - 0.055) / 0.085) * ramp((z - shoulder[2] + 0.085) / 0.075)
    weights = {name: values * (1 - share) for name, values in part.weights.items()}
    weights["left_collar"], weights["right_collar"] = share * (x > 0), share * (x < 0)
    return Part(part.vertices, part.faces, weights, part.materials)


def _neck(at: dict[str, np.ndarray]) -> Part:
    start, end = at["neck"] + (0, 0.0, -0.03), at["head"] + (0, 0.012, 0.02)
    place = np.linspace(0.0, 1.0, 10)
    radii = np.column_stack([0.047 - 0.004 * np.sin(place * np.pi)] * 3)
    centres = start + place[:, None] * (end - start)
    length = end[2] - start[2]
    weights = chain_weights(place, ["spine3", "neck", "head"], [0.03 / length, 1 - 0.035 / length], blend=0.16)
    return loft(centres, -_X, -_Y, radii, weights=weights, materials=JOINT)


def _head(at: dict[str, np.ndarray]) -> Part:
    return _standing(_HEAD, at["head"], 30, segments=32, squareness=2.25, weights="head")


def _eye(at: dict[str, np.ndarray]) -> Part:
    return ball(at["left_eye_smplhf"], (0.0125, 0.0125, 0.0155), "left_eye_smplhf")


def _arm(at: dict[str, np.ndarray]) -> list[Part]:
    shoulder, elbow, wrist = (at[f"left_{name}"] for name in ("shoulder", "elbow", "wrist"))
    return [
        ball(shoulder, 0.051, "left_shoulder"),
        limb(shoulder, elbow, _UPPER_ARM, "left_shoulder", **_SIDES),
        ball(elbow, 0.0345, "left_elbow"),
        limb(elbow, wrist, _FOREARM, "left_elbow", **_SIDES),
        ball(wrist, 0.0235, "left_wrist"),
    ]


def _leg(at: dict[str, np.ndarray]) -> list[Part]:
    hip, knee, ankle = (at[f"left_{name}"] for name in ("hip", "knee", "ankle"))
    return [
        ball(hip, 0.076, "left_hip"),
        limb(hip, knee, _THIGH, "left_hip", **_SIDES),
        ball(knee, 0.048, "left_knee"),
        limb(knee, ankle, _SHIN, "left_knee", **_SIDES),
        ball(ankle, 0.033, "left_ankle"),
    ]


def _foot(at: dict[str, np.ndarray]) -> list[Part]:
    ankle, ball_of_foot = at["left_ankle"], at["left_foot"]
    ahead = np.linspace(_FOOT[0, 0], _FOOT[-1, 0], 26)
    width, height = smooth_rows(_FOOT, ahead).T
    reach = ankle[1] - ball_of_foot[1]
    x = ankle[0] + (ball_of_foot[0] - ankle[0]) * ahead / reach
    centres = np.column_stack([x, ankle[1] - ahead, height / 2])
    radii = np.column_stack([width, height / 2, height / 2])
    weights = chain_weights(ahead, ["left_ankle", "left_foot"], [reach], blend=0.022)
    # side x front = -Y, the way the toes point: X x Z = -Y
    return [loft(centres, _X, _Z, radii, segments=28, squareness=2.8, weights=weights)]


def _hand(at: dict[str, np.ndarray]) -> list[Part]:
    wrist = at["left_wrist"]
    knuckles = np.array([at[f"left_{finger}1"] for finger in ("index", "middle", "ring", "pinky")])
    middle = (knuckles[0] + knuckles[-1]) / 2
    half = abs(knuckles[0, 1] - knuckles[-1, 1]) / 2 + 0.009
    # place, up and down, to the front, to the back: from the wrist to just past the knuckles
    outline = np.array(
        [
            [0.24, 0.0155, 0.024, 0.025],
            [0.5, 0.0165, 0.034, 0.034],
            [0.78, 0.0145, half, half],
            [0.97, 0.0120, half, half],
        ]
    )
    place = np.linspace(outline[0, 0], outline[-1, 0], 12)
    place, radii = with_rims(place, smooth_rows(outline, place), 0.09, rim=0.8)
    centres = wrist + place[:, None] * (middle - wrist)
    # side x front = +X: Z x -Y = X
    palm = loft(centres, _Z, -_Y, radii, segments=28, squareness=2.7, weights="left_wrist")
    fingers = [part for finger, radius in _FINGERS.items() for part in _finger(at, finger, radius)]
    return [palm, *fingers]


def _finger(at: dict[str, np.ndarray], finger: str, radius: float) -> list[Part]:
    """Three capsules with round ends about the joints, so that a fist closes without a crease."""
    bones = [f"left_{finger}{number}" for number in (1, 2, 3)]
    line = [at[bone] for bone in bones]
    line.append(line[2] + (line[2] - line[1]) * 0.8)
    thickness = radius * np.array([1.08, 1.0, 0.92, 0.82])
    return [_capsule(line[i], line[i + 1], thickness[i], thickness[i + 1], bone) for i, bone in enumerate(bones)]


def _capsule(start: np.ndarray, end: np.ndarray, first: float, last: float, bone: str) -> Part:
    axis = (end - start) / np.linalg.norm(end - start)
    side = np.cross(-_Y, axis) / np.linalg.norm(np.cross(-_Y, axis))
    round_end = np.radians([12.0, 35.0, 62.0, 90.0])
    places = np.concatenate([-first * np.cos(round_end), np.linalg.norm(end - start) + last * np.cos(round_end[::-1])])
    radii = np.concatenate([first * np.sin(round_end), last * np.sin(round_end[::-1])])
    # the closing points lie on the sphere, not in the middle of the outermost ring
    part = loft(start + np.outer(places, axis), side, np.cross(axis, side), np.column_stack([radii] * 3),
                segments=12, weights=bone)  # fmt: skip
    part.vertices[-2:] = start - first * axis, end + last * axis
    return part
