"""The layers above the base: what goes together is found together where a layer has rounds, and is not where it has one."""

import torch

from backend.model.residual_transformer import ResidualTransformer

CODES, LENGTH = 6, 8


def _two_ways(rows: int, generator: torch.Generator) -> torch.Tensor:
    """Tokens (rows, 8, 2, 3) with the same base, whose first layer is all 1 or all 4, and whose second is the same again."""
    tokens = torch.zeros(rows, LENGTH, 2, 3, dtype=torch.long)
    way = torch.where(torch.rand(rows, generator=generator) < 0.5, 1, 4)
    tokens[..., 1:] = way[:, None, None, None]
    return tokens


def test_rounds_keep_to_one_of_two_ways() -> None:
    torch.manual_seed(0)
    model, generator = ResidualTransformer(CODES, 3, 32, 2, 4), torch.Generator().manual_seed(0)
    condition, padding = torch.zeros(16, 1, 32), torch.zeros(16, LENGTH, dtype=torch.bool)
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    for _ in range(250):
        loss = model.loss(_two_ways(16, generator), condition, padding, generator)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()

    def mixed(rounds: tuple[int, ...]) -> float:
        """Share of rows in whose first layer both ways are found."""
        made = model.complete(
            torch.zeros(16, LENGTH, 2, dtype=torch.long), condition, torch.full((16,), LENGTH),
            temperature=1.0, keep=0.5, generator=torch.Generator().manual_seed(1), rounds=rounds,
        )[..., 1].flatten(1)  # fmt: skip
        return float((made != made[:, :1]).any(1).float().mean())

    assert mixed(()) > 0.8 and mixed((8,)) < 0.35


def test_a_layer_sees_its_own_tokens_where_it_has_rounds_alone() -> None:
    torch.manual_seed(0)
    model = ResidualTransformer(CODES, 3, 32, 1, 4).eval()
    tokens = _two_ways(2, torch.Generator().manual_seed(3))
    condition, padding = torch.randn(2, 1, 32), torch.zeros(2, LENGTH, dtype=torch.bool)
    assert model.in_rounds(1) and not model.in_rounds(2)  # nothing is above the second: it has no embedding
    for layer, told in ((1, True), (2, False)):
        hidden = torch.full((2, LENGTH, 2), model.mask_id)
        blind, none, seeing = (
            model(tokens[..., :layer], layer, condition, padding, seen) for seen in (hidden, None, tokens[..., layer])
        )
        torch.testing.assert_close(blind, none)
        assert torch.equal(blind, seeing) != told
