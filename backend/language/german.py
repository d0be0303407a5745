"""German instructions in English words, by a table of verbs and phrases (`german.json`).

It knows the verbs of the vocabulary, sides, numbers, speeds, styles and joining words. What it does not know stays as it is, so
that it is told.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from .english import inflect_verb
from .kinds import all_kinds
from .lexicon import sayable
from .pieces import MARK, Piece, joined

_LONGEST = 5  # words of a phrase
_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_THIRD = frozenset({"he", "she", "it", "someone", "person", "man", "woman", "character"})
_IN_FRONT = frozenset({"you", "they", "people", "can", "please", "now", "first", "make", "him", "her"})  # of the verb
_ENDS = frozenset({"and", "then", "while", "before", "after", "without", "at the same time", "finally"})  # of a clause
_ENGLISH_TOO = frozenset(
    {"die", "hand", "arm", "ball", "in", "an", "so", "box", "duck", "kick", "spring", "wink", "stand", "fall"}
)


def folded(word: str) -> str:
    """A German word in lower case with ae, oe, ue, ss."""
    return word.lower().translate(_ASCII)


@cache
def _phrases() -> dict[str, str]:
    table = json.loads((Path(__file__).parent / "german.json").read_text(encoding="utf-8"))
    return {folded(words): english for words, english in table["phrases"].items()}


@cache
def _verbs() -> dict[str, str]:
    table = json.loads((Path(__file__).parent / "german.json").read_text(encoding="utf-8"))
    return {folded(form): english for forms, english in table["verbs"].items() for form in forms.split("|")}


def is_german(pieces: list[Piece]) -> bool:
    """Whether more words are German than English."""
    words = [folded(piece.said) for piece in pieces if piece.how != MARK]
    english = sayable(tuple(all_kinds()))
    table = _single_words() | set(_verbs())
    german = [word for word in words if word in table - _ENGLISH_TOO]
    return len([word for word in german if word not in english]) > len(
        [word for word in words if word in english and word not in table]
    )


@cache
def _single_words() -> frozenset[str]:
    return frozenset(word for phrase in _phrases() for word in phrase.split())


def in_english(pieces: list[Piece]) -> list[Piece]:
    """German pieces in English, each with the German words it stands for.

    Verbs come first in their clause."""
    translated: list[Piece] = []
    pieces = _then_first(pieces)
    place, subject, after = 0, "", ""
    verbs: set[int] = set()
    while place < len(pieces):
        size, english = _match(pieces, place)
        if size == 0:
            piece = pieces[place]
            translated.append(piece)
            place += 1
            if piece.how == MARK:
                subject = after = ""
            continue
        if _is_verb(english, pieces[place : place + size]):
            verbs.add(len(translated))
            behind = pieces[place + size : place + size + 1]
            subject = subject or (_phrases().get(folded(behind[0].said), "") if behind else "")
            english = _inflected(
                english, "ing" if after in ("while", "without") and not subject else "s" if subject in _THIRD else "base"
            )
        translated.append(joined(pieces[place : place + size], tuple(english.split())))
        last = english.split()[-1] if english else ""
        after = english if english in _ENDS else after
        if english in _ENDS:
            subject = ""
        subject = last if last in _THIRD or last in ("you", "they") else subject
        place += size
    return _verbs_first(translated, verbs)


def _match(pieces: list[Piece], place: int) -> tuple[int, str]:
    """How many pieces from a place on are a phrase of the table, and its English."""
    for size in range(min(_LONGEST, len(pieces) - place), 0, -1):
        some = pieces[place : place + size]
        words = " ".join(folded(piece.said) for piece in some)
        if any(piece.how == MARK for piece in some):
            continue
        if words in _phrases() and not (size > 1 and words.endswith(" um") and _is_number(pieces[place + size : place + size + 1])):
            return size, _phrases()[words]
        if size == 1 and words in _verbs():
            return size, _verbs()[words]
    if place + 1 < len(pieces) and pieces[place].how == MARK and folded(pieces[place + 1].said) in ("dass", "damit"):
        return 2, ""
    return 0, ""


def _then_first(pieces: list[Piece]) -> list[Piece]:
    """Pieces with "dann" before the verb that it follows ("und winke dann")."""
    found = list(pieces)
    for place in range(1, len(found)):
        if folded(found[place].said) in ("dann", "danach", "anschliessend") and folded(found[place - 1].said) in _verbs():
            found[place - 1 : place + 1] = found[place], found[place - 1]
    return found


def _is_number(some: list[Piece]) -> bool:
    return bool(some) and (
        some[0].said[0].isdigit() or folded(some[0].said) in ("neunzig", "hundertachtzig", "fuenfundvierzig", "sechzig")
    )


def _is_verb(english: str, some: list[Piece]) -> bool:
    return bool(english) and (
        folded(some[-1].said) in _verbs() or folded(some[0].said) in _verbs() or folded(some[0].said) in ("mach", "macht", "nimm")
    )


def _inflected(english: str, form: str) -> str:
    first, *rest = english.split()
    return " ".join([inflect_verb(first, form), *rest])


def _verbs_first(pieces: list[Piece], verbs: set[int]) -> list[Piece]:
    """The only verb of each clause ahead, behind the subject ("slowly forward walk")."""
    found, clause = [], []

    def close() -> None:
        own = [number for number in clause if number in verbs]
        order = clause
        if len(own) == 1 and own[0] == clause[0] and len(clause) > 1 and set(pieces[clause[1]].told) & (_THIRD | {"you", "they"}):
            order = [clause[1], clause[0], *clause[2:]]  # "winkt er"
        elif len(own) == 1 and own[0] != clause[0]:
            subject = [
                number
                for number in clause
                if number < own[0]
                and set(pieces[number].told) & (_THIRD | _IN_FRONT)
            ]
            front = clause[: clause.index(subject[-1]) + 1] if subject else []
            order = [*front, own[0], *(number for number in clause if number not in front and number != own[0])]
        found.extend(pieces[number] for number in order)
        clause.clear()

    for number, piece in enumerate(pieces):
        if piece.how == MARK or " ".join(piece.told) in _ENDS | {"and then"}:
            close()
            found.append(piece)
        else:
            clause.append(number)
    close()
    return [replace(piece) for piece in found]
