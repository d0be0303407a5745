"""Composition: from single annotated motions to the motion of any instruction key.

Real clips are few; a key such as ``walk.forward@slow>wave.left`` is in none of them. This file makes its motion from parts:
mirroring, stretching in time, repeating, joining one after another over a blended transition, and putting the upper body
of one motion on the legs of another. Which clip shows what comes from `annotations` and `authored`; sentences and
voices are others' matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import roma
import torch

from ..motion.motion import FPS, Motion, slerp
from ..motion.skeleton import UPPER, J
from .instruction import Action, Instruction

BLEND = 10  # frames over which one motion turns into the next
STRETCH = {"slow": 1.7, "fast": 0.68, "": 1.0}
ENOUGH = 8  # takes of a turned path below which it is made from straight ones
TURNED_PATH = frozenset({"walk", "run", "jog", "march", "sneak"})  # "walk left" = turn left, then walk on
UPPER_AND_HANDS = [*UPPER, *range(22, J)]
CIRCLE = 120  # frames that going in a circle takes at least: over half of one
LONGEST = 300  # frames, 10 s: the longest the motion model is trained on


@dataclass(frozen=True)
class Take:
    """One performance of one action: a motion, its action, and the name of what it was cut from."""

    motion: Motion
    action: Action
    source: str
    loop: bool = False  # ends where it begins, so it may be repeated seamlessly
    weight: float = 1.0  # how often it is drawn beside others of its key


class Library:
    """All takes by action, with what can be derived from them: mirrored, stretched and repeated takes."""

    def __init__(self, takes: Iterable[Take]) -> None:
        self.by_key: dict[str, list[tuple[Take, bool]]] = defaultdict(list)  # (take, whether to mirror it)
        for take in takes:
            self.by_key[take.action.key].append((take, False))
            mirrored = take.action.mirrored()
            self.by_key[mirrored.key].append((take, True))

    def sources(self, action: Action) -> list[tuple[Take, bool, float, int]]:
        """Every way to make ``action``: (take, mirror, stretch, repeats). Exact takes win over stretched or repeated ones.

        An action that names no limb ("kick") may be done with either."""
        for speed, count in dict.fromkeys(
            [(action.speed, action.count), (action.speed, 1), ("", action.count), ("", 1)]
        ):
            found = self.by_key.get(replace(action, speed=speed, count=count).key)
            if found:
                stretch = STRETCH[action.speed] if speed != action.speed else 1.0
                repeats = action.count if count != action.count else 1
                return [(take, mirror, stretch, repeats) for take, mirror in found]
        if action.side or action.direction:
            return []
        return [way for side in ("left", "right") for way in self.sources(replace(action, side=side))]

    def can_make(self, instruction: Instruction) -> bool:
        return all(self.sources(on_straight_path(action, self)) for step in instruction.steps for action in step)

    def perform(self, action: Action, rng: np.random.Generator, shortest: int = 0) -> tuple[Motion, str]:
        """A random performance of one action and its source. Loops are repeated to at least ``shortest`` frames.

        Raises KeyError where no take of this action exists."""
        options = self.sources(action)
        if not options:
            raise KeyError(action.key)
        weights = np.array([take.weight for take, *_ in options])
        take, mirror, stretch, repeats = options[int(rng.choice(len(options), p=weights / weights.sum()))]
        motion = take.motion.mirrored() if mirror else take.motion
        motion = stretched(motion, stretch * float(rng.uniform(0.93, 1.07)))
        if take.loop:
            wanted = max(shortest, int(rng.uniform(1.6, 3.6) * FPS))
            repeats = max(repeats, -(-wanted // max(len(motion), 1)))
        if repeats > 1:
            blend = 3 if take.loop else BLEND
            motion = joined([motion] * repeats, blend)
        return motion.placed_at_origin(), take.source


def compose(library: Library, instruction: Instruction, rng: np.random.Generator) -> tuple[Motion, list[str]]:
    """A motion that does what ``instruction`` says, at most `LONGEST` frames, and the takes it was made from.

    Raises KeyError naming the action the library has no take of."""
    parts, sources = [], []
    share = LONGEST // len(instruction.steps)
    for step in instruction.steps:
        performed = on_straight_path(step[0], library)
        motion, source = library.perform(performed, rng, shortest=CIRCLE if "circle" in step[0].direction else 0)
        sources.append(source)
        for action in step[1:]:
            upper, source = library.perform(action, rng)
            sources.append(source)
            if len(motion) < len(upper):  # short legs: look for longer ones, or walk on
                longer, _ = library.perform(performed, rng, shortest=len(upper))
                motion = longer if len(longer) > len(motion) else motion
            motion = with_upper_body(motion, upper)
        if step[0].kind in TURNED_PATH and step[0].direction in ("left", "right") and step[0] != performed:
            turn, source = library.perform(Action("turn", direction=step[0].direction), rng)
            sources.append(source)
            motion = joined([turn, motion], BLEND)
        elif step[0] != performed:
            side = {"circle-left": 1.0, "circle-right": -1.0}.get(step[0].direction, float(rng.choice([-1.0, 1.0])))
            motion = curved(motion, side * float(rng.uniform(0.8, 1.2)) * motion.seconds)
        parts.append(shortened(motion, share, rng) if len(instruction.steps) > 1 or len(motion) > LONGEST else motion)
    return joined(parts, BLEND).placed_at_origin(), sources


def on_straight_path(action: Action, library: Library) -> Action:
    """The action itself, or going straight on where the library has too few takes that go to that side; see `compose`."""
    sideways = action.kind in TURNED_PATH and action.direction in ("left", "right", "circle", "circle-left", "circle-right")
    few = len(library.sources(action)) < ENOUGH
    return replace(action, direction="forward") if sideways and few else action


def stretched(motion: Motion, factor: float) -> Motion:
    """The same motion over ``factor`` times the time; still 30 fps."""
    count = max(2, round(len(motion) * factor))
    return motion.at_frames(np.linspace(0, len(motion) - 1, count))


def shortened(motion: Motion, frames: int, rng: np.random.Generator) -> Motion:
    """At most ``frames`` frames: what is too long is played up to a third faster, then cut at a random start."""
    if len(motion) <= frames:
        return motion
    motion = stretched(motion, max(frames / len(motion), 0.75))
    start = int(rng.integers(0, max(len(motion) - frames, 0) + 1))
    return motion.slice(start, start + frames)


def joined(motions: list[Motion], blend: int) -> Motion:
    """One after another: each starts where and as the one before is heading, and is cross-faded over ``blend`` frames."""
    out = motions[0]
    for motion in motions[1:]:
        width = min(blend, len(out) - 1, len(motion) - 1)
        if width < 1:
            continue
        yaw = float(out.headings()[-width] - motion.headings()[0])
        placed = motion.transformed(yaw, np.zeros(3))
        shift = (out.pelvis[-width] - placed.pelvis[0]) * np.array([1, 0, 1])
        placed = replace(placed, pelvis=(placed.pelvis + shift).astype(np.float32))
        fade = smooth_step(width)
        rotations = blended(out.rotations[-width:], placed.rotations[:width], fade)
        weight = fade[:, None]
        pelvis = out.pelvis[-width:] * (1 - weight) + placed.pelvis[:width] * weight
        out = replace(
            out,
            rotations=np.concatenate([out.rotations[:-width], rotations, placed.rotations[width:]]),
            pelvis=np.concatenate([out.pelvis[:-width], pelvis, placed.pelvis[width:]]).astype(np.float32),
        )
    return out


def curved(motion: Motion, yaw: float) -> Motion:
    """A straight walk bent into an arc: the heading turns by ``yaw`` radians in all, as fast as the body moves on."""
    speed = np.linalg.norm(np.diff(motion.pelvis[:, [0, 2]], axis=0), axis=1)
    turned = yaw * np.concatenate([[0.0], np.cumsum(speed)]) / max(speed.sum(), 1e-6)  # (T,) radians so far
    steps = np.diff(motion.pelvis, axis=0, prepend=motion.pelvis[:1])
    c, s = np.cos(turned), np.sin(turned)
    bent = np.stack([c * steps[:, 0] + s * steps[:, 2], steps[:, 1], -s * steps[:, 0] + c * steps[:, 2]], axis=1)
    turn = torch.from_numpy(np.stack([0 * s, np.sin(turned / 2), 0 * s, np.cos(turned / 2)], axis=1).astype(np.float32))
    rotations = motion.rotations.copy()
    rotations[:, 0] = roma.quat_product(turn, torch.from_numpy(rotations[:, 0])).numpy()
    return replace(motion, rotations=rotations, pelvis=(motion.pelvis[0] + np.cumsum(bent, axis=0)).astype(np.float32))


def with_upper_body(legs: Motion, upper: Motion) -> Motion:
    """The legs and path of one motion, spine, arms and head of another; outside the shorter one's time the first's own.

    Local rotations are taken over, so the upper body follows the pelvis it stands on."""
    frames = min(len(legs), len(upper))
    start = (len(legs) - frames) // 2
    window = slice(start, start + frames)
    edge = min(BLEND, frames // 3)
    fade = np.ones(frames, dtype=np.float32)
    if edge > 0:
        if start > 0:
            fade[:edge] = smooth_step(edge)
        if start + frames < len(legs):
            fade[-edge:] = smooth_step(edge)[::-1]
    rotations = legs.rotations.copy()
    own = rotations[window][:, UPPER_AND_HANDS]
    rotations[window, UPPER_AND_HANDS] = blended(own, upper.rotations[:frames][:, UPPER_AND_HANDS], fade)
    return replace(legs, rotations=rotations)


def blended(first: np.ndarray, second: np.ndarray, fade: np.ndarray) -> np.ndarray:
    """Slerp (N, J, 4) quaternions by a weight per frame (N,), the short way round."""
    a, b = torch.from_numpy(np.ascontiguousarray(first)), torch.from_numpy(np.ascontiguousarray(second))
    b = torch.where((a * b).sum(-1, keepdim=True) < 0, -b, b)
    weights = torch.from_numpy(np.ascontiguousarray(fade, dtype=np.float32))[:, None].expand(a.shape[:2])
    return roma.quat_normalize(slerp(a, b, weights)).numpy()


def smooth_step(count: int) -> np.ndarray:
    """(count,) weights rising from near 0 to near 1 with flat ends."""
    x = (np.arange(count, dtype=np.float32) + 1) / (count + 1)
    return x * x * (3 - 2 * x)
