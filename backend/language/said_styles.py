"""Styles in sentences: "walk sadly", "run very angrily", and how strong they are meant.

The wordings are data (`styles.json`): after a phrase or before it, with ``{you}``, ``{are}`` and ``{were}`` for who acts. What a
style does to a motion is `motion.styles`' matter.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

STRENGTHS = (0.5, 1.0, 1.6)  # slightly sad, sad, very sad
_SLIGHTLY, _VERY = ("slightly", "a bit", "kind of", "somewhat"), ("very", "really", "extremely", "super")
_GRADED = re.compile(r"^(?:[a-z]+ly|(?:like|as if) \{you\} \{(?:are|were)\} [a-z]+)$")
_WEAK, _STRONG = frozenset({"slightly", "bit", "somewhat", "kind"}), frozenset({"very", "really", "extremely", "super"})


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return json.loads((Path(__file__).parent / "styles.json").read_text(encoding="utf-8"))


def with_style(phrase: str, style: str, strength: float, verb: bool, rng: random.Random) -> str:
    """A marked phrase with a style, such as "as if you were tired"."""
    row = _table()[style]
    if verb and row["before"] and strength == 1.0 and rng.random() < 0.2:
        return f"{rng.choice(row['before'])} {phrase}"
    words = rng.choice([text for text in row["after"] if _GRADED.match(text)] if strength != 1.0 else row["after"])
    if strength != 1.0:
        how = rng.choice(_SLIGHTLY if strength < 1.0 else _VERY)
        words = re.sub(r"(?:[a-z]+)$", lambda match: f"{how} {match[0]}", words)
    return f"{phrase} {_spoken(words)}"


def _spoken(words: str) -> str:
    return words.replace("{you} {are}", "you're").replace("{you} {were}", "you were")


def asked_strength(words: Sequence[str], style: str) -> float:
    """How strong a style is meant by a step's words: 0.5 "slightly", 1, or 1.6 "very"."""
    if not style:
        return 1.0
    said = set(words)
    return STRENGTHS[0] if said & _WEAK else STRENGTHS[2] if said & _STRONG else STRENGTHS[1]


@cache
def style_words_of(style: str) -> frozenset[str]:
    """The words that say a style or how strong it is meant."""
    texts = [*map(_spoken, (text for texts in _table()[style].values() for text in texts)), *_SLIGHTLY, *_VERY]
    return frozenset(word for text in texts for word in re.findall(r"[a-z']+", text.replace("{your}", "")))


def style_words() -> list[str]:
    """All texts that styles can add, for the vocabulary."""
    texts = [text for row in _table().values() for texts in row.values() for text in texts]
    return [*map(_spoken, texts), *_SLIGHTLY, *_VERY, "{your}"]
