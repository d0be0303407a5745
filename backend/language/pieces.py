"""A typed text as pieces: what was said, and what a model is told instead.

`rewriting` exchanges pieces, `account` says what became of each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .said_numbers import spelled_out

# how the told words stand for the said ones
SAME, NEAR, OUT, OTHER, MARK = "same", "near", "left out", "other", "mark"

_TOKEN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?(?:\s*°|\s*(?:m|cm|ft|deg|sec|s|x)\b)?)|(?P<word>[^\W\d_']+(?:'[^\W\d_]+)*)|(?P<mark>[,.;:!?\n])",
    re.I,
)


@dataclass(frozen=True)
class Piece:
    """Some words of a text.

    Attributes:
        said: as they were typed or heard.
        told: what the model gets for them, in lower case; empty where it gets nothing.
        how: SAME (other words for the same), NEAR, OUT (said not to be done), OTHER (about somebody else), MARK (punctuation).
        unsure: whether it was heard badly.
    """

    said: str
    told: tuple[str, ...]
    how: str = SAME
    unsure: bool = False

    @property
    def changed(self) -> bool:
        """Whether other words are told than were said."""
        return self.how != MARK and " ".join(self.told) != self.said.lower()


def pieces_of(text: str) -> list[Piece]:
    """A text word by word, numbers as words, punctuation as pieces that tell nothing."""
    found = []
    for match in _TOKEN.finditer(text.replace("\u2019", "'")):
        said = match[0].strip()
        if match["mark"]:
            found.append(Piece(match[0], (), MARK))
        elif match["number"]:
            found.append(Piece(said, tuple(re.findall(r"[a-z]+", spelled_out(said).lower()))))
        else:
            found.append(Piece(said, tuple(re.findall(r"[a-z']+", said.lower())) or (said.lower(),)))
    return found


def joined(pieces: list[Piece], told: tuple[str, ...], how: str | None = None) -> Piece:
    """Several pieces as one that tells other words; ``how`` only grows worse, never better."""
    worst = how or SAME
    if worst == SAME and any(piece.how == NEAR for piece in pieces):
        worst = NEAR
    return Piece(" ".join(piece.said for piece in pieces), told, worst, any(piece.unsure for piece in pieces))


def told_text(pieces: list[Piece]) -> str:
    """What a model is told, with punctuation."""
    texts = [piece.said if piece.how == MARK else " ".join(piece.told) for piece in pieces]
    return re.sub(r" (?=[,.;:!?])", "", " ".join(filter(None, texts)))


def mark_said(piece: Piece, how: str) -> Piece:
    """A piece that tells nothing any more."""
    return replace(piece, told=(), how=how)
