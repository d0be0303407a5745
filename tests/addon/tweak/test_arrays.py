"""The steps on arrays, by what must hold whatever the motion: inverses, bounds, continuity."""

from __future__ import annotations

import numpy as np
import pytest


def test_mirrored_twice_is_the_same(extension, wild, skeleton):
    mirror = extension("tweak.pose_filters").mirror_motion
    motion = wild()
    twice = mirror(mirror(motion, skeleton), skeleton)
    np.testing.assert_array_equal(twice.rotations, motion.rotations)
    np.testing.assert_array_equal(twice.pelvis, motion.pelvis)


@pytest.mark.parametrize("preset", ["LIGHT", "MIDDLE", "STRONG"])
@pytest.mark.parametrize("seed", range(3))
def test_reduction_keeps_its_bound_on_any_motion(extension, wild, skeleton, q, preset, seed):
    reduce, run = extension("tweak.key_reduction"), extension("link.incremental").run_to_end
    motion = wild(seed=seed)
    bound = reduce.PRESETS[preset]
    keys = run(reduce.reduce_keys_in_steps(motion.rotations, motion.pelvis[:, None], skeleton, bound, np.zeros(120, bool)))
    turns = np.moveaxis(motion.rotations, 1, 0)
    curved = q.normalized(reduce.curve_values(turns, reduce.frame_slopes(turns), keys.rotations.T))
    path = motion.pelvis[None]
    moved = reduce.curve_values(path, reduce.frame_slopes(path), keys.places.T)[0]
    forward = extension("motion.body").forward_kinematics
    off = forward(np.moveaxis(curved, 0, 1), moved, skeleton)[0] - forward(motion.rotations, motion.pelvis, skeleton)[0]
    assert np.linalg.norm(off, axis=-1).max() * 100 <= bound.centimetres
    assert np.degrees(q.angles(turns, curved).max()) <= bound.degrees + 1e-6
    assert keys.rotations.sum() < 0.8 * keys.rotations.size


def test_pinned_frames_stay(extension, wild, skeleton):
    reduce, run = extension("tweak.key_reduction"), extension("link.incremental").run_to_end
    motion, fixed = wild(), np.zeros(120, bool)
    fixed[[17, 18, 60]] = True
    keys = run(reduce.reduce_keys_in_steps(motion.rotations, motion.pelvis[:, None], skeleton, reduce.PRESETS["STRONG"], fixed))
    assert keys.rotations[[0, 17, 18, 60, 119]].all() and keys.places[[0, 17, 18, 60, 119]].all()


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_very_short_motions(extension, wild, skeleton, count):
    pipeline, archive = extension("tweak.pipeline"), extension("tweak.archive")
    data = extension("motion.files").MotionData(np.zeros((count, 55, 3)), np.full((count, 3), 0.9), 30.0)
    raw = archive.pack_motion(data)
    tweaks = pipeline.Tweaks(speed=1.5, mirror=True, strength=1.4, smoothing=0.5, foot_lock=1.0, root="ROOT", root_yaw=True)
    result = pipeline.tweak_motion(raw, tweaks, skeleton, 24.0)
    assert np.isfinite(result.motion.rotations).all() and np.isfinite(result.motion.pelvis).all()
    extension("link.incremental").run_to_end(pipeline.choose_keys_in_steps(result, "STRONG", skeleton))


@pytest.mark.parametrize("at_end", [False, True])
@pytest.mark.parametrize("size", [3, 4])
def test_joins_have_no_jump_and_no_kink(extension, q, at_end, size):
    random = np.random.default_rng(3)
    smooth = extension("tweak.pose_filters").gaussian
    values = smooth(random.normal(size=(60, 3)), 6.0)
    near, far = random.normal(size=(2, 3)) * 0.2
    far = near + (far - near) * 0.05
    if size == 4:
        values, near, far = (extension("motion.coordinates").quaternions_from_rotation_vectors(x) for x in (values, near, far))
    joined = extension("tweak.joins").join_channels(values, near, far, 12, at_end)
    row = joined[::-1] if at_end else joined
    line = np.stack([far, near, *row[:20]])
    line = extension("motion.coordinates").continuous_signs(line) if size == 4 else line
    bends = np.linalg.norm(np.diff(line, 2, axis=0), axis=-1)
    assert bends[:2].max() <= 2 * bends[2:14].max(), "at the border it bends no more than afterwards"
    kept = slice(0, 48) if at_end else slice(12, None)
    np.testing.assert_allclose(np.abs(joined[kept]), np.abs(values[kept]), atol=1e-12)


def test_edit_is_found_and_kept(extension):
    edits = extension("tweak.edits")
    values, times = np.linspace(0, 1, 31)[:, None] * (1.0, 2.0, 3.0), np.arange(31) / 30
    rows, actual = np.array([0, 10, 20, 30]), values[[0, 10, 20, 30]].copy()
    actual[2] += 0.5
    found = edits.find_edits("p", values, times, rows, actual)
    assert [(e.time, e.before, e.after) for e in found] == [pytest.approx((20 / 30, 10 / 30, 1.0))]
    kept, pinned = edits.apply_edits(values, times, found)
    np.testing.assert_allclose(kept[20], actual[2])
    np.testing.assert_allclose(kept[[10, 30]], values[[10, 30]])
    assert pinned[[10, 20, 30]].all() and kept[15, 0] == pytest.approx(values[15, 0] + 0.25)
    assert edits.find_edits("p", kept, times, rows, kept[rows]) == []


def test_foreign_text_is_refused(extension):
    archive = extension("tweak.archive")
    for text in ("", "nonsense", "AAAA" * 50, archive.pack_motion(_still(extension))[:-40]):
        with pytest.raises(archive.ArchiveError):
            archive.unpack_motion(text)


def _still(extension):
    random = np.random.default_rng(4)
    return extension("motion.files").MotionData(random.normal(size=(40, 55, 3)), random.normal(size=(40, 3)), 30.0)
