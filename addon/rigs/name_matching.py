"""Guessing which bone is which joint from names alone, for rigs no preset knows. No bpy.

A name is cut into words (``UpperArm_L.001`` -> upper, arm, l, 001), a side is taken out, and what is left is looked up. Of
several candidates the one nearest the root wins; where the hierarchy speaks (spine and neck are what lies between pelvis
and head) it decides.
"""

from __future__ import annotations

import re

from .joints import FINGERS, LONGEST, SIDES

_LEFT = {"l", "left", "lft", "lt"}
_RIGHT = {"r", "right", "rgt", "rt"}
# A bone with one of these words helps or controls others.
_HELPERS = {
    "twist", "roll", "ik", "pole", "target", "mch", "org", "end", "nub", "tip", "helper", "socket", "corrective", "driver",
    "tweak", "vis", "wgt", "parent", "heel", "metacarpal", "breast", "bust", "eyelid", "hair", "skirt", "weapon", "offset",
    "top", "nubs", "jiggle", "gizmo", "palm", "bank", "ctrl", "share", "adj", "sec", "lid", "brow", "lash", "effector",
}  # fmt: skip
_WORDS = {
    "pelvis": "pelvis", "hips": "pelvis", "hip": "pelvis", "cog": "pelvis",
    "spine": "spine", "chest": "spine", "upperchest": "spine", "torso": "spine", "abdomen": "spine", "waist": "spine",
    "ribs": "spine", "ribcage": "spine", "spinelower": "spine", "spineupper": "spine", "abdomenlower": "spine",
    "abdomenupper": "spine", "chestlower": "spine", "chestupper": "spine", "back": "spine", "stomach": "spine",
    "neck": "neck", "necklower": "neck", "neckupper": "neck", "head": "head", "jaw": "jaw", "eye": "eye",
    "clavicle": "collar", "collar": "collar", "collarbone": "collar", "clav": "collar",
    "upperarm": "upperarm", "uparm": "upperarm", "armupper": "upperarm", "shldr": "upperarm", "shldrbend": "upperarm",
    "bicep": "upperarm", "humerus": "upperarm", "arm": "arm", "shoulder": "shoulder", "leg": "leg",
    "forearm": "elbow", "lowerarm": "elbow", "loarm": "elbow", "lowarm": "elbow", "armlower": "elbow", "elbow": "elbow",
    "forearmbend": "elbow", "fore": "elbow",
    "hand": "wrist", "wrist": "wrist",
    "thigh": "hip", "upperleg": "hip", "upleg": "hip", "legupper": "hip", "thighbend": "hip", "femur": "hip",
    "calf": "knee", "shin": "knee", "lowerleg": "knee", "loleg": "knee", "lowleg": "knee", "leglower": "knee",
    "knee": "knee", "tibia": "knee",
    "foot": "ankle", "ankle": "ankle", "feet": "ankle",
    "toe": "foot", "toes": "foot", "toebase": "foot", "ball": "foot",
    "thumb": "thumb", "index": "index", "middle": "middle", "mid": "middle", "ring": "ring",
    "pinky": "pinky", "little": "pinky", "pinkie": "pinky", "findex": "index", "fmiddle": "middle", "fring": "ring",
    "fpinky": "pinky", "handthumb": "thumb", "handindex": "index", "handmiddle": "middle", "handring": "ring",
    "handpinky": "pinky", "thumbfinger": "thumb", "indexfinger": "index", "middlefinger": "middle", "ringfinger": "ring",
    "pinkyfinger": "pinky", "littlefinger": "pinky",
}  # fmt: skip
_PHALANX = {"metacarpal": 0, "proximal": 1, "intermediate": 2, "medial": 2, "distal": 3}
_SILENT = {"c", "m", "j", "b", "bip", "def", "cc", "bone", "jnt", "joint", "center"}  # say nothing about the part


def match_names(parents: dict[str, str]) -> dict[str, str]:
    """Joint key -> bone name, for as many joints as the names give away.

    Args:
        parents: bone name -> name of its parent, empty for none.
    """
    common = _common_words(list(parents))
    depth = {name: len(_ancestors(name, parents)) for name in parents}
    found: dict[tuple[str, str], list[tuple[int, float, str]]] = {}  # (side, part) -> depth, number, name
    for name in parents:
        words = [word for word in _cut(name) if word not in common]
        # only a thumb moves its metacarpal
        if _HELPERS & set(words) - ({"metacarpal"} if "thumb" in words else set()):
            continue
        side = next((side for side, marks in zip(SIDES, (_LEFT, _RIGHT), strict=True) if marks & set(words)), "")
        part, number = _part([word for word in words if word not in _LEFT | _RIGHT | _SILENT])
        if part:
            found.setdefault((side, part), []).append((depth[name], number, name))
    for candidates in found.values():
        candidates.sort()
    bones = _limbs(found) | _fingers(found)
    for key, part in (("pelvis", ("", "pelvis")), ("head", ("", "head")), ("jaw", ("", "jaw"))):
        if part in found:
            bones[key] = found[part][0][2]
    for side in SIDES:
        if (side, "eye") in found:
            bones[f"{side}_eye"] = found[side, "eye"][0][2]
    return _trunk(bones, found, parents)


