"""Find the envelope: what is measured of the motions of every action, as the tokenizer gives them back.

Nothing is learned: motions of the training split are composed, encoded, decoded and measured, and the least and the largest of
each measurement are kept. Ten minutes on one core. It depends on the data and the tokenizer alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from rich.progress import track
from safetensors.torch import save

from ..data.compose import Library, compose
from ..data.samples import fitted, load_library, performances, stream_of
from ..data.tiers import SHIPPED_TIERS
from ..generation.envelope import FILE, rows_of
from ..generation.measurements import GROUPS, measured
from ..language.instruction import SPEEDS, Action, Instruction
from ..language.kinds import CARRIERS, GESTURES, all_kinds
from ..model.tokenizer import MotionTokenizer, load_tokenizer
from ..motion.features import to_features
from ..motion.smoothing import smoothed
from ..packs.pack import WEIGHTS, find_pack
from .counter_data import through_tokenizer
from .parts import put_into

TOGETHER = 24  # motions of every gesture over some legs, and of all legs under some gesture


def actions() -> list[Action]:
    """Every action of the vocabulary, with every speed and count that it may have."""
    return [
        replace(action, speed=speed, count=count)
        for kind in all_kinds().values()
        for action in kind.actions()
        for speed, count in [("", 1), *((s, 1) for s in SPEEDS if kind.speeds), *(("", n) for n in range(2, kind.max_count + 1))]
    ]


def instructions(library: Library, rng: np.random.Generator) -> Iterator[tuple[Instruction, int]]:
    """What to perform, and how often: every action alone, gestures over legs drawn at random and legs under gestures."""
    known = [action for action in actions() if library.can_make(Instruction.of(action))]
    for action in known:
        yield Instruction.of(action), performances(library, Instruction.of(action), 1)
    gestures = [a for a in known if a.kind in GESTURES and a.count == 1 and not a.speed]
    carriers = [a for a in known if a.kind in CARRIERS and a.count == 1]
    for gesture in gestures:
        for _ in range(TOGETHER):
            yield Instruction(((carriers[int(rng.integers(len(carriers)))], gesture),)), 1
    for carrier in carriers:
        for _ in range(TOGETHER):
            yield Instruction(((carrier, gestures[int(rng.integers(len(gestures)))]),)), 1


@torch.inference_mode()
def measurements(tokenizer: MotionTokenizer, features: np.ndarray) -> dict[str, np.ndarray]:
    """Measurements by `GROUPS` of features (T, 140) as they come out of the tokenizer."""
    decoded = smoothed(through_tokenizer(tokenizer, features))
    return {group: values.numpy() for group, values in measured(torch.from_numpy(decoded)).items()}


def ranges(library: Library, tokenizer: MotionTokenizer, seed: int) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """Measurements (N, C) by the names of `envelope.rows_of`, and how many there are of each group."""
    found: dict[str, list[np.ndarray]] = {}
    sizes: dict[str, int] = {}
    everything = list(instructions(library, np.random.default_rng(seed)))
    for number, (instruction, times) in enumerate(track(everything, "envelope")):
        rng = stream_of(f"{number} {instruction.key}", seed)
        for _ in range(times):
            values = measurements(tokenizer, fitted(to_features(compose(library, instruction, rng)[0])))
            sizes = {group: len(part) for group, part in values.items()}
            for row in rows_of(instruction.steps[0]):
                found.setdefault(row, []).append(np.concatenate([values[group] for group in GROUPS]))
    return {row: np.stack(values) for row, values in found.items()}, sizes


def stored(found: dict[str, np.ndarray], sizes: dict[str, int]) -> bytes:
    """The file: ranges of all rows and their names. In half precision as all weights, rounded outwards: nothing falls out of it."""
    low, high = (np.stack([pick(values, axis=0) for values in found.values()]) for pick in (np.min, np.max))
    deviation = np.sqrt(np.mean([values.var(axis=0) for values in found.values()], axis=0)) + 1e-3
    tensors = {"low": -_rounded_up(-low), "high": _rounded_up(high), "deviation": deviation.astype(np.float16)}
    metadata = {"config": json.dumps({"rows": list(found), "sizes": sizes})}
    return save({name: torch.from_numpy(value) for name, value in tensors.items()}, metadata=metadata)


def _rounded_up(values: np.ndarray) -> np.ndarray:
    """In half precision, no less than before."""
    half = values.astype(np.float16)
    return np.where(half < values, np.nextafter(half, np.float16(np.inf)), half)


def main(argv: list[str] | None = None) -> None:
    """``python -m backend train envelope``"""
    parser = argparse.ArgumentParser(prog="python -m backend train envelope", description=__doc__.splitlines()[0])
    parser.add_argument("--name", default="open", help="pack in backend/weights")
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder made by `data build`")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)
    tokenizer = load_tokenizer(find_pack(arguments.name).path("tokenizer.safetensors"))
    found, sizes = ranges(load_library(arguments.data, SHIPPED_TIERS), tokenizer, arguments.seed)
    put_into(WEIGHTS / arguments.name, FILE, stored(found, sizes), weights=True)
    print(f"{len(found)} rows of {len(next(iter(found.values()))[0])} measurements of {sum(map(len, found.values()))} motions")


if __name__ == "__main__":
    main()
