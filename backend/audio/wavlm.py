"""WavLM as the ear, as in the paper: torchaudio's model and a weighted sum of its layers.

The model (Chen et al. 2022) is frozen, the weights of the sum are learned; the instruction paper feeds such features to its memory.
It is an `encoder.Ear` for a model of the paper's size: features at 50 a second, but no words. No command loads it yet, and requests
never do; in Python it is `load_wavlm("large").encode(wave)`. Its weights (380 MB to 1.3 GB) are downloaded only where the caller
allows it.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import Tensor, nn

from backend.audio.encoder import EncoderOutput
from backend.errors import UserError

BUNDLES = {"base": "WAVLM_BASE", "base-plus": "WAVLM_BASE_PLUS", "large": "WAVLM_LARGE"}


def import_torchaudio() -> ModuleType:
    """Torchaudio. UserError where it is not installed or cannot be loaded beside this torch.

    PyPI's Linux wheels are linked against CUDA, so they load only beside a torch built for CUDA; those for Windows and macOS
    load beside PyPI's own torch.
    """
    try:
        import torchaudio
    except ModuleNotFoundError as error:
        hint = "Run: python3 build.py setup"
        raise UserError("no_torchaudio", "WavLM needs torchaudio, which is not installed.", hint) from error
    except (ImportError, OSError) as error:
        why = f"torch {torch.__version__}, CUDA {torch.version.cuda or 'none'}"
        hint = "Install a torch built for CUDA, or PyTorch's own CPU build of torchaudio."
        raise UserError("no_torchaudio", f"WavLM needs torchaudio, which cannot be loaded here ({why}).", hint) from error
    return torchaudio


class WavLMEncoder(nn.Module):
    """A frozen WavLM and a softmax-weighted sum of its layers, projected to ``width``.

    Trained are the layer weights and the projection; the WavLM stays in eval mode whatever `train` says.
    """

    def __init__(self, wavlm: nn.Module, layers: int, wavlm_width: int, width: int = 192) -> None:
        super().__init__()
        self.wavlm = wavlm.requires_grad_(False).eval()
        self.layer_weights = nn.Parameter(torch.zeros(layers))
        self.norm, self.project = nn.LayerNorm(wavlm_width), nn.Linear(wavlm_width, width)

    def train(self, mode: bool = True) -> WavLMEncoder:
        super().train(mode)
        self.wavlm.eval()
        return self

    def forward(self, waves: Tensor, lengths: Tensor) -> EncoderOutput:
        """Waves (B, N) float32 at 16 kHz, lengths (B,) in samples -> 50 features a second.

        There are no logits. Torchaudio's WavLM takes no attention mask, so padding is heard as silence.
        """
        with torch.no_grad():
            layers, _ = self.wavlm.extract_features(waves)
        frames = (lengths * layers[0].shape[1] / waves.shape[1]).round().long().clamp_min(1)
        stacked = torch.stack(layers)  # (layers, B, T', wavlm_width)
        mixed = (self.layer_weights.softmax(0)[:, None, None, None] * stacked).sum(0)
        features = self.project(self.norm(mixed))
        nothing = features.new_zeros((*features.shape[:2], 0))
        return EncoderOutput(features, frames, nothing, nothing)

    def encode(self, wave: np.ndarray) -> EncoderOutput:
        """Encode one wave (N,) float32 at 16 kHz, as a batch of one."""
        waves = torch.from_numpy(wave)[None].to(self.project.weight.device)
        return self(waves, torch.tensor([waves.shape[1]], device=waves.device))


def load_wavlm(name: str = "base-plus", *, download: bool = False, width: int = 192) -> WavLMEncoder:
    """One of torchaudio's bundles: "base", "base-plus" or "large".

    Args:
        download: download the weights where torch's cache lacks them; otherwise that is an error.

    Raises:
        UserError: unknown name, no torchaudio, or weights that are missing and not to be downloaded.
    """
    if name not in BUNDLES:
        raise UserError("unknown_wavlm", f"There is no WavLM called {name!r}.", f"One of: {', '.join(BUNDLES)}.")
    bundle = getattr(import_torchaudio().pipelines, BUNDLES[name])
    file = Path(torch.hub.get_dir()) / "checkpoints" / Path(bundle._path).name
    if not download and not file.exists():
        raise UserError(
            "no_wavlm_weights", f"The weights of WavLM {name} are not on this computer ({file}).",
            "They are several hundred megabytes: allow the download, or use the bundled encoder.",
        )  # fmt: skip
    sizes = bundle._params
    return WavLMEncoder(bundle.get_model(), sizes["encoder_num_layers"], sizes["encoder_embed_dim"], width)
