"""Two bones reach for a place: legs that are bent already, and limbs that bend towards a pole."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.skeleton import INDEX
from backend.motion.two_bone import reach_with_leg, reach_with_pole

from .test_planting import standing


@pytest.mark.parametrize("by", [(0.05, 0.0, 0.03), (0.0, 0.08, 0.0), (0.0, 0.0, 0.0)])
def test_an_ankle_gets_where_it_should_be(by: tuple[float, float, float]) -> None:
    motion, body = standing(5), default_body()
    places, turns = (tensor.double().numpy() for tensor in motion._kinematics())
    ankle = INDEX["left_ankle"]
    wanted = places[:, ankle] + np.array(by)
    turned = reach_with_leg(places, turns, body.offsets, "left", wanted, np.full(5, 0.1))
    knee = places[:, INDEX["left_hip"]] + turned[:, 0] @ body.offsets[INDEX["left_knee"]]
    np.testing.assert_allclose(knee + turned[:, 1] @ body.offsets[ankle], wanted, atol=2e-3)
    yaw = Rotation.from_matrix(turned[:, 2] @ np.swapaxes(turns[:, ankle], -1, -2)).as_rotvec()
    np.testing.assert_allclose(yaw, np.tile([0.0, 0.1, 0.0], (5, 1)), atol=1e-5)


def test_a_leg_out_of_reach_is_not_torn() -> None:
    motion, body = standing(5), default_body()
    places, turns = (tensor.double().numpy() for tensor in motion._kinematics())
    wanted = places[:, INDEX["left_ankle"]] - np.array([0.0, 1.0, 0.0])
    turned = reach_with_leg(places, turns, body.offsets, "left", wanted, np.zeros(5))
    assert torch.isfinite(torch.from_numpy(turned)).all()
    bend = Rotation.from_matrix(np.swapaxes(turned[:, 0], -1, -2) @ turned[:, 1]).magnitude()
    assert (np.degrees(bend) > 3.0).all(), "the knee does not lock"


@pytest.mark.parametrize("distance", [0.01, 0.2, 0.5, 0.69, 0.7, 2.0])
def test_a_limb_reaches_and_bends_towards_its_pole(distance: float) -> None:
    goal = Rotation.random(20, random_state=0).apply([distance, 0.0, 0.0])
    pole = Rotation.random(20, random_state=1).apply([0.0, 1.0, 0.0])
    upper, lower = reach_with_pole(goal, pole, 0.4, 0.3, 0.15, 0.69)
    np.testing.assert_allclose(np.linalg.norm(upper, axis=-1), 0.4, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(lower, axis=-1), 0.3, atol=1e-9)
    np.testing.assert_allclose(upper + lower, goal / distance * np.clip(distance, 0.15, 0.69), atol=1e-9)
    across = upper - goal * (upper * goal).sum(-1, keepdims=True) / distance**2
    assert ((across * pole).sum(-1) > 0).all()
