"""From words to steps: every clause is understood by itself, "and" only where the model takes it for two."""

from types import SimpleNamespace

import pytest
import torch

from backend.audio.words import WordList
from backend.errors import UserError
from backend.generation.steps import steps_of, token_counts
from backend.generation.transcript import transcript_of_text
from backend.language.instruction import Instruction
from backend.language.meaning import all_classes

MEANT = {
    "walk forward": "walk.forward", "turn around": "turn.around", "sit down": "sit", "wave": "wave", "jump": "jump.up",
    "squat down and come back up": "squat>stand_up", "squat down": "squat", "come back up": "walk.backward",
    "walk forward and wave": "walk.forward>wave", "walking forward": "walk.forward",
    "walk forward for five seconds": "walk.forward", "walk forward for seconds": "walk.forward",
    "walk forward and turn around": "walk.forward", "walk forward sit down": "sit", "sit down and turn around": "sit",
    "walk forward turn right": "walk.forward>turn.right", "turn right": "turn.right",
    "walk in a circle right": "walk.circle-right", "walk in a circle": "walk.circle-left", "right": "run.right",
}  # fmt: skip
UNSURE = {"walk forward and turn around", "walk forward sit down", "right"}
WORDS = WordList.make({word for text in MEANT for word in text.split()} | {"then", "after", "five", "seconds", "for"})
ENCODER = SimpleNamespace(
    words=WORDS, config=SimpleNamespace(words=len(WORDS.words), width=4), word_head=torch.nn.Linear(4, len(WORDS.words) + 1)
)


class Understands:
    """Knows what `MEANT` says of the very words it is given, and whether it is sure; a length of ten tokens for each step."""

    classes = all_classes()

    reads_text = False

    @property
    def meaning(self) -> "Understands":
        return self

    def y_of(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """The words' classes: what `likeliest` knows a text by."""
        return batch["words"][:, batch["shares"][0, :, 0] > 0.5, 0]

    def likeliest(self, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        text = WORDS.decode(y[0].tolist())
        numbers = self.classes.encode(Instruction.parse(MEANT[text]))
        return torch.tensor([numbers]), torch.tensor([-1.0 if text in UNSURE else -0.1])

    def full_condition(self, y: torch.Tensor, asked: list[dict[str, float]], meant: torch.Tensor | None) -> torch.Tensor:
        return torch.zeros(1, 1, 1)

    def draw_length(self, condition: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        return torch.tensor([10])


def _steps(text: str) -> list:
    return steps_of(Understands(), transcript_of_text(ENCODER, text))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Walk forward.", ["walk.forward"]),
        ("walk forward, then turn around, then sit down, then wave", ["walk.forward", "turn.around", "sit", "wave"]),
        ("walk forward. Turn around! Jump", ["walk.forward", "turn.around", "jump.up"]),
        ("wave after walking forward", ["walk.forward", "wave"]),
        ("walk forward and wave", ["walk.forward", "wave"]),
        ("squat down and come back up", ["squat>stand_up"]),
        ("walk forward and wave then jump", ["walk.forward", "wave", "jump.up"]),
        ("walk forward and turn around then sit down", ["walk.forward", "turn.around", "sit"]),  # makes no sense as one
        ("walk forward sit down", ["walk.forward", "sit"]),
        ("sit down and turn around", ["sit"]),  # it is sure of
        ("walk forward, walk forward for five seconds", ["walk.forward"]),  # the same in other words
        ("jump, jump", ["jump.up", "jump.up"]),
        ("walk in a circle, right", ["walk.circle-right"]),  # only that makes sense
        ("walk forward, turn right", ["walk.forward", "turn.right"]),
        ("jump, walk in a circle, right", ["jump.up", "walk.circle-right"]),
        ("walk forward turn right", ["walk.forward>turn.right"]),  # one clause to `clauses`: the model's own two steps
        ("walk forward turn right then jump", ["walk.forward", "turn.right", "jump.up"]),  # a list
        ("jump then walk forward turn right", ["jump.up", "walk.forward>turn.right"]),  # its end
        ("walk forward then walking forward", ["walk.forward", "walk.forward"]),
    ],
)
def test_every_clause_has_its_own_meaning(text: str, keys: list[str]) -> None:
    assert [step.meaning.key for step in _steps(text)] == keys


def test_gestures_are_known() -> None:
    assert [step.gesture for step in _steps("walk forward then wave")] == [False, True]


def test_too_many_steps_are_one_sentence() -> None:
    with pytest.raises(UserError, match="asks for 5 things in a row; 4 are the most") as caught:
        _steps("wave then wave then jump then wave then jump")
    assert caught.value.code == "too_many_steps"
    with pytest.raises(UserError, match="asks for 5 things"):
        _steps("jump then walk forward and wave then jump then wave")


def test_no_known_word_is_one_sentence() -> None:
    with pytest.raises(UserError) as caught:
        _steps("coffee, 3 sugars")
    assert caught.value.code == "no_known_word"


def test_lengths_are_drawn_said_or_shared_out() -> None:
    model, generator = Understands(), torch.Generator()
    two = _steps("walk forward for five seconds, then jump")
    assert [step.seconds for step in two] == [5.0, None]
    assert token_counts(model, two, generator, None) == [38, 10]
    assert token_counts(model, two, generator, 48) == [10, 2], "12 tokens, 38 to 10"
    assert sum(token_counts(model, _steps("wave then jump then wave"), generator, 299)) == 75
    assert token_counts(model, _steps("wave then jump then wave"), generator, 4) in ([0, 1, 0], [1, 0, 0], [0, 0, 1])


def test_seconds_in_digits_count() -> None:
    (step,) = _steps("walk forward for 2.5 seconds")
    assert step.seconds == 2.5
