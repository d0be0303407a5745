"""What the names of bones say: side, part of the body, number, whether one is a helper.

A name is cut into words (``UpperArm_L.001`` -> upper, arm, l, 001). Words that nobody knows are of two kinds: one that stands
beside many different parts (a character's name, ``SKEL``, ``stretch``) says nothing; any other makes the bone less likely to
be the part.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .bone_words import (
    FINGER_PARTS,
    HELPER_WORDS,
    LID_WORDS,
    PART_WORDS,
    PHALANX_WORDS,
    RARE_SIDES,
    SIDE_WORDS,
    SILENT_WORDS,
)

_PARTS = {word: part for part, words in PART_WORDS.items() for word in words}
_SIDES = {word: side for side, words in SIDE_WORDS.items() for word in words}
_LONGEST = 3  # words that are one part together
_WIDE = 4  # parts beside which a word has to stand to say nothing
_STRANGE = 0.6  # what an unknown word leaves of a name's weight
_TRUNK = {"spine", "neck", "head", "pelvis"}
_LETTERS = re.compile(r"[^\W\d_]+|\d+")
_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_ASIAN_WORDS = sorted(
    {word for word in (*_PARTS, *_SIDES, *HELPER_WORDS, *SILENT_WORDS) if _ASIAN.search(word)}, key=lambda word: (-len(word), word)
)


@dataclass(frozen=True)
class NameEvidence:
    """Attributes:
    side: "left", "right" or empty.
    part: a key of `bone_words.PART_WORDS`, or empty.
    helper: whether a word says that it helps, controls or hangs from other bones.
    weight: how much the name is worth, 0..1; unknown words lower it.
    number: the last number in the name, -1 without one.
    paired: whether another bone has the same name with the other side's mark.
    lid: whether it is an eyelid's.
    """

    side: str
    part: str
    helper: bool
    weight: float
    number: float
    paired: bool = False
    lid: bool = False


@dataclass(frozen=True)
class _Cut:
    """A name's words by kind."""

    side: str
    rare: str  # a side mark that is often something else
    part: str
    helpers: frozenset[str]
    strange: frozenset[str]
    number: float
    rest: tuple[str, ...]  # all words but the side

    @property
    def lid(self) -> bool:
        """Whether a word says that it is an eyelid."""
        return not LID_WORDS.isdisjoint(self.rest)


def read_names(names: Sequence[str]) -> list[NameEvidence]:
    """What each of an armature's bone names says, in the light of all others."""
    cuts = [_cut_name(name) for name in names]
    beside: dict[str, set[str]] = {}  # word -> parts it stands beside
    for cut in cuts:
        if cut.part:
            for word in cut.strange | cut.helpers:
                beside.setdefault(word, set()).add(cut.part)
    silent = {word for word, parts in beside.items() if len(parts) >= _WIDE and word not in HELPER_WORDS}
    plain = {cut.part for cut in cuts if cut.part and not cut.helpers and cut.strange <= silent}
    # a helper's word says nothing only where the parts have no other bones: ``ctrl_hand`` beside no ``hand``
    silent |= {word for word, parts in beside.items() if len(parts) >= _WIDE and not parts & plain}
    counts = {side: sum(cut.side == side for cut in cuts) for side in SIDE_WORDS}
    rare = {side for side, count in counts.items() if sum(cut.rare == side and bool(cut.part) for cut in cuts) > max(count, 2)}
    marks: dict[tuple[str, ...], set[str]] = {}
    for cut in cuts:
        marks.setdefault(cut.rest, set()).add(cut.side or cut.rare)
    found = []
    for cut in cuts:
        side = cut.side or (cut.rare if cut.rare in rare else "")
        strange = len(cut.strange - silent)
        paired = bool(side) and marks[cut.rest] >= {"left", "right"}
        found.append(
            NameEvidence(side, cut.part, bool(cut.helpers - silent), _STRANGE ** min(strange, 3), cut.number, paired, cut.lid)
        )
    return found


