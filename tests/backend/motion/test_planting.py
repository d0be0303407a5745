"""Feet that stand are held: what slides, what swings, and what is in the air."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.motion.contacts import foot_skate
from backend.motion.motion import Motion
from backend.motion.planting import hold_foot, plant_feet
from backend.motion.skeleton import FEET, INDEX, J

from .make import wandering


def standing(frames: int = 90, lift: float = 0.0) -> Motion:
    """Somebody who stands with knees a little bent, and sways: the whole body slides to and fro over the floor by 3 cm."""
    vectors = np.zeros((frames, J, 3))
    for side in ("left", "right"):
        for joint, angle in (("hip", -0.3), ("knee", 0.6), ("ankle", -0.3)):
            vectors[:, INDEX[f"{side}_{joint}"], 0] = angle
    rotations = Rotation.from_rotvec(vectors.reshape(-1, 3)).as_quat().reshape(frames, J, 4).astype(np.float32)
    pelvis = np.zeros((frames, 3), dtype=np.float32)
    pelvis[:, 0] = 0.03 * np.sin(2 * np.pi * np.arange(frames) / 30)
    low = Motion(rotations, pelvis).positions()[0, list(FEET), 1].min()
    pelvis[:, 1] = 0.02 - low + lift
    return Motion(rotations, pelvis)


def test_a_standing_foot_does_not_slide() -> None:
    slid = standing()
    out = plant_feet(slid, np.ones((90, 4), dtype=np.float32))
    assert foot_skate(slid.positions()) > 0.1
    assert foot_skate(out.positions()) < 0.1 * foot_skate(slid.positions())
    np.testing.assert_array_equal(out.pelvis[:, 1], slid.pelvis[:, 1])
    np.testing.assert_allclose(out.pelvis[0], slid.pelvis[0], atol=1e-6)
    ankles = [INDEX["left_ankle"], INDEX["right_ankle"]]
    np.testing.assert_allclose(out.positions()[:, ankles, 1], slid.positions()[:, ankles, 1], atol=2e-3)
    np.testing.assert_allclose(np.linalg.norm(out.rotations, axis=-1), 1.0, atol=1e-5)


@pytest.mark.parametrize(("lift", "contact"), [(0.3, 1.0), (0.0, 0.0)], ids=["in the air", "no contact"])
def test_who_does_not_stand_is_left_alone(lift: float, contact: float) -> None:
    slid = standing(lift=lift)
    assert plant_feet(slid, np.full((90, 4), contact, dtype=np.float32)) is slid


def test_arms_and_trunk_keep_their_rotations() -> None:
    slid = standing()
    out = plant_feet(slid, np.ones((90, 4), dtype=np.float32))
    legs = [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("hip", "knee", "ankle")]
    others = [joint for joint in range(J) if joint not in legs]
    np.testing.assert_array_equal(out.rotations[:, others], slid.rotations[:, others])


@pytest.mark.parametrize("frames", [1, 3, 4, 7])
def test_however_short(frames: int) -> None:
    motion = wandering(8).slice(0, frames)
    out = plant_feet(motion, np.ones((frames, 4), dtype=np.float32))
    assert len(out) == frames and np.isfinite(out.rotations).all() and np.isfinite(out.pelvis).all()


def test_steps_stay_and_only_the_slide_goes() -> None:
    """A foot that stands for half a second while it slides backwards, then swings ahead by 60 cm, four times."""
    slide, swing = np.full(15, -0.006), np.full(15, 0.046)
    step = np.tile(np.concatenate([slide, swing]), 4)[:-1]
    ahead = np.concatenate([[0.0], np.cumsum(step)])
    points = np.stack([np.zeros(120), ahead], axis=-1)[:, None] + np.array([[0.0, 0.0], [0.0, 0.13]])
    weights = np.repeat((step < 0)[:, None], 2, axis=1).astype(float)
    yaw, move = hold_foot(points, weights, 30.0)
    assert np.abs(yaw).max() < 1e-6 and np.abs(move[:, 0]).max() < 1e-9
    left = np.diff(ahead + move[:, 1])
    assert np.abs(left[step < 0]).mean() < 0.2 * 0.006
    assert abs(move[-1, 1] - move[0, 1]) < 0.1, "of a way of 2.4 m"
    assert np.abs(np.diff(move[:, 1], n=2)).max() < 0.012, "let go and caught no more suddenly than the slide turns round"


def test_a_foot_keeps_its_direction_while_it_stands_flat() -> None:
    turn = np.linspace(0.0, 0.15, 30)
    points = np.stack([np.zeros((30, 2)), 0.13 * np.stack([np.sin(turn), np.cos(turn)], axis=-1)], axis=1)
    yaw, move = hold_foot(points, np.ones((29, 2)), 30.0)
    assert np.abs(np.diff(turn + yaw)).mean() < 0.1 * np.diff(turn).mean()
    assert np.abs(move).max() < 0.005
