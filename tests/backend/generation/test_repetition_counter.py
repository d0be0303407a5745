"""The counter: sums over stretches, no sight of the length, and packs with and without one."""

import dataclasses

import pytest
import torch

from backend.errors import UserError
from backend.generation.repetition_counter import COUNTED, FILE, CounterConfig, RepetitionCounter, has_exact_count
from backend.language.instruction import Action
from backend.language.kinds import all_kinds
from backend.packs.files import save_module
from backend.packs.pack import Pack, sha256_of


@pytest.fixture(scope="module")
def counter() -> RepetitionCounter:
    torch.manual_seed(0)
    return RepetitionCounter(CounterConfig(width=8)).eval().requires_grad_(False)


def test_shares_are_those_of_a_place_whatever_is_far_away(counter: RepetitionCounter) -> None:
    features = torch.randn(1, 200, 140)
    longer = torch.cat([features, torch.randn(1, 100, 140)], dim=1)
    squat = Action("squat", count=3)
    first, second = counter.shares(features, squat), counter.shares(longer, squat)
    assert first.shape == (1, 200) and float(first.min()) >= 0
    assert torch.allclose(first[:, :150], second[:, :150], atol=1e-6)
    assert not torch.allclose(first, counter.shares(features, Action("jump", direction="up")))


def test_what_can_be_counted() -> None:
    assert {kind for kind in COUNTED if all_kinds()[kind].max_count > 1} == set(COUNTED)
    assert (
        has_exact_count(Action("squat"))
        and has_exact_count(Action("clap", count=2))
        and not has_exact_count(Action("clap"))
        and not has_exact_count(Action("walk"))
    )
    few = RepetitionCounter(CounterConfig(width=8, kinds=2))
    assert few.can_count(Action("hop")) and not few.can_count(Action("kick"))
    few.sure[COUNTED.index("hop")] = False
    assert few.can_count(Action("jump", direction="up")) and not few.can_count(Action("hop"))


def test_of_a_pack(tmp_path, counter: RepetitionCounter) -> None:
    pack = Pack("own", tmp_path, "", (), ())
    assert RepetitionCounter.from_pack(pack) is None
    save_module(tmp_path / FILE, counter, counter.config.to_dict())
    pack = dataclasses.replace(pack, sha256={FILE: sha256_of(tmp_path / FILE)})
    found, features = RepetitionCounter.from_pack(pack), torch.randn(1, 40, 140)
    assert torch.allclose(found.shares(features, Action("nod")), counter.shares(features, Action("nod")), atol=1e-2)
    save_module(tmp_path / FILE, counter, {"width": 16})
    with pytest.raises(UserError):
        RepetitionCounter.from_pack(pack)
