"""Tiers of motion data: their licences, and which tiers a pack may be and was trained on.

Runs note their tiers (`training.provenance`), so weights that start from others carry theirs as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import UserError
from ..packs.pack import NONCOMMERCIAL
from .corpus import read_jsonl

LICENCES = {
    "open": "free to use; CMU asks for credit; CC0 / MIT / Apache / CC BY 4.0 (GDQuest)",
    "sharealike": "CC BY-SA 3.0 (HDM05)",
    NONCOMMERCIAL: "CC BY-NC 4.0 (Bandai-Namco)",
    "authored": "ours, GPL-3.0-or-later",
}
SHIPPED_TIERS = ("open", "sharealike")
RESEARCH_TIERS = (*SHIPPED_TIERS, NONCOMMERCIAL)


def sorted_tiers(tiers: Iterable[str]) -> list[str]:
    """Each tier once, in the order of `LICENCES`. UserError for an unknown one."""
    found = set(tiers)
    if unknown := found - LICENCES.keys():
        raise UserError("unknown_tier", f"Nothing is known of the licence of the tier {min(unknown)}.", "Add it to LICENCES.")
    return [tier for tier in LICENCES if tier in found]


def licence_of(tiers: Iterable[str]) -> str:
    """The licence of weights trained on some tiers: the most restrictive one."""
    found = set(tiers)
    return "CC BY-NC 4.0" if NONCOMMERCIAL in found else "CC BY-SA 3.0"


def tiers_of_samples(data: Path) -> list[str]:
    """The tiers of all clips in samples.jsonl. UserError for a clip in no index."""
    known = {row["clip"]: row["tier"] for row in read_jsonl(data / "motions" / "index.jsonl")}
    known |= {row["name"]: "authored" for row in read_jsonl(data / "authored" / "index.jsonl")}
    sources = {source for row in read_jsonl(data / "samples.jsonl") for source in row["sources"]}
    if strange := sources - known.keys():
        hint = "Build the samples again: python -m backend data build."
        raise UserError("unknown_source", f"{data / 'samples.jsonl'} has motions of {min(strange)}, which no index lists.", hint)
    return sorted_tiers(known[source] for source in sources)
