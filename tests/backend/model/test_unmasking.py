"""Unmasking: every gap is filled, what is given stays, a few more tokens each round, the same for the same seed."""

import pytest
import torch

from backend.model.unmasking import training_mask, unmask

CODES = MASK = 8
PADDING = torch.tensor([[False] * 10, [False] * 7 + [True] * 3])
SAMPLING = {"temperature": 1.0, "keep": 1.0}


def _unmask(tokens: torch.Tensor, rounds: int, seed: int = 0) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """What comes out, and what was seen in each round; all codes are about as likely."""
    seen = []
    logits = torch.randn(*tokens.shape, CODES, generator=torch.Generator().manual_seed(9))

    def predict(now: torch.Tensor, share: float) -> torch.Tensor:
        seen.append(now.clone())
        assert share == pytest.approx(float((now == MASK)[~PADDING].sum() / (tokens == MASK)[~PADDING].sum()))
        return logits

    return unmask(predict, tokens, PADDING, MASK, torch.Generator().manual_seed(seed), rounds=rounds, **SAMPLING), seen


@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_gaps_are_filled_round_by_round(rounds: int) -> None:
    tokens = torch.full((2, 10, 2), MASK)
    tokens[:, :2] = 3
    out, seen = _unmask(tokens, rounds)
    assert len(seen) == rounds
    valid = ~PADDING[..., None].expand_as(out)
    assert int(out[valid].max()) < CODES and not out[~valid].any()
    assert (out[:, :2] == 3).all()
    left = [int((now == MASK)[valid].sum()) for now in seen]
    assert left == sorted(left, reverse=True) and len(set(left)) == rounds
    for before, after in zip(seen, [*seen[1:], out], strict=True):  # what was filled in once stays
        assert torch.equal(before[valid & (before != MASK)], after[valid & (before != MASK)])


def test_a_seed_decides() -> None:
    tokens = torch.full((2, 10, 2), MASK)
    assert torch.equal(_unmask(tokens, 3)[0], _unmask(tokens, 3)[0])
    assert not torch.equal(_unmask(tokens, 3)[0], _unmask(tokens, 3, seed=1)[0])


def test_the_surest_are_kept_first() -> None:
    tokens, logits = torch.full((1, 10, 1), MASK), torch.zeros(1, 10, 1, CODES)
    logits[0, 4:6, 0, 2] = 50.0
    seen = []
    generator = torch.Generator().manual_seed(0)
    unmask(lambda now, _: (seen.append(now.clone()), logits)[1], tokens, PADDING[:1], MASK, generator, rounds=6, **SAMPLING)
    assert (seen[-1][0, 4:6, 0] == 2).all()


def test_training_masks_some_of_what_is_there_and_at_least_one() -> None:
    generator = torch.Generator().manual_seed(0)
    masks = torch.stack([training_mask(PADDING, 2, generator) for _ in range(200)])
    assert not masks[:, PADDING].any()
    shares = masks.flatten(2).sum(2) / torch.tensor([20, 14])
    assert (masks.flatten(2).sum(2) >= 1).all() and 0.55 < float(shares.mean()) < 0.72  # the mean of cos(pi u / 2) is 2 / pi
