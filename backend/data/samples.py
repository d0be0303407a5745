"""Training samples of the motion model: motions for every spoken or typed key.

`compose` makes them from annotated segments and authored clips of the training split. They are stored as features, and
tokenized once there is a tokenizer. A sample has a key; training pairs it with utterances, so every motion meets many voices
and wordings.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from ..errors import UserError
from ..language.instruction import Action, Instruction
from ..language.kinds import kind_of
from ..language.said_styles import STRENGTHS
from ..language.sampling import sample_instruction
from ..model.tokenizer import FRAMES_PER_TOKEN, PARTS, MotionTokenizer
from ..motion.controls import measure_controls
from ..motion.features import to_features
from ..motion.files import load_motion
from ..motion.motion import Motion
from .annotations import cut, load_segments
from .compose import LONGEST, Library, Take, compose, on_straight_path
from .corpus import held, read_jsonl

SHORTEST = 24  # frames
FEWEST, MOST = 24, 80  # motions of a single action: rare ones are varied by tempo and repeats, common ones are enough
TOGETHER = 32  # samples that are tokenized at once
COUNTED = 40  # at least, where a number is said: how often is harder to learn than how
WRITTEN = 12_000  # instructions drawn beside the spoken ones: keys that are only typed in training (`training.instruction_pairs`)


def load_library(data: Path, tiers: tuple[str, ...], split: str = "train") -> Library:
    """Takes of one split: annotated segments and, in training, authored clips."""
    takes = []
    accepted = {row["clip"]: row for row in read_jsonl(data / "motions" / "index.jsonl") if row.get("accepted")}
    motions = {}
    for segment in load_segments(tiers, derived=True):
        if segment.split != split or segment.clip not in accepted:
            continue
        if segment.clip not in motions:
            motions[segment.clip] = load_motion(data / "motions" / f"{segment.clip}.npz")
        try:
            motion = cut(motions[segment.clip], segment, int(accepted[segment.clip].get("start", 0)))
        except ValueError:  # trimming left too little of it
            continue
        instruction = Instruction.parse(segment.key)
        if instruction.single:
            if segment.in_place and not goes(motion, instruction.steps[0][0]):
                continue
            takes.append(Take(motion, instruction.steps[0][0], segment.clip, segment.loop, segment.weight))
    for row in read_jsonl(data / "authored" / "index.jsonl"):
        instruction = Instruction.parse(row["key"])
        if row.get("split", "train") == split and instruction.single:
            motion = load_motion(data / "authored" / f"{row['name']}.npz")
            takes.append(Take(motion, instruction.steps[0][0], row["name"]))
    if not takes:
        raise UserError("no_motion_data", f"{data} holds no annotated motion.", "Run `python -m backend data build` first.")
    return Library(takes)


def goes(motion: Motion, action: Action) -> bool:
    """Whether a retargeted game loop travels in the action's direction, at a human speed."""
    travel = (motion.placed_at_origin().pelvis[-1] - [0, motion.pelvis[-1][1], 0]) / motion.seconds
    speed = float(np.linalg.norm(travel))
    heading = {"backward": (0, 0, -1), "left": (1, 0, 0), "right": (-1, 0, 0)}.get(action.direction, (0, 0, 1))
    fastest = 5.6 if action.kind in ("run", "jog") or action.speed == "fast" else 2.6
    return 0.2 < speed < fastest and float(travel @ heading) > 0.9 * speed


class Performer:
    """Makes the motions of keys; the same ones whatever other keys there are."""

    def __init__(self, library: Library, seed: int, most: int) -> None:
        self.library, self.seed, self.most = library, seed, most

    def perform(self, key: str, count: int) -> list[tuple[dict, np.ndarray]]:
        """Rows of a key, asked for ``count`` times, each with its features (T, 140).

        None where a take is missing."""
        instruction = Instruction.parse(key)
        if not self.library.can_make(instruction):
            return []
        rng, made = stream_of(key, self.seed), []
        for _ in range(performances(self.library, instruction, count, self.most)):
            strength = float(rng.choice(STRENGTHS)) if styled(instruction) else 1.0
            motion, sources = compose(self.library, instruction, rng, strength)
            features = fitted(to_features(motion))
            of_style = {"strength": strength} if styled(instruction) else {}
            controls = controls_of(features, instruction) | of_style
            made.append(({"key": key, "frames": len(features), "sources": sources, "controls": controls}, features))
        return made


@lru_cache(maxsize=1)
def _performer(data: Path, tiers: tuple[str, ...], seed: int, most: int) -> Performer:
    """The performer of a worker process, whose takes are read once."""
    torch.set_num_threads(1)
    return Performer(load_library(data, tiers), seed, most)


def _perform(who: tuple, asked: tuple[str, int]) -> list[tuple[dict, np.ndarray]]:
    return _performer(*who).perform(*asked)


