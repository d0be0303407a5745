"""Composes the motion of any instruction key from annotated clips of single actions.

Real clips are few: none shows ``walk.forward@slow>wave.left``. Its motion is composed by mirroring, time stretching, repeating,
joining over a blended transition, and putting one motion's upper body on another's legs (`splicing`). `annotations` and
`authored` say which clip shows what.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ..language.instruction import Action, Instruction
from ..language.kinds import kind_of
from ..motion.body import default_body
from ..motion.motion import FPS, Motion
from ..motion.skeleton import FEET, INDEX
from ..motion.styles import restyle
from .going_on import GAITS, WINDOW, repetitions
from .splicing import BLEND, curved, held, joined, last_pose, shortened, straightened, stretched, with_upper_body

STRETCH = {"slow": 1.7, "fast": 0.68, "": 1.0}
ENOUGH = 8  # takes of a turned path below which it is made from straight ones
TURNED_PATH = frozenset({"walk", "run", "jog", "march", "sneak"})  # "walk left" = turn left, then walk on
CLIMBS = frozenset({"stairs", "climb"})  # end on another level than they began on
CIRCLE = 120  # frames that going in a circle takes at least; it closes within 3 %
LONGEST = 300  # frames, 10 s: the longest the motion model is trained on
ON_AND_ON = 0.3  # share of gaits that go on for longer than the take: "for five seconds" asks for it
TRIES = 5  # takes that are looked at for one that fits into a sequence
STAYING = 0.08  # metres that the feet of someone who stands may move
LOWERED = 0.78  # of the standing height: from here a gesture is made sitting, kneeling or crouching


@dataclass(frozen=True)
class Take:
    """One performance of one action: its motion, the action, and the clip it was cut from."""

    motion: Motion
    action: Action
    source: str
    loop: bool = False  # ends where it begins, so it may be repeated seamlessly
    weight: float = 1.0  # sampling weight among takes of its key


class Library:
    """All takes by action, including mirrored, stretched and repeated ones."""

    def __init__(self, takes: Iterable[Take]) -> None:
        self.by_key: dict[str, list[tuple[Take, bool]]] = defaultdict(list)  # (take, whether to mirror it)
        for take in takes:
            self.by_key[take.action.key].append((take, False))
            mirrored = take.action.mirrored()
            self.by_key[mirrored.key].append((take, True))

    def sources(self, action: Action) -> list[tuple[Take, bool, float, int]]:
        """All ways to make ``action``: (take, mirror, stretch, repeats).

        Exact takes win over derived ones.

        An action that names no limb ("kick") may use either.
        """
        action = replace(action, style="")
        for speed, count in dict.fromkeys([(action.speed, action.count), ("", action.count), (action.speed, 1), ("", 1)]):
            found = self.by_key.get(replace(action, speed=speed, count=count).key)
            if found:
                stretch = STRETCH[action.speed] if speed != action.speed else 1.0
                repeats = action.count if count != action.count else 1
                return [(take, mirror, stretch, repeats) for take, mirror in found]
        if action.side or action.direction:
            return []
        return [way for side in ("left", "right") for way in self.sources(replace(action, side=side))]

    def can_make(self, instruction: Instruction) -> bool:
        return all(self._can_perform(action) for step in instruction.steps for action in step)

    def _can_perform(self, action: Action) -> bool:
        performed = on_straight_path(action, self)
        turns = action.kind in TURNED_PATH and action.direction in ("left", "right") and action != performed
        return bool(self.sources(performed)) and (not turns or bool(self.sources(Action("turn", direction=action.direction))))

    def perform(
        self, action: Action, rng: np.random.Generator, shortest: int = 0, strength: float = 1.0
    ) -> tuple[Motion, str]:
        """A random performance of one action, in its style at a strength, and its source.

        Loops and gaits last at least ``shortest`` frames.

        KeyError where no take of this action exists.
        """
        options = self.sources(action)
        if not options:
            raise KeyError(action.key)
        weights = np.array([take.weight for take, *_ in options])
        take, mirror, stretch, repeats = options[int(rng.choice(len(options), p=weights / weights.sum()))]
        motion = take.motion.mirrored() if mirror else take.motion
        motion = stretched(motion, stretch * float(rng.uniform(0.93, 1.07)))
        if take.loop and action.count == 1:
            wanted = max(shortest, int(rng.uniform(1.6, 3.6) * FPS))
            repeats = max(repeats, -(-wanted // max(len(motion), 1)))
        if repeats > 1:
            blend = 3 if take.loop else BLEND
            motion = joined([motion] * repeats, blend)
        if action.kind in GAITS and len(motion) < shortest:
            motion = joined(repetitions(motion, shortest), WINDOW)
            motion = straightened(motion) if action.direction in ("forward", "backward") else motion
        if action.style:
            motion = restyle(motion, action.style, strength, int(rng.integers(2**31)))
        return motion.placed_at_origin(), take.source


def compose(
    library: Library, instruction: Instruction, rng: np.random.Generator, strength: float = 1.0
) -> tuple[Motion, list[str]]:
    """A motion of ``instruction``, at most `LONGEST` frames, and the takes it was made from.

    Styles are of a ``strength``.

    KeyError with the action of which the library has no take.
    """
    parts, sources, steady = [], [], []
    for step in instruction.steps:
        performed = on_straight_path(step[0], library)
        gestures = [library.perform(action, rng) for action in step[1:]]
        shortest = max([CIRCLE if "circle" in step[0].direction else 0, *(len(upper) for upper, _ in gestures)])
        straight = performed.kind in GAITS and performed.direction not in ("left", "right")
        if instruction.single and straight and rng.random() < ON_AND_ON:
            shortest = max(shortest, int(rng.uniform(3, 7) * FPS))
        motion, source = _fitting(library, performed, rng, shortest, LONGEST // len(instruction.steps), strength)
        sources += [source, *(name for _, name in gestures)]
        for upper, _ in gestures:
            if performed.kind == "stand" and stays(upper):  # a punch that is thrown from the hips keeps its own legs
                motion = upper
            else:
                motion = with_upper_body(held(motion, len(upper)), upper)  # who has sat down goes on waving
        if step[0].kind in TURNED_PATH and step[0].direction in ("left", "right") and step[0] != performed:
            turn, source = library.perform(Action("turn", direction=step[0].direction), rng)
            sources.append(source)
            motion = joined([turn, motion], BLEND)
        elif step[0] != performed:
            side = {"circle-left": 1.0, "circle-right": -1.0}.get(step[0].direction, float(rng.choice([-1.0, 1.0])))
            motion = shortened(motion, LONGEST // len(instruction.steps), rng)
            motion = curved(motion, side * 2 * np.pi * float(rng.uniform(0.97, 1.03)))
        if parts and kind_of(step[0]).part == "upper" and lowered(parts[-1]):
            motion = with_upper_body(held(last_pose(parts[-1]), len(motion)), motion)
        parts.append(motion)
        steady.append(step[0].kind in GAITS)
    room = _room([len(part) for part in parts])
    parts = [shortened(part, room, rng if on else None) for part, on in zip(parts, steady, strict=True)]
    parts = on_levels(parts, [kind_of(step[0]).name in CLIMBS for step in instruction.steps])
    return joined(parts, BLEND).placed_at_origin(), sources


def on_levels(parts: list[Motion], climbs: list[bool]) -> list[Motion]:
    """The parts one above the other: who has gone up stairs does the next thing up there.

    The first part stays where it is, so that stairs that are gone down alone end on the floor.
    """
    out, level = [], 0.0
    for number, (part, climbing) in enumerate(zip(parts, climbs, strict=True)):
        start, end = (_standing_level(part, at) for at in (slice(0, 3), slice(-3, None))) if climbing else (0.0, 0.0)
        shift = level - start if number else 0.0
        level = end + shift
        out.append(replace(part, pelvis=(part.pelvis + np.float32([0, shift, 0]))))
    return out


def _standing_level(motion: Motion, at: slice) -> float:
    """Metres that the lower foot is over where it rests on the floor, in some frames."""
    feet = motion.positions()[at][:, list(FEET), 1] - default_body().rest_positions()[list(FEET), 1]
    return float(np.median(feet.min(axis=1)))


def _fitting(
    library: Library, action: Action, rng: np.random.Generator, shortest: int, room: int, strength: float
) -> tuple[Motion, str]:
    """A performance of at most ``room`` frames, or the shortest of a few tries."""
    best = library.perform(action, rng, shortest, strength)
    for _ in range(TRIES - 1):
        if len(best[0]) <= room:
            break
        best = min(best, library.perform(action, rng, shortest, strength), key=lambda found: len(found[0]))
    return best


def _room(lengths: list[int]) -> int:
    """Frames allowed per part so that all fit; long parts get what short ones leave."""
    left = LONGEST
    for number, length in enumerate(sorted(lengths)):
        share = left // (len(lengths) - number)
        if length > share:
            return share
        left -= length
    return LONGEST


def stays(motion: Motion) -> bool:
    """Whether both feet stay in place."""
    feet = motion.positions()[:, [INDEX["left_foot"], INDEX["right_foot"]]]
    return float(np.linalg.norm(feet - feet[:1], axis=-1).max()) < STAYING


def lowered(motion: Motion) -> bool:
    """Whether it ends sitting, kneeling or crouching."""
    return float(motion.pelvis[-1, 1]) < LOWERED * default_body().standing_pelvis_height


def on_straight_path(action: Action, library: Library) -> Action:
    """The action, or straight ahead where too few takes turn to its side."""
    sideways = action.kind in TURNED_PATH and action.direction in ("left", "right", "circle", "circle-left", "circle-right")
    few = len(library.sources(action)) < ENOUGH
    return replace(action, direction="forward") if sideways and few else action
