"""Negation, other people, questions and talk: "without waving", "two people".

The model knows no "not"; it would do what stands behind it.
"""

from __future__ import annotations

import re

from .english import inflect_verb
from .lexicon import frame_words, part_of_phrase, verb_forms
from .pieces import MARK, NEAR, OTHER, OUT, SAME, Piece, joined, mark_said

_NOT = frozenset([
    "not", "don't", "doesn't", "didn't", "never", "without", "cannot", "can't", "won't", "shouldn't", "isn't", "aren't",
    "wasn't", "dont",
])
_BEFORE_NOT = frozenset([
    "do", "does", "did", "but", "should", "is", "are", "was", "were", "will", "can", "to", "be", "has", "have", "and",
])
_ENDS = frozenset({"and", "then", "but", "while", "instead", "just"})  # of what is not to be done
# wordings of the grammar that have a "not"
_MEANT = re.compile(
    r"(?:don't|do not|not) (?:move|moving)\b"
    r"|without (?:moving|walking|going|stopping|being|leaving|lifting|stepping)\b"
)
_ENCOURAGED = re.compile(r"^(?:don't|do not|never) (?:forget to|stop|hesitate to|be afraid to|be shy)\b")
_MANY = r"(?:two|2|three|both|several|many|some|couple of|group of|pair of)"
_WHO = (
    "people persons men women guys girls boys characters friends kids children dancers boxers fighters players soldiers humans "
    "individuals figures actors"
).replace(" ", "|")
_ONE = "(?:man|woman|boy|girl|guy|person)"
_SEVERAL = re.compile(rf"(?:a )?{_MANY} (?:{_WHO})|a {_ONE} and a {_ONE}")
_OTHERS = re.compile(
    r"(?:(?:with|to|at|towards?|against|around|from|for) )?(?:each other|one another|another (?:person|man|woman|character|guy)"
    r"|(?:the|an)other (?:person|one)|someone else|somebody else)"
)
_QUESTION = re.compile(
    r"(?:(?:um|uh|er|so|and|but|hey|well|okay|ok) )*"
    r"(?:(?:what|who|whom|whose|where|when|why|which)(?:'s|'re)?\b(?! about| if)|how (?!about)"
    r"|(?:is|are|was|were|do|does|did|have|has|am) "
    r"(?:you|it|he|she|they|we|i|there|this|that|these|the|your|my|anybody|anyone|somebody)\b)"
)
_TALK = re.compile(
    r"\b(?:i'm|i am|i was|i've|i have (?:to|been)|i had|i'll|i will|i think i|i guess|i hope|i love you|i forgot|i need to|i don't"
    r"|we're|we are|we were|we have|we've|we'll|we should|my (?:mother|mom|dad|father|wife|husband|boss|phone|name|dog|cat)|see you"
    r"|thank you|thanks for|hey siri|alexa|okay google|mom|mum|mommy|dad|daddy|honey|darling|sweetheart|siri|dude|bro|bring me"
    r"|pass me|let me know|call me|send me|remind me|tell me|the weather|the meeting|email|by the way|have you|did you|are you"
    r"|what's up)\b"
)


def without_others(pieces: list[Piece], known: frozenset[str]) -> list[Piece]:
    """Several people as one, and without what is said of the others."""
    pieces = _replaced(pieces, _SEVERAL, lambda some: joined(some, ("a", "person"), NEAR))
    for place, piece in enumerate(pieces[:-1]):
        if piece.told == ("a", "person") and piece.how == NEAR:
            reading = verb_forms().get(" ".join(pieces[place + 1].told))
            verb = inflect_verb(reading.verb, "s") if reading and reading.form == "base" else ""
            if verb in known:
                pieces[place + 1] = joined([pieces[place + 1]], (verb,))
    return _replaced(pieces, _OTHERS, lambda some: joined(some, (), OTHER))


def _replaced(pieces: list[Piece], pattern: re.Pattern, make) -> list[Piece]:
    """Pieces with those exchanged whose words a pattern matches."""
    words = [list(piece.told) if piece.how == SAME else [] for piece in pieces]
    found, place = [], 0
    while place < len(pieces):
        text = " ".join(word for some in words[place : place + 6] for word in some or ["|"])
        match = pattern.match(text) if words[place] else None
        wanted = len(match[0].split()) if match and not re.match(r"[a-z']", text[match.end() :]) else 0
        size = next((size for size in range(1, 7) if wanted and sum(map(len, words[place : place + size])) == wanted), 0)
        found.append(make(pieces[place : place + size]) if size else pieces[place])
        place += max(size, 1)
    return found


def without_negated(pieces: list[Piece], kinds: tuple[str, ...]) -> list[Piece]:
    """Pieces that tell nothing of what is not to be done."""
    found, place = list(pieces), 0
    while place < len(found):
        word = " ".join(found[place].told)
        rest = " ".join(word for piece in found[place : place + 4] for word in piece.told)
        negated = word in _NOT or rest.startswith(("do not ", "instead of ", "rather than ")) or re.match(r"no [a-z]+ing\b", rest)
        if not negated or _MEANT.match(rest) or part_of_phrase(" ".join(rest.split()[:2]), kinds):
            place += 1
            continue
        if _ENCOURAGED.match(rest):
            for number in range(place, place + len(_ENCOURAGED.match(rest)[0].split())):
                found[number] = mark_said(found[number], SAME) if number < len(found) else found[number]
            place += 2
            continue
        first = place
        while first and found[first - 1].told and found[first - 1].told[-1] in _BEFORE_NOT:
            first -= 1
        stop = place + 1
        while stop < len(found) and found[stop].how != MARK and " ".join(found[stop].told) not in _ENDS:
            stop += 1
        for number in range(first, stop):
            found[number] = mark_said(found[number], OUT)
        place = stop
    return found


def only_negated(pieces: list[Piece]) -> bool:
    """Whether a text says nothing but what is not to be done."""
    told = [word for piece in pieces for word in piece.told]
    return any(piece.how == OUT for piece in pieces) and all(word in frame_words() for word in told)


def is_question(words: list[str], asked: bool = False) -> bool:
    """Whether somebody asks for something else than a motion ("what time is it").

    "Can he fly?" is a request. ``asked``: the text ends with a question mark."""
    match = _QUESTION.match(" ".join(words))
    if match is None:
        return False
    return asked or not re.search(r"(?:is|are|was|were|am) \S+$|(?:do|does|did|have|has) \S+$", match[0])


def is_talk(words: list[str]) -> bool:
    """Whether somebody tells of themselves or talks to others ("I'm going to lunch")."""
    return bool(_TALK.search(" ".join(words)))
