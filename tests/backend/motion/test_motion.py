"""Motion edits keep what they promise to keep."""

import numpy as np
import pytest

from backend.motion.body import default_body
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX, JOINT_NAMES, MIRROR, PARENTS, J

from .make import wandering


def test_joint_tree_is_smplx() -> None:
    assert J == len(JOINT_NAMES) == len(PARENTS) == 55
    assert all(parent < joint for joint, parent in enumerate(PARENTS))
    assert [JOINT_NAMES[i] for i in (0, 15, 20, 22, 25, 40, 54)] == [
        "pelvis", "head", "left_wrist", "jaw", "left_index1", "right_index1", "right_thumb3"]  # fmt: skip
    assert all(MIRROR[MIRROR[i]] == i for i in range(J))


def test_rest_pose_stands_on_the_floor_and_is_symmetric() -> None:
    positions = default_body().rest_positions()
    assert 0.0 <= positions[:, 1].min() < 0.03
    assert positions[INDEX["head"], 1] == pytest.approx(1.55, abs=0.08)
    np.testing.assert_allclose(positions[list(MIRROR)] * [-1, 1, 1], positions, atol=1e-6)


def test_rest_pose_by_kinematics_equals_rest_positions() -> None:
    identity = np.zeros((1, J, 4), dtype=np.float32)
    identity[..., 3] = 1
    rest = default_body().rest_positions()
    np.testing.assert_allclose(Motion(identity, rest[None, 0]).positions()[0], rest, atol=1e-6)


def test_mirroring_reflects_every_joint() -> None:
    motion = wandering()
    reflected = motion.positions() * [-1, 1, 1]
    np.testing.assert_allclose(motion.mirrored().positions()[:, list(MIRROR)], reflected, atol=1e-5)


def test_placing_at_origin_is_a_rigid_move() -> None:
    motion = wandering(seed=3).transformed(2.2, np.array([4.0, 0.0, -1.0]))
    placed = motion.placed_at_origin()
    assert abs(placed.headings()[0]) < 1e-5
    np.testing.assert_allclose(placed.pelvis[0, [0, 2]], 0, atol=1e-6)
    np.testing.assert_allclose(placed.pelvis[:, 1], motion.pelvis[:, 1], atol=1e-6)
    for a, b in ((0, 7), (15, 20)):
        before = np.linalg.norm(motion.positions()[:, a] - motion.positions()[0, b], axis=-1)
        after = np.linalg.norm(placed.positions()[:, a] - placed.positions()[0, b], axis=-1)
        np.testing.assert_allclose(before, after, atol=1e-4)


@pytest.mark.parametrize("fps", [24.0, 25.0, 23.976, 60.0, 120.0])
def test_resampling_keeps_ends_and_path(fps: float) -> None:
    motion = wandering(frames=90, strength=0.1)
    other = motion.resampled(fps)
    assert other.fps == fps
    assert other.seconds == pytest.approx(motion.seconds, abs=0.06)
    np.testing.assert_allclose(other.positions()[[0, -1]], motion.positions()[[0, -1]], atol=1e-4)
    back = other.resampled(30.0).positions()
    if len(back) == len(motion):  # coarser rates round the number of frames, so frames need not meet again
        assert np.abs(back - motion.positions()).max() < 0.03


def test_shapes_are_checked() -> None:
    with pytest.raises(ValueError, match="55"):
        Motion(np.zeros((4, 22, 4), dtype=np.float32), np.zeros((4, 3), dtype=np.float32))
