"""Tiers of motion data: what each one's licence asks, which of them a pack may be trained on, and which of them it was trained on.

What is trained on keeps its tiers (`training.provenance`), so that weights started from other weights carry theirs, too.
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
    """Each tier once, in the order of `LICENCES`. Raises UserError for one that is not known."""
    found = set(tiers)
    if unknown := found - LICENCES.keys():
        raise UserError("unknown_tier", f"Nothing is known of the licence of the tier {min(unknown)}.", "Add it to LICENCES.")
    return [tier for tier in LICENCES if tier in found]


def licence_of(tiers: Iterable[str]) -> str:
    """The licence of weights trained on some tiers: that of the data that asks for most."""
    found = set(tiers)
    return "CC BY-NC 4.0" if NONCOMMERCIAL in found else "CC BY-SA 3.0"


def tiers_of_samples(data: Path) -> list[str]:
    """The tiers of every clip that samples.jsonl was composed of. Raises UserError for a clip that is in no index."""
    known = {row["clip"]: row["tier"] for row in read_jsonl(data / "motions" / "index.jsonl")}
    known |= {row["name"]: "authored" for row in read_jsonl(data / "authored" / "index.jsonl")}
    sources = {source for row in read_jsonl(data / "samples.jsonl") for source in row["sources"]}
    if strange := sources - known.keys():
        hint = "Build the samples again: python -m backend data build."
        raise UserError("unknown_source", f"{data / 'samples.jsonl'} has motions of {min(strange)}, which no index lists.", hint)
    return sorted_tiers(known[source] for source in sources)
