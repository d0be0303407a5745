"""The table of kinds: shape, parts, mirror symmetry, and what may be done at once."""

import pytest

from backend.language.instruction import Action, Instruction
from backend.language.kinds import PARTS, all_kinds, check_instruction, kind_of, variant_of

ASKED_FOR = [
    "walk",
    "run",
    "jog",
    "march",
    "sneak",
    "stand",
    "turn",
    "sidestep",
    "jump",
    "hop",
    "kick",
    "punch",
    "wave",
    "raise_arm",
    "sit",
    "stand_up",
    "squat",
    "bow",
    "lie_down",
    "get_up",
    "throw",
    "clap",
    "dance",
    "point",
    "nod",
    "shake_head",
    "shrug",
    "crouch",
    "crawl",
    "kneel",
    "climb",
    "pick_up",
    "put_down",
    "reach",
    "drink",
    "salute",
    "push",
    "swim",
    "roll",
    "fall",
    "cartwheel",
    "jumping_jack",
    "balance",
    "box",
    "rotate_arms",
    "elbow_to_knee",
    "cheer",
]


def test_all_kinds_that_were_asked_for_are_there():
    assert not set(ASKED_FOR) - set(all_kinds())


def test_rows_are_sound():
    for name, kind in all_kinds().items():
        assert kind.name == name and kind.part in PARTS and kind.variants
        assert all(weight > 0 for weight in kind.variants.values())
        assert 1 <= kind.max_count <= 9
        for action, text in zip(kind.actions(), kind.variants, strict=True):
            assert variant_of(action) == text and Action.parse(action.key) == action


def test_table_is_symmetric_under_the_mirror():
    for kind in all_kinds().values():
        for action in kind.actions():
            other = variant_of(action.mirrored())
            assert kind.variants[other] == kind.variants[variant_of(action)], action.key


@pytest.mark.parametrize(
    "key", ["walk.forward+wave.right", "walk.forward>kick.left*2", "reach.left.up@slow", "stand+raise_arm.both"]
)
def test_possible_instructions_pass(key):
    check_instruction(Instruction.parse(key))


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("moonwalk", "moonwalk"),
        ("turn.forward", "variant"),
        ("stand@slow", "speeds"),
        ("hop*6", "at most 5"),
        ("backflip~sad", "no style"),
        ("dance+wave", "cannot be done during"),
        ("walk.forward+wave+nod", "more than two"),
    ],
)
def test_impossible_instructions_say_why(key, reason):
    with pytest.raises(ValueError, match=reason):
        check_instruction(Instruction.parse(key))


def test_unknown_kind_is_named():
    with pytest.raises(ValueError, match="yodel"):
        kind_of(Action("yodel"))
