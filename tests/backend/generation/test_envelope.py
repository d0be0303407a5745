"""Within what was performed: what is outside and by how much, whose rows count, and packs with and without ranges."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from backend.errors import UserError
from backend.generation import envelope as module
from backend.generation.envelope import FILE, SOFT, Envelope, EnvelopeCheck, envelope_check_of, row_names
from backend.generation.measurements import GROUPS
from backend.language.instruction import Instruction
from backend.packs.pack import Pack, sha256_of

ROWS = ("wave", "+wave", "walk.forward+")
SIZES = dict.fromkeys(GROUPS, 1)


def _envelope() -> Envelope:
    """A measurement of every group; every range is 0 to 1."""
    rows = {name: number for number, name in enumerate(ROWS)}
    return Envelope(rows, torch.zeros(3, 4), torch.ones(3, 4), torch.full((4,), 2.0), (1, 1, 1, 1))


@pytest.fixture
def measure(monkeypatch):
    """Sets what is measured: upper body, its sums, lower body, its sums."""

    def to(*values: float) -> None:
        found = {group: torch.tensor([value]) for group, value in zip(GROUPS, values, strict=True)}
        monkeypatch.setattr(module, "measure_motion", lambda features: found)

    return to


FEATURES = torch.zeros(30, 140)


def test_the_names_of_rows() -> None:
    keys = ("wave.left@slow", "walk.forward@fast+wave.left")
    assert [row_names(Instruction.parse(key).steps[0]) for key in keys] == [[keys[0]], ["walk.forward@fast+", "+wave.left"]]


def test_within_is_nothing_and_outside_counts_by_the_width(measure) -> None:
    alone = envelope_check_of(_envelope(), Instruction.parse("wave"))
    measure(0.0, 1.0, 0.5, 0.2)
    assert alone.distance_outside(FEATURES) == 0.0
    measure(-3.0, 1.0, 0.5, 5.0)
    assert alone.distance_outside(FEATURES) == pytest.approx(np.hypot(3, 4) / (1 + SOFT * 2.0))


def test_each_half_of_the_body_has_its_own_row(measure) -> None:
    both = envelope_check_of(_envelope(), Instruction.parse("walk.forward+wave"))
    measure(9.0, 0.0, 0.0, 0.0)
    assert both.distance_outside(FEATURES) == pytest.approx(8 / 2), "the legs' row says nothing of the arms"
    gesture = EnvelopeCheck(_envelope(), ("wave",), gesture=True)
    measure(0.0, 0.0, 9.0, 0.0)
    assert gesture.distance_outside(FEATURES) == 0.0 and both.distance_outside(FEATURES) == pytest.approx(8 / 2)


def test_over_other_legs_a_gesture_may_do_what_it_does_there(measure) -> None:
    envelope = _envelope()
    envelope.high[ROWS.index("+wave")] = 5.0
    measure(4.0, 0.0, 9.0, 0.0)
    assert (
        EnvelopeCheck(envelope, ("wave",), gesture=True).distance_outside(FEATURES)
        == 0.0
        < EnvelopeCheck(envelope, ("wave",)).distance_outside(FEATURES)
    )
    unknown = EnvelopeCheck(dataclasses.replace(envelope, rows={"wave": 0}), ("wave",), gesture=True)
    assert unknown.distance_outside(FEATURES) == pytest.approx(3 / 2), "without such a row by its own"


def test_where_the_length_is_given_no_sum_counts(measure) -> None:
    alone = envelope_check_of(_envelope(), Instruction.parse("wave"))
    measure(0.0, 9.0, 0.0, 9.0)
    assert alone.distance_outside(FEATURES) > 5 and dataclasses.replace(alone, free=False).distance_outside(FEATURES) == 0.0
    measure(5.0, 0.0, 0.0, 0.0)
    assert (
        alone.distance_outside(FEATURES)
        == dataclasses.replace(alone, free=False).distance_outside(FEATURES)
        == pytest.approx(4 / 2)
    )


@pytest.mark.parametrize("key", ["bow", "walk.backward+wave", "walk.forward+bow", "wave>wave"])
def test_what_is_not_known_is_not_looked_at(key: str) -> None:
    assert envelope_check_of(_envelope(), Instruction.parse(key)) is None
    assert envelope_check_of(None, Instruction.parse("wave")) is None and envelope_check_of(_envelope(), None) is None


def _from_words(folder, config: dict | None = None, **tensors: torch.Tensor) -> Pack:
    own = _envelope()
    parts = {"low": own.low, "high": own.high, "deviation": own.deviation} | tensors
    save_file(parts, folder / FILE, metadata={"config": json.dumps(config or {"rows": ROWS, "sizes": SIZES})})
    return dataclasses.replace(Pack("own", folder, "", (), ()), sha256={FILE: sha256_of(folder / FILE)})


def test_of_a_pack(tmp_path) -> None:
    assert Envelope.from_pack(Pack("own", tmp_path, "", (), ())) is None
    found = Envelope.from_pack(_from_words(tmp_path))
    assert list(found.rows) == list(ROWS) and found.sizes == (1, 1, 1, 1) and torch.equal(found.high, torch.ones(3, 4))
    assert found.to(torch.device("cpu")).rows == found.rows


@pytest.mark.parametrize(
    ("config", "tensors"),
    [
        ({"rows": ["wave"], "sizes": SIZES}, {}),
        ({"rows": ROWS}, {}),
        ({"rows": ROWS, "sizes": SIZES | {"lower": 2}}, {}),
        ({"rows": ROWS, "sizes": 4}, {}),
        (None, {"low": torch.zeros(3, 5)}),
        (None, {"high": torch.full((3, 4), torch.inf)}),
    ],
)
def test_damaged_ranges_are_said(tmp_path, config: dict | None, tensors: dict) -> None:
    with pytest.raises(UserError):
        Envelope.from_pack(_from_words(tmp_path, config, **tensors))
