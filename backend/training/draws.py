"""What the masked transformer is taught by its own best: motions it drew, of which those are kept that are as performed.

For sentences of the grammar the model of a pack draws several motions, half of them behind the end of another motion, as steps
that follow one another; what is right by `model.drawing` is kept. Files of a few sentences each are made side by side and are not
made again, so it goes on where it was stopped. Learning from them is `instruct`'s matter.
"""

from __future__ import annotations

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from rich.progress import track
from torch import Tensor

from ..errors import UserError
from ..generation.pipeline import Generator
from ..generation.rejection_sampling import checks
from ..generation.steps import Step
from ..generation.windows import OVERLAP, Part, low, performed
from ..language import meaning as meanings
from ..model.tokenizer import DOWN
from .instruction_pairs import InstructionPairs, padded

SENTENCES, FILES = 32, 107  # of a file, and files
DRAWS, KEPT = 8, 3  # motions drawn for a sentence, and kept at most
LEARNED = 0.3  # how far outside of its envelope a motion may be of which others are kept: stricter than `drawing.INSIDE`
FOLLOWING = 0.5  # share of single steps that follow another motion
SEVERAL = 0.25  # share of sentences with several steps that are drawn: such are mostly taken apart before (`model.steps`)
NOISE = 0.15  # see `instruct.InstructTraining.speech_noise`


@cache
def _loaded(data: Path, pack: str) -> tuple[Generator, InstructionPairs]:
    generator = Generator.load(pack, "cpu")
    return generator, InstructionPairs(data, "train", generator.encoder, spoken=False)


def write_draws(folder: Path, data: Path, pack: str, seed: int, number: int) -> None:
    """Write file ``number`` if it is not there."""
    path = folder / f"{number:05d}.npz"
    if path.exists():
        return
    torch.set_num_threads(1)
    generator, pairs = _loaded(data, pack)
    rng, random = np.random.default_rng([seed, number]), torch.Generator().manual_seed(seed * 100_000 + number)
    conditions, tokens, firsts, rows = [], [], [], []
    for row in range(SENTENCES):
        several = rng.random() < SEVERAL
        batch = pairs.batch(int(rng.integers(2**31)), rng, 1, NOISE, 1.0)
        meaning = meanings.decode(batch["meaning"][0].tolist())
        with torch.inference_mode():
            condition, meant, sureness = generator.model.understand(batch)
        if not torch.equal(meant, batch["meaning"]) or (len(meaning.steps) > 1 and not several):
            continue
        step = Step(condition, meaning, float(sureness[0]), "", None)
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
    part = path.with_suffix(".part.npz")
    np.savez_compressed(
        part, condition=np.stack(conditions), tokens=codes.astype(np.uint16), length=np.array([len(one) for one in tokens]),
        first=np.array(firsts), rows=np.array(json.dumps(rows)),
    )  # fmt: skip
    os.replace(part, path)


def _end(pairs: InstructionPairs, rng: np.random.Generator) -> Tensor:
    """Tokens (1, OVERLAP, P, Q) of the end of any motion. Going on with moments in the middle of motions, half of them of walks,
    was tried: more motions were within their envelopes at once, and fewer did what was asked (93.9, not 95.2 % of 812, typed)."""
    sample = pairs.samples[int(rng.integers(len(pairs.samples)))]
    end = (sample["start"] + sample["frames"]) // DOWN
    return torch.from_numpy(np.asarray(pairs.tokens[end - OVERLAP : end], np.int64))[None]


@torch.inference_mode()
def _best(generator: Generator, step: Step, start: Tensor, random: torch.Generator) -> list[tuple[tuple[float, float], Tensor]]:
    """The best of several draws, each with what is wrong with it; of what cannot be looked at the first."""
    model = generator.model
    count = int(model.draw_length(step.condition, random))
    looked_at = checks(generator.counter, generator.envelope, step.meaning)
    part = Part(step.condition, count, step.gesture, step.twofold, looked_at, free=True)
    end, sampling = start[:, :0], generator.sampling
    follows = start.shape[1] > 0
    held = start[:, -1:, :1] if part.gesture and follows and low(generator.tokenizer, start) else None
    made = performed(model, part, random, start, end, held, 2 if part.twofold else 1, lambda *_, **__: None, sampling, 1, DRAWS)
    if looked_at is None:
        return [((0.0, 0.0), made[0])]
    judged = looked_at.given(legs=step.gesture and follows, sums=not follows)
    found = []
    for tokens in made:
        features = generator.tokenizer.decode(torch.cat([start, tokens], dim=1))[0]
        found.append((judged.fault(features, DOWN * start.shape[1]), tokens))
    found.sort(key=lambda one: one[0])
    right = [one for one in found if one[0] <= (0.0, LEARNED)]
    return right[:KEPT] or [one for one in found[:1] if one[0][0] == 0.0]


class BestDraws:
    """What was kept, of all files of a folder: ``rows`` of it, with conditions (N, S, width), base tokens (N, L, P), lengths (N,)
    and how many of the tokens are those of the motion before."""

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
        # a sentence counts once, however many of its motions were right
        of = np.concatenate([[f"{file.stem}/{row['sentence']}" for row in json.loads(str(part["rows"]))]
                             for file, part in zip(files, parts, strict=True)])  # fmt: skip
        _, which, many = np.unique(of, return_inverse=True, return_counts=True)
        self.shares = 1 / many[which] / len(many)

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """drawn_condition (B, S, width), drawn_tokens (B, L, P), drawn_padding and drawn_given (B, L): True behind the end and
        before the beginning."""
        rows = rng.choice(len(self.length), size=size, p=self.shares)
        longest = self.length[rows].max()
        at = np.arange(longest)
        return {
            "drawn_condition": torch.from_numpy(self.condition[rows].astype(np.float32)),
            "drawn_tokens": torch.from_numpy(self.tokens[rows, :longest].astype(np.int64)),
            "drawn_padding": torch.from_numpy(at >= self.length[rows, None]),
            "drawn_given": torch.from_numpy(at < self.first[rows, None]),
        }


def main(argv: list[str] | None = None) -> None:
    """``python -m backend train draws``"""
    parser = argparse.ArgumentParser(prog="python -m backend train draws", description=__doc__.splitlines()[0])
    parser.add_argument("--name", default="open", help="pack in backend/weights that draws")
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder made by `data build`")
    parser.add_argument("--out", type=Path, default=Path(".data/drawn"), help="files are added here")
    parser.add_argument("--files", type=int, default=FILES, help=f"how many there shall be, of {SENTENCES} sentences each")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes side by side")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(argv)
    arguments.out.mkdir(parents=True, exist_ok=True)
    one = partial(write_draws, arguments.out, arguments.data, arguments.name, arguments.seed)
    with ProcessPoolExecutor(arguments.workers, mp_context=get_context("spawn")) as pool:
        for _ in track(pool.map(one, range(arguments.files)), "draws", arguments.files):
            pass
    print(f"{len(BestDraws(arguments.out).length)} motions kept")


if __name__ == "__main__":
    main()
