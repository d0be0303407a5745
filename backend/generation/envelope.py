"""The range of every measurement in the performances of an action. Ours.

Now and then the instruction model combines codes as no performance does: a kick whose knee stays bent, a wave that stops after one
swing. Its probabilities do not tell these apart; a measurement outside of all performances does. The ranges come from the training
split alone (`training.envelope`) and know nothing of the probes. `rejection_sampling` uses them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..language.instruction import Action, Instruction
from ..motion.smoothing import smooth_features
from ..packs.files import saved_config
from ..packs.pack import Pack
from ..packs.tensors import damaged_weights, read_tensors
from .measurements import GROUPS, measure_motion

FILE = "envelope.safetensors"
SOFT = 0.5  # deviations added to the width of a range before an excess is divided by it: some ranges are very narrow


@dataclass(frozen=True)
class Envelope:
    """Ranges ``low`` and ``high`` (K, C) of K ``rows``, and deviations (C,) within an action.

    The C measurements are those of all `GROUPS` in a row, with ``sizes``. A row is an action done alone ("wave.left"), over legs
    that do something else ("+wave.left": upper body only) or under a gesture ("walk.forward+": lower body only)."""

    rows: dict[str, int]
    low: Tensor
    high: Tensor
    deviation: Tensor
    sizes: tuple[int, ...]

    @classmethod
    def from_pack(cls, pack: Pack) -> Envelope | None:
        """The envelope of a verified pack; None if it has none.

        Raises UserError ``damaged_pack`` or ``bad_weights``."""
        if FILE not in pack.sha256:
            return None
        path = pack.path(FILE)
        config, tensors = saved_config(path), read_tensors(path)
        try:
            names, parts = list(config["rows"]), [tensors[name].float() for name in ("low", "high", "deviation")]
            sizes = tuple(int(config["sizes"][group]) for group in GROUPS)
            low, high, deviation = parts
            fits = low.shape == high.shape == (len(names), sum(sizes)) and deviation.shape == (sum(sizes),) and min(sizes) >= 0
        except (KeyError, TypeError, ValueError) as error:
            raise damaged_weights(path, "they are no ranges of measurements") from error
        if not fits or any(not part.isfinite().all() for part in parts):
            raise damaged_weights(path, "their ranges do not fit together")
        return cls({name: number for number, name in enumerate(names)}, low, high, deviation, sizes)

    def to(self, device: torch.device) -> Envelope:
        """The same on another device."""
        return Envelope(self.rows, self.low.to(device), self.high.to(device), self.deviation.to(device), self.sizes)

    def excess(self, row: str, values: dict[str, Tensor]) -> dict[str, Tensor]:
        """By how much values exceed the ranges of a row, >= 0, relative to the ranges; by `GROUPS`."""
        low, high = self.low[self.rows[row]], self.high[self.rows[row]]
        found = torch.cat([values[group] for group in GROUPS]).to(low)
        over = torch.relu(low - found) + torch.relu(found - high)
        return dict(zip(GROUPS, (over / (high - low + SOFT * self.deviation)).split(self.sizes), strict=True))


def row_names(step: tuple[Action, ...]) -> list[str]:
    """The rows that describe a step: one action, or legs and gestures over them."""
    if len(step) == 1:
        return [step[0].key]
    return [f"{step[0].key}+", *(f"+{action.key}" for action in step[1:])]


@dataclass(frozen=True)
class EnvelopeCheck:
    """Checks that a motion stays within the ranges of its actions.

    With ``gesture`` the legs do something else: only the upper body counts, by its own ranges if there are any. Sums count only
    where the length is ``free``."""

    envelope: Envelope
    rows: tuple[str, ...]
    gesture: bool = False
    free: bool = True

    def distance_outside(self, features: Tensor) -> float:
        """How far features (T, 140) are outside, over all measurements; 0 is within.

        Of performances that the ranges were not made from, four in five are under 0.3."""
        values, total = measure_motion(torch.from_numpy(smooth_features(features.cpu().numpy()))), 0.0
        for row in self.rows:
            over = f"+{row}"
            row = over if self.gesture and over in self.envelope.rows else row
            for group, excess in self.envelope.excess(row, values).items():
                if self._counts(row, group):
                    total += float(excess.square().sum())
        return total**0.5

    def _counts(self, row: str, group: str) -> bool:
        """Whether a row covers a group of measurements, and the group is checked."""
        half = "lower" if row.endswith("+") else "upper" if row.startswith("+") or self.gesture else ""
        return group.startswith(half) and (self.free or not group.endswith("_sums"))


def envelope_check_of(envelope: Envelope | None, meaning: Instruction | None) -> EnvelopeCheck | None:
    """The check for an instruction of one step whose actions all have ranges; else None."""
    if envelope is None or meaning is None or len(meaning.steps) != 1:
        return None
    rows = tuple(row_names(meaning.steps[0]))
    return EnvelopeCheck(envelope, rows) if all(row in envelope.rows for row in rows) else None
