"""Spelling, the word list and its trigram."""

import math

import pytest

from backend.audio.words import BLANK, UNKNOWN, WordList, WordModel, split_words


@pytest.fixture
def words() -> WordList:
    return WordList.make(["walk", "forward", "wave"], {"walk": ["w", "ao", "k"], "wave": ["w", "ey", "v"]})


def test_spell():
    assert split_words("Walk forward, THEN do push-ups; don't 'stop'!") == [
        "walk",
        "forward",
        "then",
        "do",
        "push",
        "ups",
        "don't",
        "'stop'",
    ]


def test_word_list_goes_both_ways(words):
    assert words.words[-1] == UNKNOWN
    classes = words.encode("walk forward then wave")
    assert len(classes) == 4 and classes[2] == len(words.words)
    assert words.decode(classes) == "walk forward wave"
    assert [words.phones[p - 1] for p in words.encode_phones("walk wave")] == ["w", "ao", "k", "w", "ey", "v"]


def test_an_extended_list_moves_no_class_but_unknown(words):
    longer = words.extended(["amble", "walk", "yak"], {"yak": ["w", "ao", "k"]})
    assert longer.words == (*words.words[:-1], "amble", "yak", UNKNOWN)
    assert longer.encode("walk forward wave") == words.encode("walk forward wave")
    assert longer.encode("yak zzz") == [5, 6] and longer.encode_phones("yak") == words.encode_phones("walk")
    assert longer.phones == words.phones and longer.encode_phones("amble") == []
    assert WordList.ordered(longer.words, longer.pronounced) == longer
    assert words.extended(["walk"], {}) == words
    with pytest.raises(ValueError, match="zh"):
        words.extended(["vision"], {"vision": ["zh"]})


@pytest.mark.parametrize("broken", [[], ["a", "b"], ["a", "a", UNKNOWN], [UNKNOWN, "a"]])
def test_a_list_in_a_wrong_order_is_refused(broken):
    with pytest.raises(ValueError, match="ends with"):
        WordList.ordered(broken, {})


def test_language_model_is_a_distribution():
    language = WordModel.estimate([[1, 2, 3], [1, 2, 3], [1, 3], [2]], classes=5)
    for history in ([], [1], [2], [1, 2], [4, 4], [3, 2, 1]):
        total = sum(math.exp(language.score(history, word)) for word in range(5))
        assert total == pytest.approx(1.0, abs=0.02), history  # rare trigrams left out, float16
    assert language.score([1, 2], 3) > language.score([2], 3)  # two words say more than one
    assert language.score([2], BLANK) > language.score([1], BLANK)  # sentences end in 2, never in 1
    again = WordModel(language.grams, language.scores)
    assert again.score([1, 2], 3) == language.score([1, 2], 3)
