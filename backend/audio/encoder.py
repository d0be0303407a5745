"""The audio encoder: log-mel frames in, 25 feature vectors a second and the heard words out.

The first layers of Whisper (`whisper_stem`), or two strided convolutions for a small encoder, then light Conformer blocks (Gulati
et al. 2020, with one feed-forward instead of two halves, no batch norm and no position code: the layers before know the order).
Trained with CTC on words. A phone CTC head inside feeds its prediction back (self-conditioning, Nozaki and Komatsu 2021), which
speeds up convergence and anchors it to sounds instead of speakers. Training is in `training.encoder`, decoding in `ctc`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional

from backend.audio.ctc import beam_search, greedy_decode
from backend.audio.features import BANDS, log_mel, valid_mask
from backend.audio.whisper_stem import WhisperStem
from backend.audio.words import WordList, WordModel
from backend.errors import UserError
from backend.packs.tensors import build_network, config_of, read_tensors
from backend.packs.whole_files import write_whole

PHONE_WEIGHT = 1.0  # of the phone head in rescoring the beam; chosen on the validation split


@dataclass(frozen=True)
class EncoderConfig:
    """Sizes of the network. ``words`` and ``phones`` count classes without CTC's blank."""

    words: int = 551
    phones: int = 40
    width: int = 192
    blocks: int = 6
    heads: int = 4
    feed_forward: int = 768
    kernel: int = 15
    channels: int = 32  # of the subsampling convolutions; unused with Whisper
    stem_layers: int = 0  # of Whisper
    phone_block: int = 4  # the phone head sits after this many blocks
    dropout: float = 0.0


@dataclass
class EncoderOutput:
    """What an encoder gives, for T' = ceil(T / 4) frames.

    features (B, T', D), lengths (B,), word_logits (B, T', W+1), phone_logits (B, T', P+1).
    """

    features: Tensor
    lengths: Tensor
    word_logits: Tensor
    phone_logits: Tensor


class Ear(Protocol):
    """An audio encoder: `AudioEncoder`, or `wavlm.WavLMEncoder` as in the paper."""

    def encode(self, wave: np.ndarray) -> EncoderOutput:
        """Encode one wave (N,) float32 at 16 kHz, as a batch of one."""


def subsampled_length(frames: Tensor | int) -> Tensor | int:
    """How many frames subsampling leaves: a quarter."""
    return (frames + 3) // 4


def normalise_mel(mel: Tensor, lengths: Tensor) -> Tensor:
    """Subtract each utterance's mean spectrum (level, microphone colour); padding becomes 0.

    The mean is over frames louder than the average frame, so surrounding silence changes nothing. mel: (B, T, 80) in nats.
    """
    valid = valid_mask(mel.shape[1], lengths)
    energy = mel.mean(-1).masked_fill(~valid, 0.0)
    average = energy.sum(1, keepdim=True) / lengths[:, None]
    loud = (valid & (energy >= average)).unsqueeze(-1)
    mean = (mel * loud).sum(1, keepdim=True) / loud.sum(1, keepdim=True).clamp_min(1)
    return ((mel - mean) / 3.0).masked_fill(~valid.unsqueeze(-1), 0.0)


