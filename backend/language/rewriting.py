"""Other words for what a pack does not know: past tense, spellings, idioms, synonyms.

Words that the pack was trained on stay as they are. Every exchange keeps what was said, so that `account` can tell it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .english import inflect_verb, normalise
from .exclusions import without_negated, without_others
from .german import in_english, is_german
from .kinds import all_kinds
from .lexicon import SUBJECTS, bare_verbs, base_of, known_forms, part_of_phrase, sayable, synonyms, verb_forms, verbs_of
from .pieces import MARK, NEAR, SAME, Piece, joined, pieces_of
from .said_styles import style_words
from .verb_forms import VerbForm

_LONGEST = 7  # words of an idiom
_POSSESSIVES = frozenset({"his", "her", "their", "its", "my", "your", "our"})
_SPELLINGS = (
    ("metre", "meter"), ("metres", "meters"), ("centre", "center"), ("forwards", "forward"), ("backwards", "backward"),
    ("towards", "toward"), ("upwards", "upward"), ("downwards", "downward"), ("afterwards", "afterward"), ("sideways", "sideward"),
    ("colour", "color"), ("grey", "gray"), ("practise", "practice"), ("manoeuvre", "maneuver"), ("favourite", "favorite"),
    ("apologise", "apologize"), ("recognise", "recognize"), ("anticlockwise", "counterclockwise"), ("travelling", "traveling"),
    ("plough", "plow"), ("tyre", "tire"), ("tiptoes", "tiptoe"), ("alright", "okay"), ("ok", "okay"), ("everybody", "everyone"),
    ("somebody", "someone"), ("anybody", "anyone"), ("hiya", "hi"), ("yep", "yes"), ("yup", "yes"),
)  # fmt: skip
_BE = {"was": "is", "were": "are", "been": "is"}


@dataclass(frozen=True)
class Known:
    """What a pack knows: words, kinds, and whether its model reads strange words."""

    words: frozenset[str]
    kinds: tuple[str, ...]
    reads_text: bool

    @classmethod
    def of(cls, words: tuple[str, ...], kinds: tuple[str, ...], styles: bool, reads_text: bool) -> Known:
        """Of the words that the encoder hears, and for a model that reads text those of its grammar."""
        said = (*sayable(kinds), *normalise(" ".join(style_words() if styles else ())).split()) if reads_text else ()
        return cls(frozenset(words) | frozenset(said), kinds, reads_text)

    def can_say(self, words: str) -> bool:
        """Whether every word of a wording is known, and its verb one of the pack's kinds'."""
        said = words.split()
        return all(word in self.words for word in said) and said[0] in verbs_of(self.kinds)

    def knows_verb(self, word: str) -> bool:
        """Whether a word is a form of a verb that the pack's kinds are said with."""
        return word in self.words and word in known_forms(self.kinds)


@cache
def idioms() -> dict[str, dict[str, list[str]]]:
    """The list of idioms: "same" and "near" by their words, and "adverbs"."""
    return json.loads((Path(__file__).parent / "idioms.json").read_text(encoding="utf-8"))


def rewritten(text: str, known: Known) -> list[Piece]:
    """A typed text in words that a pack knows, as far as there are any."""
    pieces = pieces_of(text)
    if is_german(pieces):
        pieces = in_english(pieces_of(re.sub(r"(?<=\d),(?=\d)", ".", text)))
    pieces = without_others(pieces, known.words)
    pieces = without_negated(pieces, known.kinds)
    pieces = _with_idioms(pieces, known)
    for rule in (_stopping, _respelled, _in_known_form, _by_known_verb, _by_known_adverb):
        pieces = [rule(pieces, place, known) for place in range(len(pieces))]
    return pieces if known.reads_text else _without_dangling(pieces, known)


def _without_dangling(pieces: list[Piece], known: Known) -> list[Piece]:
    """Without "to the" before a word that the model is not told.

    It would take the next word for its object."""
    found = list(pieces)
    for place, piece in enumerate(pieces):
        if len(piece.told) == 1 and piece.told[0] not in known.words and not is_verb_here(pieces, place, known):
            before = place
            while before and len(found[before - 1].told) == 1 and found[before - 1].told[0] in _DANGLING:
                before -= 1
                found[before] = replace(found[before], told=())
    return found if any(word in known.words for piece in found for word in piece.told) else pieces


_DANGLING = frozenset([
    "to", "the", "a", "an", "his", "her", "their", "its", "your", "my", "with", "at", "in", "on", "into", "onto", "from",
    "across", "over", "of", "for", "some", "by", "near",
])


def _stopping(pieces: list[Piece], place: int, known: Known) -> Piece:
    """A step that only says that it ends ("walks forward, then stops") as standing still."""
    piece, behind = pieces[place], pieces[place + 1 : place + 2]
    reading = verb_forms().get(" ".join(piece.told))
    if not reading or reading.verb != "stop" or (behind and behind[0].how != MARK) or _before(pieces, place) not in ("then", "and"):
        return piece
    words = [base_of(word) for before in pieces[max(0, place - 4) : place] for word in before.told]
    if (len(words) > 1 and part_of_phrase(" ".join([*words[-2:], "stop"]), known.kinds)) or not known.can_say("stand still"):
        return piece
    return replace(piece, told=_inflected("stand still", reading.form, pieces[:place], known))


def _with_idioms(pieces: list[Piece], known: Known) -> list[Piece]:
    found, place = [], 0
    while place < len(pieces):
        size, piece = _idiom(pieces, place, known)
        found.append(piece or pieces[place])
        place += size
    return found


