"""Paper A's figure in one file: each stage is a call with the paper's name.

Wang et al. 2025, "Semantics-Aware Human Motion Generation from Audio Instructions" (arXiv 2505.23465):

    audio features -> memory-retrieval attention -> condition -> masked transformer -> residual transformer -> decoder

The networks behind the stages have a file each, which says what is published and what is chosen by us. The audio encoder and the
motion tokenizer are trained before and frozen. `instruct.InstructModel` is this model with what we add to its condition. The rest
of what is ours stands in `backend.generation`, calls these same stages, and can be switched off (`backend.generation.ours`): with
everything off, a request is `AudioToMotion.forward` (for packs that go by the sound).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ..audio.encoder import AudioEncoder
from .condition_networks import condition_network
from .inpainting import KeptTokens
from .masked_transformer import MaskedTransformer
from .residual_transformer import ResidualTransformer
from .speech_stream import SpeechStream, likeliest_words
from .tokenizer import MotionTokenizer

Report = Callable[[str, float], None]  # gets ("composing" or "refining", fraction) and may raise to cancel


def unheard(phase: str, fraction: float) -> None:
    """The `Report` of those who do not ask."""


@dataclass(frozen=True)
class InstructConfig:
    """Sizes; ours, small enough to train on a CPU in an hour."""

    speech_width: int = 192
    words: int = 551
    width: int = 256
    layers: int = 5
    residual_layers: int = 4
    heads: int = 8
    memories: int = 128  # M of the memory bank
    slots: int = 8  # the condition is slots x width, whatever the length of the speech
    codes: int = 256
    quantizers: int = 6
    longest: int = 75  # tokens: 10 s
    kinds: tuple[str, ...] = ()  # classes of `backend.language.meaning`
    directions: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()  # of `backend.motion.controls`; packs without any have a closed condition
    condition: str = "memory"  # as published, or another of `condition_networks`, for the ablations
    sound: bool = True  # False leaves the networks out that read sound: recordings then go through their words

    def to_dict(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Sampling:
    """Settings of the two sampling loops; every pack brings its own."""

    guidance: float = 1.0  # classifier-free guidance, 1 = none
    rounds: int = 12  # of unmasking
    temperature: float = 1.0  # of the masked transformer
    residual_temperature: float = 0.5
    keep: float = 0.1  # share of the codes, the likeliest, that may be sampled


class AudioToMotion(nn.Module):
    """The paper's trained networks, between frozen audio encoder and frozen tokenizer."""

    def __init__(self, config: InstructConfig) -> None:
        super().__init__()
        self.config = config
        width, heads = config.width, config.heads
        if config.sound:
            self.condition = condition_network(config.condition, width, config.memories, config.slots, heads)
            self.stream = SpeechStream(config.speech_width, config.words, width)
        self.masked = MaskedTransformer(config.codes, width, config.layers, heads)
        self.residual = ResidualTransformer(config.codes, config.quantizers, width, config.residual_layers, heads)

    @torch.no_grad()
    def forward(
        self, wave: np.ndarray, audio_encoder: AudioEncoder, decoder: MotionTokenizer, lengths: Tensor,
        generator: torch.Generator, sampling: Sampling,
    ) -> Tensor:  # fmt: skip
        """The figure: a recording (N,) float32 mono at 16 kHz to motion features (1, 4 L, 140).

        ``lengths`` (1,) is L, the number of tokens; how the paper finds it is not known to us."""
        audio = audio_features(wave, audio_encoder)
        y = self.memory_retrieval_attention(audio)
        condition = self.full_condition(y)
        base_tokens = self.masked_transformer(condition, lengths, generator, sampling)
        tokens = self.residual_transformer(base_tokens, condition, lengths, generator, sampling)
        return decoder.decode(tokens)

    def memory_retrieval_attention(self, audio: dict[str, Tensor]) -> Tensor:
        """y (B, slots, width), of one size for every length of speech, from `audio_features`."""
        stream, padding = self.stream(*(audio[name] for name in ("speech", "words", "shares", "speech_padding", "silent")))
        return self.condition(stream, padding)

    def full_condition(self, y: Tensor) -> Tensor:
        """The condition (B, S, width) of both transformers: y. `instruct` appends to it."""
        return y

    def masked_transformer(
        self, condition: Tensor, lengths: Tensor, generator: torch.Generator, sampling: Sampling, kept: KeptTokens | None = None,
        report: Report = unheard,
    ) -> Tensor:  # fmt: skip
        """Base tokens (B, L, P) of ``lengths`` (B,), those of ``kept`` among them."""
        return self.masked.generate(
            condition, lengths, rounds=sampling.rounds, guidance=sampling.guidance, temperature=sampling.temperature,
            keep=sampling.keep, generator=generator, kept=kept, after_round=lambda fraction: report("composing", fraction),
        )  # fmt: skip

    def residual_transformer(
        self, base: Tensor, condition: Tensor, lengths: Tensor, generator: torch.Generator, sampling: Sampling,
        kept: KeptTokens | None = None, report: Report = unheard,
    ) -> Tensor:  # fmt: skip
        """Tokens (B, L, P, Q) of all quantizer layers, from the base tokens."""
        return self.residual.complete(
            base, condition, lengths, temperature=sampling.residual_temperature, keep=sampling.keep, generator=generator,
            kept=kept, after_layer=lambda fraction: report("refining", fraction),
        )  # fmt: skip


def audio_features(wave: np.ndarray, audio_encoder: AudioEncoder) -> dict[str, Tensor]:
    """A recording as a batch of one, through the frozen encoder (the paper's is WavLM)."""
    found = audio_encoder.encode(wave)
    return speech_batch(found.features, found.word_logits.float().log_softmax(-1).exp())


def speech_batch(features: Tensor, posteriors: Tensor, silent: bool = False) -> dict[str, Tensor]:
    """A batch of one: features (1, T, D) and word posteriors (1, T, words + 1).

    ``silent`` hides the features, so that the words count alone."""
    words, shares = likeliest_words(posteriors)
    return {
        "speech": features, "words": words, "shares": shares, "silent": torch.tensor([silent], device=features.device),
        "speech_padding": torch.zeros(features.shape[:2], dtype=torch.bool, device=features.device),
    }  # fmt: skip