class Subsampling(nn.Module):
    """(B, T, 80) -> (B, ceil(T / 4), D): two 3x3 convolutions with stride 2."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        C = config.channels
        self.first = nn.Conv2d(1, C, 3, stride=2, padding=1)
        self.second = nn.Conv2d(C, C, 3, stride=2, padding=1)
        self.out = nn.Linear(C * (BANDS // 4), config.width)

    def forward(self, mel: Tensor, lengths: Tensor) -> Tensor:
        mel = normalise_mel(mel, lengths)
        # channels last is twice as fast on a CPU
        x = functional.silu(self.first(mel.unsqueeze(1).contiguous(memory_format=torch.channels_last)))
        # padding stays 0 between the two, or an utterance's end would depend on its batch
        valid = valid_mask(x.shape[2], (lengths + 1) // 2)
        x = functional.silu(self.second(x * valid[:, None, :, None]))  # (B, C, T/4, 20)
        return self.out(x.transpose(1, 2).flatten(2))


class ConformerBlock(nn.Module):
    """Attention, gated depthwise convolution, feed-forward, each pre-norm and residual.

    (B, T, D) -> (B, T, D).
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        D = config.width
        self.heads, self.dropout = config.heads, config.dropout
        self.attention_norm, self.qkv, self.attention_out = nn.LayerNorm(D), nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.conv_norm, self.gate = nn.LayerNorm(D), nn.Linear(D, 2 * D)
        self.depthwise = nn.Conv1d(D, D, config.kernel, padding=config.kernel // 2, groups=D)
        self.inner_norm, self.conv_out = nn.LayerNorm(D), nn.Linear(D, D)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(D), nn.Linear(D, config.feed_forward), nn.SiLU(), nn.Linear(config.feed_forward, D)
        )

    def forward(self, x: Tensor, valid: Tensor) -> Tensor:
        B, T, D = x.shape
        q, k, v = self.qkv(self.attention_norm(x)).view(B, T, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        # written out: at these lengths the fused kernel's backward pass takes a third of a training step on a CPU
        scores = (q @ k.transpose(-2, -1)).float() * q.shape[-1] ** -0.5
        attended = scores.masked_fill(~valid[:, None, None, :], -1e4).softmax(-1).to(v.dtype) @ v
        x = x + self._drop(self.attention_out(attended.transpose(1, 2).reshape(B, T, D)))
        gated = functional.glu(self.gate(self.conv_norm(x)), dim=-1) * valid[:, :, None]
        gated = self.depthwise(gated.transpose(1, 2)).transpose(1, 2)
        x = x + self._drop(self.conv_out(functional.silu(self.inner_norm(gated))))
        return x + self._drop(self.feed_forward(x))

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training) if self.dropout else x


class AudioEncoder(nn.Module):
    """The whole encoder. ``words`` and ``language`` are set by `load_encoder`, or by training."""

    def __init__(self, config: EncoderConfig, words: WordList | None = None, language: WordModel | None = None) -> None:
        super().__init__()
        self.config, self.words, self.language = config, words, language
        self.subsampling = WhisperStem(config.stem_layers, config.width) if config.stem_layers else Subsampling(config)
        self.blocks = nn.ModuleList(ConformerBlock(config) for _ in range(config.blocks))
        self.phone_norm, self.phone_head = nn.LayerNorm(config.width), nn.Linear(config.width, config.phones + 1)
        self.phone_back = nn.Linear(config.phones + 1, config.width)
        self.norm, self.word_head = nn.LayerNorm(config.width), nn.Linear(config.width, config.words + 1)

    def forward(self, mel: Tensor, lengths: Tensor) -> EncoderOutput:
        """mel (B, T, 80) from `features.log_mel`, lengths (B,) of valid frames."""
        lengths = lengths.to(mel.device)
        x = self.subsampling(mel, lengths)
        lengths = subsampled_length(lengths)
        valid = valid_mask(x.shape[1], lengths)
        phone_logits = None
        for number, block in enumerate(self.blocks, start=1):
            x = block(x, valid)
            if number == self.config.phone_block:
                phone_logits = self.phone_head(self.phone_norm(x))
                x = x + self.phone_back(phone_logits.softmax(-1))
        features = self.norm(x)
        return EncoderOutput(features, lengths, self.word_head(features), phone_logits)

    def encode(self, wave: np.ndarray) -> EncoderOutput:
        """Encode one wave (N,) float32 at 16 kHz, as a batch of one."""
        mel = torch.from_numpy(log_mel(wave))[None].to(self.word_head.weight.device)
        return self(mel, torch.tensor([mel.shape[1]], device=mel.device))

    @torch.inference_mode()
    def hear(self, wave: np.ndarray) -> str:
        """The words in a wave (N,) float32 at 16 kHz; "" where there are none."""
        return self.words_of(self.encode(wave))[0]

    def words_of(self, output: EncoderOutput) -> list[str]:
        """The text of each utterance of a batch: beam search, rescored by the phone head.

        Without a language model decoding is greedy. RuntimeError where the encoder has no word list.
        """
        if self.words is None:
            raise RuntimeError("this encoder has no word list: load it with load_encoder, or give it one")
        word_log_probs = output.word_logits.float().log_softmax(-1).cpu()
        phone_log_probs = output.phone_logits.float().log_softmax(-1).cpu()
        heard = []
        for words, phones, length in zip(word_log_probs, phone_log_probs, output.lengths.tolist(), strict=True):
            if self.language is None:
                heard.append(self.words.decode(greedy_decode(words[:length].numpy())))
                continue
            found = beam_search(words[:length].numpy(), self.language)
            texts = [self.words.decode(classes) for _, classes in found]
            fits = self._phone_scores(phones[:length], texts)
            scores = [score + PHONE_WEIGHT * fit for (score, _), fit in zip(found, fits, strict=True)]
            heard.append(texts[int(np.argmax(scores))])
        return heard

    def _phone_scores(self, log_probs: Tensor, texts: list[str]) -> list[float]:
        """CTC log-probability of each text's phones under (T', P+1) log-probabilities."""
        spoken = [self.words.encode_phones(text) for text in texts]
        counts = torch.tensor([len(phones) for phones in spoken])
        padded = torch.zeros(len(texts), max(1, int(counts.max())), dtype=torch.long)
        for row, phones in zip(padded, spoken, strict=True):
            row[: len(phones)] = torch.tensor(phones)
        frames = log_probs[:, None].expand(-1, len(texts), -1).contiguous()
        lengths = torch.full((len(texts),), len(log_probs))
        return (-functional.ctc_loss(frames, padded, lengths, counts, reduction="none")).tolist()


