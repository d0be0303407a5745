"""Filling in around given tokens: what is kept stays in every layer, the rest goes with it, and no [MASK] is left."""

import pytest
import torch

from backend.model.audio_to_motion import Sampling
from backend.model.inpainting import KeptTokens
from backend.model.instruct import InstructModel
from tests.backend.model.test_instruct import TINY, _batch, _trained, conditioned, generated


def _filled(kept: KeptTokens | None, seed: int = 4) -> torch.Tensor:
    torch.manual_seed(0)
    model = InstructModel(TINY).eval()
    condition = conditioned(model, _batch())
    return generated(model, condition, seed, Sampling(guidance=1.5, keep=1.0), kept)


@pytest.mark.parametrize("parts", [False, True])
def test_kept_tokens_stay_in_every_layer_and_the_rest_is_sampled(parts: bool) -> None:
    given = torch.randint(16, (2, 8, 2, 3), generator=torch.Generator().manual_seed(9))
    mask = torch.zeros(2, 8, 2, dtype=torch.bool) if parts else torch.zeros(2, 8, dtype=torch.bool)
    mask[:, :3] = True
    if parts:
        mask[:, 3:, 0] = True  # the legs of all of it
    kept = KeptTokens.of(given, mask)
    assert kept.mask.shape == (2, 8, 2)
    tokens = _filled(kept)
    valid = torch.tensor([[True] * 8, [True] * 6 + [False] * 2])[..., None]
    assert torch.equal(tokens[kept.mask & valid], given[kept.mask & valid])
    assert int(tokens.max()) < 16, "no [MASK] may be left"
    assert not torch.equal(_filled(kept, seed=5)[~kept.mask], tokens[~kept.mask])


def test_nothing_kept_is_plain_generation() -> None:
    given = torch.zeros(2, 8, 2, 3, dtype=torch.long)
    assert torch.equal(_filled(KeptTokens.of(given, torch.zeros(2, 8, dtype=torch.bool))), _filled(None))


def test_everything_kept_is_all_there_is() -> None:
    given = torch.randint(16, (2, 8, 2, 3), generator=torch.Generator().manual_seed(9))
    tokens = _filled(KeptTokens.of(given, torch.ones(2, 8, dtype=torch.bool)))
    assert torch.equal(tokens[0], given[0])
    assert torch.equal(tokens[1, :6], given[1, :6])


def test_what_is_filled_in_goes_with_what_is_kept() -> None:
    """A model that knows two motions by heart, told neither by words: some tokens of one bring the others of it."""
    model, batch = _trained(450)
    condition = model.masked.unconditional.expand(2, 6, -1)
    mask = torch.zeros(2, 8, 2, dtype=torch.bool)
    mask[:, :3] = True
    kept = KeptTokens.of(batch["tokens"], mask)
    tokens = generated(model, condition, kept=kept)
    free = ~mask & ~batch["padding"][..., None]
    assert (tokens == batch["tokens"])[free].float().mean() > 0.9


def test_a_mask_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        KeptTokens.of(torch.zeros(2, 8, 2, 3), torch.zeros(2, 7, dtype=torch.bool))
