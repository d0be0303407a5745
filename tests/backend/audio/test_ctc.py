"""Greedy decoding, the beam search with its language model, and forced alignment."""

import numpy as np
import pytest

from backend.audio.ctc import align_words, beam_search, greedy_decode
from backend.audio.word_posteriors import PACE, typed_posteriors
from backend.audio.words import WordModel


def frames(*classes: int, size: int = 5, sure: float = 0.95) -> np.ndarray:
    probabilities = np.full((len(classes), size), (1 - sure) / (size - 1))
    probabilities[np.arange(len(classes)), classes] = sure
    return np.log(probabilities)


def test_greedy_merges_repeats_and_keeps_doubles():
    assert greedy_decode(frames(0, 1, 1, 0, 1, 2, 2, 0)) == [1, 1, 2]
    assert greedy_decode(frames(0, 0)) == []


@pytest.mark.parametrize("spoken", [[1, 1, 2], [3], [], [1, 2, 3, 4, 1]])
def test_beam_search_agrees_with_greedy_when_it_is_sure(spoken):
    log_probs = frames(*[c for word in spoken for c in (0, word)], 0)
    assert beam_search(log_probs, None)[0][1] == greedy_decode(log_probs) == spoken


def test_language_model_decides_between_words_that_sound_alike():
    language = WordModel.estimate([[1, 3]] * 20 + [[4, 2]] * 20, classes=5)
    log_probs = frames(0, 1, 0, 0)
    log_probs[2] = np.log([0.04, 0.02, 0.48, 0.44, 0.02])  # a little more like 2, but after 1 comes 3
    assert greedy_decode(log_probs) == [1, 2]
    found = beam_search(log_probs, language)
    assert found[0][1] == [1, 3] and [1, 2] in [classes for _, classes in found]
    assert found == sorted(found, reverse=True)


def test_beam_search_sums_over_alignments():
    # one word spread over two frames beats the blank, although blank is the best class of each
    log_probs = np.log(np.array([[0.55, 0.43, 0.02], [0.55, 0.43, 0.02]]))
    assert greedy_decode(log_probs) == []
    assert beam_search(log_probs, None)[0][1] == [1]


def test_typed_words_are_where_they_were_put() -> None:
    log_probs = np.log(typed_posteriors([3, 1, 1, 4], 6) + 1e-6)
    at = [PACE * (i + 1) - 1 for i in range(4)]
    assert align_words(log_probs, [3, 1, 1, 4]) == [(frame, frame) for frame in at]


def test_a_word_that_lasts_has_its_first_and_last_frame() -> None:
    posteriors = np.full((12, 3), 0.02)
    posteriors[:, 0] = 0.96
    posteriors[2:5, 1] = posteriors[8:10, 2] = 50.0
    log_probs = np.log(posteriors / posteriors.sum(1, keepdims=True))
    assert align_words(log_probs, [1, 2]) == [(2, 4), (8, 9)]


def test_a_doubtful_word_is_placed_between_its_neighbours() -> None:
    posteriors = typed_posteriors([1, 2, 3], 5)
    posteriors[2 * PACE - 1] = [0.7, 0.0, 0.1, 0.2, 0.0]
    found = align_words(np.log(posteriors + 1e-6), [1, 2, 3])
    assert found[1] == (2 * PACE - 1, 2 * PACE - 1)


def test_more_words_than_frames_are_spread() -> None:
    found = align_words(np.log(np.full((3, 4), 0.25)), [1, 2, 1, 2, 3])
    assert len(found) == 5
    assert all(0 <= a <= b < 3 for a, b in found)


def test_no_words_have_no_places() -> None:
    assert align_words(np.log(np.full((3, 4), 0.25)), []) == []
