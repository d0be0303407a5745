"""Spelling, the word list, greedy decoding and the beam search with its language model."""

import math

import numpy as np
import pytest

from backend.audio.words import BLANK, UNKNOWN, WordList, WordModel, beam_search, greedy, spell


def frames(*classes: int, size: int = 5, sure: float = 0.95) -> np.ndarray:
    probabilities = np.full((len(classes), size), (1 - sure) / (size - 1))
    probabilities[np.arange(len(classes)), classes] = sure
    return np.log(probabilities)


@pytest.fixture
def words() -> WordList:
    return WordList.make(["walk", "forward", "wave"], {"walk": ["w", "ao", "k"], "wave": ["w", "ey", "v"]})


def test_spell():
    assert spell("Walk forward, THEN do push-ups; don't 'stop'!") == [
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


def test_greedy_merges_repeats_and_keeps_doubles():
    assert greedy(frames(0, 1, 1, 0, 1, 2, 2, 0)) == [1, 1, 2]
    assert greedy(frames(0, 0)) == []


def test_language_model_is_a_distribution():
    language = WordModel.estimate([[1, 2, 3], [1, 2, 3], [1, 3], [2]], classes=5)
    for history in ([], [1], [2], [1, 2], [4, 4], [3, 2, 1]):
        total = sum(math.exp(language.score(history, word)) for word in range(5))
        assert total == pytest.approx(1.0, abs=0.02), history  # rare trigrams left out, float16
    assert language.score([1, 2], 3) > language.score([2], 3)  # two words say more than one
    assert language.score([2], BLANK) > language.score([1], BLANK)  # sentences end in 2, never in 1
    again = WordModel(language.grams, language.scores)
    assert again.score([1, 2], 3) == language.score([1, 2], 3)


@pytest.mark.parametrize("spoken", [[1, 1, 2], [3], [], [1, 2, 3, 4, 1]])
def test_beam_search_agrees_with_greedy_when_it_is_sure(spoken):
    log_probs = frames(*[c for word in spoken for c in (0, word)], 0)
    assert beam_search(log_probs, None)[0][1] == greedy(log_probs) == spoken


def test_language_model_decides_between_words_that_sound_alike():
    language = WordModel.estimate([[1, 3]] * 20 + [[4, 2]] * 20, classes=5)
    log_probs = frames(0, 1, 0, 0)
    log_probs[2] = np.log([0.04, 0.02, 0.48, 0.44, 0.02])  # a little more like 2, but after 1 comes 3
    assert greedy(log_probs) == [1, 2]
    found = beam_search(log_probs, language)
    assert found[0][1] == [1, 3] and [1, 2] in [classes for _, classes in found]
    assert found == sorted(found, reverse=True)


def test_beam_search_sums_over_alignments():
    # one word spread over two frames beats the blank, although blank is the best class of each
    log_probs = np.log(np.array([[0.55, 0.43, 0.02], [0.55, 0.43, 0.02]]))
    assert greedy(log_probs) == []
    assert beam_search(log_probs, None)[0][1] == [1]
