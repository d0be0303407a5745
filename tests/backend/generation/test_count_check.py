"""As often as was said: seams at moments that look alike, and what is counted of an instruction."""

import math

import pytest
import torch

from backend.generation.count_check import CountCheck, count_check_of, mended_tokens, spliced_tokens
from backend.language.instruction import Action, Instruction

CYCLE = 5  # tokens of a repetition in the motions here


class Numbers:
    """A counter of motions whose first feature says the share of a repetition."""

    def can_count(self, action: Action) -> bool:
        return action.kind != "sword"

    def shares(self, features: torch.Tensor, action: Action) -> torch.Tensor:
        return features[..., 0]


class Plain:
    """A tokenizer of which every token's first number is the place in a cycle."""

    def decode(self, tokens: torch.Tensor) -> torch.Tensor:
        place = tokens[:, :, 0, 0].repeat_interleave(4, dim=1).float()
        angle, on = place * math.tau / CYCLE, (place >= 0).float()
        return torch.stack([on / (4 * CYCLE), on * angle.sin(), on * angle.cos()], dim=-1)

    def normalise(self, features: torch.Tensor) -> torch.Tensor:
        return features[..., 1:]


def _motion(times: int, lead: int = 3) -> torch.Tensor:
    places = torch.tensor([-1] * lead + list(range(CYCLE)) * times + [-1] * lead)
    return places[None, :, None, None].expand(1, -1, 2, 3)


def _number(tokens: torch.Tensor) -> float:
    return float(Plain().decode(tokens)[..., 0].sum())


@pytest.mark.parametrize(("made", "asked"), [(4, 3), (2, 3), (2, 5), (5, 3), (3, 3)])
def test_a_seam_makes_the_number_right(made: int, asked: int) -> None:
    tokens = _motion(made)
    features = Plain().decode(tokens)[0]
    found = list(spliced_tokens(tokens, features[:, 0], features[:, 1:], made - asked))
    asks = CountCheck(Numbers(), Action("squat", count=asked))
    again = list(mended_tokens(tokens, asks.shares(features, 0), features[:, 1:], asks))
    assert len(again) == len(found) and all(map(torch.equal, again, found))
    assert bool(found) == (made != asked)
    for changed in found[:1]:
        assert round(_number(changed)) == asked
        places = changed[0, :, 0, 0]
        inner = places[places >= 0]
        assert torch.equal(inner, torch.arange(CYCLE).repeat(asked)), "it goes on as it would have"


@pytest.mark.parametrize(
    ("key", "action"),
    [("squat*3", "squat*3"), ("walk.forward+clap*2", "clap*2"), ("squat", "squat"), ("sword*2", None), ("nod*2>clap*2", None),
     ("kick.left*2>kick.right", None), ("kick.left>kick.right", None), ("sword", None), (None, None)],
)  # fmt: skip
def test_what_is_counted(key: str | None, action: str | None) -> None:
    found = count_check_of(Numbers(), Instruction.parse(key) if key else None)
    assert (found.action.key if found else None) == action
    assert count_check_of(None, Instruction.parse("squat*3")) is None


@pytest.mark.parametrize(
    ("key", "number", "off"),
    [("kick.left", 2, 1), ("kick.left", 0, -1), ("clap", 5, 0), ("clap", 0, -1), ("clap*3", 5, 2), ("clap*3", 2, -1)],
)
def test_clapping_is_done_as_often_as_one_likes_but_done(key: str, number: float, off: float) -> None:
    asked = CountCheck(Numbers(), Instruction.parse(key).steps[0][0])
    assert asked.surplus(torch.tensor([number / 2, number / 2])) == off
