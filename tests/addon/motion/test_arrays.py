"""Quaternions, resampling and inverse kinematics on arrays, by what must hold for any motion."""

from __future__ import annotations

import numpy as np
import pytest


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


def test_straight_limbs_reach_with_a_pole(extension):
    """Fully stretched and beyond: the joint lies on the line, and nothing is not a number."""
    solve = extension("motion.two_bone").reach_with_pole
    start = np.zeros((3, 3))
    goal = np.array([[0, 0, 1.0], [0, 0, 3.0], [0, 0, 1e-9]])
    pole = np.array([[0, 1.0, 0.5]] * 3)
    middle, upper, lower = solve(start, goal, pole, 0.5, 0.5)
    np.testing.assert_allclose(middle[:2], [[0, 0, 0.5]] * 2, atol=1e-6)
    for matrices in (upper, lower):
        assert np.isfinite(matrices).all()
        np.testing.assert_allclose(matrices[:2] @ matrices[:2].transpose(0, 2, 1), [np.eye(3)] * 2, atol=1e-6)
