"""Numbers that were said: degrees, metres, steps, times, seconds, "on the spot".

They are read exactly from the words, as names of `motion.controls`, and need no training. How "for five seconds" is shared out
among several steps is `durations`' matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_TEENS = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
VALUES = (
    {word: float(n) for n, word in enumerate(_UNITS)}
    | {word: float(n) for n, word in enumerate(_TEENS, start=13)}
    | {word: 10.0 * n for n, word in enumerate(_TENS, start=2)}
    | {"fourty": 40.0, "a": 1.0, "an": 1.0, "single": 1.0, "couple": 2.0, "pair": 2.0, "dozen": 12.0}
)
_TIMES = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
# what these are in the unit of the control
_LENGTHS = {
    "metre": 1.0, "meter": 1.0, "m": 1.0, "foot": 0.3048, "feet": 0.3048, "ft": 0.3048, "yard": 0.9144,
    "inch": 0.0254, "inche": 0.0254, "centimetre": 0.01, "centimeter": 0.01, "cm": 0.01,
    "kilometre": 1000.0, "kilometer": 1000.0, "km": 1000.0, "mile": 1609.3,
}  # fmt: skip
_DURATIONS = {"second": 1.0, "sec": 1.0, "s": 1.0, "minute": 60.0, "min": 60.0}
_STEPS = frozenset({"step", "pace", "stride", "footstep"})
_COUNTS = frozenset({"time", "rep", "repetition", "round"})
_BETWEEN = frozenset(
    ("of", "more", "full", "small", "big", "large", "little", "short", "long", "tiny", "giant", "whole", "quick", "slow", "good")
)
_STOOD_ON = frozenset({"on", "with", "your", "his", "her", "their", "the"})  # "on one foot" is no length
_HUNDRED = r"(?:a|one) hundred"
_TURNS = (  # degrees of wordings without the word
    (r"three sixty|three hundred (?:and )?sixty|360|full (?:turn|circle|rotation|spin)", 360.0),
    (r"seven twenty|720", 720.0),
    (rf"one eighty|{_HUNDRED} (?:and )?eighty|180|half turn|u turn|about face", 180.0),
    (r"quarter turn|right angle", 90.0),
)
MOST = {"turn": 1080.0, "way": 15.0, "footfalls": 25.0, "repetitions": 9.0, "seconds": 60.0}
_LEFT = re.compile(r"\b(?:left|counterclockwise|anticlockwise|counter clockwise|anti clockwise)\b")
_RIGHT = re.compile(r"\b(?:right(?! angle)|clockwise)\b")
_PLACE = re.compile(
    r"\b(?:in|on) (?:place|the spot|one spot|the same spot)\b|\bwithout (?:moving forward|going anywhere)\b|\btreadmill\b"
)


def asked_numbers(words: Sequence[str]) -> dict[str, float]:
    """Numbers in lower-case words of one step, by name of control.

    Those that were not said are missing. ``turn``, in degrees, is positive to the left or where no side was said
    (`turn_has_side`); ``way`` is in metres."""
    text = " ".join(words)
    found: dict[str, float] = {}
    for value, unit in _amounts(list(words)):
        if unit.startswith("degree") or unit == "deg":
            found["turn"] = value
        elif _singular(unit) in _LENGTHS:
            found["way"] = value * _LENGTHS[_singular(unit)]
        elif _singular(unit) in _STEPS:
            found["footfalls"] = value
        elif _singular(unit) in _COUNTS:
            found["repetitions"] = value
        elif _singular(unit) in _DURATIONS:
            found["seconds"] = value * _DURATIONS[_singular(unit)]
    for word, value in _TIMES.items():
        if word in words:
            found.setdefault("repetitions", value)
    for pattern, degrees in _TURNS:
        if re.search(rf"\b(?:{pattern})\b", text):
            found.setdefault("turn", degrees)
    if _PLACE.search(text) and "way" not in found:
        found["way"] = 0.0
    if "turn" in found and _RIGHT.search(text) and not _LEFT.search(text):
        found["turn"] = -found["turn"]
    return found


def in_range(asked: dict[str, float]) -> dict[str, float]:
    """What was asked for, without the numbers that no motion has."""
    return {name: value for name, value in asked.items() if abs(value) <= MOST[name]}


def turn_has_side(words: Sequence[str]) -> bool:
    """Whether left or right was said."""
    text = " ".join(words)
    return bool(_LEFT.search(text) or _RIGHT.search(text))


def _amounts(words: list[str]) -> list[tuple[float, str]]:
    """Every (number, unit) in the words: (90.0, "degrees"), half a metre (0.5, "metre")."""
    found, place = [], 0
    while place < len(words):
        value, after = spoken_number(words, place)
        if value is None:
            place += 1
            continue
        while after < len(words) and words[after] in _BETWEEN:
            after += 1
        if words[after : after + 3] == ["and", "a", "half"]:
            value, after = value + 0.5, after + 3
        if after < len(words):
            unit = words[after]
            if unit in ("foot", "feet") and place and words[place - 1] in _STOOD_ON:
                place = after
                continue
            if words[after + 1 : after + 4] == ["and", "a", "half"]:
                value += 0.5
            found.append((value, unit))
        place = max(after, place + 1)
    return found


def spoken_number(words: Sequence[str], place: int) -> tuple[float | None, int]:
    """The number that begins at a word, and the place behind it; None where none begins there.

    "a hundred and eighty" is 180, "three sixty" 360, "forty five" 45, "two point five" 2.5, "half a" 0.5."""
    word = words[place]
    if re.fullmatch(r"\d+(?:\.\d+)?", word):
        return float(word), place + 1
    if word == "half":
        return 0.5, place + 1 + (words[place + 1 : place + 2] in (["a"], ["an"]))
    if word not in VALUES:
        return None, place
    value, place = VALUES[word], place + 1
    following = words[place] if place < len(words) else ""
    if following in ("couple", "pair", "dozen", "half") and value == 1.0:
        return {"half": 0.5}.get(following) or VALUES[following], place + 1
    if following == "hundred":
        value, place = 100 * value, place + 1
        rest = place + 1 if words[place : place + 1] == ["and"] else place
        added, behind = spoken_number(words, rest) if rest < len(words) and words[rest] in VALUES else (None, place)
        return (value + added, behind) if added is not None and added < 100 and words[rest] not in ("a", "an") else (value, place)
    if following in _TENS and value < 10 and word not in ("a", "an"):  # "three sixty", "one eighty five"
        tens, behind = spoken_number(words, place)
        return 100 * value + (tens or 0.0), behind
    if word in _TENS and following in VALUES and VALUES[following] < 10 and following not in ("a", "an"):
        return value + VALUES[following], place + 1
    if following == "point" and place + 1 < len(words) and VALUES.get(words[place + 1], 10.0) < 10:
        return value + VALUES[words[place + 1]] / 10, place + 2
    return value, place


def _singular(unit: str) -> str:
    return unit[:-1] if len(unit) > 2 and unit.endswith("s") else unit
