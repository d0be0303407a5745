"""Find the envelope: the range of every measurement over each action's decoded motions.

Nothing is learned: motions of the training split are composed, encoded, decoded and measured. Takes ten minutes on one core. It
depends on the data and the tokenizer alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from rich.progress import track
from safetensors.torch import save

from ..data.compose import Library, compose
from ..data.samples import MOST, fitted, load_library, performances, stream_of
from ..data.tiers import SHIPPED_TIERS
from ..generation.envelope import FILE, row_names
from ..generation.measurements import GROUPS, measure_motion
from ..language.instruction import SPEEDS, Action, Instruction
from ..language.kinds import all_kinds, kind_of
from ..model.tokenizer import MotionTokenizer, load_tokenizer
from ..motion.features import to_features
from ..motion.smoothing import smooth_features
from ..packs.pack import WEIGHTS, find_pack
from .commands import Data, Name
from .counter_data import through_tokenizer
from .pack import add_to_pack

TOGETHER = 24  # motions of every gesture over drawn actions of the legs, and of every action of the legs under drawn gestures


def actions() -> list[Action]:
    """Every action of the vocabulary, with every speed and count that it may have."""
    return [
        replace(action, speed=speed, count=count)
        for kind in all_kinds().values()
        for action in kind.actions()
        for speed, count in [("", 1), *((s, 1) for s in SPEEDS if kind.speeds), *(("", n) for n in range(2, kind.max_count + 1))]
    ]


def instructions(
    library: Library, rng: np.random.Generator, together: int = TOGETHER, most: int = MOST
) -> Iterator[tuple[Instruction, int]]:
    """Instructions and how often to perform each: actions alone, and gestures over legs."""
    known = [action for action in actions() if library.can_make(Instruction.of(action))]
    for action in known:
        yield Instruction.of(action), performances(library, Instruction.of(action), 1, most)
    gestures = [a for a in known if kind_of(a).gesture and a.count == 1 and not a.speed]
    carriers = [a for a in known if kind_of(a).carrier and a.count == 1]
    for gesture in gestures:
        for _ in range(together):
            yield Instruction(((carriers[int(rng.integers(len(carriers)))], gesture),)), 1
    for carrier in carriers:
        for _ in range(together):
            yield Instruction(((carrier, gestures[int(rng.integers(len(gestures)))]),)), 1


@torch.inference_mode()
def measurements(tokenizer: MotionTokenizer, features: np.ndarray) -> dict[str, np.ndarray]:
    """Measurements by `GROUPS` of features (T, 140) after the tokenizer."""
    decoded = smooth_features(through_tokenizer(tokenizer, features))
    return {group: values.numpy() for group, values in measure_motion(torch.from_numpy(decoded)).items()}


def all_measurements(
    library: Library, tokenizer: MotionTokenizer, seed: int, together: int = TOGETHER, most: int = MOST
) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """Measurements (N, C) by `envelope.rows_of`, and the number of columns of each group."""
    found: dict[str, list[np.ndarray]] = {}
    sizes: dict[str, int] = {}
    everything = list(instructions(library, np.random.default_rng(seed), together, most))
    for number, (instruction, times) in enumerate(track(everything, "envelope")):
        rng = stream_of(f"{number} {instruction.key}", seed)
        for _ in range(times):
            values = measurements(tokenizer, fitted(to_features(compose(library, instruction, rng)[0])))
            sizes = {group: len(part) for group, part in values.items()}
            for row in row_names(instruction.steps[0]):
                found.setdefault(row, []).append(np.concatenate([values[group] for group in GROUPS]))
    return {row: np.stack(values) for row, values in found.items()}, sizes


def to_file(found: dict[str, np.ndarray], sizes: dict[str, int]) -> bytes:
    """The file's bytes: ranges of all rows in half precision, rounded outwards."""
    low, high = (np.stack([pick(values, axis=0) for values in found.values()]) for pick in (np.min, np.max))
    deviation = np.sqrt(np.mean([values.var(axis=0) for values in found.values()], axis=0)) + 1e-3
    tensors = {"low": -_rounded_up(-low), "high": _rounded_up(high), "deviation": deviation.astype(np.float16)}
    metadata = {"config": json.dumps({"rows": list(found), "sizes": sizes})}
    return save({name: torch.from_numpy(value) for name, value in tensors.items()}, metadata=metadata)


def _rounded_up(values: np.ndarray) -> np.ndarray:
    """Half precision, rounded up."""
    half = values.astype(np.float16)
    return np.where(half < values, np.nextafter(half, np.float16(np.inf)), half)


def find(data: Path, pack: str, weights: Path, *, seed: int, together: int, most: int) -> dict[str, int]:
    """Find the envelope with a pack's tokenizer, on one core, into the pack; returns sizes."""
    torch.set_num_threads(1)
    tokenizer = load_tokenizer(find_pack(pack, weights).path("tokenizer.safetensors"))
    found, sizes = all_measurements(load_library(data, SHIPPED_TIERS), tokenizer, seed, together, most)
    add_to_pack(weights / pack, FILE, to_file(found, sizes), weights=True)
    return {"rows": len(found), "measurements": sum(sizes.values()), "motions": sum(map(len, found.values()))}


def command(name: Name = "open", data: Data = Path(".data"), seed: int = 0) -> None:
    """Find what every action's motions stay within, into a pack; after pack."""
    print(find(data, name, WEIGHTS, seed=seed, together=TOGETHER, most=MOST))