def build_samples(
    data: Path,
    tiers: tuple[str, ...],
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    known: KnownSamples | None = None,
    written: int = WRITTEN,
    most: int = MOST,
    workers: int = 1,
) -> dict[str, int]:
    """Compose motions for all spoken keys and ``written`` sampled ones; returns counts.

    Writes samples.npy and samples.jsonl; a key has ``most`` motions at most. Keys that ``known`` has are taken from there.
    """
    spoken = Counter(row["key"] for row in read_jsonl(data / "speech" / "utterances.jsonl") if row["split"] == "train")
    words = random.Random(f"samples {seed}")
    wanted = spoken | Counter({sample_instruction(words).key for _ in range(written)})
    asked, there = sorted(wanted.items()), known.rows if known else {}
    new = [(key, count) for key, count in asked if key not in there]
    arrays, rows, start, missing = [], [], 0, Counter()
    with ExitStack() as stack:
        if workers > 1:
            pool = stack.enter_context(ProcessPoolExecutor(workers, get_context("spawn")))
            performed = pool.map(partial(_perform, (data, tiers, seed, most)), new, chunksize=8)
        else:
            performer = Performer(load_library(data, tiers), seed, most)
            performed = (performer.perform(key, count) for key, count in new)
        for number, (key, count) in enumerate(asked, start=1):
            made = list(known.of(key)) if key in there else next(performed)
            if not made:
                missing[key] += count
            for row, features in made:
                arrays.append(features)
                rows.append(row | {"start": start})
                start += len(features)
            if progress is not None:
                progress(number, len(asked))
    temporary = data / "samples.part.npy"
    np.save(temporary, np.concatenate(arrays))
    os.replace(temporary, data / "samples.npy")
    (data / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (data / "missing_keys.json").write_text(json.dumps(missing.most_common(), indent=0), encoding="utf-8")
    return {"samples": len(rows), "frames": start, "keys": len(wanted), "keys without motion": len(missing)}


def styled(instruction: Instruction) -> bool:
    """Whether it is a single action in a style."""
    return instruction.single and bool(instruction.steps[0][0].style)


def controls_of(features: np.ndarray, instruction: Instruction) -> dict[str, float]:
    """Values of `motion.controls`; of several actions only how long they take together."""
    found = measure_controls(features)
    if not instruction.single:
        return {"seconds": round(found["seconds"], 3)}
    action = instruction.steps[0][0]
    if kind_of(action).max_count > 1:
        found["repetitions"] = float(action.count)
    return {name: round(value, 3) for name, value in found.items()}


def stream_of(text: str, seed: int) -> np.random.Generator:
    """A random generator that depends on the text and the seed alone."""
    return np.random.default_rng([seed, int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")])


class KnownSamples:
    """Samples that `build_samples` would make again with more tiers and the same seed."""

    def __init__(self, data: Path, tiers: tuple[str, ...], more: tuple[str, ...]) -> None:
        new = {action.kind for s in load_segments([tier for tier in more if tier not in tiers], derived=True)
               for step in s.instruction.steps for action in step}  # fmt: skip
        self.features = np.load(data / "samples.npy", mmap_mode="r", allow_pickle=False)
        self.rows: dict[str, list[dict]] = defaultdict(list)
        for row in read_jsonl(data / "samples.jsonl"):
            if not new & {action.kind for step in Instruction.parse(row["key"]).steps for action in step}:
                self.rows[row["key"]].append(row)

    def of(self, key: str) -> Iterator[tuple[dict, np.ndarray]]:
        """Rows of a key, each with its features (T, 140)."""
        for row in self.rows[key]:
            yield row, np.array(self.features[row["start"] : row["start"] + row["frames"]])


def performances(library: Library, instruction: Instruction, count: int, most: int = MOST) -> int:
    """Number of motions for a key: many for one action, up to three for others."""
    if not instruction.single:
        return min(count, 3)
    ways = library.sources(on_straight_path(instruction.steps[0][0], library))
    fewest = COUNTED if instruction.steps[0][0].count > 1 else FEWEST
    return min(max(2 * len(ways), fewest), most)


def fitted(features: np.ndarray) -> np.ndarray:
    """Features cut to `LONGEST`, and held at the end to fill `SHORTEST` and whole tokens."""
    features = features[:LONGEST]
    frames = max(SHORTEST, -(-len(features) // FRAMES_PER_TOKEN) * FRAMES_PER_TOKEN)
    return np.concatenate([features, np.repeat(held(features[-1])[None], frames - len(features), axis=0)])


def tokenize_samples(data: Path, tokenizer: MotionTokenizer) -> None:
    """Tokens of all samples laid end to end, (N / 4, P, Q) uint16, in ``data/tokens.npy``.

    Samples of one length go through the tokenizer together."""
    features = np.load(data / "samples.npy", mmap_mode="r", allow_pickle=False)
    tokens = np.zeros((len(features) // FRAMES_PER_TOKEN, len(PARTS), tokenizer.config.layers), np.uint16)
    of_length: dict[int, list[int]] = defaultdict(list)
    for row in read_jsonl(data / "samples.jsonl"):
        of_length[row["frames"]].append(row["start"])
    for frames, starts in of_length.items():
        for batch in (each.tolist() for each in torch.tensor(starts).split(TOGETHER)):
            found = tokenizer.encode(torch.from_numpy(np.stack([features[start : start + frames] for start in batch])))
            for start, own in zip(batch, found.numpy(), strict=True):
                tokens[start // FRAMES_PER_TOKEN : (start + frames) // FRAMES_PER_TOKEN] = own
    temporary = data / "tokens.part.npy"
    np.save(temporary, tokens)
    os.replace(temporary, data / "tokens.npy")
