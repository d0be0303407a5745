"""Splitting an instruction into one clause per step: at "then", "before", "after", a pause.

The inverse of `captions`, and the only place that reads sentences as text. A clause has to contain an action; what it means is
decided by the model. "And" need not separate steps ("squat down and come back up" is one), nor does a second verb, so
`splits_at_and` and `splits_at_verbs` only propose splits to try.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from . import sentence_frames
from .captions import phrases_of
from .english import FORMS, YOU, inflect_phrase, normalise
from .kinds import all_kinds

MAX_STEPS = 4  # steps of one instruction
PAUSE = 0.6  # seconds of silence after which a new step may begin

_UM = r"(?:(?:um|uh|er|hmm|like|you know|i mean) )*"  # fillers, allowed anywhere
_LINK = r"(?:then|next|finally|afterwards|after that)"
_JOIN = re.compile(
    rf"\b(?:and {_UM})?(?:{_LINK}(?: {_UM}{_LINK})*|followed {_UM}by|(?:once|when) {_UM}\S+ {_UM}(?:(?:is|are) {_UM})?done)\b"
)
_BEFORE, _AFTER = re.compile(r"\bbefore\b"), re.compile(r"\bafter\b")
_AND = re.compile(r"\band\b")
_COMMON = frozenset(("an", "at", "be", "in", "into", "of", "on", "one", "some", "with", "your", "don't"))  # no actions


def split_clauses(words: Sequence[str], pauses: Sequence[float] = ()) -> list[range]:
    """Clauses of spoken or typed words, as ranges of word indices in the order of doing.

    Args:
        words: in lower case, without punctuation.
        pauses: seconds of silence before each word; empty where unknown.

    Returns:
        At least one range where there are words. Joining words ("then") and pieces without an action ("okay, ...") are in none.
    """
    pieces = [piece for part in _split_at(words, range(len(words)), _JOIN) for piece in _split_at_pauses(words, part, pauses)]
    found = [_without_and(words, clause) for piece in pieces if _has_action(words, piece) for clause in _reordered(words, piece)]
    found = [_without_come_on(words, clause) for clause in found]
    return found or ([range(len(words))] if words else [])


def splits_at_and(words: Sequence[str], clause: range) -> list[tuple[range, range]]:
    """Possible splits of a clause at an "and" that is followed by an action."""
    found = []
    for first, second in _cuts(words, clause, _AND):
        if _has_action(words, first) and _starts_action(words, second):
            found.append((first, second))
    return found


def splits_at_verbs(words: Sequence[str], clause: range) -> list[tuple[range, range]]:
    """Possible splits of a clause before a second verb ("walk forward jump twice").

    Only after a word of an action: "raise your hand to salute" is one step. Only for commands: "he walks" may be "two walks".
    """
    found = []
    for number in clause[1:]:
        first, second = range(clause.start, number), range(number, clause.stop)
        if words[number] in _command_verbs() and words[number - 1] in _action_words():
            found.append((first, second))
    return found


def _reordered(words: Sequence[str], clause: range) -> list[range]:
    """A clause split at "before" or "after", with what has to be done first in front."""
    for pattern, turned in ((_BEFORE, False), (_AFTER, True)):
        parts = next(iter(_cuts(words, clause, pattern)), None)
        if parts and all(_has_action(words, part) for part in parts):
            return [*_reordered(words, parts[turned]), *_reordered(words, parts[not turned])]
    return [clause]


def _split_at_pauses(words: Sequence[str], clause: range, pauses: Sequence[float]) -> list[range]:
    """A clause split at pauses before another action; other pauses are hesitations."""
    clause = _without_come_on(words, clause)
    for number in clause[1:] if pauses else ():
        first, second = range(clause.start, number), range(number, clause.stop)
        if pauses[number] >= PAUSE and _has_action(words, first) and _starts_action(words, second):
            return [first, *_split_at_pauses(words, second, pauses)]
    return [clause]


def _split_at(words: Sequence[str], clause: range, pattern: re.Pattern) -> list[range]:
    """The pieces of a clause between the matches of a pattern."""
    pieces, begin = [], clause.start
    for first, second in _cuts(words, clause, pattern):
        pieces.append(range(begin, first.stop))
        begin = second.start
    return [piece for piece in [*pieces, range(begin, clause.stop)] if len(piece)]


def _cuts(words: Sequence[str], clause: range, pattern: re.Pattern) -> list[tuple[range, range]]:
    """For every match of a pattern: the ranges before and after it."""
    text = " ".join(words[i] for i in clause)
    found = []
    for match in pattern.finditer(text):
        start = clause.start + text[: match.start()].count(" ")
        stop = start + match[0].count(" ") + 1
        found.append((range(clause.start, start), range(stop, clause.stop)))
    return found


def _without_and(words: Sequence[str], clause: range) -> range:
    """The clause without the "and" that splitting left at either end."""
    while words[clause[0]] == "and":
        clause = clause[1:]
    while words[clause[-1]] == "and":
        clause = clause[:-1]
    return clause


def _without_come_on(words: Sequence[str], clause: range) -> range:
    """The clause without a leading "come on" that only encourages ("come on, jump")."""
    heartened = [words[i] for i in clause[:2]] == ["come", "on"] and _starts_action(words, clause[2:])
    return clause[2:] if heartened else clause


def _has_action(words: Sequence[str], clause: range) -> bool:
    """Whether any of its words belongs to an action."""
    return any(words[i] in _action_words() for i in clause)


def _starts_action(words: Sequence[str], clause: range) -> bool:
    """Whether it starts with an action, after fillers and adverbs ("now slowly turn")."""
    for i in clause:
        if words[i] in _first_words():
            return True
        if words[i] not in _frame_words() and not words[i].endswith("ly"):
            return False
    return False


@cache
def _frame_words() -> frozenset[str]:
    """Words of the sentence frames ("could", "please", "um", "he")."""
    return frozenset(word for text in sentence_frames.all_frame_texts() for word in normalise(text).split())


@cache
def _action_words() -> frozenset[str]:
    """Words of all action phrases, in every verb form."""
    return frozenset(word for text in _phrase_texts(FORMS) for word in text.split()) - _frame_words() - _COMMON


@cache
def _first_words() -> frozenset[str]:
    """First words of action phrases in commands and descriptions, not in "-ing" forms."""
    return frozenset(text.split()[0] for text in _phrase_texts(("base", "s"))) - _COMMON


@cache
def _command_verbs() -> frozenset[str]:
    """Verbs that action phrases begin with in commands (not the "side" of "side to side")."""
    return frozenset(text.split()[0] for text in _phrase_texts(("base",), verbs=True)) - _COMMON


def _phrase_texts(forms: Sequence[str], verbs: bool = False) -> set[str]:
    """Action phrases in some verb forms; with ``verbs`` only those that begin with a verb."""
    actions = [action for kind in all_kinds().values() for action in kind.actions()]
    marked = (phrase for action in actions for phrase in phrases_of(action) if not verbs or phrase.startswith("*"))
    return {normalise(inflect_phrase(phrase, form, YOU)) for phrase in marked for form in forms}
