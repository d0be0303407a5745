"""Motions one behind the other in tokens: given ends stay, long ones go window by window, a seed means the same again."""

import pytest
import torch

from backend.errors import Cancelled
from backend.generation import windows
from backend.generation.count_check import CountCheck
from backend.generation.rejection_sampling import MotionChecks
from backend.generation.windows import PlannedStep, compose
from backend.language.instruction import Action
from backend.model.audio_to_motion import Sampling
from backend.model.instruct import InstructModel
from backend.model.tokenizer import MotionTokenizer, TokenizerConfig
from tests.backend.model.test_instruct import TINY

LONGEST = 24


@pytest.fixture(scope="module")
def model() -> InstructModel:
    torch.manual_seed(0)
    return InstructModel(TINY.__class__(**(TINY.to_dict() | {"longest": LONGEST}))).eval()


@pytest.fixture(scope="module")
def tokenizer() -> MotionTokenizer:
    torch.manual_seed(0)
    return MotionTokenizer(TokenizerConfig(width=16, encoder_width=16, depth=1, code_dim=8, codes=16, layers=3)).eval()


def _tokens(count: int, seed: int) -> torch.Tensor:
    return torch.randint(16, (1, count, 2, 3), generator=torch.Generator().manual_seed(seed))


def _condition(seed: int) -> torch.Tensor:
    return torch.randn(1, 6, 32, generator=torch.Generator().manual_seed(seed))


def _made(
    model: InstructModel, tokenizer: MotionTokenizer, parts: list[PlannedStep], seed: int = 1, guidance: float = 2.5, **options
) -> torch.Tensor:
    sampling = Sampling(guidance, rounds=4, keep=1.0)
    tokens, counts = compose(model, tokenizer, parts, torch.Generator().manual_seed(seed), sampling, **options)
    given = sum(options[name].shape[1] for name in ("before", "after") if name in options)
    assert len(counts) == len(parts) and sum(counts) == tokens.shape[1] - given
    return tokens


def test_given_ends_stay_and_the_gap_is_filled(model: InstructModel, tokenizer: MotionTokenizer) -> None:
    before, after = _tokens(10, 1), _tokens(3, 2)
    out = _made(model, tokenizer, [PlannedStep(_condition(0), 7)], before=before, after=after)
    assert out.shape == (1, 20, 2, 3)
    assert torch.equal(out[:, :10], before) and torch.equal(out[:, 17:], after)
    assert int(out.max()) < 16
    other = _made(model, tokenizer, [PlannedStep(_condition(0), 7)], seed=2, before=before, after=after)
    assert not torch.equal(out[:, 10:17], other[:, 10:17])


def test_same_seed_same_tokens_also_over_several_windows(model: InstructModel, tokenizer: MotionTokenizer) -> None:
    parts = [PlannedStep(_condition(0), 20), PlannedStep(_condition(1), 50), PlannedStep(_condition(2), 3)]
    first, again = _made(model, tokenizer, parts), _made(model, tokenizer, parts)
    assert first.shape[1] == 73 > LONGEST
    assert torch.equal(first, again)
    assert torch.equal(first[:, :20], _made(model, tokenizer, parts[:1])), "what comes later changes nothing before it"


def test_no_window_is_longer_than_the_model_knows(model: InstructModel, tokenizer: MotionTokenizer, monkeypatch) -> None:
    seen = []
    plain = InstructModel.masked_transformer

    def watched(self: InstructModel, condition, lengths, *args):
        seen.append(int(lengths.max()))
        return plain(self, condition, lengths, *args)

    monkeypatch.setattr(InstructModel, "masked_transformer", watched)
    _made(model, tokenizer, [PlannedStep(_condition(0), 61)], before=_tokens(30, 1), after=_tokens(30, 2))
    assert len(seen) > 2 and max(seen) <= LONGEST
    seen.clear()
    _made(model, tokenizer, [PlannedStep(_condition(0), LONGEST)])
    assert seen == [LONGEST], "what fits is made at once"


