"""Skeletons of naming schemes, with the bones a right detection finds, and further bones of every sort hung on them.

Names and hierarchies come from `naming_schemes.json`, places from `make.places`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from tests.addon.rigs import make

FINGERS, SIDES = make.FINGERS, ("left", "right")
ARM, LEG = ("collar", "shoulder", "elbow", "wrist"), ("hip", "knee", "ankle", "foot")


@dataclass(frozen=True)
class Skeleton:
    """Attributes:
    parents: bone -> parent, empty for none.
    heads, tails: bone -> (3,); Z up, facing -Y, left at +X.
    expect: joint -> bone.
    """

    parents: dict[str, str]
    heads: dict[str, np.ndarray]
    tails: dict[str, np.ndarray]
    expect: dict[str, str]


_WORDS = (("l", "r"), ("L", "R"), ("left", "right"), ("Left", "Right"))


@dataclass(frozen=True)
class Family:
    """A naming scheme. Templates may hold {s} {S} {side} {Side}: l, L, left, Left or what ``words`` says, for the right side too.

    Attributes:
        above: bones above the pelvis, from the root.
        limbs: joint -> template; joints that are left out do not exist.
        fingers: finger -> templates of metacarpal, three phalanges and end; None for none.
        helpers: (name, joint or bone it hangs from, place); templates with a side are made twice.
        twins: joint -> template of a second bone half way down the limb, from which the rest hangs.
        hung: joint -> bone it hangs from, where that is not the joint before; empty for the root.
        words: what {s} {S} {side} {Side} are, for left and right.
        body: "T" or "A", its rest pose.
        expect: joint -> bone, of bones that are made as helpers.
        names_tell: whether names and hierarchy are enough; False where places have to show the rest.
    """

    pelvis: str
    spine: list[str]
    head: str
    limbs: dict[str, str]
    neck: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    fingers: dict[str, list[str | None]] = field(default_factory=dict)
    helpers: list[tuple[str, str, str]] = field(default_factory=list)
    twins: dict[str, str] = field(default_factory=dict)
    hung: dict[str, str] = field(default_factory=dict)
    words: tuple[tuple[str, str], ...] = _WORDS
    body: str = "T"
    expect: dict[str, str] = field(default_factory=dict)
    names_tell: bool = True

    def named(self, template: str, side: str) -> str:
        """A template's name on a side."""
        for mark, words in zip(_MARKS, self.words, strict=True):
            template = template.replace(mark, words[side == "right"])
        return template


_MARKS = ("{s}", "{S}", "{side}", "{Side}")
FAMILIES = {
    name: Family(**data)
    for name, data in json.loads(Path(__file__).with_name("naming_schemes.json").read_text(encoding="utf-8")).items()
}


