"""Rotation helpers beside scipy's, and where a direction is left open."""

import numpy as np
import torch
from scipy.spatial.transform import Rotation, Slerp

from backend.motion.rotations import about_axis, about_y, angle_between, from_six_d, product, shortest_turn, slerp, to_six_d

TURNS = Rotation.random(50, random_state=3)


def test_matrices_about_axes_are_scipy_s() -> None:
    vectors = TURNS.as_rotvec()
    angles = np.linalg.norm(vectors, axis=-1)
    np.testing.assert_allclose(about_axis(vectors / angles[:, None], angles), TURNS.as_matrix(), atol=1e-12)
    yaws = Rotation.from_rotvec(angles[:, None] * [0.0, 1.0, 0.0]).as_matrix()
    np.testing.assert_allclose(about_y(torch.from_numpy(angles)).numpy(), yaws, atol=1e-12)


def test_the_shortest_turn_points_there_by_no_more_than_their_angle() -> None:
    a, b = np.random.default_rng(0).standard_normal((2, 50, 3))
    turn = shortest_turn(a, b)
    pointed = (turn @ a[..., None])[..., 0]
    np.testing.assert_allclose(angle_between(pointed, b), 0.0, atol=1e-7)
    np.testing.assert_allclose(Rotation.from_matrix(turn).magnitude(), angle_between(a, b), atol=1e-7)


def test_equal_and_opposite_directions() -> None:
    for axis in np.eye(3):
        np.testing.assert_allclose(shortest_turn(axis, axis), np.eye(3), atol=1e-12)
        turn = shortest_turn(axis, -2.0 * axis)
        np.testing.assert_allclose(turn @ axis, -axis, atol=1e-9)
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)


def test_six_numbers_are_a_rotation_again() -> None:
    matrices = torch.from_numpy(TURNS.as_matrix()).reshape(5, 10, 3, 3)
    values = to_six_d(matrices)
    assert values.shape == (5, 60)
    torch.testing.assert_close(from_six_d(values.unflatten(-1, (10, 6))), matrices)
    torch.testing.assert_close(product(matrices, matrices.flip(0)), matrices @ matrices.flip(0))


def test_slerp_is_scipy_s_with_a_step_for_each() -> None:
    steps = np.random.default_rng(1).random(49)
    quaternions = TURNS.as_quat()
    first, second = quaternions[:-1], quaternions[1:]
    second = second * np.sign((first * second).sum(-1, keepdims=True))
    found = Rotation.from_quat(slerp(*(torch.from_numpy(x) for x in (first, second, steps))).numpy())
    wanted = [Slerp([0, 1], TURNS[i : i + 2])(step).as_quat() for i, step in enumerate(steps)]
    np.testing.assert_allclose((found.inv() * Rotation.from_quat(wanted)).magnitude(), 0.0, atol=1e-6)
