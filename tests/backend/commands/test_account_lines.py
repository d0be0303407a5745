"""The lines about words and numbers below a result on the command line."""

from backend.commands.generate import account_lines
from backend.serve.jobs import JobResult


def word(text: str, state: str, by: str = "", unsure: bool = False) -> dict:
    return {"text": text, "state": state, "by": by, "unsure": unsure, "step": 0}


def number(name: str, asked: float, got: float, met: bool, variation: int = 0) -> dict:
    return {"variation": variation, "step": 0, "name": name, "asked": asked, "got": got, "met": met}


def lines(words: list[dict], reached: list[dict] = (), files: tuple[str, ...] = ("a.npz",)) -> list[str]:
    done = JobResult(files, "walk", (1,) * len(files), (30,) * len(files), 30.0, {}, 0.9, tuple(words), tuple(reached))
    return account_lines(done)


def test_what_is_simply_done_needs_no_line():
    assert lines([word("walk", "done")]) == []


def test_words_that_are_not_simply_done_share_a_line():
    words = [word("saunter", "nearly", "walk slowly"), word("wave", "not done"), word("umbrella", "not known")]
    words.append(word("left", "done", unsure=True))
    assert lines(words) == ["nearly: saunter -> walk slowly; not done: wave; not known: umbrella; heard badly: left?"]


def test_numbers_have_a_line_each_and_say_where_they_were_missed():
    assert lines([], [number("turn", -90.0, -88.2, True), number("way", 2.0, 1.5, False)]) == [
        "turn 90 degrees: 88.2", "go 2 m: 1.5 (not reached)",
    ]  # fmt: skip
    both = [number("seconds", 3.0, 3.0, True), number("seconds", 3.0, 2.9, True, 1)]
    assert lines([], both, ("x/a.npz", "x/b.npz")) == ["a.npz: take 3 s: 3", "b.npz: take 3 s: 2.9"]
