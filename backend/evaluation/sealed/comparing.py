"""How an answer differs from one reading of a sentence: wrong, left out, lacking, or off.

Steps are aligned in order, so that as little as possible is wrong. Side, direction, style, speed and numbers are compared where the
words ask for them; a direction or a style that nobody asked for is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache

from backend.generation.asked import Reached
from backend.language.instruction import Action
from backend.language.kinds import all_kinds

from .answers import SealedAnswer
from .prompts import Reading, Wanted

NEUTRAL = {"stand", "halt"}  # before, after or beneath another motion they are nothing else
UNMARKED = {"", "forward", "up"}  # directions of a motion of which no direction was said
HAVE_A_DIRECTION = {"walk", "run", "jog", "jump", "crawl", "climb", "stairs"}  # whose other directions must have been asked for
NUMBER_NAMES = {"count": "repetitions"}  # our name -> that of `generation.asked`
ASKED_NEAR = {"turn": 3.0, "way": 0.06, "footfalls": 0.0, "repetitions": 0.0, "seconds": 0.05}  # understood as said
GOT_NEAR = {"turn": 15.0, "way": 0.3, "footfalls": 0.5, "repetitions": 0.0, "seconds": 0.25}  # done: degrees, metres, steps, s
WAY_SHARE = 0.1  # long ways may be off by a tenth


@dataclass(frozen=True)
class Differences:
    """Sentences about what differs; ``matched`` steps are there.

    ``wrong``: something else was made. ``omitted``: not made, or without what was asked. ``lacking``: the pack has no such motion.
    ``off``: a number that was understood, shown, and not reached."""

    matched: int = 0
    wrong: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    off: tuple[str, ...] = ()

    def __add__(self, other: Differences) -> Differences:
        return Differences(
            self.matched + other.matched, self.wrong + other.wrong, self.omitted + other.omitted, self.lacking + other.lacking,
            self.off + other.off,
        )  # fmt: skip

    @property
    def cost(self) -> tuple[int, ...]:
        """Less is better: first what is wrong, then what is missing."""
        return len(self.wrong), len(self.omitted) + len(self.lacking), len(self.off), -self.matched


def lacks(reading: Reading, known: Collection[str]) -> bool:
    """Whether a reading has a step that must be made and of which no alternative is known."""
    return any(_lacking(step, known) and not all(each.optional for each in step) for step in reading)


def differences(reading: Reading, answer: SealedAnswer, known: Collection[str], nearly: Collection[str] = ()) -> Differences:
    """The least differences between a reading and what was understood.

    ``nearly``: kinds that stand for what the pack lacks, as something left out."""
    steps = answer.meaning.steps

    @cache
    def rest(wanted: int, made: int) -> Differences:
        if wanted == len(reading) and made == len(steps):
            return Differences()
        ways = []
        if wanted < len(reading):
            ways.append(_left_out(reading[wanted], known) + rest(wanted + 1, made))
        if made < len(steps):
            ways.append(_not_asked(steps[made]) + rest(wanted, made + 1))
        if wanted < len(reading) and made < len(steps):
            numbers = [each for each in answer.reached if each.step == made]
            pairs = [_pair(each, steps[made], numbers, known, nearly) for each in reading[wanted]]
            ways += [pair + rest(wanted + 1, made + 1) for pair in pairs if pair is not None]
        return min(ways, key=lambda way: way.cost)

    return rest(0, 0)


def _lacking(step: Sequence[Wanted], known: Collection[str]) -> bool:
    return not any(set(each.kinds) & set(known) for each in step)


def _left_out(step: Sequence[Wanted], known: Collection[str]) -> Differences:
    if any(each.optional for each in step):
        return Differences()
    name = step[0].kinds[0] if step[0].kinds else "a motion"
    return Differences(lacking=(f"lacks {name}",)) if _lacking(step, known) else Differences(omitted=(f"without {name}",))


def _not_asked(step: Sequence[Action]) -> Differences:
    other = [action.key for action in step if action.kind not in NEUTRAL]
    return Differences(wrong=(f"made {'+'.join(other)}",)) if other else Differences()


def _pair(
    wanted: Wanted, step: Sequence[Action], numbers: Sequence[Reached], known: Collection[str], nearly: Collection[str]
) -> Differences | None:
    """Differences if this step of the answer is meant for this action; None where it is another."""
    if not set(wanted.kinds) & set(known):
        near = [action for action in step if action.kind in nearly]
        return Differences(1, lacking=("nearly",)) if near else None
    for place, action in enumerate(step):
        if action.kind in wanted.kinds:
            others = step[:place] + step[place + 1 :]
            return Differences(1) + _attributes(wanted, action) + _numbers(wanted, action, numbers) + _during(wanted, others, known)
    return None


def _during(wanted: Wanted, others: Sequence[Action], known: Collection[str]) -> Differences:
    """What is done at the same time."""
    if wanted.during is None:
        return _not_asked(others)
    both = _pair(wanted.during, tuple(others), (), known, ())
    return _left_out((wanted.during,), known) + _not_asked(others) if both is None else replace(both, matched=0)


def _attributes(wanted: Wanted, action: Action) -> Differences:
    found = Differences()
    # Which of both a limb or a way is differs from kind to kind (`instruction.directed_kinds`).
    got = {
        "side": action.side or action.direction, "direction": action.direction or action.side,
        "speed": action.speed, "style": action.style,
    }  # fmt: skip
    for name, values in wanted.named.items():
        by_nature = name == "direction" and "forward" in values and not got[name] and not _has_forward(action.kind)
        if not by_nature and not any(_is(got[name], value) for value in values):
            empty = not got[name] or (name == "direction" and got[name] in UNMARKED)
            text = f"{action.kind}: {name} {got[name] or 'not'} instead of {' or '.join(values)}"
            found += Differences(omitted=(text,)) if empty else Differences(wrong=(text,))
    if action.style and "style" not in wanted.named:
        found += Differences(wrong=(f"{action.kind}: nobody asked for {action.style}",))
    if "direction" not in wanted.named and not _unmarked(action):
        found += Differences(wrong=(f"{action.kind}: nobody asked for {action.direction}",))
    return found


def _is(got: str, value: str) -> bool:
    return got == value or (value == "circle" and got.startswith("circle-"))


def _has_forward(kind: str) -> bool:
    """Whether a kind tells forward from elsewhere; a dive roll goes forward by nature."""
    return kind not in all_kinds() or any("forward" in variant.split(".") for variant in all_kinds()[kind].variants)


def _unmarked(action: Action) -> bool:
    """Whether a direction says nothing that had to be asked for."""
    if action.direction in UNMARKED:
        return True
    kind = all_kinds().get(action.kind)
    return action.kind not in HAVE_A_DIRECTION and (kind is None or "" not in kind.variants)


def _numbers(wanted: Wanted, action: Action, numbers: Sequence[Reached]) -> Differences:
    found = Differences()
    for name, values in wanted.numbers.items():
        measure = NUMBER_NAMES.get(name, name)
        shown = next((each for each in numbers if each.name == measure), None)
        text = f"{action.kind}: {name} {values[0]:g}"
        if shown is None:
            by_key = action.count in values if name == "count" else action.direction == "around" and 180.0 in values
            found += Differences() if by_key else Differences(omitted=(f"{text} not asked",))
        elif not any(abs(shown.asked - value) <= ASKED_NEAR[measure] * (value if measure == "way" else 1) for value in values):
            found += Differences(wrong=(f"{text} understood as {shown.asked:g}",))
        elif abs(shown.asked - shown.got) > max(GOT_NEAR[measure], WAY_SHARE * shown.asked if measure == "way" else 0.0):
            found += Differences(off=(f"{text} came to {shown.got:.3g}",))
    return found
