"""The encoder's features and word posteriors as one stream, six positions a second. Ours.

The features of the last layer keep much of the voice, the word posteriors almost none of it. Both are summed, so the condition can
use a shade of the voice and still be sure of a stranger's words. A typed text has the second part only (`audio.word_posteriors`).
What the papers put before their attention is not known to us.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WORDS_KEPT = 4
SHRINK = 4  # frames of the encoder that become one position; a spoken word takes about eight


class SpeechStream(nn.Module):
    """(B, T, speech_width) features and the word posteriors' largest to (B, ceil(T / 4), width)."""

    def __init__(self, speech_width: int, words: int, width: int) -> None:
        super().__init__()
        self.sound = nn.Sequential(nn.LayerNorm(speech_width), nn.Linear(speech_width, width))
        self.words = nn.Embedding(words + 1, width)  # row 0 is CTC's blank
        self.no_sound = nn.Parameter(torch.zeros(width))  # in place of the features of a typed text
        self.shrink = nn.Conv1d(width, width, 2 * SHRINK, stride=SHRINK, padding=SHRINK // 2)

    def forward(self, speech: Tensor, words: Tensor, shares: Tensor, padding: Tensor, silent: Tensor) -> tuple[Tensor, Tensor]:
        """The stream and its padding mask (B, ceil(T / 4)).

        ``words`` and ``shares`` (B, T, K) are from `likeliest_words`; ``padding`` (B, T) is True behind the end; ``silent`` (B,)
        are the rows without sound.
        """
        sound = torch.where(silent[:, None, None], self.no_sound.to(speech), self.sound(speech))
        # an embedding bag sums the few words that count, instead of a row of nearly zeros
        meant = F.embedding_bag(words.flatten(0, 1), self.words.weight, per_sample_weights=shares.flatten(0, 1), mode="sum")
        x = (sound + meant.view(*sound.shape)).masked_fill(padding[..., None], 0.0)
        missing = -x.shape[1] % SHRINK
        x, padding = F.pad(x, (0, 0, 0, missing)), F.pad(padding, (0, missing), value=True)
        shrunk = F.gelu(self.shrink(x.transpose(1, 2))).transpose(1, 2)
        return shrunk, padding.unflatten(1, (-1, SHRINK)).all(-1)


def likeliest_words(posteriors: Tensor) -> tuple[Tensor, Tensor]:
    """Classes and probabilities (..., K) of the WORDS_KEPT likeliest words of every frame.

    From posteriors (..., words + 1). Blank, class 0, is never among them: it says nothing."""
    best = posteriors[..., 1:].topk(WORDS_KEPT, dim=-1)
    return best.indices + 1, best.values
