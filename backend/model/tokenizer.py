"""Motion tokenizer: one residual VQ-VAE per body part (lower body with root, upper body).

Structure after paper A (residual quantization, r_{j+1} = r_j - c_j, layers summed for decoding) and MoMask / EchoMask (1-D
convolutions, x4 in time, EMA codebooks with reset, one tokenizer a part). Widths, depths and losses are chosen by us; the
losses live in `backend.training.tokenizer`. The quantizer is vector-quantize-pytorch's.

Two parts rather than one body: legs and arms combine freely ("walk while waving") and a code names a leg movement or an arm
movement, not one of all pairs of them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from einops import rearrange
from torch import Tensor, nn
from vector_quantize_pytorch import ResidualVQ

from ..motion.features import LOWER_DIMS, UPPER_DIMS, D
from ..packs.files import load_module, saved_config

PARTS: tuple[slice, ...] = (LOWER_DIMS, UPPER_DIMS)
QUANTIZER_DROPOUT = 0.2  # share of training batches with fewer layers, as in MoMask
MIRRORED = 3  # tokens that the decoder sees beyond each end of a motion
FRAMES_PER_TOKEN = 4  # frames a token: 7.5 tokens/s at 30 fps


@dataclass(frozen=True)
class TokenizerConfig:
    """Sizes of one part's network; both parts are alike."""

    width: int = 256  # channels of the convolutions
    encoder_width: int = 256  # channels of the encoder; `training.narrow_encoder` trains a narrow one afterwards
    depth: int = 2  # residual blocks a scale, dilation 1, 3, ...
    code_dim: int = 128  # latent and codebook width
    codes: int = 256  # entries of a codebook
    layers: int = 6  # Q, quantizer layers

    def to_dict(self) -> dict[str, int]:
        return asdict(self)


class ResidualBlock(nn.Module):
    """Dilated convolution and a 1x1 on a skip connection; (B, C, T) in and out."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.wide = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(torch.relu(self.wide(torch.relu(x))))


def _blocks(width: int, depth: int) -> list[nn.Module]:
    return [ResidualBlock(width, 3**i) for i in range(depth)]


class PartTokenizer(nn.Module):
    """Encoder, residual quantizer and decoder of one body part."""

    def __init__(self, dims: int, config: TokenizerConfig) -> None:
        super().__init__()
        width, narrow = config.width, config.encoder_width
        self.encoder = nn.Sequential(
            nn.Conv1d(dims, narrow, 3, padding=1), nn.ReLU(),
            nn.Conv1d(narrow, narrow, 4, stride=2, padding=1), *_blocks(narrow, config.depth),
            nn.Conv1d(narrow, narrow, 4, stride=2, padding=1), *_blocks(narrow, config.depth),
            nn.Conv1d(narrow, config.code_dim, 3, padding=1),
        )  # fmt: skip
        self.quantizer = ResidualVQ(
            dim=config.code_dim, num_quantizers=config.layers, codebook_size=config.codes, decay=0.99, kmeans_init=True,
            threshold_ema_dead_code=1, quantize_dropout=True, quantize_dropout_cutoff_index=1, commitment_weight=0.25,
        )  # fmt: skip
        self.decoder = nn.Sequential(
            nn.Conv1d(config.code_dim, width, 3, padding=1), nn.ReLU(),
            *reversed(_blocks(width, config.depth)), nn.Upsample(scale_factor=2), nn.Conv1d(width, width, 3, padding=1),
            *reversed(_blocks(width, config.depth)), nn.Upsample(scale_factor=2), nn.Conv1d(width, width, 3, padding=1),
            nn.ReLU(), nn.Conv1d(width, dims, 3, padding=1),
        )  # fmt: skip

    def encode(self, x: Tensor) -> Tensor:
        """(B, T, dims) to latents (B, L, code_dim)."""
        return rearrange(self.encoder(rearrange(x, "b t d -> b d t")), "b c l -> b l c")

    def latents_of(self, tokens: Tensor) -> Tensor:
        """Latents (B, L, code_dim) of tokens (B, L, Q): the sum of their codes; -1 is none.

        To the bit the quantizer's ``get_output_from_indices``, which spends a tenth of a second on every new length."""
        layers = torch.arange(tokens.shape[-1], device=tokens.device)
        codes = self.quantizer.codebooks[layers, tokens.clamp_min(0)]  # (B, L, Q, code_dim)
        return codes.masked_fill((tokens < 0)[..., None], 0.0).sum(dim=2)

    def decode(self, latents: Tensor) -> Tensor:
        """(B, L, code_dim) to (B, 4 L, dims)."""
        return rearrange(self.decoder(rearrange(latents, "b l c -> b c l")), "b d t -> b t d")


