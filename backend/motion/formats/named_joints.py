"""Which joints of a hierarchy are a body's, for rigs that no map knows.

Names need only tell hands, feet and head, and left from right. The rest is what hangs between them: from a hand upwards the
forearm, the upper arm and the collar, from a foot the shin and the thigh, and between pelvis and head spine and neck.
"""

from __future__ import annotations

import re

_ENDS = {"wrist": ("hand", "wrist"), "ankle": ("foot", "ankle", "feet")}
_TOES = ("toe", "toes", "toebase", "ball")
_PELVIS = ("pelvis", "hips", "hip")
_SIDES = {"left": ("l", "left", "lft"), "right": ("r", "right", "rgt")}
# A joint with one of these words helps others, or is a finger.
_OTHERS = {
    "thumb", "index", "middle", "ring", "pinky", "little", "finger", "end", "site", "nub", "tip", "twist", "roll", "ik", "pole",
    "target", "helper", "prop", "weapon", "hold", "heel", "palm", "ctrl", "effector",
}  # fmt: skip


def find_joints(names: tuple[str, ...], parents: tuple[int, ...]) -> dict[str, tuple[int, ...]] | None:
    """Indices of the source joints of each SMPL-X joint, as `RigMap.resolve` gives them.

    None where the names do not tell."""
    words = [_words(name) for name in names]
    above = [_ancestors(joint, parents) for joint in range(len(names))]

    def first(parts: tuple[str, ...], side: str = "") -> int | None:
        fits = [
            joint for joint, own in enumerate(words)
            if own & set(parts) and not own & _OTHERS and (not side or own & set(_SIDES[side]))
        ]  # fmt: skip
        return min(fits, key=lambda joint: len(above[joint]), default=None)

    head = first(("head",))
    ends = {f"{side}_{end}": first(parts, side) for side in _SIDES for end, parts in _ENDS.items()}
    if head is None or None in ends.values() or len(set(ends.values())) < len(ends):
        return None
    shared = set.intersection(*(set(above[joint]) for joint in ends.values()))
    way = [head, *above[head]]  # from the head down
    if not shared & set(way):
        return None
    pelvis = next(joint for joint in way if joint in shared)
    named = [joint for joint in way[way.index(pelvis) :] if words[joint] & set(_PELVIS)]
    found = {"head": (head,), "pelvis": tuple(named[:1]) or (pelvis,)}
    arms = set(above[ends["left_wrist"]]) & set(above[ends["right_wrist"]])
    for side in _SIDES:
        for end, inner in (("wrist", ("elbow", "shoulder", "collar")), ("ankle", ("knee", "hip"))):
            stop = arms if end == "wrist" else shared
            chain = [joint for joint in above[ends[f"{side}_{end}"]] if joint not in stop and not words[joint] & _OTHERS]
            if len(chain) < 2:
                return None
            found[f"{side}_{end}"] = (ends[f"{side}_{end}"],)
            found |= {f"{side}_{joint}": (source,) for joint, source in zip(inner, chain, strict=False)}
        foot = ends[f"{side}_ankle"]
        toes = [joint for joint, own in enumerate(words) if foot in above[joint] and own & set(_TOES) and not own & _OTHERS]
        if toes:
            found[f"{side}_foot"] = (min(toes, key=lambda joint: len(above[joint])),)
    between = way[1 : way.index(pelvis)][::-1]  # from the pelvis up
    spine = tuple(joint for joint in between if joint in arms and joint not in found["pelvis"])
    neck = tuple(joint for joint in between if joint not in arms)
    return found | ({"spine": spine} if spine else {}) | ({"neck": neck} if neck else {})


def _words(name: str) -> set[str]:
    """Words of a name, small: at separators, capitals and digits; "lhand" is l and hand, too."""
    name = name.rsplit(":", maxsplit=1)[-1]
    spaced = re.sub(r"([a-z])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", name)
    found = set(re.findall(r"[a-z]+", spaced.lower()))
    parts = {part for end in _ENDS.values() for part in end} | set(_TOES)
    for word in tuple(found):
        for mark in ("left", "right", "l", "r"):
            rest = word.removeprefix(mark)
            if rest != word and rest in parts:
                found |= {mark, rest}
    return found


def _ancestors(joint: int, parents: tuple[int, ...]) -> list[int]:
    """From the parent up."""
    found = []
    while (joint := parents[joint]) >= 0:
        found.append(joint)
    return found
