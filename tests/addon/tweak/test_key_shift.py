"""Which line takes written keys to the present ones, with keys edited, deleted, merged and of others among them."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def shifts(extension):
    return extension("tweak.key_shift")


@pytest.fixture
def written(shifts):
    """A function that makes channels of a movement: smooth, with a held second in the middle."""

    def make(seed=0, count=120, channels=5, every=1):
        random, found = np.random.default_rng(seed), {}
        for number in range(channels):
            values = np.cumsum(random.normal(size=(count, 3)), axis=0).astype(np.float32)
            values[50:80] = values[50]
            rows = np.unique(np.append(np.arange(0, count, every), count - 1))
            found[f"channel {number}"] = shifts.ChannelKeys(rows + 1.0, values[rows].astype(float))
        return found

    return make


def moved(shifts, keys, scale=1.0, offset=0.0, snap=True, kept=slice(None)):
    found = {}
    for path, one in keys.items():
        frames = scale * one.frames + offset
        frames = np.floor(frames + 0.5) if snap else frames
        places = np.unique(frames)
        values = np.array([one.values[frames == place].mean(axis=0) for place in places])
        found[path] = shifts.ChannelKeys(places[kept], values[kept])
    return found


@pytest.mark.parametrize("every", [1, 7])
@pytest.mark.parametrize("scale", [0.4, 0.5, 0.8, 1.0, 1.3, 2.0, 3.1, -1.0])
@pytest.mark.parametrize("offset", [-200.0, 0.0, 31.0])
def test_moved_and_scaled(shifts, written, every, scale, offset):
    keys = written(every=every)
    found = shifts.fit_key_shift(keys, moved(shifts, keys, scale, offset))
    if (scale, offset) == (1.0, 0.0):
        assert found is None
        return
    ends = np.array([1.0, 120.0])
    np.testing.assert_allclose(found.forward(ends), scale * ends + offset, atol=1.0)


def test_moved_between_frames(shifts, written):
    keys = written()
    assert shifts.fit_key_shift(keys, moved(shifts, keys, 1.0, 3.4, snap=False)).offset == pytest.approx(3.4, abs=1e-3)


@pytest.mark.parametrize("left", [slice(30, None), slice(None, 40), slice(0, None, 9), slice(45, 52)])
def test_what_is_left_tells(shifts, written, left):
    keys = written()
    assert shifts.fit_key_shift(keys, moved(shifts, keys, 1.0, 12.0, kept=left)) == shifts.KeyShift(12.0)
    assert shifts.fit_key_shift(keys, moved(shifts, keys, kept=left)) is None


def test_edited_keys_cast_no_vote(shifts, written):
    keys, random = written(), np.random.default_rng(3)
    now = moved(shifts, keys, 1.0, -9.0)
    for one in now.values():
        one.values[random.random(len(one.values)) < 0.5] += 0.2
    assert shifts.fit_key_shift(keys, now) == shifts.KeyShift(-9.0)


def test_some_channels_or_a_part_of_all_is_no_move(shifts, written):
    keys = written()
    now, away = moved(shifts, keys), moved(shifts, keys, 1.0, 10.0)
    assert shifts.fit_key_shift(keys, now | {"channel 0": away["channel 0"], "channel 1": away["channel 1"]}) is None
    for by in (10.0, 10.5):
        half = {path: shifts.ChannelKeys(one.frames + np.where(one.frames > 40, by, 0.0), one.values) for path, one in keys.items()}
        assert shifts.fit_key_shift(keys, half) is None


def test_keys_of_other_clips_do_not_matter(shifts, written):
    keys, other = written(), written(seed=9)
    now = {
        path: shifts.ChannelKeys(
            np.concatenate([one.frames - 40, other[path].frames + 100]), np.concatenate([one.values, other[path].values])
        )
        for path, one in keys.items()
    }
    assert shifts.fit_key_shift(keys, now) == shifts.KeyShift(-40.0)
    assert (
        shifts.fit_key_shift(keys, {path: shifts.ChannelKeys(one.frames + 500, one.values) for path, one in other.items()}) is None
    )


def test_both_signs_of_a_quaternion_are_one(shifts):
    turns = np.random.default_rng(0).normal(size=(50, 4))
    np.testing.assert_array_equal(shifts.one_sign(turns), shifts.one_sign(-turns))
