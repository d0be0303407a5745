"""A motion on a body of other proportions: feet on the floor, and exactly back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.addon.rigs import measure


@pytest.fixture
def motion(extension):
    return extension("motion.motion").from_motion_data(extension("motion.files").load_motion(measure.MOTION))


@pytest.fixture
def other(skeleton):
    """A body with long thighs, short shins and large feet."""
    offsets = skeleton.offsets.copy()
    for side in ("left", "right"):
        knee, ankle, ball = (skeleton.index(f"{side}_{joint}") for joint in ("knee", "ankle", "foot"))
        offsets[knee], offsets[ankle], offsets[ball] = 1.15 * offsets[knee], 0.85 * offsets[ankle], 1.4 * offsets[ball]
    return replace(skeleton, offsets=offsets, ankle_height=0.09)


def test_feet_that_are_down_come_as_high_as_the_default_bodys(extension, motion, other, skeleton):
    fitted = extension("motion.proportions").fitted_to(motion, other)
    np.testing.assert_array_equal(fitted.rotations, motion.rotations)
    np.testing.assert_array_equal(fitted.pelvis[:, [0, 2]], motion.pelvis[:, [0, 2]])
    points, lowest = extension("tweak.contacts").contact_points, []
    for each, body in ((motion, skeleton), (fitted, other), (motion, other)):
        flat = np.array([body.ankle_height, body.ball_height] * 2)
        lowest.append((points(each, body)[..., 1] - flat).min(axis=1))
    fitted, left = (np.abs(each - lowest[0]).mean() for each in lowest[1:])
    assert fitted < 0.01 and left > 0.02, "a heel that rises reaches elsewhere, so feet meet the floor but for some millimetres"


def test_the_way_back_is_exact(extension, wild, other):
    fit, start = extension("motion.proportions"), wild()
    fitted = fit.fitted_to(start, other)
    assert np.abs(fitted.pelvis - start.pelvis).max() > 0.005
    np.testing.assert_allclose(fit.fitted_back(fitted, other).pelvis, start.pelvis, atol=1e-12)


def test_on_the_default_body_nothing_changes(extension, motion, skeleton):
    assert extension("motion.proportions").fitted_to(motion, skeleton) is motion


def test_a_body_without_floor_points_keeps_the_pelvis(extension, motion, other):
    assert extension("motion.proportions").fitted_to(motion, replace(other, floor_points=())) is motion
