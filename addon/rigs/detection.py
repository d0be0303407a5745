"""Which rig map fits an armature, how well, and how sure that is. No bpy.

A map's score is the share of its bones that are there. Names may carry one more prefix where the map says so: exporters
and importers add ``mixamorig:``, ``mixamorig7:`` or ``Character1_``. Where no map fits, the body is looked for (`body_matching`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from .body_matching import EXPECTED, LEFT_AND_RIGHT, BodyMatch, exchanged, match_body
from .bone_tree import BoneTree, bone_tree
from .facing import CLEAR, facing_evidence
from .joints import FACE, LONGEST, REQUIRED, list_labels
from .rig_map import RigMap, bundled_maps

_SEPARATORS = ":_|.- "
_ENOUGH = 0.5  # of a map's bones, to call a rig that map's although needed ones miss


@dataclass(frozen=True)
class Match:
    """How a map fits.

    Attributes:
        rig_map: the map.
        bones: joint key -> name of a bone that exists.
        missing: keys of joints the map has and the armature has not.
        prefix: what the names of this armature have in front of the map's.
        doubts: why the match may be wrong, in clauses; none where it is sure.
        refusal: why the armature is no body to move, a clause; empty where it is one.
    """

    rig_map: RigMap
    bones: dict[str, str]
    missing: tuple[str, ...]
    prefix: str = ""
    doubts: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def total(self) -> int:
        """How many bones the map has."""
        return len(self.bones) + len(self.missing)

    @property
    def lacking(self) -> list[str]:
        """Keys of joints without which nothing can be keyed."""
        return [key for key in REQUIRED if key not in self.bones]

    @property
    def score(self) -> str:
        """``Mixamo, 52 of 52 bones``."""
        return f"{self.rig_map.name}, {len(self.bones)} of {self.total} bones"

    @property
    def summary(self) -> str:
        """Score, what is missing, how sure: ``Matched by name, 21 of 22 bones, no Neck 1; sure``."""
        told = f"{self.score}, no {list_labels(list(self.missing))}" if self.missing else self.score
        return f"{told}; unsure: {', '.join(self.doubts)}" if self.doubts else f"{told}; sure"

    def sentence(self) -> str:
        """Why the armature cannot be keyed, without final period; empty when it can."""
        if self.refusal:
            return f"No human body was recognized: {self.refusal}. Choose the bones under Bone Map"
        lacking = self.lacking
        if not lacking:
            return ""
        return f"No bone was found for {list_labels(lacking)}: choose them under Bone Map"


def fit_map(rig_map: RigMap, names: Collection[str]) -> Match:
    """``rig_map`` on an armature whose bones have these names."""
    best = _with_prefix(rig_map, names, "")
    if rig_map.any_prefix:
        first = rig_map.bones.get("pelvis", "")
        found = {name[: -len(first)] for name in names if first and name.endswith(first) and name != first}
        for prefix in sorted(prefix for prefix in found if prefix[-1] in _SEPARATORS):
            other = _with_prefix(rig_map, names, prefix)
            best = max(best, other, key=lambda match: len(match.bones))
    return best


def _with_prefix(rig_map: RigMap, names: Collection[str], prefix: str) -> Match:
    bones = {key: prefix + bone for key, bone in rig_map.bones.items() if prefix + bone in names}
    return Match(rig_map, bones, tuple(key for key in rig_map.bones if key not in bones), prefix)


def detect_rig(
    parents: Mapping[str, str],
    maps: Iterable[RigMap],
    heads: Mapping[str, np.ndarray] | None = None,
    tails: Mapping[str, np.ndarray] | None = None,
) -> Match:
    """The best map: a preset that fits, else the body that names and shape show.

    Args:
        parents: bone name -> name of its parent, empty for none.
        maps: in order of preference where they fit equally well.
        heads, tails: bone name -> (3,) at rest in armature space; None where only names are known.
    """
    matches = [fit_map(rig_map, parents) for rig_map in maps]
    best = max(matches, key=lambda match: _rank(match, parents), default=None)
    tree = bone_tree(parents, heads, tails)
    body = match_body(tree)
    if best is not None and not best.lacking:
        return _judged(best, tree, body)
    by_body = body_match(body)
    if not by_body.lacking or by_body.refusal or best is None or len(best.bones) < _ENOUGH * best.total:
        return by_body
    return best


def body_match(body: BodyMatch) -> Match:
    """A match without a preset, of the joints that were found."""
    name = "Matched by shape" if body.by_shape and body.bones else "Matched by name"
    missing = tuple(key for key in EXPECTED if key not in body.bones)
    return Match(RigMap(name, body.bones), body.bones, missing, doubts=body.doubts, refusal=body.refusal)


def _judged(match: Match, tree: BoneTree, body: BodyMatch) -> Match:
    """A preset that ships, completed by the body, its sides exchanged where they are wrong.

    Maps of the user's stay as they are. A map that says what follows what, or which switches to set, names controls, whose places
    show no body.
    """
    if match.rig_map not in bundled_maps() or match.rig_map.follows or match.rig_map.settings:
        return match
    match = _completed(match, body)
    rows = {name: row for row, name in enumerate(tree.names)}
    if facing_evidence(tree, {key: rows[name] for key, name in match.bones.items()}) > -CLEAR:
        return match
    missing = tuple(exchanged(dict.fromkeys(match.missing)))
    return replace(match, bones=exchanged(match.bones), missing=missing, doubts=(LEFT_AND_RIGHT,))


def _completed(match: Match, body: BodyMatch) -> Match:
    """The match with more bones of spine and neck, and toes and fingers that have other names."""
    bones = dict(match.bones)
    for chain in LONGEST:
        own, others = ({key: bone for key, bone in each.items() if key.startswith(chain + ".")} for each in (bones, body.bones))
        if set(own.values()) < set(others.values()) and not set(others.values()) - set(own.values()) & set(bones.values()):
            bones |= others
    named = {key: body.bones[key] for key in match.missing if key in body.bones and key not in FACE}
    bones |= {key: bone for key, bone in named.items() if key not in bones and bone not in bones.values()}
    return replace(match, bones=bones, missing=tuple(key for key in match.missing if key not in bones))


def _rank(match: Match, names: Collection[str]) -> tuple:
    """Complete maps first, then by how much is there; root and switches decide between equals."""
    extras = [match.rig_map.root, *(setting.bone for setting in match.rig_map.settings)]
    there = sum(bool(name) and match.prefix + name in names for name in extras)
    return not match.lacking, len(match.bones) / max(match.total, 1), len(match.bones), there
