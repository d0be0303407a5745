"""Keys are read, written and mirrored."""

import pytest

from backend.language.instruction import Action, Instruction

KEYS = [
    "walk.forward", "walk.circle-left", "kick.left*2", "raise_arm.both@slow", "reach.right.up", "walk.forward+wave.right",
    "sit>stand_up>turn.around",
]  # fmt: skip
BAD = ["", "Walk", "walk.sideways", "walk@soon", "kick*0", "kick*12", "walk..forward", "a>", "walk.up.down"]


@pytest.mark.parametrize("key", KEYS)
def test_key_is_read_back(key: str) -> None:
    assert Instruction.parse(key).key == key


@pytest.mark.parametrize("bad", BAD)
def test_other_texts_are_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Instruction.parse(bad)


def test_left_is_a_direction_for_turning_and_a_limb_for_kicking() -> None:
    assert Action.parse("turn.left") == Action("turn", direction="left")
    assert Action.parse("kick.left") == Action("kick", side="left")


@pytest.mark.parametrize("key", KEYS)
def test_mirroring_twice_changes_nothing(key: str) -> None:
    instruction = Instruction.parse(key)
    assert instruction.mirrored().mirrored() == instruction
    assert ("left" in key or "right" in key) == (instruction.mirrored() != instruction)