class _Builder:
    """Bones as they are added: their parents, places and joints."""

    def __init__(self, family: Family) -> None:
        body = {"T": make.T_POSE, "A": make.A_POSE}[family.body]
        body = replace(body, spine=max(1, len(family.spine)), neck=max(1, len(family.neck)))
        self.family = family
        self.at = {key: np.array(place) for key, place in make.places(body).items()}
        self.parents: dict[str, str] = {}
        self.heads: dict[str, np.ndarray] = {}
        self.bone_of: dict[str, str] = {}

    def add(self, name: str, parent: str, place: np.ndarray, key: str = "") -> str:
        assert name not in self.parents, name
        self.parents[name], self.heads[name] = parent, place
        if key:
            self.bone_of[key] = name
        return name

    def add_trunk(self) -> None:
        family, top = self.family, ""
        for i, name in enumerate(family.above):
            top = self.add(name, top, self.at["pelvis" if 0 < i == len(family.above) - 1 else "root"])
        last = self.add(family.pelvis, top, self.at["pelvis"], "pelvis")
        for name, joint, place in family.helpers:  # those from which limbs hang have to be there before
            if name in family.hung.values():
                self.add(name, self.bone_of.get(joint, joint), self.at[place])
        for chain, names in (("spine", family.spine), ("neck", family.neck)):
            for i, name in enumerate(names):
                last = self.add(name, last, self.at[f"{chain}{i}"], f"{chain}.{i}")
        self.add(family.head, last, self.at["head"], "head")

    def add_limb(self, chain: tuple[str, ...], start: str, side: str) -> None:
        family, parent = self.family, start
        for joint in chain:
            if joint not in family.limbs:
                continue
            if joint in family.hung:
                parent = family.hung[joint] or family.above[0]
            here = self.at[f"{side}_{joint}"]
            parent = self.add(family.named(family.limbs[joint], side), parent, here, f"{side}_{joint}")
            if joint in family.twins:
                following = self.at[f"{side}_{chain[chain.index(joint) + 1]}"]
                parent = self.add(family.named(family.twins[joint], side), parent, (here + following) / 2)

    def add_fingers(self, side: str) -> None:
        for finger, templates in self.family.fingers.items():
            parent = self.bone_of[f"{side}_wrist"]
            for number, template in enumerate(templates):
                if template:
                    key = f"{side}_{finger}{number}"
                    name = self.family.named(template, side)
                    parent = self.add(name, parent, self.at[key], key if 1 <= number <= 3 else "")

    def add_helpers(self) -> None:
        for template, joint, place in self.family.helpers:
            if template in self.family.hung.values():
                continue
            for side in SIDES if any(mark in template for mark in _MARKS) else ("",):
                over = self.family.named(joint, side)
                parent = self.bone_of.get(joint, self.bone_of.get(f"{side}_{joint}", over if over in self.parents else ""))
                where = self.at.get(place, self.at.get(f"{side}_{place}"))
                self.add(self.family.named(template, side), parent, where + np.array([0.0, 0.004, 0.0]))


def build(family: Family) -> Skeleton:
    """The scheme's skeleton."""
    made = _Builder(family)
    made.add_trunk()
    chest = made.bone_of[f"spine.{len(family.spine) - 1}"]
    for side in SIDES:
        made.add_limb(ARM, chest, side)
        made.add_limb(LEG, family.pelvis, side)
        made.add_fingers(side)
    made.add_helpers()
    tails = tails_of(made.parents, made.heads)
    if "ankle" in family.hung:  # the shin ends where the foot is, though that hangs from something else
        tails |= {made.bone_of[f"{side}_knee"]: made.at[f"{side}_ankle"] for side in SIDES}
    return Skeleton(made.parents, made.heads, tails, made.bone_of | family.expect)


