"""The field's numbers on vectors whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from backend.evaluation.metrics import deal_pools, diversity, fid, mm_distance, r_precision, spread_of_takes, top_hits


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def test_right_pairs_are_always_first_and_shuffled_ones_as_often_as_chance():
    rng = np.random.default_rng(0)
    vectors = unit(rng.standard_normal((640, 32)))
    dealt = deal_pools([str(i) for i in range(640)], rng)
    assert len(dealt) == 20 and len(np.unique(np.concatenate(dealt))) == 640
    assert r_precision(vectors, vectors, dealt) == (1.0, 1.0, 1.0)
    shuffled = r_precision(rng.permutation(vectors), vectors, dealt)
    assert shuffled == pytest.approx((1 / 32, 2 / 32, 3 / 32), abs=0.03)


def test_no_pool_holds_two_of_a_key():
    keys = [f"k{i % 40}" for i in range(200)]
    dealt = deal_pools(keys, np.random.default_rng(1))
    assert dealt and all(len({keys[i] for i in pool}) == 32 for pool in dealt)
    with pytest.raises(ValueError, match="do not fill a pool"):
        deal_pools(["walk"] * 100, np.random.default_rng(1))


def test_a_row_that_is_in_no_pool_does_not_count():
    vectors = np.eye(40, dtype=np.float32)
    dealt = deal_pools([str(i) for i in range(40)], np.random.default_rng(0))
    found = top_hits(vectors, vectors, dealt)
    assert np.isnan(found).all(axis=1).sum() == 8 and np.nanmin(found) == 1.0


def test_distance_to_the_own_sentence():
    texts = np.eye(4, dtype=np.float32)
    assert mm_distance(texts, texts) == 0.0
    assert mm_distance(texts, -texts) == pytest.approx(2.0)


def test_fid_is_zero_for_the_same_set_and_grows_with_the_distance_of_means():
    vectors = np.random.default_rng(2).standard_normal((400, 8))
    assert fid(vectors, vectors) == pytest.approx(0.0, abs=1e-6)
    assert fid(vectors, vectors + 2.0) == pytest.approx(8 * 4.0, rel=1e-6)


def test_spread():
    rng = np.random.default_rng(3)
    same = np.tile(unit(rng.standard_normal(16)), (50, 1))
    assert diversity(same, rng) == 0.0
    assert spread_of_takes(same.reshape(5, 10, 16), rng) == pytest.approx(0.0)
    two = np.stack([np.eye(2)] * 5)  # five instructions, two takes at a right angle
    assert spread_of_takes(two, rng) == pytest.approx([2**0.5] * 5)