def test_given_legs_stay(model: InstructModel, tokenizer: MotionTokenizer) -> None:
    legs = _tokens(40, 3)[:, :, :1]
    parts = [PlannedStep(_condition(0), 25), PlannedStep(_condition(1), 15)]
    out = _made(model, tokenizer, parts, before=_tokens(4, 1), legs=legs)
    assert torch.equal(out[:, 4:, :1], legs)
    assert not torch.equal(out[:, 4:, 1], _tokens(40, 3)[:, :, 1])


@pytest.mark.parametrize("low", [True, False])
def test_a_gesture_keeps_the_legs_of_a_low_pose(model: InstructModel, tokenizer: MotionTokenizer, monkeypatch, low: bool) -> None:
    monkeypatch.setattr(windows, "is_low", lambda *_: low)
    before = _tokens(6, 1)
    out = _made(model, tokenizer, [PlannedStep(_condition(0), 9, gesture=True)], before=before)
    held = (out[:, 6:, 0] == before[:, -1:, 0]).all()
    assert bool(held) is low


def test_of_two_things_at_once_the_legs_come_first(model: InstructModel, tokenizer: MotionTokenizer) -> None:
    before = _tokens(6, 1)
    once = _made(model, tokenizer, [PlannedStep(_condition(0), 12)], before=before)
    twice = _made(model, tokenizer, [PlannedStep(_condition(0), 12, simultaneous=True)], before=before)
    assert torch.equal(once[:, :, 0], twice[:, :, 0])
    assert not torch.equal(once[:, 6:, 1], twice[:, 6:, 1]), "the upper body is made again for these legs"


def test_two_things_at_once_are_guided_at_least_so_much(model: InstructModel, tokenizer: MotionTokenizer, monkeypatch) -> None:
    asked: list[float] = []
    plain = InstructModel.masked_transformer

    def noted(self: InstructModel, condition, lengths, generator, sampling: Sampling, *args) -> torch.Tensor:
        asked.append(sampling.guidance)
        return plain(self, condition, lengths, generator, sampling, *args)

    monkeypatch.setattr(InstructModel, "masked_transformer", noted)
    for guidance in (1.0, 3.0):
        _made(
            model, tokenizer, [PlannedStep(_condition(0), 6), PlannedStep(_condition(0), 6, simultaneous=True)], guidance=guidance
        )
    assert asked == [1.0, windows.PAIR_GUIDANCE, windows.PAIR_GUIDANCE, 3.0, 3.0, 3.0]


def test_progress_never_falls_and_may_cancel(model: InstructModel, tokenizer: MotionTokenizer) -> None:
    parts, seen = [PlannedStep(_condition(0), 20), PlannedStep(_condition(1), 20, simultaneous=True)], []
    _made(model, tokenizer, parts, report=lambda phase, fraction: seen.append(fraction))
    assert seen == sorted(seen) and seen[-1] == pytest.approx(1.0)

    def stop(phase: str, fraction: float) -> None:
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        _made(model, tokenizer, parts, report=stop)


class _Ones:
    """Counts a repetition for every token, whatever the motion."""

    def shares(self, features: torch.Tensor, action: Action) -> torch.Tensor:
        return torch.full(features.shape[:2], 0.25)


def test_a_number_is_drawn_for_again_with_other_lengths(model: InstructModel, tokenizer: MotionTokenizer) -> None:
    """Every motion has a repetition a token: the one whose length is nearest is taken, and progress never goes back."""
    told: list[float] = []
    part = PlannedStep(_condition(0), 9, checks=MotionChecks(CountCheck(_Ones(), Action("clap", count=5)), None))
    free = PlannedStep(_condition(0), 9, checks=part.checks, free=True)
    assert _made(model, tokenizer, [part]).shape[1] == 9
    first = _made(model, tokenizer, [free, part], report=lambda _, fraction: told.append(fraction))
    assert told == sorted(told) and told[-1] <= 1.0
    assert torch.equal(first, _made(model, tokenizer, [free, part]))
    alone = _made(model, tokenizer, [free])
    assert torch.equal(first[:, : alone.shape[1]], alone)
    with pytest.raises(Cancelled):
        _made(model, tokenizer, [free], report=_stop)


def _stop(phase: str, fraction: float) -> None:
    if fraction > 0.2:
        raise Cancelled
