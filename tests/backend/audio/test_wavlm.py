"""WavLM as a front end, on a tiny random model; nothing is downloaded."""

import pytest
import torch

from backend.audio.wavlm import WavLMEncoder, import_torchaudio, load_wavlm
from backend.errors import UserError


@pytest.fixture(scope="module")
def tiny() -> WavLMEncoder:
    pytest.importorskip("torch")
    models = import_torchaudio().models
    torch.manual_seed(0)
    wavlm = models.wavlm_model(
        extractor_mode="group_norm", extractor_conv_layer_config=[(16, 10, 5), (16, 8, 8), (16, 8, 8)],
        extractor_conv_bias=False, encoder_embed_dim=32, encoder_projection_dropout=0.0, encoder_pos_conv_kernel=8,
        encoder_pos_conv_groups=4, encoder_num_layers=3, encoder_num_heads=4, encoder_num_buckets=16,
        encoder_max_distance=32, encoder_attention_dropout=0.0, encoder_ff_interm_features=64,
        encoder_ff_interm_dropout=0.0, encoder_dropout=0.1, encoder_layer_norm_first=False, encoder_layer_drop=0.1,
        aux_num_out=None,
    )  # fmt: skip
    return WavLMEncoder(wavlm, layers=3, wavlm_width=32, width=24)


def test_gives_the_encoders_output(tiny):
    out = tiny(torch.randn(2, 16_000), torch.tensor([16_000, 8_000]))
    assert out.features.shape[0] == 2 and out.features.shape[2] == 24
    assert 45 <= out.features.shape[1] <= 52  # about 50 a second
    assert out.lengths[1] == pytest.approx(out.lengths[0] / 2, abs=2)
    assert out.word_logits.shape[2] == 0


def test_wavlm_stays_frozen_and_the_rest_learns(tiny):
    tiny.train()
    waves = torch.randn(1, 8_000)
    first, second = (tiny(waves, torch.tensor([8_000])).features for _ in range(2))
    assert torch.equal(first, second)  # no dropout, although in train mode
    first.square().sum().backward()
    assert tiny.layer_weights.grad.abs().sum() > 0
    assert all(p.grad is None for p in tiny.wavlm.parameters())


def test_nothing_is_downloaded_unasked(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(UserError, match="not on this computer"):
        load_wavlm("base")
    with pytest.raises(UserError, match="base, base-plus, large"):
        load_wavlm("huge")