@lru_cache(maxsize=8192)
def _cut_name(name: str) -> _Cut:
    words = [piece for word in _words(name) for piece in _pieces(word)]
    sides = [_SIDES[word] for word in words if word in _SIDES and word not in RARE_SIDES]
    rare = [RARE_SIDES[word] for word in words if word in RARE_SIDES]
    numbers = [float(word) for word in words if word.isdigit()]
    phalanx = [float(PHALANX_WORDS[word]) for word in words if word in PHALANX_WORDS]
    letters = [word for word in words if not word.isdigit() and word not in _SIDES]
    parts: list[str] = []
    helpers: set[str] = set()
    strange: set[str] = set()
    at = 0
    while at < len(letters):
        for count in range(min(_LONGEST, len(letters) - at), 0, -1):
            joined = "".join(letters[at : at + count])
            if joined in _PARTS:
                parts.append(_PARTS[joined])
                at += count
                break
        else:
            word = letters[at]
            if word in HELPER_WORDS:
                helpers.add(word)
            elif word not in SILENT_WORDS and word not in PHALANX_WORDS:
                strange.add(word)
            at += 1
    part = _one_part(parts)
    if part == "thumb":
        helpers -= {"metacarpal", "carpal"}  # only a thumb moves its metacarpal
    elif part == "toe" and set(parts) & FINGER_PARTS:
        strange.add("digit")
    number = phalanx[-1] if phalanx else numbers[-1] if numbers else -1.0
    rest = tuple(word for word in words if word not in _SIDES)
    side = max(sides[::-1], key=sides.count) if sides else ""  # right in ``R ForearmTwist [RLt]``, left in ``r_toe.L``
    other = rare[-1] if rare else ""
    return _Cut(side, other, part, frozenset(helpers), frozenset(strange), number, rest)


def _one_part(parts: list[str]) -> str:
    """``Hand Index`` is a finger, ``Spine Middle`` no finger, ``Foot Toe`` a toe."""
    if not parts:
        return ""
    if "toe" in parts:
        return "toe"
    others = [part for part in parts if part not in FINGER_PARTS]
    fingers = [part for part in parts if part in FINGER_PARTS]
    if fingers and not set(others) - {"hand", "wrist"}:
        named = [part for part in fingers if part != "finger"]
        return named[0] if named else "finger"
    return others[-1]


def _words(name: str) -> list[str]:
    """Words of a name, small and without accents: cut at separators, capitals and digits."""
    text = unicodedata.normalize("NFKC", name)
    text = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zà-ÿ])", " ", text)
    apart = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f")
    return _LETTERS.findall(unicodedata.normalize("NFC", plain))


def _pieces(word: str) -> list[str]:
    """A word nobody knows in words that are known: ``leftupperarm``, ``thighl``, Japanese names."""
    if word.isdigit() or _known(word):
        return [word]
    if _ASIAN.search(word):
        return _asian_pieces(word)
    return list(_split(word)) or [word]


def _known(word: str) -> bool:
    return word in _PARTS or word in _SIDES or word in HELPER_WORDS or word in SILENT_WORDS or word in PHALANX_WORDS


@lru_cache(maxsize=4096)
def _split(word: str) -> tuple[str, ...]:
    """``word`` as known words with ``l`` or ``r`` before or after them; empty where it is none."""
    for mark in ("l", "r"):
        if word.startswith(mark) and (rest := _whole(word[1:])):
            return (mark, *rest)
        if word.endswith(mark) and (rest := _whole(word[:-1])):
            return (*rest, mark)
    return _whole(word)


def _whole(word: str) -> tuple[str, ...]:
    """``word`` as a row of known words, one of them a part of the body; else empty."""
    ways: list[tuple[str, ...] | None] = [None] * len(word) + [()]
    for start in range(len(word) - 1, -1, -1):
        for end in range(len(word), start + 2, -1):
            if ways[end] is not None and _is_piece(word[start:end]):
                ways[start] = (word[start:end], *ways[end])
                break
    found = ways[0] or ()
    return found if any(piece in _PARTS for piece in found) or "".join(found) in _PARTS else ()


def _is_piece(word: str) -> bool:
    return word in _PARTS or word in _HALVES or word in HELPER_WORDS or (word in _SIDES and len(word) > _SHORT_SIDE)


_SHORT_SIDE = 3  # letters; shorter marks are found before and after a word only
_HALVES = {"upper", "lower", "fore", "up", "low", "base"}


def _asian_pieces(word: str) -> list[str]:
    """Japanese and Chinese names have no spaces: the longest known words, from the left."""
    found, rest = [], ""
    while word:
        piece = next((each for each in _ASIAN_WORDS if word.startswith(each)), "")
        if piece:
            found += [rest] if rest else []
            found.append(piece)
            rest = ""
        rest, word = (rest + word[:1], word[1:]) if not piece else ("", word[len(piece) :])
    return found + ([rest] if rest else [])
