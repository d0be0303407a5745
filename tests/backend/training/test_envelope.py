"""Finding the envelope: every action that can be made is performed and measured, and the file holds all of it."""

import numpy as np
import pytest
import torch

from backend.data.compose import Library, Take
from backend.generation.envelope import FILE, Envelope
from backend.generation.measurements import GROUPS
from backend.language.instruction import Action, Instruction
from backend.packs.pack import Pack, sha256_of
from backend.training import envelope as training
from tests.backend.motion.make import wandering


@pytest.fixture(scope="module")
def library() -> Library:
    keys = ("walk.forward", "wave.left", "bow")
    return Library([Take(wandering(40, seed, strength=0.2), Action.parse(key), key) for seed, key in enumerate(keys)])


class Same:
    """A tokenizer that loses nothing."""

    def encode(self, features: torch.Tensor) -> torch.Tensor:
        return features

    def decode(self, tokens: torch.Tensor) -> torch.Tensor:
        return tokens


def test_actions_have_their_speeds_and_numbers() -> None:
    keys = [action.key for action in training.actions()]
    assert len(set(keys)) == len(keys)
    assert {"walk.forward", "walk.forward@slow", "squat*5", "kick.left@fast"} <= set(keys)
    assert not any("@" in key and "*" in key for key in keys)


def test_what_can_be_made_is_made_alone_and_together(library: Library) -> None:
    made = list(training.instructions(library, np.random.default_rng(0)))
    keys = {instruction.key for instruction, _ in made}
    assert {"walk.forward", "wave.left", "wave.right", "wave", "bow*2", "walk.forward@slow+wave.left"} <= keys
    assert not any(key.startswith(("run", "sit")) for key in keys)
    assert all(library.can_make(instruction) and times > 0 for instruction, times in made)
    together = [instruction for instruction, _ in made if len(instruction.steps[0]) == 2]
    assert sum(instruction.steps[0][1].key == "wave.left" for instruction in together) >= training.TOGETHER


def test_ranges_hold_what_they_were_made_from(library: Library, tmp_path, monkeypatch) -> None:
    few = ["bow", "walk.forward+wave.left"]
    monkeypatch.setattr(training, "instructions", lambda *_: [(Instruction.parse(key), 3) for key in few])
    found, sizes = training.all_measurements(library, Same(), seed=0)
    assert list(found) == ["bow", "walk.forward+", "+wave.left"] and all(len(values) == 3 for values in found.values())
    again, _ = training.all_measurements(library, Same(), seed=0)
    assert all(np.array_equal(found[row], again[row]) for row in found)
    (tmp_path / FILE).write_bytes(training.to_file(found, sizes))
    envelope = Envelope.from_pack(Pack("own", tmp_path, "", (), (), sha256={FILE: sha256_of(tmp_path / FILE)}))
    assert dict(zip(GROUPS, envelope.sizes, strict=True)) == sizes
    for row, values in found.items():
        for far, expected in ((0, False), (100, True)):
            for one in torch.from_numpy(values).float() + far:
                parts = dict(zip(GROUPS, one.split(envelope.sizes), strict=True))
                assert all(bool((excess > 0).all()) == bool((excess > 0).any()) == expected
                           for excess in envelope.excess(row, parts).values())  # fmt: skip
