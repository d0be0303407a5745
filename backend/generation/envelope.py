"""Within what was ever performed: of every action, between what and what its measurements lie in the motions of the data.

The instruction model now and then puts codes together that no performance has: a kick whose knee stays bent, a wave that stops
after one swing. Its own probabilities do not tell these from the others, and neither does a network that was trained to tell drawn
motions from real ones; a measurement that is outside of all there are does. Nothing is known here of how that is used (`drawing`),
nor of what anybody tests: ranges come from the training split alone (`training.envelope`).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..language.instruction import Action, Instruction
from ..motion.smoothing import smooth_features
from ..packs.files import saved_config
from ..packs.pack import Pack
from ..packs.tensors import damaged, read_tensors
from .measurements import GROUPS, measure_motion

FILE = "envelope.safetensors"
SOFT = 0.5  # deviations within an action, beside the width of a range, by which an excess is divided: some ranges are very narrow


@dataclass(frozen=True)
class Envelope:
    """Ranges ``low`` and ``high`` (K, C) of what is named by ``rows``, and the deviation (C,) within an action. C measurements are
    those of all `GROUPS` in a row, with ``sizes``.

    A row is an action done alone ("wave.left"), over legs that do something else ("+wave.left": upper body only) or under a gesture
    ("walk.forward+": lower body only)."""

    rows: dict[str, int]
    low: Tensor
    high: Tensor
    deviation: Tensor
    sizes: tuple[int, ...]

    @classmethod
    def from_pack(cls, pack: Pack) -> Envelope | None:
        """The envelope of a verified pack; None where it states none. Raises UserError ``damaged_pack`` or ``bad_weights``."""
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
            raise damaged(path, "they are no ranges of measurements") from error
        if not fits or any(not part.isfinite().all() for part in parts):
            raise damaged(path, "their ranges do not fit together")
        return cls({name: number for number, name in enumerate(names)}, low, high, deviation, sizes)

    def to(self, device: torch.device) -> Envelope:
        """The same on another device."""
        return Envelope(self.rows, self.low.to(device), self.high.to(device), self.deviation.to(device), self.sizes)

    def excess(self, row: str, values: dict[str, Tensor]) -> dict[str, Tensor]:
        """By how much measurements are outside of the ranges of a row, as a share of the ranges, >= 0; by `GROUPS` as they are."""
        low, high = self.low[self.rows[row]], self.high[self.rows[row]]
        found = torch.cat([values[group] for group in GROUPS]).to(low)
        over = torch.relu(low - found) + torch.relu(found - high)
        return dict(zip(GROUPS, (over / (high - low + SOFT * self.deviation)).split(self.sizes), strict=True))


def row_names(step: tuple[Action, ...]) -> list[str]:
    """The names of rows that are about a step: one action, or legs and a gesture over them."""
    if len(step) == 1:
        return [step[0].key]
    return [f"{step[0].key}+", *(f"+{action.key}" for action in step[1:])]


@dataclass(frozen=True)
class EnvelopeCheck:
    """That a motion stays within the ranges of what is done in it.

    Where the legs do something else (``gesture``) only the upper body counts, by the ranges that it has then as far as they are
    known; and where the length is given (not ``free``) no sums do."""

    envelope: Envelope
    rows: tuple[str, ...]
    gesture: bool = False
    free: bool = True

    def distance_outside(self, features: Tensor) -> float:
        """How far features (T, 140) are outside, all measurements together; 0 is within. Four in five motions of the data that
        the ranges were not made from are under 0.3."""
        values, total = measure_motion(torch.from_numpy(smooth_features(features.cpu().numpy()))), 0.0
        for row in self.rows:
            over = f"+{row}"
            row = over if self.gesture and over in self.envelope.rows else row
            for group, excess in self.envelope.excess(row, values).items():
                if self._counts(row, group):
                    total += float(excess.square().sum())
        return total**0.5

    def _counts(self, row: str, group: str) -> bool:
        """Whether a row says something of a group of measurements, and that is looked at."""
        half = "lower" if row.endswith("+") else "upper" if row.startswith("+") or self.gesture else ""
        return group.startswith(half) and (self.free or not group.endswith("_sums"))


def envelope_check_of(envelope: Envelope | None, meaning: Instruction | None) -> EnvelopeCheck | None:
    """What a motion of an instruction should stay within, if all of it is known: of one step."""
    if envelope is None or meaning is None or len(meaning.steps) != 1:
        return None
    rows = tuple(row_names(meaning.steps[0]))
    return EnvelopeCheck(envelope, rows) if all(row in envelope.rows for row in rows) else None
