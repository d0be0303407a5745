"""An existing motion as the context of a new one: into tokens, and back into the motion.

`windows` generates between the two ends. `motion.joining` makes joints, speeds and paths meet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..model.inpainting import KeptTokens
from ..model.tokenizer import FRAMES_PER_TOKEN, MotionTokenizer
from ..motion.edits import Edit
from ..motion.features import to_features
from ..motion.joining import continue_motion, insert_range
from ..motion.motion import FPS, Motion
from ..motion.skeleton import LOWER, NUM_BODY, J
from .windows import LOOK_AHEAD, OVERLAP

BESIDE_FIXED = 1  # tokens kept on each side of one with a fixed pose: alone it is decoded 38 degrees off, with them 27
HANDS_AND_FACE = tuple(range(NUM_BODY, J))  # not modelled


@dataclass(frozen=True)
class EditContext:
    """Tokens before and after the generated ones, (1, N, P, Q) each; None at an open end.

    ``frames`` at 30 fps are wanted between them; None where the length is free. ``legs`` (1, N, 1, Q) are the lower body's tokens
    between the ends; None where they are generated as well. ``fixed`` has N tokens and which of them hold poses to be kept."""

    before: Tensor | None = None
    after: Tensor | None = None
    frames: int | None = None
    legs: Tensor | None = None
    fixed: KeptTokens | None = None


def edit_context_of(edit: Edit, tokenizer: MotionTokenizer, gesture: bool) -> EditContext:
    """What the model sees of an edit's motion.

    With a ``gesture`` the legs in the range stay what they were, as the path between its ends was made for these steps."""
    motion, ratio = edit.motion, edit.motion.fps / FPS
    if edit.first is None:
        last = len(motion) - 1
        count = min(max(int(last / ratio + 1) // FRAMES_PER_TOKEN, 2), OVERLAP)
        return EditContext(before=_tokens_at(motion, last + ratio * np.arange(1 - FRAMES_PER_TOKEN * count, 1), tokenizer))
    frames = int(np.ceil((edit.last - edit.first) / ratio - 1e-6)) + 1
    before = after = None
    if edit.first > 0:
        count = min(-(-int(np.ceil(edit.first / ratio)) // FRAMES_PER_TOKEN), OVERLAP)
        before = _tokens_at(motion, edit.first + ratio * np.arange(-FRAMES_PER_TOKEN * count, 0), tokenizer)
    if edit.last < len(motion) - 1:
        behind = edit.first + ratio * FRAMES_PER_TOKEN * -(-frames // FRAMES_PER_TOKEN)  # where the tokens behind the range begin
        count = min(max(-(-int(np.ceil((len(motion) - behind) / ratio)) // FRAMES_PER_TOKEN), 1), LOOK_AHEAD)
        after = _tokens_at(motion, behind + ratio * np.arange(FRAMES_PER_TOKEN * count), tokenizer)
    legs = fixed = None
    inside = edit.first + ratio * np.arange(-(-frames // FRAMES_PER_TOKEN) * FRAMES_PER_TOKEN)
    if gesture and not edit.whole:
        legs = _tokens_at(motion, inside, tokenizer)[:, :, :1]
    if edit.fixed:
        tokens = _tokens_at(motion, inside, tokenizer)
        mask = torch.zeros(tokens.shape[:2], dtype=torch.bool, device=tokens.device)
        own = np.round((np.array(edit.fixed) - edit.first) / ratio).astype(int) // FRAMES_PER_TOKEN
        kept = np.unique(np.clip(own[:, None] + np.arange(-BESIDE_FIXED, BESIDE_FIXED + 1), 0, tokens.shape[1] - 1))
        mask[:, torch.from_numpy(kept).to(mask.device)] = True
        fixed = KeptTokens.of(tokens, mask)
    return EditContext(before, after, frames, legs, fixed)


def _tokens_at(motion: Motion, frames: np.ndarray, tokenizer: MotionTokenizer) -> Tensor:
    """Tokens of poses at fractional frames 1/30 s apart, clamped to the motion."""
    frames = np.concatenate([2 * frames[:1] - frames[1:2], frames])  # one more: it tells how fast the first moves
    seen = motion.at_frames(np.clip(frames, 0, len(motion) - 1))
    features = torch.from_numpy(to_features(Motion(seen.rotations, seen.pelvis, FPS))[1:])[None]
    return tokenizer.encode(features.to(tokenizer.mean.device))


def insert_motion(edit: Edit, ends: EditContext, made: Motion, frames: int) -> Motion:
    """The edited motion at its own frame rate, from what was ``made`` at 30 fps with both ends.

    ``frames`` at 30 fps are kept where the length is free."""
    ratio = edit.motion.fps / FPS
    offset = FRAMES_PER_TOKEN * ends.before.shape[1] if ends.before is not None else 0
    if edit.first is None:
        last = offset - 1  # stands for the motion's last pose; a frame before it tells how fast it moves
        count = round((frames - 1) * ratio) + 1
        at = np.clip(last + np.arange(-1, count) / ratio, 0, len(made) - 1)
        return continue_motion(edit.motion, _resampled_at(made, at, edit.motion.fps), 1)
    start, end = max(edit.first - 2, 0), min(edit.last + 3, len(edit.motion))
    at = np.clip(offset + (np.arange(start, end) - edit.first) / ratio, 0, len(made) - 1)
    own = [*HANDS_AND_FACE, *(LOWER if ends.legs is not None else ())]
    return insert_range(edit.motion, _resampled_at(made, at, edit.motion.fps), edit.first, edit.last, start, own)


def _resampled_at(motion: Motion, frames: np.ndarray, fps: float) -> Motion:
    found = motion.at_frames(frames)
    return Motion(found.rotations, found.pelvis, fps)
