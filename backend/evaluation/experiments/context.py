"""What experiments share: the pack, the evaluator, held-out sentences and motions.

Each is made when it is first used, so that one experiment alone loads no more than it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...packs.pack import find_pack, sha256_of
from ..evaluator import Evaluator, load_evaluator
from ..held_out import HeldOut, held_out_rows

if TYPE_CHECKING:
    from ...generation.pipeline import Generator
    from ..sphinx import SphinxRecogniser

Progress = Callable[[int, int], None]  # (done, in all)


@dataclass
class Context:
    """One run of experiments: the pack, the device, the data, and whether it is a quick one."""

    pack: str = "open"
    device: str = "auto"
    data: Path = Path(".data")
    shared: Path = Path("../shared/data")
    quick: bool = False
    _spoken: dict[tuple[str, str], np.ndarray] = field(default_factory=dict, repr=False)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of pack.json, which states that of every file of the pack."""
        return pack_sha256(self.pack)

    @cached_property
    def generator(self) -> Generator:
        """The pack, loaded. Raises UserError."""
        from ...generation.pipeline import Generator

        return Generator.load(self.pack, self.device)

    @cached_property
    def sphinx(self) -> SphinxRecogniser:
        """PocketSphinx with a language model of our sentences."""
        from ..sphinx import SphinxRecogniser

        return SphinxRecogniser()

    @cached_property
    def evaluator(self) -> Evaluator:
        """Raises UserError where it has not been trained."""
        return load_evaluator()

    @cached_property
    def test_rows(self) -> HeldOut:
        """Sentences of the test split with real motions."""
        return held_out_rows(self.data, "test", 96 if self.quick else 384)

    def speak(self, texts: Sequence[str], voices: Sequence[str]) -> list[np.ndarray]:
        """Sentences by voices, (N,) float32 at 16 kHz, each spoken once. Raises UserError."""
        from ...data.speech.voices import say_all

        new = list(dict.fromkeys(pair for pair in zip(texts, voices, strict=True) if pair not in self._spoken))
        if new:
            waves = say_all([text for text, _ in new], [voice for _, voice in new])
            self._spoken.update(zip(new, waves, strict=True))
        return [self._spoken[pair] for pair in zip(texts, voices, strict=True)]


def pack_sha256(pack: str) -> str:
    """SHA-256 of a pack's card, pack.json. Raises UserError where there is no such pack."""
    return sha256_of(find_pack(pack).folder / "pack.json")
