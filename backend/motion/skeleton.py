"""The SMPL-X joint tree: names, parents, mirror pairs and body parts.

Distances are `body`'s. Order is that of SMPL-X (Pavlakos et al. 2019): 22 body joints, jaw, two eyes, 15 joints a hand. J = 55.
"""

from __future__ import annotations

JOINT_NAMES: tuple[str, ...] = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle",
    "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "jaw", "left_eye_smplhf",
    "right_eye_smplhf",
    *(f"{side}_{finger}{i}" for side in ("left", "right")
      for finger in ("index", "middle", "pinky", "ring", "thumb") for i in (1, 2, 3)),
)  # fmt: skip

PARENTS: tuple[int, ...] = (
    -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 15, 15, 15,
    20, 25, 26, 20, 28, 29, 20, 31, 32, 20, 34, 35, 20, 37, 38,
    21, 40, 41, 21, 43, 44, 21, 46, 47, 21, 49, 50, 21, 52, 53,
)  # fmt: skip

J = len(JOINT_NAMES)
INDEX: dict[str, int] = {name: i for i, name in enumerate(JOINT_NAMES)}
NUM_BODY = 22
BODY: tuple[int, ...] = tuple(range(NUM_BODY))

# the split of design and of the tokenizers: legs with the root, and everything above the pelvis
LOWER: tuple[int, ...] = (0, 1, 2, 4, 5, 7, 8, 10, 11)
UPPER: tuple[int, ...] = (3, 6, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21)
FEET: tuple[int, ...] = (7, 8, 10, 11)  # left ankle, right ankle, left foot (ball), right foot


def _mirror_index(name: str) -> int:
    if name.startswith("left_"):
        return INDEX["right_" + name[5:]]
    if name.startswith("right_"):
        return INDEX["left_" + name[6:]]
    return INDEX[name]


MIRROR: tuple[int, ...] = tuple(_mirror_index(name) for name in JOINT_NAMES)
