"""Motion window by window: each step is generated behind the tokens before it. Ours.

The model knows ten seconds at a time. Longer motions, several steps in a row, and motions between given ends are made in several
windows, each of which begins with the last half second before it. What the given ends are is `edit_context`'s matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor

from ..model.audio_to_motion import Report, Sampling, unheard
from ..model.inpainting import KeptTokens
from ..model.instruct import InstructModel
from ..model.tokenizer import MotionTokenizer
from ..motion.body import default_body
from ..motion.features import ROOT_DIMS
from .rejection_sampling import MotionChecks, best_draw

OVERLAP = 4  # tokens before a window that it begins with: half a second. Longer contexts make the model rush to the motion's end
LOOK_AHEAD = 8  # tokens after a window that it sees at most
PAIR_GUIDANCE = 2.0  # least guidance for two actions at once: of 90 typed probes 73 or 74 pass, without guidance 68
LOW = 0.75 * default_body().standing_pelvis_height  # metres; a pelvis below it sits, kneels or lies
COMPOSING = 0.8  # share of a pass that the masked transformer takes; the residual transformer takes the rest


@dataclass(frozen=True)
class PlannedStep:
    """A step with its length: a condition (1, S, width) and a ``count`` of tokens.

    Attributes:
        gesture: only the upper body acts, and the legs of who sits stay as they are.
        simultaneous: two actions at once. The upper body is made again when the legs are there: of 40 typed pairs 32 are right
            instead of 26.
        checks: what is judged in its motion; None where nothing can be.
        free: whether the motion may get another length.
    """

    condition: Tensor
    count: int
    gesture: bool = False
    simultaneous: bool = False
    checks: MotionChecks | None = None
    free: bool = False


@dataclass(frozen=True)
class Window:
    """A step between fixed pieces of motion, ``start`` and ``end`` (1, N, P, Q), maybe empty.

    Attributes:
        legs: (1, count or 1, 1, Q), the lower body's tokens where these are given; only the upper body's are generated then.
        passes: 1, or 2 where the upper body is made again for the legs of the first pass.
        fixed: ``count`` tokens, of which some are kept, because poses there are given.
    """

    step: PlannedStep
    start: Tensor
    end: Tensor
    legs: Tensor | None = None
    passes: int = 1
    fixed: KeptTokens | None = None

    def draw(
        self, model: InstructModel, generator: torch.Generator, sampling: Sampling, counts: list[int], report: Report = unheard
    ) -> list[Tensor]:
        """A motion for each of ``counts``, tokens (1, count, P, Q).

        ``report`` gets the fraction of all passes."""
        if self.step.simultaneous:
            sampling = replace(sampling, guidance=max(PAIR_GUIDANCE, sampling.guidance))
        legs = self.legs
        for number in range(self.passes):
            made = self.fill_gap(model, generator, sampling, counts, legs, partial(_report_pass, report, number, self.passes))
            legs = made[:, :, :1]
        return [row[None, :count] for row, count in zip(made, counts, strict=True)]

    def fill_gap(
        self, model: InstructModel, generator: torch.Generator, sampling: Sampling, counts: list[int], legs: Tensor | None,
        report: Report = unheard,
    ) -> Tensor:  # fmt: skip
        """Tokens (B, L, P, Q) between ``start`` and ``end``, B = len(counts), padded behind."""
        first, count, batch = self.start.shape[1], max(counts), len(counts)
        gap = self.start.new_zeros(1, count, *self.start.shape[2:])
        tokens = torch.cat([self.start, gap, self.end], dim=1).repeat(batch, 1, 1, 1)
        mask = torch.ones(tokens.shape[:3], dtype=torch.bool, device=tokens.device)
        mask[:, first : first + count] = False
        if legs is not None:
            tokens[:, first : first + count, :1] = legs
            mask[:, first : first + count, 0] = True
        if self.fixed is not None:
            gap = slice(first, first + count)
            inside = slice(first, first + count)
            tokens[:, inside] = torch.where(self.fixed.mask[..., None], self.fixed.tokens, tokens[:, inside])
            mask[:, inside] |= self.fixed.mask
        kept = KeptTokens.of(tokens, mask) if mask.any() else None
        lengths = torch.tensor([first + own + self.end.shape[1] for own in counts], device=tokens.device)
        condition = self.step.condition.expand(batch, -1, -1)
        base = model.masked_transformer(condition, lengths, generator, sampling, kept, report)
        filled = model.residual_transformer(base, condition, lengths, generator, sampling, kept, report)
        return filled[:, first : first + count]

    def token_counts(self, model: InstructModel, generator: torch.Generator, first: bool, many: int) -> list[int]:
        """Lengths of ``many`` draws: the planned one, or drawn where it is free.

        The ``first`` draw of all has the planned length anyway."""
        if not self.step.free:
            return [self.step.count] * many
        longest = model.config.longest - self.start.shape[1]
        planned = [self.step.count] if first else []
        drawn = [min(int(model.draw_length(self.step.condition, generator)), longest) for _ in range(many - len(planned))]
        return planned + drawn

    def checks(self) -> MotionChecks | None:
        """What is judged here.

        Given legs are not; neither are those of a gesture after another motion, which first come to a stop."""
        follows = self.start.shape[1] > 0
        legs_do_not_count = self.legs is not None or (self.step.gesture and follows)
        return self.step.checks and self.step.checks.restricted(legs=legs_do_not_count, sums=self.step.free and not follows)


def compose(
    model: InstructModel,
    tokenizer: MotionTokenizer,
    steps: list[PlannedStep],
    generator: torch.Generator,
    sampling: Sampling,
    *,
    before: Tensor | None = None,
    after: Tensor | None = None,
    legs: Tensor | None = None,
    fixed: KeptTokens | None = None,
    report: Report = unheard,
) -> tuple[Tensor, list[int]]:
    """Tokens (1, L, P, Q) of all steps and those around; and how many are each step's.

    Args:
        before, after: (1, N, P, Q); the last `OVERLAP` and the first `LOOK_AHEAD` of them are looked at.
        legs: (1, sum of counts, 1, Q), the lower body's tokens where these are given too; no step is free then.
        fixed: as many tokens, of which some are kept; no step is free then either.
        report: gets ("composing" or "refining", fraction of all windows) and may raise to cancel.
    """
    empty = torch.zeros(1, 0, 2, model.config.quantizers, dtype=torch.long, device=steps[0].condition.device)
    done, after = (empty if before is None else before), (empty if after is None else after)
    first = done.shape[1]
    pieces, counts = _fitting(steps, model.config.longest, first, after.shape[1]), [0] * len(steps)
    for number, (of, step) in enumerate(pieces):
        start, end = done[:, -OVERLAP:], after[:, :LOOK_AHEAD] if number == len(pieces) - 1 else empty
        if legs is not None:
            given_legs = legs[:, done.shape[1] - first :][:, : step.count]
        else:
            given_legs = start[:, -1:, :1] if step.gesture and is_low(tokenizer, start) else None  # who sits stays seated
        step = replace(step, free=step.free and not end.shape[1])
        at = slice(done.shape[1] - first, done.shape[1] - first + step.count)
        given = KeptTokens(fixed.tokens[:, at], fixed.mask[:, at]) if fixed is not None else None
        window = Window(step, start, end, given_legs, 2 if step.simultaneous and legs is None else 1, given)
        draw = partial(_draw, window, model, generator, sampling, partial(_report_window, report, number, len(pieces)))
        checks = window.checks()
        made = best_draw(checks, tokenizer, start, draw, step.free) if checks else draw(0, 1)[0]
        done = torch.cat([done, made], dim=1)
        counts[of] += made.shape[1]
    return torch.cat([done, after], dim=1), counts


def is_low(tokenizer: MotionTokenizer, tokens: Tensor) -> bool:
    """Whether the body is down at the end of tokens (1, N, P, Q)."""
    return tokens.shape[1] > 0 and float(tokenizer.decode(tokens)[0, -1, ROOT_DIMS][3]) < LOW


def _fitting(steps: list[PlannedStep], longest: int, before: int, after: int) -> list[tuple[int, PlannedStep]]:
    """The steps with their numbers, in pieces where they are longer than the model's window.

    ``before`` and ``after`` count the tokens around them."""
    pieces = []
    for number, step in enumerate(steps):
        start = OVERLAP if number else min(OVERLAP, before)
        end = min(LOOK_AHEAD, after) if number == len(steps) - 1 else 0
        fits = step.count <= longest - start - end
        pieces += [(number, piece) for piece in ([step] if fits else _in_pieces(step, longest - OVERLAP - LOOK_AHEAD))]
    return pieces


def _in_pieces(step: PlannedStep, most: int) -> list[PlannedStep]:
    """A step in pieces of about the same length, at most ``most`` tokens each; not judged."""
    pieces = -(-step.count // most)
    edges = [step.count * i // pieces for i in range(pieces + 1)]
    return [replace(step, count=b - a, checks=None, free=False) for a, b in pairwise(edges)]


def _draw(
    window: Window, model: InstructModel, generator: torch.Generator, sampling: Sampling, report: Callable[..., None],
    number: int, many: int,
) -> list[Tensor]:  # fmt: skip
    """Draw ``number`` (from 0) of a window: ``many`` motions at once."""
    counts = window.token_counts(model, generator, number == 0, many)
    redrawn = number if window.step.checks else None
    return window.draw(model, generator, sampling, counts, partial(report, redrawn))


def _report_pass(report: Report, number: int, passes: int, phase: str, fraction: float) -> None:
    within = COMPOSING * fraction if phase == "composing" else COMPOSING + (1 - COMPOSING) * fraction
    report(phase, (number + within) / passes)


def _report_window(report: Report, number: int, windows: int, redrawn: int | None, phase: str, fraction: float) -> None:
    """Each further draw, should it be needed, takes half of what is left of the window's share."""
    share = fraction if redrawn is None else 1 - 0.5**redrawn * (1 - 0.5 * fraction)
    report(phase, (number + share) / windows)