class MotionTokenizer(nn.Module):
    """Features to tokens (B, L, P, Q) and back.

    P = 2 body parts (lower, upper), Q quantizer layers, L = T / 4."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.config = config
        self.parts = nn.ModuleList(PartTokenizer(part.stop - part.start, config) for part in PARTS)
        self.register_buffer("mean", torch.zeros(D))
        self.register_buffer("std", torch.ones(D))

    def normalise(self, features: Tensor) -> Tensor:
        return (features - self.mean) / self.std

    def denormalise(self, values: Tensor) -> Tensor:
        return values * self.std + self.mean

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Normalised reconstruction of (B, T, 140), and the commitment loss; T a multiple of 4."""
        normal = self.normalise(features)
        rebuilt, commitment = [], features.new_zeros(())
        for part, dims in zip(self.parts, PARTS, strict=True):
            part.quantizer.quantize_dropout = self.training and float(torch.rand(())) < QUANTIZER_DROPOUT
            latents = part.encode(normal[..., dims]).float()  # codebooks are averaged in fp32 whatever autocast does
            quantized, _, losses = part.quantizer(latents)
            commitment = commitment + losses.mean()
            rebuilt.append(part.decode(quantized))
        return torch.cat(rebuilt, dim=-1), commitment

    @torch.no_grad()
    def encode(self, features: Tensor) -> Tensor:
        """Features (B, T, 140) to tokens (B, L, P, Q); T is cut to a multiple of 4.

        Raises ValueError for fewer than 4 frames."""
        frames = features.shape[1] // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN
        if frames == 0:
            raise ValueError(f"a motion of {features.shape[1]} frames is too short to be tokenized: {FRAMES_PER_TOKEN} are needed")
        normal = self.normalise(features[:, :frames])
        tokens = [part.quantizer(part.encode(normal[..., dims]))[1] for part, dims in zip(self.parts, PARTS, strict=True)]
        return torch.stack(tokens, dim=2)

    @torch.no_grad()
    def decode(self, tokens: Tensor) -> Tensor:
        """Tokens (B, L, P, Q) to features (B, 4 L, 140)."""
        rebuilt = [part.decode(part.latents_of(tokens[:, :, i])) for i, part in enumerate(self.parts)]
        return self.denormalise(torch.cat(rebuilt, dim=-1))

    def decode_whole(self, tokens: Tensor) -> Tensor:
        """Features (B, 4 L, 140) of a motion from beginning to end, without a twitch at either.

        The decoder's convolutions see nothing beyond an end and guess, which turned joints up to three times as fast there as
        anywhere inside. So the tokens are mirrored around both ends, and what comes of that is cut off."""
        length = tokens.shape[1]
        count = min(MIRRORED, length - 1)
        before, behind = tokens[:, 1 : 1 + count].flip(1), tokens[:, length - 1 - count : length - 1].flip(1)
        features = self.decode(torch.cat([before, tokens, behind], dim=1))
        return features[:, FRAMES_PER_TOKEN * count :][:, : FRAMES_PER_TOKEN * length]


def load_tokenizer(path: Path) -> MotionTokenizer:
    """The tokenizer in a weights file, on the CPU. Raises UserError if it is missing or unfit."""
    return load_module(path, MotionTokenizer(TokenizerConfig(**saved_config(path))))
