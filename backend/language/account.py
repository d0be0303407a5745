"""What became of every content word: done, nearly done, not done, or not known.

Function words and frames ("could you please", "a person", "um") need none. A word is done where an action of its step is said with
it, or the step's side, direction, speed, style or numbers carry it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from .durations import spoken_seconds
from .instruction import Action, Instruction
from .lexicon import action_words, base_of, frame_words, verb_forms, words_of
from .numbers import VALUES, asked_numbers
from .pieces import MARK, NEAR, OTHER, OUT, Piece
from .rewriting import Known
from .said_styles import style_words_of

DONE, NEARLY, NOT_DONE, UNKNOWN = "done", "nearly", "not done", "not known"
ONE_PERSON = "one person"
LEFT_OUT = "left out"  # by what a word is done that says what is not to be done

_SPEEDS = {
    "slow": frozenset([
        "slow", "slowly", "slower", "leisurely", "pace", "motion", "quietly", "calmly", "gently", "steadily", "nice",
    ]),
    "fast": frozenset(["fast", "quick", "quickly", "faster", "rapidly", "pace", "full", "speed", "hurry", "nice"]),
}
_STILL = frozenset(["foot", "leg", "ground", "walk", "move", "keep", "still", "stand"])  # said of legs that do nothing
_UNITS = frozenset(
    [
        "degree", "deg", "metre", "meter", "foot", "feet", "step", "pace", "stride", "footstep", "time", "second", "sec",
        "minute", "centimetre", "centimeter", "inch", "yard", "hundred", "half", "quarter", "point", "turn", "rep",
        "repetition", "round", "couple", "pair", "dozen", "circle", "twice", "once", "thrice", "three", "sixty",
    ]
)
_DIRECTIONS = {
    "forward": ("forward",), "forwards": ("forward",), "ahead": ("forward",), "straight": ("forward",), "backward": ("backward",),
    "backwards": ("backward",), "back": ("backward",), "up": ("up",), "upward": ("up",), "upwards": ("up",), "down": ("down",),
    "downward": ("down",), "around": ("around", "circle"), "circle": ("circle",), "circles": ("circle",), "place": ("place",),
    "spot": ("place",), "diagonally": ("forward-", "backward-"), "clockwise": ("right",), "counterclockwise": ("left",),
    "sideways": ("left", "right"), "side": ("left", "right"),
}  # fmt: skip
_RIGHT_NOW = frozenset({"now", "there", "here", "away", "after"})  # behind "right" that is no side


@dataclass(frozen=True)
class AccountedWord:
    """A content word, or several that mean one thing, and what became of it.

    Attributes:
        text: as it was typed or heard.
        state: DONE, NEARLY, NOT_DONE or UNKNOWN.
        by: what stands for it where it is done nearly; LEFT_OUT for what was not to be done.
        unsure: whether it was heard badly.
        step: the step it belongs to; -1 where that is not known.
    """

    text: str
    state: str
    by: str = ""
    unsure: bool = False
    step: int = -1

    def as_dict(self) -> dict:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class UnderstoodStep:
    """A step's meaning, and its numbers by name of `numbers.asked_numbers`."""

    meaning: Instruction | None
    asked: Mapping[str, float] = field(default_factory=dict)

    @property
    def actions(self) -> tuple[Action, ...]:
        """All its actions."""
        return tuple(action for step in self.meaning.steps for action in step) if self.meaning else ()


def account_of(
    pieces: Sequence[Piece], step_of: Sequence[int], steps: Sequence[UnderstoodStep], known: Known
) -> list[AccountedWord]:
    """What became of every content word.

    Args:
        pieces: of the text, as `rewriting` leaves them.
        step_of: the step that every piece belongs to; -1 where that is not known.
        steps: what was understood.
        known: what the pack knows.
    """
    everything = _merged(steps)
    told = [" ".join(piece.told) for piece in pieces]
    found = []
    for place, piece in enumerate(pieces):
        step = steps[step_of[place]] if 0 <= step_of[place] < len(steps) else everything
        following = next((words.split()[0] for words in told[place + 1 :] if words), "")
        judged = _account_of_piece(piece, step, known, following, told[:place], everything)
        if judged is not None:
            found.append(replace(judged, step=step_of[place]))
    return found


def _account_of_piece(
    piece: Piece, step: UnderstoodStep, known: Known, following: str, before: Sequence[str], everything: UnderstoodStep
) -> AccountedWord | None:
    """The account of one piece; None where it needs none."""
    if piece.how == MARK:
        return None
    if piece.how == OUT:
        return _account_of_left_out(piece, everything)
    if piece.how == OTHER:
        return AccountedWord(piece.said, NOT_DONE, unsure=piece.unsure)
    if not piece.told:
        return None if piece.said.lower() in frame_words() or not piece.said[0].isdigit() else AccountedWord(piece.said, UNKNOWN)
    if piece.how == NEAR and piece.told == ("a", "person"):
        return AccountedWord(piece.said, NEARLY, ONE_PERSON, piece.unsure)
    states = [_state(word, step, known, (*piece.told, following)[number + 1]) for number, word in enumerate(piece.told)]
    states = [state for state in states if state]
    if not states:
        return None
    state = UNKNOWN if UNKNOWN in states else NOT_DONE if NOT_DONE in states else DONE
    if state == DONE and piece.how == NEAR:
        return AccountedWord(piece.said, NEARLY, " ".join(piece.told), piece.unsure)
    return AccountedWord(piece.said, state, "", piece.unsure)


