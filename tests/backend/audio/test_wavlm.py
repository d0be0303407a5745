"""WavLM as a front end; nothing is downloaded. Torchaudio's own model is heard with where this machine can load torchaudio."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from backend.audio.encoder import AudioEncoder, Ear, EncoderConfig
from backend.audio.wavlm import WavLMEncoder, import_torchaudio, load_wavlm
from backend.errors import UserError

SIZES = {
    "extractor_mode": "group_norm", "extractor_conv_layer_config": [(16, 10, 5), (16, 8, 8), (16, 8, 8)],
    "extractor_conv_bias": False, "encoder_embed_dim": 32, "encoder_projection_dropout": 0.0, "encoder_pos_conv_kernel": 8,
    "encoder_pos_conv_groups": 4, "encoder_num_layers": 3, "encoder_num_heads": 4, "encoder_num_buckets": 16,
    "encoder_max_distance": 32, "encoder_attention_dropout": 0.0, "encoder_ff_interm_features": 64,
    "encoder_ff_interm_dropout": 0.0, "encoder_dropout": 0.1, "encoder_layer_norm_first": False, "encoder_layer_drop": 0.1,
    "aux_num_out": None,
}  # fmt: skip


class Layers(nn.Module):
    """What is used of torchaudio's WavLM: `extract_features`, three layers of 50 frames a second, with dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 32, 400, stride=320)
        self.layers = nn.ModuleList(nn.Linear(32, 32) for _ in range(3))

    def extract_features(self, waves: Tensor) -> tuple[list[Tensor], None]:
        found = [self.conv(waves[:, None]).transpose(1, 2)]
        for layer in self.layers:
            found.append(nn.functional.dropout(layer(found[-1]), 0.1, self.training))
        return found[1:], None


def loadable() -> bool:
    try:
        return bool(import_torchaudio())
    except UserError:
        return False


@pytest.fixture(scope="module", params=["its shape", "torchaudio's own"])
def tiny(request: pytest.FixtureRequest) -> WavLMEncoder:
    torch.manual_seed(0)
    if request.param == "its shape":
        return WavLMEncoder(Layers(), layers=3, wavlm_width=32, width=24)
    if not loadable():
        pytest.skip("torchaudio's wheel is linked against CUDA, and this torch is not: test_torchaudio_is_used_or_refused holds")
    return WavLMEncoder(import_torchaudio().models.wavlm_model(**SIZES), layers=3, wavlm_width=32, width=24)


def test_torchaudio_is_used_or_refused_with_the_reason():
    try:
        found = import_torchaudio()
    except UserError as error:
        # refused only where it is missing, or where a Linux torch has no CUDA
        assert error.code == "no_torchaudio" and error.hint
        assert "not installed" in error.message or (sys.platform == "linux" and torch.version.cuda is None), error
    else:
        assert hasattr(found.pipelines, "WAVLM_LARGE")


def test_a_missing_torchaudio_is_told_from_one_that_cannot_be_loaded(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchaudio", None)
    with pytest.raises(UserError, match="not installed") as error:
        import_torchaudio()
    assert "build.py setup" in error.value.hint


def test_an_extension_that_does_not_fit_torch_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "torchaudio").mkdir()
    (tmp_path / "torchaudio" / "__init__.py").write_text("raise OSError('libtorch_cuda.so: cannot open shared object file')")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(UserError, match="cannot be loaded here") as error:
        import_torchaudio()
    assert isinstance(error.value.__cause__, OSError)


def test_gives_the_encoders_output(tiny):
    out = tiny(torch.randn(2, 16_000), torch.tensor([16_000, 8_000]))
    assert out.features.shape[0] == 2 and out.features.shape[2] == 24
    assert 45 <= out.features.shape[1] <= 52  # about 50 a second
    assert out.lengths[1] == pytest.approx(out.lengths[0] / 2, abs=2)
    assert out.word_logits.shape[2] == 0


def test_it_is_an_ear_like_the_bundled_encoder(tiny):
    wave = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    config = EncoderConfig(words=3, phones=4, width=24, blocks=1, heads=2, feed_forward=8, channels=2, phone_block=1)
    ears: tuple[Ear, ...] = (tiny.eval(), AudioEncoder(config).eval())
    paper, ours = (ear.encode(wave) for ear in ears)
    assert paper.features.shape[::2] == ours.features.shape[::2] == (1, 24)
    assert paper.lengths.tolist() == [paper.features.shape[1]] and ours.lengths.tolist() == [ours.features.shape[1]]


def test_wavlm_stays_frozen_and_the_rest_learns(tiny):
    tiny.train()
    waves = torch.randn(1, 8_000)
    first, second = (tiny(waves, torch.tensor([8_000])).features for _ in range(2))
    assert torch.equal(first, second)  # no dropout, although in train mode
    first.square().sum().backward()
    assert tiny.layer_weights.grad.abs().sum() > 0
    assert all(p.grad is None for p in tiny.wavlm.parameters())


def test_nothing_is_downloaded_unasked(tmp_path, monkeypatch):
    bundle = SimpleNamespace(_path="wavlm_base.pth", get_model=lambda: pytest.fail("it was fetched"))
    pipelines = SimpleNamespace(WAVLM_BASE=bundle)
    monkeypatch.setattr("backend.audio.wavlm.import_torchaudio", lambda: SimpleNamespace(pipelines=pipelines))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(UserError, match="not on this computer"):
        load_wavlm("base")
    with pytest.raises(UserError, match="base, base-plus, large"):
        load_wavlm("huge")
