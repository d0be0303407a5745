"""Jerk, penetration and liveliness on motions whose answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.evaluation.motion_statistics import jerk, joint_speed, limb_reach, part_errors, penetration, statistics_of
from backend.motion.body import default_body
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX


def standing(pelvis: np.ndarray) -> Motion:
    rotations = np.zeros((len(pelvis), 55, 4), dtype=np.float32)
    rotations[..., 3] = 1.0
    path = pelvis + np.array([0.0, default_body().standing_pelvis_height, 0.0])
    return Motion(rotations, path.astype(np.float32))


def test_a_statue_is_zero_everywhere():
    assert statistics_of(standing(np.zeros((30, 3)))) == pytest.approx(
        {"foot_skate_m_s": 0.0, "jerk_m_s3": 0.0, "penetration_m": 0.0, "liveliness_m_s": 0.0, "dynamic_range_m": 0.0}, abs=1e-4
    )


def test_jerk_of_a_cubic_path():
    t = np.arange(30) / 30.0
    path = np.stack([t**3, 0 * t, 0 * t], axis=-1)
    assert jerk(standing(path)) == pytest.approx(6.0, rel=0.02)  # third derivative of t^3
    assert jerk(standing(path[:3])) == 0.0


def test_penetration_is_depth_below_the_floor():
    assert penetration(standing(np.tile([0.0, -0.05, 0.0], (10, 1)))) == pytest.approx(0.05, abs=1e-3)


def test_liveliness_ignores_travel():
    t = np.arange(30)[:, None] / 30.0
    assert joint_speed(standing(t * [3.0, 0.0, 0.0])) == pytest.approx(0.0, abs=1e-4)


def test_dynamic_range_and_part_errors_see_one_arm_and_no_travel_or_turning():
    still = standing(np.zeros((40, 3)))
    raised = still.rotations.copy()
    angle = np.linspace(0.0, np.pi / 2, 40)
    raised[:, INDEX["left_shoulder"], 2], raised[:, INDEX["left_shoulder"], 3] = np.sin(angle / 2), np.cos(angle / 2)
    moving = replace(still, rotations=raised)
    assert limb_reach(moving) > 0.1
    turned = moving.transformed(1.0, np.array([2.0, 0.0, 3.0]))
    assert part_errors(moving, turned)["all"] == pytest.approx(0.0, abs=0.1)
    errors = part_errors(moving, still)
    assert errors["hands"] > errors["upper"] > errors["lower"] == pytest.approx(0.0, abs=1e-3)
