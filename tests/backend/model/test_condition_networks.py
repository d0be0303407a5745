"""Every condition network has a fixed size and does not listen behind the end of the speech."""

from __future__ import annotations

import pytest
import torch

from backend.model.condition_networks import CONDITIONS, condition_network


@pytest.mark.parametrize("name", CONDITIONS)
def test_it_is_of_fixed_size_and_padding_changes_nothing(name: str):
    torch.manual_seed(0)
    network = condition_network(name, width=32, memories=16, slots=3, heads=4).eval()
    speech = torch.randn(2, 20, 32)
    padding = torch.zeros(2, 20, dtype=torch.bool)
    padding[0, 12:] = True
    with torch.inference_mode():
        found = network(speech, padding)
        alone = network(speech[:1, :12], padding[:1, :12])
    assert found.shape == (2, 3, 32)
    assert torch.allclose(found[:1], alone, atol=1e-5)
    assert not torch.allclose(found[0], found[1], atol=1e-2)


def test_only_mean_pooling_loses_the_order_of_what_was_said():
    torch.manual_seed(1)
    speech, padding = torch.randn(1, 10, 32), torch.zeros(1, 10, dtype=torch.bool)
    for name in CONDITIONS:
        network = condition_network(name, width=32, memories=16, slots=3, heads=4).eval()
        with torch.inference_mode():
            same = torch.allclose(network(speech, padding), network(speech.flip(1), padding), atol=1e-5)
        assert same == (name == "mean"), name


def test_an_unknown_one_is_refused():
    with pytest.raises(ValueError, match="unknown condition"):
        condition_network("other", 32, 16, 3, 4)