def save_encoder(folder: Path, encoder: AudioEncoder, facts: dict | None = None) -> None:
    """Write encoder.safetensors (fp16, with the trigram) and encoder.json.

    The JSON has sizes, words, phones and ``facts``.
    """
    if encoder.words is None:
        raise ValueError("an encoder without a word list cannot be used by anybody")
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.detach().cpu().half().contiguous() for name, value in encoder.state_dict().items()}
    if encoder.language:
        tensors["language.grams"] = torch.from_numpy(np.ascontiguousarray(encoder.language.grams))
        tensors["language.scores"] = torch.from_numpy(np.ascontiguousarray(encoder.language.scores))
    described = {
        "config": {name: value for name, value in asdict(encoder.config).items() if value or name == "dropout"},
        "words": list(encoder.words.words),
        "pronounced": {word: " ".join(phones) for word, phones in encoder.words.pronounced.items()},
        **(facts or {}),
    }
    write_whole(folder / "encoder.safetensors", save(tensors))
    write_whole(folder / "encoder.json", json.dumps(described, indent=1).encode())


def load_encoder(folder: Path, device: torch.device | str = "cpu") -> AudioEncoder:
    """Read what `save_encoder` wrote, in fp32 and eval mode. UserError where it cannot."""
    try:
        described = json.loads((folder / "encoder.json").read_text())
        tensors = read_tensors(folder / "encoder.safetensors")
        pronounced = {word: phones.split() for word, phones in described["pronounced"].items()}
        words = WordList.ordered(described["words"], pronounced)
        language = [tensors.pop(f"language.{part}", None) for part in ("grams", "scores")]
        config = config_of(EncoderConfig, described["config"])
        encoder = build_network(lambda: AudioEncoder(config, words), folder / "encoder.safetensors")
        if language[0] is not None:
            encoder.language = WordModel(*(part.numpy() for part in language))
            encoder.language.check(config.words + 1)
        encoder.load_state_dict({name: value.float() for name, value in tensors.items()})
    except FileNotFoundError as error:
        hint = "Install the pack of weights again."
        raise UserError("no_encoder", f"There is no audio encoder in {folder}.", hint) from error
    except Exception as error:  # whatever is damaged, the user can do the same about it
        hint = "Install the pack of weights again."
        why = str(error).strip().partition("\n")[0][:200].rstrip(" .:") or type(error).__name__
        raise UserError("bad_encoder", f"The audio encoder in {folder} is damaged: {why}.", hint) from error
    return encoder.to(device).eval()
