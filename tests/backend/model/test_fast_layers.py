"""Layers run quickly give what torch's own encoder gives, and half the precision costs no more than that."""

import pytest
import torch

from backend.model.fast_layers import run_encoder, use_bfloat16
from backend.model.memory_attention import transformer_encoder


@pytest.fixture
def body() -> torch.nn.TransformerEncoder:
    torch.manual_seed(0)
    return transformer_encoder(64, 3, 4).eval()


def _sequences() -> tuple[torch.Tensor, torch.Tensor]:
    x, padding = torch.randn(3, 20, 64), torch.zeros(3, 20, dtype=torch.bool)
    padding[1, 13:] = True
    return x, padding


@torch.inference_mode()
def test_it_is_torchs_own_encoder(body: torch.nn.TransformerEncoder) -> None:
    x, padding = _sequences()
    own = body(x, src_key_padding_mask=padding)
    torch.testing.assert_close(run_encoder(body, x, padding)[~padding], own[~padding])
    other = torch.where(padding[..., None], 7.0, x)
    torch.testing.assert_close(run_encoder(body, other, padding)[~padding], own[~padding])


def test_training_has_gradients_and_dropout() -> None:
    torch.manual_seed(0)
    body = transformer_encoder(64, 2, 4, dropout=0.5).train()
    x, padding = _sequences()
    once, again = (run_encoder(body, x, padding) for _ in range(2))
    assert not torch.equal(once, again)
    once.sum().backward()
    assert all(parameter.grad is not None for parameter in body.parameters())


@torch.inference_mode()
def test_half_the_precision_where_the_processor_has_it(body: torch.nn.TransformerEncoder, monkeypatch) -> None:
    x, padding = _sequences()
    own = run_encoder(body, x, padding)
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: False)
    use_bfloat16([body], torch.device("cpu"))
    assert body.norm.weight.dtype == torch.float32
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    use_bfloat16([body], torch.device("cuda"))
    assert body.norm.weight.dtype == torch.float32, "a GPU is quick enough"
    use_bfloat16([body], torch.device("cpu"))
    assert all(parameter.dtype == torch.bfloat16 for parameter in body.parameters())
    near = run_encoder(body, x, padding)
    assert near.dtype == torch.float32
    assert float((near - own)[~padding].abs().mean()) < 0.02 * float(own[~padding].abs().mean())
