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


_FINGERS = {side: frozenset(f"{side}_{finger}{i}" for finger in FINGERS for i in (1, 2, 3)) for side in SIDES}
# What people say for several joints at once, the larger first. A finger without its first bone is none.
_GROUPS = (
    ("Fingers", _FINGERS["left"] | _FINGERS["right"]),
    ("Left Fingers", _FINGERS["left"]),
    ("Right Fingers", _FINGERS["right"]),
    ("Toes", frozenset(f"{side}_foot" for side in SIDES)),
    ("Eyes", frozenset(f"{side}_eye" for side in SIDES)),
)


def group_labels(keys: list[str]) -> list[str]:
    """Labels of joints, with fingers, toes and eyes as one where all of them are named."""
    labels, told = [], set()
    for key in keys:
        if key in told:
            continue
        whole = ((label, group) for label, group in _GROUPS if key in group and _needed(group) <= set(keys) - told)
        label, group = next(whole, (joint_label(key), frozenset((key,))))
        labels.append(label)
        told |= group
    return labels


def _needed(group: frozenset[str]) -> set[str]:
    return {key for key in group if key[-1] not in "23"}


def list_labels(keys: list[str], most: int = 4) -> str:
    """Labels of joints in one breath: ``Neck 1, Head, Fingers and 3 more``."""
    labels = group_labels(keys)
    shown = ", ".join(labels[:most])
    return shown + (f" and {len(labels) - most} more" if len(labels) > most else "")
