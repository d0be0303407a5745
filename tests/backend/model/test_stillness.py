"""Who is only to stand is drawn again until nothing moves, at most seven times, and the stillest is taken."""

from types import SimpleNamespace

import pytest
import torch

from backend.data.instruction import Instruction
from backend.model.counting import _shares, counted, wanted
from backend.model.stillness import STILL, Still, stands

PLAIN = SimpleNamespace(
    decode=lambda tokens: tokens[:, :, 0, :1].repeat_interleave(4, dim=1).float().expand(-1, -1, 140) * STILL,
    normalise=lambda features: features,
)
NOTHING = torch.zeros(1, 0, 2, 6, dtype=torch.long)


def _motion(*places: int) -> torch.Tensor:
    """Tokens (1, L, 2, 6) of poses that are so many times `STILL` from the usual one."""
    return torch.tensor(places)[None, :, None, None].expand(1, -1, 2, 6)


@pytest.mark.parametrize(
    ("key", "expected"), [("stand", True), ("stand+wave", False), ("stand>walk.forward", False), ("walk.forward", False)]
)
def test_only_who_stands_is_to_be_still(key: str, expected: bool) -> None:
    meaning = Instruction.parse(key)
    assert stands(meaning) == expected == isinstance(wanted(None, meaning), Still)


def test_nothing_understood_is_no_standing() -> None:
    assert not stands(None)


def test_how_far_the_farthest_pose_is() -> None:
    still = Still()
    for motion, off in ((_motion(5, 5, 5, 5), 0.0), (_motion(0, 1, 0, 0), 0.0), (_motion(0, 0, 0, 3), 2.0)):
        shares, features = _shares(still, PLAIN, NOTHING, motion)
        assert shares.shape == (16,) and features.shape == (16, 140) and still.off(shares) == pytest.approx(off)


def test_what_lies_before_it_does_not_count() -> None:
    shares, _ = _shares(Still(), PLAIN, _motion(9, 9), _motion(2, 2))
    assert shares.shape == (8,) and float(shares.max()) == 0.0


@pytest.mark.parametrize(
    ("made", "taken", "draws"),
    [([0], 0, 1), ([4, 7, 0], 0, 3), ([4, 7, 6, 3, 8, 5, 9], 3, 7)],
)
def test_what_moves_is_drawn_again(made: list[int], taken: int, draws: int) -> None:
    left = iter(made)
    drawn = []

    def draw(number: int, many: int) -> list[torch.Tensor]:
        drawn.extend(_motion(0, 0, 0, next(left)) for _ in range(many))
        return drawn[-many:]

    found = counted(Still(), PLAIN, NOTHING, draw, free=True)
    assert int(found[0, -1, 0, 0]) == taken and len(drawn) == draws
