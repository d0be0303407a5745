"""Typed words as posteriors, with and without an encoder's mistakes."""

import numpy as np

from backend.audio.ctc import greedy_decode
from backend.audio.word_posteriors import misheard_posteriors, similar_sounding, typed_posteriors
from backend.audio.words import WordList
from backend.packs.pack import WEIGHTS

CLASSES = 9


def test_typed_words_are_read_back_by_ctc() -> None:
    stream = typed_posteriors([3, 3, 1, 8], CLASSES)
    np.testing.assert_allclose(stream.sum(1), 1.0)
    assert greedy_decode(np.log(stream + 1e-9)) == [3, 3, 1, 8]


def test_no_words_are_silence() -> None:
    assert greedy_decode(np.log(typed_posteriors([], CLASSES) + 1e-9)) == []


def test_mistakes_are_seldom_and_posteriors_stay_probabilities() -> None:
    rng, near = np.random.default_rng(0), np.tile(np.arange(1, 5), (CLASSES, 1))
    words, right = [5, 6, 7, 8], 0
    for _ in range(300):
        stream = misheard_posteriors(words, CLASSES, near, rng)
        assert stream.min() >= -1e-6
        np.testing.assert_allclose(stream.sum(1), 1.0, atol=1e-5)
        right += greedy_decode(np.log(stream.clip(1e-9))) == words
    assert 0.45 < right / 300 < 0.8, "with four words about six sentences of ten are heard right"


def test_words_that_sound_alike() -> None:
    import json

    described = json.loads((WEIGHTS / "ear" / "encoder.json").read_text(encoding="utf-8"))
    words = WordList.ordered(described["words"], {w: p.split() for w, p in described["pronounced"].items()})
    near = similar_sounding(words)
    assert near.shape == (len(words.words) + 1, 6)
    of_wave = {words.words[i - 1] for i in near[words.encode("wave")[0]]}
    assert {"waves", "way"} <= of_wave and "wave" not in of_wave
