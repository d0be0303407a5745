"""Seconds read back out of words."""

import pytest

from backend.language.durations import SPOKEN_DURATIONS, spoken_seconds


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("walk forward for five seconds", 5.0),
        ("Walk for TEN seconds, please!", 10.0),
        ("wave for a second", 1.0),
        ("run for a couple of seconds", 2.0),
        ("could you dance for a few seconds for me", 3.0),
        ("dance for about seven seconds", 7.0),
        ("typed: walk for 2.5 seconds", 2.5),
        ("walk for 99 seconds", 10.0),
        ("walk for 0.2 seconds", 1.0),
        ("walk for three seconds and then wave for two seconds", 5.0),
        ("walk for four seconds, once you're done, jog for two seconds", 6.0),
        ("next, walk for four seconds", 4.0),
        ("walk forward while waving for six seconds", 6.0),
        # only one of two steps is said to last: the whole is not that long
        ("walk for five seconds and then wave", None),
        ("wave before walking for five seconds", None),
        ("walk forward", None),
        ("jump five times", None),
        ("the second man walks", None),
        ("", None),
    ],
)
def test_seconds(words, seconds):
    assert spoken_seconds(words) == seconds


def test_whatever_training_says_is_read():
    assert all(1 <= spoken_seconds(f"walk {text} now") <= 10 for text in SPOKEN_DURATIONS)