def _cut(name: str) -> list[str]:
    """Words of a name, small: at separators, at capitals, and where letters meet digits."""
    spaced = re.sub(r"([a-z])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", name)
    return re.findall(r"[a-z]+|\d+", spaced.lower())


def _common_words(names: list[str]) -> set[str]:
    """Words that nearly every bone has, such as a character's name or ``DEF``: they say nothing."""
    if len(names) < 8:
        return set()
    cut = [set(_cut(name)) for name in names]
    every = set().union(*cut)
    return {word for word in every if sum(word in words for words in cut) > 0.8 * len(cut) and word not in _WORDS}


def _part(words: list[str]) -> tuple[str, float]:
    """What a bone is, and the number in its name (infinity where there is none)."""
    numbers = [float(word) for word in words if word.isdigit()]
    letters = [word for word in words if not word.isdigit()]
    phalanx = [_PHALANX[word] for word in letters if word in _PHALANX]
    joined = "".join(word for word in letters if word not in _PHALANX)
    number = float(phalanx[0]) if phalanx else numbers[-1] if numbers else 0.0
    return _WORDS.get(joined, ""), number


def _ancestors(name: str, parents: dict[str, str]) -> list[str]:
    found: list[str] = []
    while (name := parents.get(name, "")) and name not in found:
        found.append(name)
    return found


def _limbs(found: dict) -> dict[str, str]:
    """Arms and legs. What shoulder, arm, leg and hip mean depends on what else a rig has."""
    bones = {}
    for side in SIDES:
        own = {part: candidates[0][2] for (s, part), candidates in found.items() if s == side}
        # Mixamo: Shoulder, Arm, ForeArm. SMPL-X: collar, shoulder, elbow. Others: shoulder, upper_arm, forearm.
        upper = own.get("upperarm") or own.get("arm") or own.get("shoulder")
        collar = own.get("collar") or own.get("shoulder")
        thigh = own.get("hip") or ("knee" in own and own.get("leg")) or own.get("pelvis") or own.get("leg")
        shin = own.get("knee") or own.get("leg")
        chosen = {"collar": collar if collar != upper else None, "shoulder": upper, "hip": thigh}
        chosen |= {"knee": shin if shin != thigh else None}
        chosen |= {joint: own.get(joint) for joint in ("elbow", "wrist", "ankle", "foot")}
        bones |= {f"{side}_{joint}": name for joint, name in chosen.items() if name}
    return bones


def _fingers(found: dict) -> dict[str, str]:
    bones = {}
    for side in SIDES:
        for finger in FINGERS:
            chain = sorted((depth, number, name) for depth, number, name in found.get((side, finger), ()))
            # A fourth bone is either a metacarpal, nearer the wrist, or an end.
            names = [name for _, number, name in chain]
            if len(names) == 4 and finger != "thumb" and chain[0][1] == 0:
                names = names[1:]
            bones |= {f"{side}_{finger}{i}": name for i, name in enumerate(names[:3], start=1)}
    return bones


def _trunk(bones: dict[str, str], found: dict, parents: dict[str, str]) -> dict[str, str]:
    """Add spine and neck: what lies between pelvis and head, and what is called so."""
    spine = [name for _, _, name in found.get(("", "spine"), ())]
    neck = [name for _, _, name in found.get(("", "neck"), ())]
    # What both thighs and the spine hang from moves the whole body, whatever it is called.
    lines = [_ancestors(bones[key], parents) for key in ("left_hip", "right_hip") if key in bones]
    lines += [[name, *_ancestors(name, parents)] for name in spine[:1]]
    shared = [name for name in lines[0] if all(name in line for line in lines)] if "left_hip" in bones else []
    if shared and bones.get("pelvis") not in shared:
        bones["pelvis"] = shared[0]
    top = bones.get("head") or bones.get("left_shoulder") or ""
    way = [top, *_ancestors(top, parents)][::-1] if top else []
    if "head" not in bones and spine and not neck:
        # One chain of numbered spine bones up to the head: the arms leave it at the chest.
        chain = sorted(spine, key=lambda name: len(_ancestors(name, parents)))
        arms = set(_ancestors(bones.get("left_shoulder", ""), parents))
        above = [name for name in chain if name not in arms and name != bones.get("pelvis")]
        above = [name for name in above if arms & set(_ancestors(name, parents)) & set(chain)]
        if above:
            bones["head"], neck = above[-1], above[:-1]
            spine = [name for name in spine if name not in above]
            way = [bones["head"], *_ancestors(bones["head"], parents)][::-1]
    for chain, names in (("spine", spine), ("neck", neck)):
        inside = [name for name in way if name in names and name != bones.get("pelvis")]
        ordered = inside or sorted(names, key=lambda name: len(_ancestors(name, parents)))
        bones |= {f"{chain}.{i}": name for i, name in enumerate(ordered[: LONGEST[chain]])}
    return bones
