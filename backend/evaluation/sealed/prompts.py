"""A sealed set: one sentence a line as JSON, with what a fair judge accepts.

Fields of a line: ``text``, ``sort`` (`SORTS`), and either ``refuse`` (true: no motion that the product knows; ``nearly`` has kinds
that would do if it is said so) or ``steps``. ``steps`` has the acceptable actions for each step; ``or`` has other readings of the
whole sentence, of the same form. ``tell`` has words that need not be done where it is said that they are not.

Fields of an action (`Wanted`): ``kinds``; ``side``, ``direction``, ``style`` and ``speed``, each a name or a list of them; the
numbers ``count``, ``turn`` (degrees, left positive), ``way`` (metres), ``footfalls`` and ``seconds``, each one or a list;
``while``, an action at the same time; ``optional``, for a step that need not be made. Only what the words ask for is there. No
kinds: a motion that the product was not meant to know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backend.errors import UserError
from backend.language.instruction import DIRECTIONS, SIDES, SPEEDS, STYLES

SORTS = (
    "caption", "label", "animator", "game", "expressive", "numbers", "issue", "chat", "german", "no_instruction", "unknown_verb",
)  # fmt: skip
NAMED = {"side": SIDES, "direction": DIRECTIONS, "speed": SPEEDS, "style": STYLES}
NUMBERS = ("count", "turn", "way", "footfalls", "seconds")
SPEAKABLE = re.compile(r"[A-Za-z][A-Za-z' ,.?!-]*")  # what every voice can say


@dataclass(frozen=True)
class Wanted:
    """One acceptable action. Empty fields are not asked for."""

    kinds: tuple[str, ...]
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # side, direction, speed, style -> acceptable ones
    numbers: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # count, turn, way ... -> acceptable ones
    during: Wanted | None = None
    optional: bool = False


Reading = tuple[tuple[Wanted, ...], ...]  # for each step the acceptable actions


@dataclass(frozen=True)
class SealedPrompt:
    """A sentence and what may be answered."""

    text: str
    sort: str
    readings: tuple[Reading, ...]
    refuse: bool = False
    tell: tuple[str, ...] = ()
    nearly: tuple[str, ...] = ()


def read_prompts(path: Path) -> list[SealedPrompt]:
    """The sentences of a file. Raises UserError ``sealed_set`` that names the first wrong line."""
    prompts, seen = [], set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            prompt = prompt_of(json.loads(line))
            if prompt.text.lower() in seen:
                raise ValueError("the sentence is there twice")
        except (ValueError, KeyError, TypeError) as error:
            raise UserError("sealed_set", f"Line {number} of {path.name} cannot be used: {error}.", "Correct the line.") from error
        seen.add(prompt.text.lower())
        prompts.append(prompt)
    return prompts


def prompt_of(row: dict) -> SealedPrompt:
    """One line. ValueError, KeyError or TypeError say what is wrong with it."""
    _no_others(row, ("text", "sort", "refuse", "steps", "or", "tell", "nearly"))
    if row["sort"] not in SORTS:
        raise ValueError(f"there is no sort {row['sort']!r}")
    refuse = bool(row.get("refuse"))
    if refuse == ("steps" in row):
        raise ValueError("it needs either steps or refuse")
    written = [] if refuse else [row["steps"], *row.get("or", [])]
    readings = tuple(tuple(tuple(map(wanted_of, step)) for step in reading) for reading in written)
    if not refuse and not all(reading and all(reading) for reading in readings):
        raise ValueError("a reading has no step, or a step no action")
    tell = tuple(row.get("tell", ()))
    missing = [word for word in tell if word.lower() not in words_of(row["text"])]
    if missing:
        raise ValueError(f"the sentence has no {', '.join(missing)}")
    return SealedPrompt(row["text"], row["sort"], readings, refuse, tell, tuple(row.get("nearly", ())))


def wanted_of(row: dict) -> Wanted:
    """One acceptable action. ValueError where a field or a name is unknown."""
    _no_others(row, ("kinds", *NAMED, *NUMBERS, "while", "optional"))
    named = {name: _several(row[name]) for name in NAMED if name in row}
    for name, values in named.items():
        if unknown := set(values) - set(NAMED[name]):
            raise ValueError(f"there is no {name} {sorted(unknown)[0]!r}")
    numbers = {name: tuple(map(float, _several(row[name]))) for name in NUMBERS if name in row}
    during = wanted_of(row["while"]) if "while" in row else None
    return Wanted(tuple(row["kinds"]), named, numbers, during, bool(row.get("optional")))


def words_of(text: str) -> list[str]:
    """The words of a sentence in lower case, as they are compared; numbers are words."""
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower())


def unspeakable(prompts: Iterable[SealedPrompt]) -> list[str]:
    """The sentences that the voices cannot say: digits, other alphabets."""
    return [prompt.text for prompt in prompts if not SPEAKABLE.fullmatch(prompt.text)]


def _several(value: object) -> tuple:
    return tuple(value) if isinstance(value, list) else (value,)


def _no_others(row: dict, known: Iterable[str]) -> None:
    if unknown := set(row) - set(known):
        raise ValueError(f"there is no field {sorted(unknown)[0]!r}")
