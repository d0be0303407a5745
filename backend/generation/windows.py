"""One motion after another in tokens: each is filled in behind the end of what is there already, so that it grows out of it.

The model knows ten seconds at a time. Longer motions, several instructions in a row, and motions between given ends are made
window by window; a window begins with the last half second before it. What the given ends are is `editing`'s matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor

from ..model.audio_to_motion import Report, Sampling, unheard
from ..model.inpainting import Kept
from ..model.instruct import InstructModel
from ..model.tokenizer import MotionTokenizer
from ..motion.body import default_body
from ..motion.features import ROOT_DIMS
from .rejection_sampling import Checks, drawn

OVERLAP = 4  # tokens of what came before that a window begins with: half a second. With more the model hurries, for it knows
# by heart how long after the beginning somebody who sits down is seated
BEHIND = 8  # tokens of what comes after that it sees at most
TOGETHER = 2.0  # guidance that two things at once have at least: of 90, typed, 73 and 74 are done with 2.5 and 1.6, 68 without
LOW = 0.75 * default_body().standing_pelvis_height  # metres; a pelvis below it sits, kneels or lies


@dataclass(frozen=True)
class Part:
    """Something to be done: its condition (1, S, width) and for how many tokens.

    A ``gesture`` leaves the legs free. ``twofold`` are two things at once: the upper body is then made a second time when the legs
    are there. Judged by the probes' measurements, typed, eight pairs five times each: 32 of 40 right instead of 26.
    Where there are ``checks``, the result may be shorter or longer if the length is ``free``."""

    condition: Tensor
    count: int
    gesture: bool = False
    twofold: bool = False
    checks: Checks | None = None
    free: bool = False


def compose(
    model: InstructModel,
    tokenizer: MotionTokenizer,
    parts: list[Part],
    generator: torch.Generator,
    sampling: Sampling,
    *,
    before: Tensor | None = None,
    after: Tensor | None = None,
    legs: Tensor | None = None,
    report: Report = unheard,
) -> Tensor:
    """Tokens (1, L, P, Q) of all parts in a row, behind the given tokens ``before`` and in front of those ``after``.

    Args:
        before, after: (1, N, P, Q); the last `OVERLAP` and the first `BEHIND` of them are looked at. They are part of the result.
        legs: (1, sum of counts, 1, Q), the lower body's tokens where these are given too; no part is free then.
        report: gets ("composing" or "refining", fraction of all windows) and may raise to cancel.
    """
    config, device = model.config, parts[0].condition.device
    empty = torch.zeros(1, 0, 2, config.quantizers, dtype=torch.long, device=device)
    done, after = (empty if before is None else before), (empty if after is None else after)
    first = done.shape[1]
    windows = []
    for number, part in enumerate(parts):
        start = OVERLAP if number else min(OVERLAP, first)
        end = min(BEHIND, after.shape[1]) if number == len(parts) - 1 else 0
        fits = part.count <= config.longest - start - end
        windows += [part] if fits else _windows(part, config.longest - OVERLAP - BEHIND)
    for number, part in enumerate(windows):
        start = done[:, -OVERLAP:]
        end = after[:, :BEHIND] if number == len(windows) - 1 else empty

        passes = 2 if part.twofold and legs is None else 1
        drawn_again = part.checks is not None

        def tell(phase: str, fraction: float, draw: int = 0, again: bool = False,
                 number: int = number, passes: int = passes, drawn_again: bool = drawn_again) -> None:  # fmt: skip
            within = 0.8 * fraction if phase == "composing" else 0.8 + 0.2 * fraction
            share = (again + within) / passes
            if drawn_again:  # each further draw, should it be needed, takes half of what is left
                share = 1 - 0.5**draw * (1 - 0.5 * share)
            report(phase, (number + share) / len(windows))

        if legs is not None:
            held = legs[:, done.shape[1] - first :][:, : part.count]
        else:
            held = start[:, -1:, :1] if part.gesture and low(tokenizer, start) else None  # who sits and waves stays seated
        part = replace(part, free=part.free and not end.shape[1])
        guided = replace(sampling, guidance=max(TOGETHER, sampling.guidance)) if part.twofold else sampling
        draw = partial(performed, model, part, generator, start, end, held, passes, tell, guided)
        if part.checks:
            # who walked before comes to a stop while he waves, and what that adds belongs to no wave
            follows = start.shape[1] > 0
            looked_at = part.checks.given(legs=held is not None or (part.gesture and follows), sums=part.free and not follows)
            made = drawn(looked_at, tokenizer, start, draw, part.free)
        else:
            made = draw(0, 1)[0]
        done = torch.cat([done, made], dim=1)
    return torch.cat([done, after], dim=1)


def performed(
    model: InstructModel, part: Part, generator: torch.Generator, start: Tensor, end: Tensor, legs: Tensor | None, passes: int,
    tell: Callable[..., None], sampling: Sampling, draw: int, many: int,
) -> list[Tensor]:  # fmt: skip
    """As many performances of a part at once, tokens (1, L, P, Q) each; all but the very first have lengths of their own."""
    counts = [part.count] * many
    if part.free:
        most, given = model.config.longest - start.shape[1], 0 if draw else 1
        counts[given:] = [min(int(model.draw_length(part.condition, generator)), most) for _ in counts[given:]]
    made = fill(model, part, generator, sampling, start, end, legs, counts, report=partial(tell, draw=draw))
    if passes > 1:
        report = partial(tell, draw=draw, again=True)
        made = fill(model, part, generator, sampling, start, end, made[:, :, :1], counts, report=report)
    return [row[None, :count] for row, count in zip(made, counts, strict=True)]


def fill(
    model: InstructModel,
    part: Part,
    generator: torch.Generator,
    sampling: Sampling,
    start: Tensor,
    end: Tensor,
    legs: Tensor | None = None,
    counts: list[int] | None = None,
    report: Report = unheard,
) -> Tensor:
    """The tokens (B, count, P, Q) of one part between two pieces of motion that stay as they are; both may be empty.

    ``legs`` (1 or B, count or 1, 1, Q), the lower body's tokens, leave only the upper body's to be filled in. ``counts`` makes B of
    them, as long as it says if there is no ``end``; shorter ones are filled up behind."""
    counts = counts or [part.count]
    first, count, batch = start.shape[1], max(counts), len(counts)
    gap = start.new_zeros(1, count, *start.shape[2:])
    tokens = torch.cat([start, gap, end], dim=1).repeat(batch, 1, 1, 1)
    mask = torch.ones(tokens.shape[:3], dtype=torch.bool, device=tokens.device)
    mask[:, first : first + count] = False
    if legs is not None:
        tokens[:, first : first + count, :1] = legs
        mask[:, first : first + count, 0] = True
    kept = Kept.of(tokens, mask) if mask.any() else None
    lengths = torch.tensor([first + own + end.shape[1] for own in counts], device=tokens.device)
    condition = part.condition.expand(batch, -1, -1)
    base = model.masked_transformer(condition, lengths, generator, sampling, kept, report)
    tokens = model.residual_transformer(base, condition, lengths, generator, sampling, kept, report)
    return tokens[:, first : first + count]


def low(tokenizer: MotionTokenizer, tokens: Tensor) -> bool:
    """Whether the body is down at the end of tokens (1, N, P, Q)."""
    return tokens.shape[1] > 0 and float(tokenizer.decode(tokens)[0, -1, ROOT_DIMS][3]) < LOW


def _windows(part: Part, most: int) -> list[Part]:
    """A part in pieces of about the same length, each at most ``most`` tokens. What is done in several is not looked at."""
    pieces = -(-part.count // most)
    edges = [part.count * i // pieces for i in range(pieces + 1)]
    return [replace(part, count=b - a, checks=None, free=False) for a, b in pairwise(edges)]