def _account_of_left_out(piece: Piece, everything: UnderstoodStep) -> AccountedWord | None:
    """What is not to be done is done where it is in no action."""
    word = piece.said.lower()
    if word in frame_words() or word in ("without", "never"):
        return None
    reading = verb_forms().get(word)
    hit = reading is not None and any(reading.verb in words_of(action) for action in everything.actions)
    return AccountedWord(piece.said, NOT_DONE if hit else DONE, "" if hit else LEFT_OUT, piece.unsure)


def _state(word: str, step: UnderstoodStep, known: Known, following: str) -> str:
    """DONE, NOT_DONE or UNKNOWN of one word in a step; empty where it needs no account."""
    base, actions = base_of(word), step.actions
    if any(base in words_of(action) for action in actions) and word not in ("left", "right", "both"):
        return "" if word in frame_words() else DONE
    carried = _carried(word, base, step, following)
    if carried is not None:
        return carried
    if word in frame_words() or base in frame_words():
        return ""
    if base in action_words(known.kinds) or word in known.words:
        return NOT_DONE
    return UNKNOWN


def _carried(word: str, base: str, step: UnderstoodStep, following: str) -> str | None:
    """Whether side, direction, speed, style or numbers carry a word.

    None for words that say none of these."""
    actions, asked = step.actions, step.asked
    places = {part for action in actions for part in (action.side, action.direction) if part}
    if word in ("left", "right"):
        if word == "right" and following in _RIGHT_NOW:
            return ""
        said = any(word in part.split("-") for part in places) or ("turn" in asked and (asked["turn"] > 0) == (word == "left"))
        return DONE if said else NOT_DONE
    if word == "both":
        return DONE if "both" in places or any(base in words_of(action) for action in actions) else NOT_DONE
    styles = {action.style for action in actions if action.style}
    if any(word in style_words_of(style) for style in styles):
        return DONE
    if any(action.speed and word in _SPEEDS[action.speed] for action in actions):
        return DONE
    if base in _STILL and any(action.kind == "stand" for action in actions):
        return DONE
    if word in VALUES or base in _UNITS or word in _UNITS:
        return _numbered(word, base, step)
    if word in _DIRECTIONS:
        ways = _DIRECTIONS[word]
        done = any(part.startswith(ways) or part.endswith(ways) for part in places) or (
            "way" in asked and word in ("place", "spot")
        )
        return DONE if done else NOT_DONE if word not in frame_words() else ""
    return None


def _numbered(word: str, base: str, step: UnderstoodStep) -> str:
    """Whether a number or a unit got into the count or the numbers of a step."""
    if step.asked or any(action.count > 1 for action in step.actions):
        return DONE if word not in ("a", "an") else ""
    if word in frame_words() or base in frame_words():
        return ""
    return NOT_DONE


def _merged(steps: Sequence[UnderstoodStep]) -> UnderstoodStep:
    """All steps as one, for words that belong to none."""
    meanings = [step.meaning for step in steps if step.meaning]
    whole = Instruction(tuple(one for meaning in meanings for one in meaning.steps)) if meanings else None
    return UnderstoodStep(whole, {name: value for step in steps for name, value in step.asked.items()})


def asked_of_words(words: Sequence[str]) -> dict[str, float]:
    """All numbers that words ask for, seconds among them."""
    seconds = spoken_seconds(" ".join(words))
    return asked_numbers(words) | ({} if seconds is None else {"seconds": seconds})


def head_is_unknown(pieces: Sequence[Piece], known: Known) -> str:
    """The verb of a clause where it is one that the pack does not know; else empty.

    The head is the first verb; behind "the" or "a" there is a noun first."""
    noun = False
    for piece in pieces:
        for word in piece.told or ():
            if known.knows_verb(word) and not (noun and verb_forms().get(word, ("", "base"))[1] == "base"):
                return ""
            if word in ("the", "a", "an", "one", "this", "that", "some", "another"):
                noun = True
            elif noun:
                noun = word not in _NOUNS_END and not re.search(r"[a-z]{3,}", word)
            elif word in verb_forms() and word not in known.words and word not in frame_words() and not word.endswith("ly"):
                return piece.said
            elif word in known.words and word not in frame_words() and base_of(word) in action_words(known.kinds):
                return ""
    return ""


_NOUNS_END = frozenset({"person", "man", "woman", "character", "guy", "girl", "boy"})


def says_something(words: Sequence[AccountedWord]) -> bool:
    """Whether more of a step is done than its light verbs, limbs and sides.

    True as well where no more was said."""
    judged = [word for word in words if word.by not in (LEFT_OUT, ONE_PERSON)]
    strong = [word for word in judged if not all(base_of(part) in _WEAK or part in _WEAK for part in word.text.lower().split())]
    return not judged or any(word.state in (DONE, NEARLY) for word in (strong or judged))


# words that many kinds are said with
_WEAK = frozenset(
    [
        "play", "take", "do", "make", "get", "put", "have", "give", "hold", "go", "come", "perform", "set", "move", "show",
        "bring", "keep", "left", "right", "leave", "both", "up", "down", "forward", "back", "backward", "around", "hand",
        "arm", "foot", "leg", "head", "body", "side", "face", "knee", "finger", "twice", "once", "two", "three", "four",
        "five", "time",
    ]
)


def share_done(words: Sequence[AccountedWord]) -> float:
    """The share of content words that are done or nearly done; 1 where there are none."""
    return sum(word.state in (DONE, NEARLY) for word in words) / len(words) if words else 1.0


def unknown_words(words: Sequence[AccountedWord]) -> tuple[str, ...]:
    """The texts of words that are not known, each once."""
    return tuple(dict.fromkeys(word.text for word in words if word.state == UNKNOWN))
