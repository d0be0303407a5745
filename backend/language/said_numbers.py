"""Numbers in generated sentences: "ninety degrees", "for two metres", "three steps".

The inverse of `numbers`: the values come from the motion that the sentence is for, so that the model learns what a number means.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from .instruction import Action
from .numbers import VALUES
from .said_styles import STRENGTHS

SAID = 0.25  # share of sentences that say a number where one can be said
TURNING = frozenset({"turn", "spin"})
GOING = frozenset({"walk", "run", "jog", "march", "sneak", "sidestep", "crawl", "skip", "tiptoe", "limp", "lunge_walk", "crouch"})
_ALONG = ("forward", "backward", "left", "right", "forward-left", "forward-right", "backward-left", "backward-right")
_SHORT = {"m": "metres", "cm": "centimetres", "ft": "feet", "deg": "degrees", "sec": "seconds", "s": "seconds", "x": "times"}
_OTHERS = ("a", "an", "single", "couple", "pair", "dozen", "fourty")
_WORDS = {int(value): word for word, value in VALUES.items() if word not in _OTHERS}


def number_phrase(action: Action, measured: Mapping[str, float], rng: random.Random) -> str:
    """What may follow a phrase for an action, such as " for two metres"; mostly nothing.

    ``measured`` are values of `motion.controls`, degrees and metres; a number is said only near them."""
    if rng.random() > SAID or action.count > 1:
        return ""
    if action.kind in TURNING and abs(measured.get("turn", 0.0)) > 25:
        degrees = 15 * round(abs(measured["turn"]) / 15)
        return f" {spelled(degrees)} degrees" if abs(abs(measured["turn"]) - degrees) < 6 else ""
    if action.kind not in GOING or action.direction not in _ALONG:
        return ""
    steps, way = measured.get("footfalls", 0.0), measured.get("way", 0.0)
    if rng.random() < 0.5 and 1 <= steps <= 12:
        unit = rng.choice(("steps", "steps", "paces"))
        return f" {rng.choice(('', 'for '))}{spelled(round(steps))} {unit}" if steps > 1 else " one step"
    if way < 0.7:
        return ""
    unit, size = rng.choice((("metres", 1.0), ("meters", 1.0), ("feet", 0.3048)))
    number = round(way / size)
    if number < 2 or abs(number * size - way) > 0.15 * way:
        return ""
    return f" {rng.choice(('', 'for '))}{spelled(number)} {unit}"


def plausible(action: Action, rng: random.Random) -> dict[str, float]:
    """Values that somebody may ask of an action, where there is no motion to measure."""
    if action.style:
        return {"strength": rng.choice(STRENGTHS)}
    if action.kind in TURNING:
        return {"turn": float(rng.choice((30, 45, 45, 60, 90, 90, 90, 120, 135, 180, 180, 180, 270, 360, 360)))}
    if action.kind in GOING:
        return {"footfalls": float(rng.randint(1, 10)), "way": float(rng.choice((1, 2, 2, 3, 3, 4, 5, 6, 8, 10)))}
    return {}


def spelled_out(text: str) -> str:
    """A typed text with numbers and units as words: "turn 90° left, walk 2.5 m"."""
    text = re.sub(r"(?<=\d)\s*°", " degrees ", text)
    text = re.sub(r"(\d)\s*(m|cm|ft|deg|sec|s|x)\b", lambda match: f"{match[1]} {_SHORT[match[2]]}", text, flags=re.IGNORECASE)
    return re.sub(r"\d+(?:\.\d+)?", lambda match: f" {_said(match[0])} ", text)


def _said(number: str) -> str:
    whole, _, rest = number.partition(".")
    if len(whole) > 3:
        return number
    return spelled(int(whole)) + (f" point {_WORDS[int(rest[0])]}" if rest and rest[0] != "0" else "")


def spelled(number: int) -> str:
    """A number below 1000 as people say it: "a hundred and eighty"."""
    if number in _WORDS:
        return _WORDS[number]
    if number < 100:
        return f"{_WORDS[number - number % 10]} {_WORDS[number % 10]}"
    hundreds, rest = divmod(number, 100)
    first = "a hundred" if hundreds == 1 else f"{_WORDS[hundreds]} hundred"
    return first + (f" and {spelled(rest)}" if rest else "")
