"""Batches for the counter: sequences of motions with known numbers of repetitions.

Generated motion is decoded motion, and some of its repetitions are mere hints. So motions pass the tokenizer with tokens dropped
or replaced, and some are scaled down towards their first pose, where they count for less. In a sequence of motions the number of
each is known, which teaches where repetitions are. The network is `generation.repetition_counter`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ..data.compose import LONGEST, Library, Take, compose
from ..data.corpus import held
from ..data.samples import fitted
from ..generation.repetition_counter import COUNTED, has_exact_count
from ..language.instruction import Action, Instruction
from ..language.kinds import Kind, all_kinds
from ..model.tokenizer import MotionTokenizer
from ..motion.features import D, to_features

# motions for each number of a kind: takes that do it so often, single takes repeated; of each action that is not counted
EXACT, REPEATED, OTHERS = 18, 12, 4
# kinds that contain none of the counted ones
NOTHING = (
    "walk", "run", "stand", "turn", "sidestep", "wave", "raise_arm", "point", "reach", "shake_head", "salute", "sit", "stand_up",
    "lie_down", "kneel", "drink", "crawl",
)  # fmt: skip
LOOKALIKES = ({"jump", "hop", "jumping_jack", "squat"}, {"nod", "bow", "sit_up", "push_up", "squat"}, {"kick", "elbow_to_knee"})
LEGS = 0.15  # share of gestures performed over another action of the legs
UNDER = ("walk.forward", "sit", "stand", "turn.around")
DROPPED, STRANGE = 0.35, 0.04  # shares of motions without their finer layers of tokens, and of finer tokens that are replaced
WEAK = 0.25  # share of motions that are scaled down
HINT, CLEAR = 0.35, 0.75  # scales below which a repetition counts 0, and above which it counts 1
OTHER = 0.25  # share of motions of any action
TEMPO, NOISE = (0.8, 1.25), 0.03
FRAMES = 304  # of a sequence: the longest motion and something behind it


@dataclass(frozen=True)
class CountedMotion:
    """A motion with its action and number: features (T, 140), and as the tokenizer decodes them."""

    action: Action
    features: np.ndarray
    decoded: np.ndarray


def compose_all(library: Library, rng: np.random.Generator, share: float = 1.0) -> Iterator[tuple[Action, np.ndarray]]:
    """Actions and features (T, 140): all numbers of counted actions, and some others.

    ``share`` scales how many there are of each; there is at least one."""
    counted = [take for take in _takes(library) if has_exact_count(replace(take.action, speed=""))]
    singles = Library([take for take in counted if take.action.count == 1])

    def some(count: float) -> int:
        return max(1, round(count * share))

    for kind in all_kinds().values():
        counted = kind.name in COUNTED
        if not counted and kind.name not in NOTHING:
            continue
        for action in kind.actions():
            for number in range(1, kind.max_count + 1 if counted else 2):
                takes = some(EXACT / len(kind.variants) if counted else OTHERS)
                repeated = some(REPEATED / len(kind.variants)) if counted else 0
                wanted = replace(action, count=number)
                for source in [library] * takes + [singles] * repeated:
                    speed = str(rng.choice(["", "", "slow", "fast"])) if kind.speeds else ""
                    instruction = _on_legs(replace(wanted, speed=speed), kind, rng)
                    if source.can_make(instruction):
                        features = to_features(compose(source, instruction, rng)[0])
                        if len(features) < LONGEST:  # else the last of them may have been cut off
                            yield wanted, fitted(features)


def _takes(library: Library) -> list[Take]:
    return [take for takes in library.by_key.values() for take, mirrored in takes if not mirrored]


def _on_legs(action: Action, kind: Kind, rng: np.random.Generator) -> Instruction:
    """The action alone, or some gestures over another action of the legs."""
    if kind.gesture and rng.random() < LEGS:
        return Instruction(((Action.parse(str(rng.choice(UNDER))), action),))
    return Instruction.of(action)


def through_tokenizer(
    tokenizer: MotionTokenizer, features: np.ndarray, rng: np.random.Generator | None = None
) -> np.ndarray:
    """Encode and decode features (T, 140), T a multiple of 4; ``rng`` puts faults into tokens."""
    tokens = tokenizer.encode(torch.from_numpy(features)[None])
    if rng is None:
        return tokenizer.decode(tokens)[0].numpy()
    elsewhere = tokens[:, torch.from_numpy(rng.permutation(tokens.shape[1]))]
    wrong = torch.from_numpy(rng.random(tokens.shape) < STRANGE)
    wrong[..., 0] = False
    tokens = torch.where(wrong, elsewhere, tokens)
    if rng.random() < DROPPED:
        tokens[..., int(rng.integers(2, tokens.shape[-1])) :] = -1
    return tokenizer.decode(tokens)[0].numpy()


class CounterBatches:
    """Batches of sequences of counted motions."""

    def __init__(self, motions: list[CountedMotion]) -> None:
        self.motions = motions
        by_key: dict[str, dict[str, list[int]]] = {}
        for number, motion in enumerate(motions):
            if has_exact_count(motion.action):
                by_key.setdefault(motion.action.kind, {}).setdefault(motion.action.key, []).append(number)
        self.groups = {kind: list(groups.values()) for kind, groups in by_key.items()}
        self.kinds = list(self.groups)

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """A batch of sequences: features (B, T, 140), kind (B,), numbers (B, S), whose (B, T).

        ``whose`` is the motion that a frame belongs to, ``numbers`` the repetitions of each motion.

        Numbers are NaN behind the last motion of a sequence."""
        rows = [self._sequence(rng) for _ in range(size)]
        most = max(len(numbers) for _, numbers, _, _ in rows)
        return {
            "features": torch.from_numpy(np.stack([features for features, *_ in rows])),
            "numbers": torch.tensor([numbers + [np.nan] * (most - len(numbers)) for _, numbers, _, _ in rows], dtype=torch.float32),
            "whose": torch.from_numpy(np.stack([whose for _, _, whose, _ in rows])),
            "kind": torch.tensor([kind for *_, kind in rows]),
        }

    def _sequence(self, rng: np.random.Generator) -> tuple[np.ndarray, list[float], np.ndarray, int]:
        kind = self.kinds[int(rng.integers(len(self.kinds)))]
        features, whose = np.zeros((FRAMES, D), np.float32), np.zeros(FRAMES, np.int64)
        numbers, done = [], 0
        while done < FRAMES:
            motion = self.motions[self._drawn(rng, kind)]
            number = number_in(motion.action, kind)
            if number is None:
                continue
            made = varied(motion.decoded if rng.random() < 0.6 else motion.features, rng)[:FRAMES]
            if len(made) > FRAMES - done:  # standing still fills the end
                made, number = np.repeat(held(features[done - 1])[None], FRAMES - done, axis=0), 0.0
            elif rng.random() < WEAK:
                size = float(rng.random())
                made = made[:1] + size * (made - made[:1])
                number *= float(np.clip((size - HINT) / (CLEAR - HINT), 0, 1))
            features[done : done + len(made)], whose[done : done + len(made)] = made, len(numbers)
            numbers.append(number)
            done += len(made)
        return features, numbers, whose, COUNTED.index(kind)

    def _drawn(self, rng: np.random.Generator, kind: str) -> int:
        """Index of a motion of the kind, now and then of any."""
        if rng.random() < OTHER:
            return int(rng.integers(len(self.motions)))
        group = self.groups[kind][int(rng.integers(len(self.groups[kind])))]
        return group[int(rng.integers(len(group)))]


def varied(features: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Features (T, 140) at another tempo, with a little noise."""
    tempo = float(rng.uniform(*TEMPO))
    at = np.linspace(0, len(features) - 1, max(8, round(len(features) / tempo)))
    low = np.minimum(at.astype(int), len(features) - 2)
    part = (at - low)[:, None].astype(np.float32)
    found = features[low] * (1 - part) + features[low + 1] * part
    found[:, :3] *= tempo  # speeds
    return found + (NOISE * rng.random() * rng.standard_normal(found.shape)).astype(np.float32)


def number_in(done: Action, kind: str) -> float | None:
    """Repetitions of ``kind`` in a motion of the action ``done``; None where that is not known."""
    if done.kind == kind:
        return float(done.count) if has_exact_count(done) else None
    return None if any({done.kind, kind} <= group for group in LOOKALIKES) else 0.0
