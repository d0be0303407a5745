"""A gait that is too short goes on where two moments of it look alike."""

import numpy as np
import pytest
from scipy.ndimage import uniform_filter1d
from scipy.spatial.transform import Rotation

from backend.data.authored import authored_clips
from backend.data.going_on import SHORTEST_CYCLE, WINDOW, cycle, repetitions
from backend.data.splicing import joined
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX
from tests.backend.motion.make import wandering

PERIOD = 24  # frames


@pytest.fixture
def gait() -> Motion:
    """Legs that swing to and fro once in PERIOD frames, at 1.2 m/s."""
    still = wandering(frames=40, strength=0.0)
    rotations = still.rotations.copy()
    swing = 40 * np.sin(np.arange(40) * 2 * np.pi / PERIOD)
    for side, sign in (("left", 1), ("right", -1)):
        rotations[:, INDEX[f"{side}_hip"]] = Rotation.from_euler("x", sign * swing[:, None], degrees=True).as_quat()
    return Motion(rotations.astype(np.float32), np.float32([[0.0, 0.97, 0.04 * frame] for frame in range(40)]))


def test_a_cycle_is_found(gait: Motion) -> None:
    first, last = cycle(gait)
    assert last - first == pytest.approx(PERIOD, abs=1) and last - first >= SHORTEST_CYCLE


def test_it_goes_on_without_a_jump(gait: Motion) -> None:
    longer = joined(repetitions(gait, 120), WINDOW)
    assert len(longer) >= 120
    feet = longer.positions()[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    own = gait.positions()[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    assert np.linalg.norm(np.diff(feet, axis=0), axis=-1).max() < 1.2 * np.linalg.norm(np.diff(own, axis=0), axis=-1).max()
    assert longer.pelvis[-1, 2] == pytest.approx(0.04 * len(longer), rel=0.1)


def test_what_never_looks_alike_is_left_as_it_is() -> None:
    falling = wandering(frames=40, strength=0.0)
    falling = Motion(falling.rotations, np.float32([[0.0, 1 - 0.02 * frame, 0.0] for frame in range(40)]))
    assert cycle(falling) is None
    assert repetitions(falling, 100) == [falling]


@pytest.mark.parametrize("key", ["march.forward", "march.place", "skip.forward", "tiptoe.forward", "limp.right"])
def test_a_gait_from_standing_to_standing_goes_on_without_standing_in_between(key: str) -> None:
    motion = next(clip.motion for clip in authored_clips(3, 1, kinds=(key.split(".", maxsplit=1)[0],)) if clip.key == key)
    first, last = cycle(motion)
    assert first > 12 and last < len(motion) - 12
    longer = joined(repetitions(motion, len(motion) + 60), WINDOW)
    feet = longer.positions()[:, [INDEX["left_ankle"], INDEX["right_ankle"]]] - longer.pelvis[:, None]
    speed = np.linalg.norm(np.diff(feet, axis=0), axis=-1).mean(axis=1) * 30
    still = uniform_filter1d(speed, 15)[45:-45] < 0.15  # m/s
    assert not still.any()
