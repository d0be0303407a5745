"""Taking an instruction apart where one step ends and the next begins: "..., then ...", "before", "after", a pause.

The opposite of what `captions` and `frames` put together, and the only place where sentences are read as text. What a clause
means is the model's business; here it only has to hold something that can be done. "And" parts nothing by itself ("squat down
and come back up" is one thing to do), and neither does a second verb ("walk forward turn left"), so these are only offered as
places to try.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from . import frames
from .captions import phrases_of
from .english import FORMS, YOU, normalise, render
from .kinds import all_kinds

MOST = 4  # steps of one instruction
PAUSE = 0.6  # seconds of silence between two words from which on a new step may have begun

_UM = r"(?:(?:um|uh|er|hmm|like|you know|i mean) )*"  # may be said anywhere
_LINK = r"(?:then|next|finally|afterwards|after that)"
_JOIN = re.compile(
    rf"\b(?:and {_UM})?(?:{_LINK}(?: {_UM}{_LINK})*|followed {_UM}by|(?:once|when) {_UM}\S+ {_UM}(?:(?:is|are) {_UM})?done)\b"
)
_BEFORE, _AFTER = re.compile(r"\bbefore\b"), re.compile(r"\bafter\b")
_AND = re.compile(r"\band\b")
_COMMON = frozenset(("an", "at", "be", "in", "into", "of", "on", "one", "some", "with", "your", "don't"))  # say nothing alone


def clauses(words: Sequence[str], pauses: Sequence[float] = ()) -> list[range]:
    """The clauses of spoken or typed words, as ranges of word numbers in the order in which they are to be done.

    Args:
        words: in lower case, without punctuation.
        pauses: seconds of silence before each word; none known where empty.

    Returns:
        At least one range where there are words. Words that join clauses are in none of them, and neither are those of a
        piece in which nothing is to be done ("okay, then ...").
    """
    pieces = [piece for part in _apart(words, range(len(words)), _JOIN) for piece in _at_pauses(words, part, pauses)]
    found = [_without_and(words, clause) for piece in pieces if _acts(words, piece) for clause in _in_order(words, piece)]
    found = [_begun(words, clause) for clause in found]
    return found or ([range(len(words))] if words else [])


def places_of_and(words: Sequence[str], clause: range) -> list[tuple[range, range]]:
    """The ways to part a clause at an "and" that something to be done follows."""
    found = []
    for first, second in _cuts(words, clause, _AND):
        if _acts(words, first) and _begins(words, second):
            found.append((first, second))
    return found


def places_of_verbs(words: Sequence[str], clause: range) -> list[tuple[range, range]]:
    """The ways to part a clause, without a word between, where a second thing to be done begins ("walk forward jump twice").

    Only behind a word that says something itself: "raise your hand to salute" is one thing. "He walks" may be "two walks", too, so
    only commands are parted."""
    found = []
    for number in clause[1:]:
        first, second = range(clause.start, number), range(number, clause.stop)
        if words[number] in _commands() and words[number - 1] in _doing():
            found.append((first, second))
    return found


def _in_order(words: Sequence[str], clause: range) -> list[range]:
    """A clause parted at "before" or "after", whatever has to be done first in front."""
    for pattern, turned in ((_BEFORE, False), (_AFTER, True)):
        parts = next(iter(_cuts(words, clause, pattern)), None)
        if parts and all(_acts(words, part) for part in parts):
            return [*_in_order(words, parts[turned]), *_in_order(words, parts[not turned])]
    return [clause]


def _at_pauses(words: Sequence[str], clause: range, pauses: Sequence[float]) -> list[range]:
    """A clause parted where somebody paused and went on with something else to do; any other pause is a hesitation."""
    clause = _begun(words, clause)
    for number in clause[1:] if pauses else ():
        first, second = range(clause.start, number), range(number, clause.stop)
        if pauses[number] >= PAUSE and _acts(words, first) and _begins(words, second):
            return [first, *_at_pauses(words, second, pauses)]
    return [clause]


def _apart(words: Sequence[str], clause: range, pattern: re.Pattern) -> list[range]:
    """The pieces of a clause between matches of a pattern; what joins nothing that can be done stays in no piece."""
    pieces, begin = [], clause.start
    for first, second in _cuts(words, clause, pattern):
        pieces.append(range(begin, first.stop))
        begin = second.start
    return [piece for piece in [*pieces, range(begin, clause.stop)] if len(piece)]


def _cuts(words: Sequence[str], clause: range, pattern: re.Pattern) -> list[tuple[range, range]]:
    """For every match of a pattern: the words of the clause before it and those behind it."""
    text = " ".join(words[i] for i in clause)
    found = []
    for match in pattern.finditer(text):
        start = clause.start + text[: match.start()].count(" ")
        stop = start + match[0].count(" ") + 1
        found.append((range(clause.start, start), range(stop, clause.stop)))
    return found


def _without_and(words: Sequence[str], clause: range) -> range:
    """The clause without an "and" at either end, left over from parting it."""
    while words[clause[0]] == "and":
        clause = clause[1:]
    while words[clause[-1]] == "and":
        clause = clause[:-1]
    return clause


def _begun(words: Sequence[str], clause: range) -> range:
    """The clause without a "come on" in front of something to do, which only cheers somebody on ("come on, jump")."""
    heartened = [words[i] for i in clause[:2]] == ["come", "on"] and _begins(words, clause[2:])
    return clause[2:] if heartened else clause


def _acts(words: Sequence[str], clause: range) -> bool:
    """Whether there is a word in it that says what to do."""
    return any(words[i] in _doing() for i in clause)


def _begins(words: Sequence[str], clause: range) -> bool:
    """Whether the first word that counts begins something to do ("now slowly turn ..." does, "forward" does not)."""
    for i in clause:
        if words[i] in _beginnings():
            return True
        if words[i] not in _around() and not words[i].endswith("ly"):
            return False
    return False


@cache
def _around() -> frozenset[str]:
    """What is said around an instruction ("could", "please", "um", "he")."""
    return frozenset(word for text in frames.all_texts() for word in normalise(text).split())


@cache
def _doing() -> frozenset[str]:
    """Words of the phrases for what can be done, in every verb form."""
    return frozenset(word for text in _phrases(FORMS) for word in text.split()) - _around() - _COMMON


@cache
def _beginnings() -> frozenset[str]:
    """The words such phrases begin with in a command or a description (not "walking": that is "while")."""
    return frozenset(text.split()[0] for text in _phrases(("base", "s"))) - _COMMON


@cache
def _commands() -> frozenset[str]:
    """The verbs that such phrases begin with in a command (not the "side" of "side to side")."""
    return frozenset(text.split()[0] for text in _phrases(("base",), verbs=True)) - _COMMON


def _phrases(forms: Sequence[str], verbs: bool = False) -> set[str]:
    """Phrases in some verb forms; with ``verbs`` only those that begin with a verb that has such forms."""
    actions = [action for kind in all_kinds().values() for action in kind.actions()]
    marked = (phrase for action in actions for phrase in phrases_of(action) if not verbs or phrase.startswith("*"))
    return {normalise(render(phrase, form, YOU)) for phrase in marked for form in forms}
