"""Measured controls and the warping of paths, on motions whose numbers are known."""

import numpy as np
import pytest

from backend.data.authored import authored_clips
from backend.motion.contacts import foot_skate
from backend.motion.controls import CONTROLS, measure_controls, normalised
from backend.motion.features import CONTACT_DIMS, from_features, to_features
from backend.motion.path_warp import SHARES, warp_path
from backend.motion.planting import plant_feet
from tests.backend.motion.make import wandering


@pytest.fixture(scope="module")
def takes() -> dict[str, np.ndarray]:
    """One authored take of each: features (T, 140)."""
    wanted = {"turn.left", "sit", "raise_arm.right", "walk.backward", "stand"}
    return {clip.key: to_features(clip.motion) for clip in authored_clips(0, 1, {"turn", "sit", "raise_arm", "walk", "stand"})
            if clip.key in wanted}  # fmt: skip


def test_what_a_motion_does_is_measured(takes) -> None:
    found = {key: measure_controls(features) for key, features in takes.items()}
    assert 70 < found["turn.left"]["turn"] < 110 and found["turn.left"]["footfalls"] >= 1
    assert abs(found["stand"]["turn"]) < 8 and found["stand"]["footfalls"] == 0 and found["stand"]["way"] < 0.15
    assert found["sit"]["lowest"] < 0.7 and found["sit"]["end_height"] < 0.7 < found["stand"]["end_height"]
    assert found["raise_arm.right"]["right_hand"] > found["raise_arm.right"]["left_hand"] + 0.4
    assert found["walk.backward"]["ahead"] < -0.5 and found["walk.backward"]["footfalls"] >= 2
    assert found["walk.backward"]["way"] > 0.5 > abs(found["walk.backward"]["across"])
    assert all(set(values) <= set(CONTROLS) for values in found.values())


def test_a_faster_motion_has_more_tempo_and_energy_and_the_same_way(takes) -> None:
    slow, fast = measure_controls(takes["walk.backward"]), measure_controls(takes["walk.backward"][::2] * _twice())
    assert fast["tempo"] > slow["tempo"] + 0.4 and fast["energy"] > slow["energy"] + 0.4
    assert fast["way"] == pytest.approx(slow["way"], rel=0.1)


def _twice() -> np.ndarray:
    """Every other frame travels and turns twice as far."""
    scale = np.ones(140, dtype=np.float32)
    scale[:3] = 2.0
    return scale


@pytest.mark.parametrize("turn", [60.0, 90.0, 140.0, 20.0])
def test_a_turn_is_warped_to_what_was_asked_and_feet_stay(takes, turn: float) -> None:
    before = takes["turn.left"]
    warped = warp_path(before, 0, len(before), turn)
    motion = plant_feet(from_features(warped), warped[:, CONTACT_DIMS])
    assert measure_controls(to_features(motion))["turn"] == pytest.approx(turn, abs=2.0)
    assert foot_skate(motion.positions()) < foot_skate(from_features(before).positions()) + 0.03
    assert np.array_equal(warped[:, 4:], before[:, 4:])


@pytest.mark.parametrize("share", [0.7, 1.4])
def test_a_way_is_warped_to_what_was_asked(takes, share: float) -> None:
    before = takes["walk.backward"]
    way = float(np.linalg.norm(before[1:, 1:3], axis=-1).sum())
    warped = warp_path(before, 0, len(before), way=share * way)
    assert np.linalg.norm(warped[1:, 1:3], axis=-1).sum() == pytest.approx(share * way, rel=1e-4)
    far = warp_path(before, 0, len(before), way=10 * way)
    assert np.linalg.norm(far[1:, 1:3], axis=-1).sum() == pytest.approx(SHARES[1] * way, rel=1e-4), "only as far as it may be"


def test_only_the_frames_of_a_step_are_warped_and_nothing_where_nothing_is_asked() -> None:
    features = to_features(wandering(90, 3))
    assert warp_path(features, 0, 90) is features
    warped = warp_path(features, 30, 60, turn=45.0)
    assert np.array_equal(warped[:30], features[:30]) and np.array_equal(warped[60:], features[60:])
    assert np.degrees(warped[30:60, 0].sum()) == pytest.approx(45.0, abs=0.1)


def test_numbers_for_the_networks() -> None:
    values, known = normalised({"turn": 90.0, "seconds": 5.5}, ("turn", "way", "seconds"))
    assert values.tolist() == [1.0, 0.0, 1.0] and known.tolist() == [True, False, True]