def tails_of(parents: dict[str, str], heads: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where bones end: at the first bone that hangs from them, else a little further on."""
    tails = {}
    for name, parent in parents.items():
        below = [other for other, above in parents.items() if above == name and np.linalg.norm(heads[other] - heads[name]) > 0.01]
        if below:
            tails[name] = heads[below[0]]
        else:
            way = heads[name] - heads[parent] if parent else np.zeros(3)
            tails[name] = heads[name] + (way * 0.5 if np.linalg.norm(way) > 0.01 else np.array([0, 0, 0.05]))
    return tails


# kind -> names, what it hangs from, which way it goes, length of a bone, bones
EXTRAS: dict[str, tuple[str, tuple[str, ...], tuple[float, float, float], float, int]] = {
    "hair": ("HairStrand_{n}_{i}", ("head",), (0.3, 0.6, -0.9), 0.07, 5),
    "skirt": ("Skirt_{n}_{i}", ("pelvis",), (0.2, 0.3, -1.0), 0.12, 4),
    "cape": ("cape_{n}_{i:02}", ("spine.0", "left_collar", "right_collar", "neck.0"), (0.1, 0.8, -1.0), 0.2, 5),
    "tail": ("Tail.{n}.{i:03}", ("pelvis",), (0.0, 1.0, -0.3), 0.12, 6),
    "weapon": ("weapon_{n}_{i}", ("right_wrist", "left_wrist"), (0.2, -1.0, 0.1), 0.3, 2),
    "twist": ("{joint}_twist_{n}", ("left_shoulder", "right_elbow", "right_hip", "left_knee"), (0.0, 0.0, 0.0), 0.0, 1),
    "ik": ("IK_{joint}_{n}", ("", "pelvis"), (0.3, -0.5, 0.3), 0.3, 1),
    "pole": ("pole_target_{n}", ("",), (0.1, -1.0, 0.5), 0.6, 1),
    "helper": ("helper_{joint}_{n}", ("left_elbow", "left_ankle", "right_wrist", "spine.0"), (0.1, 0.2, 0.2), 0.05, 1),
    "corrective": ("corrective_{joint}_{n}", ("left_shoulder", "right_hip", "left_knee"), (0.3, 0.3, 0.0), 0.04, 1),
    "nameless": ("Bone.{n:03}.{i}", ("head", "pelvis", "spine.0"), (0.2, 0.4, -0.4), 0.05, 3),
    "strange": ("xq{n}zz{i}", ("head", "pelvis", "left_elbow", "right_ankle"), (0.2, 0.4, 0.1), 0.05, 2),
}


def hang(skeleton: Skeleton, count: int, seed: int, kinds: Iterable[str] = tuple(EXTRAS)) -> Skeleton:
    """The skeleton with ``count`` further bones of these kinds."""
    random = np.random.default_rng(seed)
    parents, heads = dict(skeleton.parents), dict(skeleton.heads)
    kinds, joint = list(kinds), skeleton.expect
    while len(parents) < len(skeleton.parents) + count:
        template, places, way, length, bones = EXTRAS[kinds[int(random.integers(len(kinds)))]]
        place = places[int(random.integers(len(places)))]
        parent = joint.get(place, "" if place == "" else joint["pelvis"])
        start = heads[parent] if parent else np.zeros(3)
        along = np.array(way) * [float(random.choice([-1, 1])), 1, 1] + random.normal(size=3) * 0.15
        along /= np.linalg.norm(along)
        number = len(parents)
        for i in range(min(bones, len(skeleton.parents) + count - number)):
            name = template.format(n=number, i=i, joint=place.replace(".", "") or "hand")
            parents[name], heads[name] = parent, start + along * length * (i + 0.5)
            parent = name
    return Skeleton(parents, heads, tails_of(parents, heads) | skeleton.tails, joint)


def nameless(skeleton: Skeleton, seed: int) -> Skeleton:
    """The same bones with names that say nothing, numbered in no order."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(skeleton.parents))
    new = {name: f"Bone.{order[i]:03}" for i, name in enumerate(skeleton.parents)}
    return renamed(skeleton, new)


def renamed(skeleton: Skeleton, new: dict[str, str]) -> Skeleton:
    return Skeleton(
        {new[name]: new.get(parent, "") for name, parent in skeleton.parents.items()},
        {new[name]: at for name, at in skeleton.heads.items()},
        {new[name]: at for name, at in skeleton.tails.items()},
        {key: new[bone] for key, bone in skeleton.expect.items()},
    )


def shuffled(skeleton: Skeleton, seed: int) -> Skeleton:
    """The same bones in another order."""
    names = list(skeleton.parents)
    np.random.default_rng(seed).shuffle(names)
    return replace(skeleton, parents={name: skeleton.parents[name] for name in names})


def turned(skeleton: Skeleton, degrees: float, y_up: bool, scale: float) -> Skeleton:
    """Turned about the vertical, in another unit, with Y up as other programs write it."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    if y_up:
        turn = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]]) @ turn
    move = lambda at: {name: turn @ place * scale for name, place in at.items()}  # noqa: E731
    return replace(skeleton, heads=move(skeleton.heads), tails=move(skeleton.tails))
