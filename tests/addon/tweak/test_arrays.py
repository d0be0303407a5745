"""The steps on arrays, by what must hold whatever the motion: inverses, bounds, continuity."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def q(extension):
    return extension("motion.quaternions")


@pytest.fixture
def skeleton(extension):
    body = extension("motion.body").default_body()
    return body


@pytest.fixture
def wild(extension, q):
    """A function that makes a motion nobody danced: smooth random turns of every joint."""

    def make(count=120, seed=0, size=0.5):
        random = np.random.default_rng(seed)
        smooth = extension("tweak.pose_filters").gaussian
        turns = smooth(random.normal(size=(count, 55, 3)), 6.0) * 4 * size
        path = smooth(random.normal(size=(count, 3)), 8.0).cumsum(axis=0) * 0.02 + (0.0, 0.95, 0.0)
        coordinates = extension("motion.coordinates")
        rotations = coordinates.continuous_signs(coordinates.quaternions_from_rotation_vectors(turns))
        return extension("motion.motion").Motion(rotations, path, 30.0)

    return make


def test_quaternions_agree_with_mathutils(extension, q):
    from mathutils import Quaternion, Vector

    random, turned = np.random.default_rng(1), extension("motion.coordinates").quaternions_from_rotation_vectors
    a, b = q.normalized(random.normal(size=(2, 50, 4)))
    v = random.normal(size=(50, 3))
    for i in range(50):
        one, two = Quaternion(a[i]), Quaternion(b[i])
        np.testing.assert_allclose(q.multiply(a, b)[i], one @ two, atol=1e-6)
        np.testing.assert_allclose(q.rotate(a, v)[i], one @ Vector(v[i]), atol=1e-5)
        angle = one.rotation_difference(two).angle
        assert q.angles(a, b)[i] == pytest.approx(min(angle, 2 * np.pi - angle), abs=1e-5)
        near = one.slerp(two if one.dot(two) >= 0 else -two, 0.3)
        np.testing.assert_allclose(q.slerp(a[i], b[i], 0.3), near, atol=1e-6)
    np.testing.assert_allclose(np.abs((turned(q.rotation_vectors(a)) * a).sum(-1)), 1, atol=1e-12)


def test_resampling_there_and_back(extension, wild):
    motion = extension("motion.motion")
    slow = wild()
    twice = motion.resampled(slow, 60.0)
    np.testing.assert_allclose(twice.pelvis[::2], slow.pelvis, atol=1e-9)
    back = motion.resampled(twice, 30.0)
    assert np.abs((back.rotations * slow.rotations).sum(-1)).min() > 1 - 1e-9
    assert len(motion.resampled(slow, 24.0)) == round(119 / 30 * 24) + 1


def test_mirrored_twice_is_the_same(extension, wild, skeleton):
    mirror = extension("tweak.pose_filters").mirror_motion
    motion = wild()
    twice = mirror(mirror(motion, skeleton), skeleton)
    np.testing.assert_array_equal(twice.rotations, motion.rotations)
    np.testing.assert_array_equal(twice.pelvis, motion.pelvis)


@pytest.mark.parametrize("preset", ["LIGHT", "MIDDLE", "STRONG"])
@pytest.mark.parametrize("seed", range(3))
def test_reduction_keeps_its_bound_on_any_motion(extension, wild, skeleton, q, preset, seed):
    reduce = extension("tweak.key_reduction")
    motion = wild(seed=seed)
    bound = reduce.PRESETS[preset]
    keys = reduce.reduce_keys(motion.rotations, motion.pelvis[:, None], skeleton, bound, np.zeros(120, bool))
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
    reduce = extension("tweak.key_reduction")
    motion, fixed = wild(), np.zeros(120, bool)
    fixed[[17, 18, 60]] = True
    keys = reduce.reduce_keys(motion.rotations, motion.pelvis[:, None], skeleton, reduce.PRESETS["STRONG"], fixed)
    assert keys.rotations[[0, 17, 18, 60, 119]].all() and keys.places[[0, 17, 18, 60, 119]].all()


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_very_short_motions(extension, wild, skeleton, count):
    pipeline, archive = extension("tweak.pipeline"), extension("tweak.archive")
    data = extension("motion.files").MotionData(np.zeros((count, 55, 3)), np.full((count, 3), 0.9), 30.0)
    raw = archive.pack_motion(data)
    tweaks = pipeline.Tweaks(speed=1.5, mirror=True, strength=1.4, smoothing=0.5, foot_lock=1.0, root="ROOT", root_yaw=True)
    result = pipeline.tweak_motion(raw, tweaks, skeleton, 24.0)
    assert np.isfinite(result.motion.rotations).all() and np.isfinite(result.motion.pelvis).all()
    pipeline.choose_keys(result, "STRONG", skeleton, np.zeros(len(result.motion), bool))


def test_banded_solver_is_the_dense_one(extension):
    lock = extension("tweak.foot_lock")
    random = np.random.default_rng(2)
    for count in (3, 4, 5, 40):
        diagonal, right = random.random(count) + 0.01, random.normal(size=(count, 2))
        second = np.diff(np.eye(count), 2, axis=0)
        dense = np.linalg.solve(np.diag(diagonal) + 3.0 * second.T @ second, right)
        np.testing.assert_allclose(lock._solve(diagonal, right, 3.0), dense, atol=1e-10)


def test_leg_reaches_where_it_is_told(extension, wild, skeleton, q):
    legs, bodies = extension("motion.two_bone"), extension("motion.body")
    walk = wild(size=0.3)
    places, turned = bodies.forward_kinematics(walk.rotations, walk.pelvis, skeleton)
    hip, _, ankle = rows = legs.leg_joints("left", skeleton)
    wanted = places[:, ankle] + (0.02, 0.03, -0.04)
    bent = walk.rotations.copy()
    bent[:, list(rows)] = legs.reach_with_leg(walk.rotations, walk.pelvis, wanted, np.full(len(walk), 0.2), "left", skeleton)
    after, turned_after = bodies.forward_kinematics(bent, walk.pelvis, skeleton)
    length = np.linalg.norm(skeleton.offsets[rows[1]]) + np.linalg.norm(skeleton.offsets[ankle])
    reachable = np.linalg.norm(wanted - places[:, hip], axis=-1) < 0.93 * length
    assert reachable.sum() > 20
    assert np.linalg.norm(after[:, ankle] - wanted, axis=-1)[reachable].max() < 1e-3
    foot = q.multiply(q.about_y(0.2), turned[:, ankle])
    assert np.abs((foot * turned_after[:, ankle]).sum(-1)).min() > 1 - 1e-9, "the foot turns by that and no more"


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
    joined = extension("tweak.joins").join_channel(values, near, far, 12, at_end)
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
