"""Lengths said with an action ("for five seconds"): their wordings, and reading them.

The generator takes a motion's length from here where the user set none.
"""

from __future__ import annotations

import re

SHORTEST, LONGEST = 1.0, 10.0  # seconds that may be said

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_AMOUNTS = {word: float(number) for number, word in enumerate(_NUMBERS, start=1)} | {
    "a": 1.0, "a couple of": 2.0, "a couple": 2.0, "couple of": 2.0, "a few": 3.0, "few": 3.0,
}  # fmt: skip

# how the caption grammar says them
SPOKEN_DURATIONS = (
    *(f"for {word} seconds" for word in _NUMBERS[1:]),
    "for a second", "for a couple of seconds", "for a few seconds", "for a few seconds", "for about five seconds",
)  # fmt: skip

_SPOKEN = "|".join(sorted(_AMOUNTS, key=len, reverse=True))
_DURATION = re.compile(rf"\b(?P<amount>{_SPOKEN}|\d+(?:\.\d+)?) ?seconds?\b")
_WHOLE = {word: number for number, word in enumerate(("zero", *_NUMBERS))}
_PARTED = re.compile(rf"\b({'|'.join(_WHOLE)}) point ({'|'.join(_WHOLE)})\b")
_PARTS = re.compile(r"\b(?:then|next|finally|afterwards|followed(?: by)?|before|after|once|when)\b")


def spoken_seconds(words: str) -> float | None:
    """The seconds that the words ask for, 1 to 10; None where not every step says its length.

    Args:
        words: heard or typed, in any case. The lengths of several steps add up.
    """
    text = " ".join(re.sub(r"[^a-z0-9. ]+", " ", words.lower()).split())
    text = _PARTED.sub(lambda match: f"{_WHOLE[match[1]]}.{_WHOLE[match[2]]}", text)
    found = [_seconds(match["amount"]) for match in _DURATION.finditer(text)]
    if not found or (len(found) < len(_steps(text))):
        return None
    return min(max(sum(found), SHORTEST), LONGEST)


def _steps(text: str) -> list[str]:
    """The text of each step: what stands between joining words, fillers left out."""
    parts = (re.sub(r"\b(?:and|you|he|she|they|re|s|done|that|first)\b", " ", part) for part in _PARTS.split(text))
    return [part for part in parts if part.strip()]


def _seconds(amount: str) -> float:
    return _AMOUNTS[amount] if amount in _AMOUNTS else float(amount)
