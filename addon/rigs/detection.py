"""Which rig map fits an armature, and how well. Names only; no bpy.

A map's score is the share of its bones that are there. Names may carry one more prefix where the map says so: exporters
and importers add ``mixamorig:``, ``mixamorig7:`` or ``Character1_``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .joints import REQUIRED, list_labels
from .name_matching import match_names
from .rig_map import RigMap

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
    """

    rig_map: RigMap
    bones: dict[str, str]
    missing: tuple[str, ...]
    prefix: str = ""

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

    def sentence(self) -> str:
        """Why the armature cannot be keyed, without final period; empty when it can."""
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


def detect_rig(parents: dict[str, str], maps: Iterable[RigMap]) -> Match:
    """The best map for an armature: a preset where one fits, else what the names say.

    Args:
        parents: bone name -> name of its parent, empty for none.
        maps: in order of preference where they fit equally well.
    """
    matches = [fit_map(rig_map, parents) for rig_map in maps]
    best = max(matches, key=lambda match: _rank(match, parents), default=None)
    if best is not None and not best.lacking:
        return best
    guessed = match_names(parents)
    by_name = Match(RigMap("Matched by name", guessed), guessed, ())
    if not by_name.lacking or best is None or len(best.bones) < _ENOUGH * best.total:
        return by_name
    return best


def _rank(match: Match, names: Collection[str]) -> tuple:
    """Complete maps first, then by how much is there; root and switches decide between equals."""
    extras = [match.rig_map.root, *(setting.bone for setting in match.rig_map.settings)]
    there = sum(bool(name) and match.prefix + name in names for name in extras)
    return not match.lacking, len(match.bones) / max(match.total, 1), len(match.bones), there
