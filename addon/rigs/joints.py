"""The joints a rig map can name, by key. Only data.

Keys are SMPL-X's joint names; spine and neck are chains of any number of bones, from below: ``spine.0``, ``spine.1`` and
so on.
"""

from __future__ import annotations

SIDES = ("left", "right")
FINGERS = ("thumb", "index", "middle", "ring", "pinky")
FACE = ("jaw", "left_eye", "right_eye")
LIMB = ("collar", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot")
LONGEST = {"spine": 6, "neck": 3}  # bones of a chain

KEYS: tuple[str, ...] = (
    "pelvis",
    *(f"spine.{i}" for i in range(LONGEST["spine"])),
    *(f"neck.{i}" for i in range(LONGEST["neck"])),
    "head", *FACE,
    *(f"{side}_{joint}" for side in SIDES for joint in LIMB),
    *(f"{side}_{finger}{i}" for side in SIDES for finger in FINGERS for i in (1, 2, 3)),
)  # fmt: skip

# Without these there is no body to move; everything else may miss.
REQUIRED: tuple[str, ...] = (
    "pelvis",
    "spine.0",
    *(f"{side}_{joint}" for side in SIDES for joint in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")),
)

_WORDS = {
    "collar": "Collar", "shoulder": "Upper Arm", "elbow": "Forearm", "wrist": "Hand",
    "hip": "Thigh", "knee": "Shin", "ankle": "Foot", "foot": "Toes",
}  # fmt: skip


def joint_label(key: str) -> str:
    """The interface's name of a joint. Animators name bones, SMPL-X the joints they begin at."""
    chain, dot, number = key.partition(".")
    if dot:
        return f"{chain.capitalize()} {int(number) + 1}"
    side, _, joint = key.rpartition("_")
    if not side:
        return key.capitalize()
    if joint[-1].isdigit():
        return f"{side.capitalize()} {joint[:-1].capitalize()} {joint[-1]}"
    return f"{side.capitalize()} {_WORDS.get(joint, joint.capitalize())}"


def list_labels(keys: list[str], most: int = 4) -> str:
    """Labels of joints in one breath: ``Neck 1, Head and 3 more``."""
    shown = ", ".join(joint_label(key) for key in keys[:most])
    return shown + (f" and {len(keys) - most} more" if len(keys) > most else "")
