"""Draws: generated motions that pass rejection sampling, for the masked transformer.

A pack draws several motions for each of many sentences, half of them as continuations of another motion. Those that pass
`generation.rejection_sampling` are kept. Files of a few sentences each are made side by side, and a file that exists is not made
again, so an interrupted command goes on where it stopped. `instruct` learns from them.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from rich.progress import track
from torch import Tensor

from ..errors import UserError
from ..generation.pipeline import Generator
from ..generation.rejection_sampling import checks_of
from ..generation.steps import Step
from ..generation.windows import OVERLAP, PlannedStep, Window, is_low
from ..model.tokenizer import FRAMES_PER_TOKEN
from ..packs.pack import WEIGHTS
from ..packs.whole_files import npz_bytes, write_whole
from .commands import Data, Name, Weights, Workers
from .instruction_pairs import InstructionPairs, padded

SENTENCES, FILES = 32, 107  # of a file, and files
DRAWS, KEPT = 8, 3  # motions drawn for a sentence, and kept at most
LEARNED = 0.3  # largest distance outside of its envelope of a motion that is kept: stricter than `rejection_sampling.INSIDE`
FOLLOWING = 0.5  # share of single steps that follow another motion
SEVERAL = 0.25  # share of the sentences of several steps that are drawn: most are taken apart first (`generation.steps`)


@cache
def _loaded(data: Path, pack: str, weights: Path) -> tuple[Generator, InstructionPairs]:
    generator = Generator.load(pack, "cpu", weights=weights)
    return generator, InstructionPairs(data, "train", generator.encoder.words)


def draw_all(
    data: Path, out: Path, pack: str, weights: Path, *, files: int, sentences: int, seed: int, workers: int
) -> dict[str, int]:
    """Fill ``out`` up to so many files of so many sentences; returns the number of motions."""
    out.mkdir(parents=True, exist_ok=True)
    one = partial(write_draws, out, data, pack, weights, seed, sentences)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for _ in track(pool.map(one, range(files)), "draws", files):
            pass
    return {"motions kept": len(BestDraws(out).length)}


def write_draws(folder: Path, data: Path, pack: str, weights: Path, seed: int, sentences: int, number: int) -> None:
    """Write file ``number`` if it is not there."""
    path = folder / f"{number:05d}.npz"
    if path.exists():
        return
    torch.set_num_threads(1)
    generator, pairs = _loaded(data, pack, weights)
    rng, random = np.random.default_rng([seed, number]), torch.Generator().manual_seed(seed * 100_000 + number)
    conditions, tokens, firsts, rows = [], [], [], []
    for row in range(sentences):
        several = rng.random() < SEVERAL
        batch, model = pairs.batch(int(rng.integers(2**31)), rng, 1), generator.model
        meaning = model.classes.decode(batch["meaning"][0].tolist())
        with torch.inference_mode():
            condition = model.full_condition(model.y_of(batch))
        if meaning is None or (len(meaning.steps) > 1 and not several):
            continue
        step = Step(condition, meaning, 0.0, "", None)
        start = condition.new_zeros(1, 0, 2, generator.model.config.quantizers, dtype=torch.long)
        if len(meaning.steps) == 1 and rng.random() < FOLLOWING:
            start = _end(pairs, rng)
        for fault, made in _best(generator, step, start, random):
            conditions.append(condition[0].half().numpy())
            tokens.append(torch.cat([start, made], dim=1)[0, ..., 0].numpy())
            firsts.append(start.shape[1])
            rows.append({"key": meaning.key, "sentence": row, "fault": fault})
    if not rows:
        return
    codes, _ = padded(tokens, np.int64)
    arrays = {
        "condition": np.stack(conditions), "tokens": codes.astype(np.uint16), "length": np.array([len(one) for one in tokens]),
        "first": np.array(firsts), "rows": np.array(json.dumps(rows)),
    }  # fmt: skip
    write_whole(path, npz_bytes(arrays))


def _end(pairs: InstructionPairs, rng: np.random.Generator) -> Tensor:
    """Tokens (1, OVERLAP, P, Q) of the end of any motion."""
    sample = pairs.samples[int(rng.integers(len(pairs.samples)))]
    end = (sample["start"] + sample["frames"]) // FRAMES_PER_TOKEN
    return torch.from_numpy(np.asarray(pairs.tokens[end - OVERLAP : end], np.int64))[None]


@torch.inference_mode()
def _best(generator: Generator, step: Step, start: Tensor, random: torch.Generator) -> list[tuple[tuple[float, float], Tensor]]:
    """The best of several draws with their faults; without envelope and count, the first."""
    model = generator.model
    count = int(model.draw_length(step.condition, random))
    looked_at = checks_of(generator.counter, generator.envelope, step.meaning)
    planned = PlannedStep(step.condition, count, step.gesture, step.simultaneous, looked_at, free=True)
    legs = start[:, -1:, :1] if step.gesture and is_low(generator.tokenizer, start) else None
    window = Window(planned, start, start[:, :0], legs, 2 if step.simultaneous else 1)
    made = window.draw(model, random, generator.sampling, window.token_counts(model, random, first=False, many=DRAWS))
    judged = window.checks()
    if judged is None:
        return [((0.0, 0.0), made[0])]
    found = []
    for tokens in made:
        features = generator.tokenizer.decode(torch.cat([start, tokens], dim=1))[0]
        found.append((judged.fault_of(features, FRAMES_PER_TOKEN * start.shape[1]), tokens))
    found.sort(key=lambda one: one[0])
    right = [one for one in found if one[0] <= (0.0, LEARNED)]
    return right[:KEPT] or [one for one in found[:1] if one[0][0] == 0.0]


class BestDraws:
    """The draws in all files of a folder.

    Attributes:
        condition: (N, S, width).
        tokens: of the base layer, (N, L, P).
        length: (N,) in tokens.
        first: (N,) how many of the tokens are those of the motion before.
        shares: (N,) probability of a draw in a batch: all sentences alike, however many of their motions were kept.
    """

    def __init__(self, folder: Path) -> None:
        """Raises UserError where there is none."""
        files = sorted(folder.glob("[0-9]*.npz"))
        if not files:
            raise UserError("no_draws", f"{folder} holds no drawn motions.", "Run `python -m backend train draws` first.")
        parts = [dict(np.load(file, allow_pickle=False)) for file in files]  # each array is unpacked once
        longest = max(part["tokens"].shape[1] for part in parts)
        self.condition = np.concatenate([part["condition"] for part in parts])
        self.tokens = np.concatenate([np.pad(t := part["tokens"], ((0, 0), (0, longest - t.shape[1]), (0, 0))) for part in parts])
        self.length, self.first = (np.concatenate([part[name] for part in parts]) for name in ("length", "first"))
        of = np.concatenate([[f"{file.stem}/{row['sentence']}" for row in json.loads(str(part["rows"]))]
                             for file, part in zip(files, parts, strict=True)])  # fmt: skip
        _, which, many = np.unique(of, return_inverse=True, return_counts=True)
        self.shares = 1 / many[which] / len(many)

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """A batch of draws.

        drawn_condition (B, S, width), drawn_tokens (B, L, P), drawn_padding and drawn_given (B, L). Padding is
        behind a motion's end; given are the tokens of the motion before."""
        rows = rng.choice(len(self.length), size=size, p=self.shares)
        longest = self.length[rows].max()
        at = np.arange(longest)
        return {
            "drawn_condition": torch.from_numpy(self.condition[rows].astype(np.float32)),
            "drawn_tokens": torch.from_numpy(self.tokens[rows, :longest].astype(np.int64)),
            "drawn_padding": torch.from_numpy(at >= self.length[rows, None]),
            "drawn_given": torch.from_numpy(at < self.first[rows, None]),
        }


def command(
    name: Name = "open",
    data: Data = Path(".data"),
    out: Annotated[Path, typer.Option(help="Files are added here.")] = Path(".data/drawn"),
    files: Annotated[int, typer.Option(help=f"How many there shall be, of {SENTENCES} sentences each.")] = FILES,
    workers: Workers = None,
    seed: int = 0,
    weights: Weights = WEIGHTS,
) -> None:
    """Draw motions with a pack and keep the best, for `instruct --drawn`."""
    print(draw_all(data, out, name, weights, files=files, sentences=SENTENCES, seed=seed, workers=workers or os.cpu_count() or 1))
