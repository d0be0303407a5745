"""Words laid along the frames of posteriors."""

import numpy as np

from backend.audio.placing import places
from backend.audio.word_stream import PACE, typed


def test_typed_words_are_where_they_were_put() -> None:
    log_probs = np.log(typed([3, 1, 1, 4], 6) + 1e-6)
    at = [PACE * (i + 1) - 1 for i in range(4)]
    assert places(log_probs, [3, 1, 1, 4]) == [(frame, frame) for frame in at]


def test_a_word_that_lasts_has_its_first_and_last_frame() -> None:
    posteriors = np.full((12, 3), 0.02)
    posteriors[:, 0] = 0.96
    posteriors[2:5, 1] = posteriors[8:10, 2] = 50.0
    log_probs = np.log(posteriors / posteriors.sum(1, keepdims=True))
    assert places(log_probs, [1, 2]) == [(2, 4), (8, 9)]


def test_a_doubtful_word_is_placed_between_its_neighbours() -> None:
    posteriors = typed([1, 2, 3], 5)
    posteriors[2 * PACE - 1] = [0.7, 0.0, 0.1, 0.2, 0.0]
    found = places(np.log(posteriors + 1e-6), [1, 2, 3])
    assert found[1] == (2 * PACE - 1, 2 * PACE - 1)


def test_more_words_than_frames_are_spread() -> None:
    found = places(np.log(np.full((3, 4), 0.25)), [1, 2, 1, 2, 3])
    assert len(found) == 5
    assert all(0 <= a <= b < 3 for a, b in found)


def test_no_words_have_no_places() -> None:
    assert places(np.log(np.full((3, 4), 0.25)), []) == []
