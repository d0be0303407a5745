"""Drawn again until it is right: numbers and envelopes, one alone or both, at most twelve draws, and mending where that will do."""

import math

import pytest
import torch

from backend.generation import count_check
from backend.generation.count_check import CountCheck
from backend.generation.envelope import Envelope
from backend.generation.rejection_sampling import DRAWS, LARGEST_EXCESS, MotionChecks, best_draw, checks_of
from backend.language.instruction import Action, Instruction

CYCLE = 5  # tokens of a repetition in the motions here


class Numbers:
    """A counter of motions whose first feature says the share of a repetition."""

    def can_count(self, action: Action) -> bool:
        return True

    def shares(self, features: torch.Tensor, action: Action) -> torch.Tensor:
        return features[..., 0]


class Plain:
    """A tokenizer of which every token's first number is the place in a cycle, and the second how far outside it all is."""

    def decode(self, tokens: torch.Tensor) -> torch.Tensor:
        place, far = (tokens[:, :, 0, i].repeat_interleave(4, dim=1).float() for i in range(2))
        angle, on = place * math.tau / CYCLE, (place >= 0).float()
        return torch.stack([on / (4 * CYCLE), on * angle.sin(), on * angle.cos(), far], dim=-1)

    def normalise(self, features: torch.Tensor) -> torch.Tensor:
        return features[..., 1:3]


class Far:
    """Stands in for `Within`: outside by the last feature's tenth."""

    def distance_outside(self, features: torch.Tensor) -> float:
        return float(features[:, -1].max()) / 10


def _motion(times: int, far: int = 0, lead: int = 3) -> torch.Tensor:
    tokens = torch.tensor([-1] * lead + list(range(CYCLE)) * times + [-1] * lead)[None, :, None, None].repeat(1, 1, 2, 3)
    tokens[..., 1] = far
    return tokens


def _number(tokens: torch.Tensor) -> int:
    return round(float(Plain().decode(tokens)[..., 0].sum()))


def _drawn(made: list[tuple[int, int]], looked_at: MotionChecks, free: bool = False) -> tuple[torch.Tensor, int]:
    """What is taken of motions that do it so often and are so far outside, and how many were drawn."""
    left, draws = iter(made), []

    def draw(number: int, many: int) -> list[torch.Tensor]:
        assert number == len(draws)
        draws.append(many)
        return [_motion(*next(left)) for _ in range(many)]

    return best_draw(looked_at, Plain(), torch.zeros(1, 0, 2, 3, dtype=torch.long), draw, free), sum(draws)


def _counted(numbers: list[int], asked: int, free: bool = False) -> tuple[int, int]:
    looked_at = MotionChecks(CountCheck(Numbers(), Action("squat", count=asked)), None)
    tokens, draws = _drawn([(number, 0) for number in numbers], looked_at, free)
    return _number(tokens), draws


def test_a_number_that_is_right_is_taken_at_once_and_the_nearest_where_none_is() -> None:
    assert _counted([2, 6, 3, 4], 3) == (3, DRAWS[0])
    assert _counted([2, 6, 1, 4] + [7] * 7 + [3], 3) == (3, sum(DRAWS))
    assert _counted([1, 5, 6, 5] + [7] * 8, 3) == (1, sum(DRAWS)), "the first of those that are as near"
    assert _counted([0] * 7 + [1] + [0] * 4, 1) == (1, sum(DRAWS)), "what is only hinted at is drawn again"


def test_mending_needs_no_further_draw() -> None:
    assert _counted([4, 5, 6, 5], 3, free=True) == (3, DRAWS[0])


def test_nothing_is_mended_where_no_two_moments_look_alike(monkeypatch) -> None:
    monkeypatch.setattr(count_check, "SEAM", -1.0)
    assert _counted([4] + [5, 6] * 6, 3, free=True) == (4, sum(DRAWS))


@pytest.mark.parametrize(
    ("far", "taken", "draws"),
    [([9, 30, 0, 4], 0, 4), ([9, 8, 30, 40], 8, 4), ([30, 40, 9, 11, 7, 30] + [9] * 6, 7, 12), ([50, 40, 19] + [20] * 9, 19, 12)],
)
def test_what_is_outside_is_drawn_again(far: list[int], taken: int, draws: int) -> None:
    tokens, drawn_in_all = _drawn([(1, one) for one in far], MotionChecks(None, Far()))
    assert int(tokens[0, 0, 0, 1]) == taken and drawn_in_all == draws
    assert LARGEST_EXCESS == 0.8


def test_a_right_number_counts_for_more_than_the_envelope() -> None:
    looked_at = MotionChecks(CountCheck(Numbers(), Action("squat", count=2)), Far())
    tokens, draws = _drawn([(3, 0), (2, 40), (2, 20), (1, 0), *[(3, 0)] * 8], looked_at)
    assert (_number(tokens), int(tokens[0, 0, 0, 1]), draws) == (2, 20, sum(DRAWS))


def test_what_lies_before_it_is_not_looked_at_nor_how_it_comes_out_of_that() -> None:
    before, made = _motion(0, far=90), _motion(1)
    made[:, 0, :, 1] = 90
    times = []

    def draw(number: int, many: int) -> list[torch.Tensor]:
        times.append(many)
        return [made] * many

    looked_at = MotionChecks(None, Far())
    assert torch.equal(best_draw(looked_at, Plain(), before, draw, free=False), made) and times == [DRAWS[0]]
    best_draw(looked_at, Plain(), before[:, :0], draw, free=False)
    assert times[1:] == list(DRAWS), "where nothing is before it, it is looked at from the beginning"


def test_nothing_to_look_at() -> None:
    envelope = Envelope({"wave": 0}, torch.zeros(1, 4), torch.ones(1, 4), torch.ones(4), (1, 1, 1, 1))
    assert checks_of(None, envelope, Instruction.parse("bow")) is None and checks_of(None, None, None) is None
    assert checks_of(None, envelope, Instruction.parse("wave")).envelope.rows == ("wave",)
    wave = checks_of(None, envelope, Instruction.parse("wave"))
    given = wave.restricted(legs=True, sums=False).envelope
    assert given.gesture and not given.free
    assert wave.restricted(legs=False, sums=True) == wave
    alone = checks_of(Numbers(), None, Instruction.parse("bow*2"))
    assert alone.envelope is None and alone.count.action.key == "bow*2" and alone.restricted(legs=True, sums=False) == alone