def _idiom(pieces: list[Piece], place: int, known: Known) -> tuple[int, Piece | None]:
    """The idiom that begins at a place: how many pieces it takes, and what stands for it."""
    for size in range(min(_LONGEST, len(pieces) - place), 0, -1):
        some = pieces[place : place + size]
        words = [word for piece in some for word in piece.told]
        if any(piece.how not in (SAME, NEAR) or not piece.told for piece in some):
            continue
        for first in _readings(words[0]):
            key = " ".join([first.verb, *("your" if word in _POSSESSIVES else word for word in words[1:])])
            how = next((how for how in (SAME, NEAR) if key in idioms()[how]), None)
            if how is None or part_of_phrase(key, known.kinds) or (len(words) == 1 and words[0] in known.words):
                continue
            wording = next((wording for wording in idioms()[how][key] if known.can_say(wording)), None)
            if wording is not None:
                told = _inflected(wording, first.form, pieces[:place], known)
                return size, joined(some, told, how)
    return 1, None


def _readings(word: str) -> list[VerbForm]:
    reading = verb_forms().get(word)
    return [VerbForm(word, "base"), *([reading] if reading and reading.verb != word else [])]


def _inflected(wording: str, form: str, before: list[Piece], known: Known) -> tuple[str, ...]:
    """A wording in the form of what it stands for; past tense as the present."""
    first, *rest = wording.split()
    if form in ("past", "participle"):
        form = "s" if third_person(before) else "base"
    verb = inflect_verb(first, form)
    return (verb if verb in known.words else first, *rest)


def third_person(before: list[Piece]) -> bool:
    """Whether the subject before a verb takes an s: somebody, he, she, it."""
    words = [word for piece in before for word in piece.told]
    subjects = [word for word in words if word in SUBJECTS or word in ("he", "she", "it", "i", "you", "we", "they", "who")]
    if subjects:
        return subjects[-1] not in ("i", "you", "we", "they")
    return bool(words) and words[0] in ("a", "an", "the", "one") and len(words) > 1


def _respelled(pieces: list[Piece], place: int, known: Known) -> Piece:
    """British or American, singular or plural, where only that one is known."""
    piece = pieces[place]
    if len(piece.told) != 1 or piece.told[0] in known.words:
        return piece
    (word,) = piece.told
    others = [pair[1 - pair.index(word)] for pair in _SPELLINGS if word in pair]
    others += [word.replace("our", "or"), re.sub(r"is(e|es|ing|ed)$", r"iz\1", word), _BE.get(word, "")]
    others += [word[:-1] if word.endswith("s") else word + "s"] if word not in synonyms()["every_verb"] else []
    other = next((other for other in others if other in known.words), None)
    return piece if other is None or other == word else replace(piece, told=(other,))


def _in_known_form(pieces: list[Piece], place: int, known: Known) -> Piece:
    """A known verb in a form that the grammar has: "walked" as "walks"."""
    piece = pieces[place]
    if len(piece.told) != 1 or piece.told[0] in known.words:
        return piece
    reading = known_forms(known.kinds).get(piece.told[0]) or verb_forms().get(piece.told[0])
    if reading is None or not known.knows_verb(reading.verb):
        return piece
    if reading.form in ("past", "participle") and _before(pieces, place) in _PASSIVE:
        return piece  # it is done to them, not by them
    form = reading.form if reading.form in ("s", "ing") else "s" if third_person(pieces[:place]) else "base"
    word = inflect_verb(reading.verb, form)
    return replace(piece, told=(word if word in known.words else reading.verb,))


def _by_known_verb(pieces: list[Piece], place: int, known: Known) -> Piece:
    """The nearest known verb, by WordNet, for one that the pack does not know."""
    piece = pieces[place]
    if len(piece.told) != 1 or not is_verb_here(pieces, place, known):
        return piece
    reading = verb_forms().get(piece.told[0])
    near = synonyms()["verbs"].get(reading.verb, ()) if reading else ()
    verb = next((verb for verb in near if known.knows_verb(verb) and verb in bare_verbs(known.kinds)), None)
    return piece if verb is None else joined([piece], _inflected(verb, reading.form, pieces[:place], known), NEAR)


def is_verb_here(pieces: list[Piece], place: int, known: Known) -> bool:
    """Whether an unknown word stands where a verb does, not behind "the" or a number."""
    (word,) = pieces[place].told[-1:] or ("",)
    if word in known.words or word not in verb_forms() or pieces[place].how == MARK:
        return False
    return _before(pieces, place) not in _BEFORE_NOUNS


def _before(pieces: list[Piece], place: int) -> str:
    """The last word told before a place; empty at the begin of a clause."""
    return pieces[place - 1].told[-1] if place and pieces[place - 1].told else ""


_PASSIVE = frozenset(["is", "are", "was", "were", "be", "been", "being", "get", "gets", "got", "getting"])
_BEFORE_NOUNS = frozenset(
    [
        "a", "an", "the", "this", "that", "these", "those", "some", "any", "my", "his", "her", "their", "its", "your",
        "our", "no", "each", "every", "another", "one", "two", "three", "four", "five", "with", "in", "on", "at", "of",
        "from", "into", "onto", "over", "under", "through", "left", "right", "big", "small", "large", "little", "old",
        "young", "tall", "like",
    ]
)


def _by_known_adverb(pieces: list[Piece], place: int, known: Known) -> Piece:
    """An adverb of the same meaning that is known."""
    piece = pieces[place]
    if len(piece.told) != 1 or piece.told[0] in known.words:
        return piece
    near = [*idioms()["adverbs"].get(piece.told[0], ()), *synonyms()["adverbs"].get(piece.told[0], ())]
    adverb = next((word for word in near if word in known.words), None)
    return piece if adverb is None else joined([piece], (adverb,), NEAR)


def everything_known() -> Known:
    """All words and kinds of the grammar, for tests and for training."""
    return Known.of((), tuple(all_kinds()), styles=True, reads_text=True)
