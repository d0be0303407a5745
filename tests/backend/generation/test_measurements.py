"""What is measured of a motion: of both halves of the body, in metres and seconds, whatever it is called."""

import torch

from backend.generation.measurements import GROUPS, body_signals, measure_motion
from backend.motion.features import ROOT_DIMS, UPPER_DIMS, to_features
from tests.backend.motion.make import wandering


def _features(frames: int = 60, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(to_features(wandering(frames, seed, strength=0.3)))


def test_as_many_for_every_length() -> None:
    sizes = {tuple(len(part) for part in measure_motion(_features(frames)).values()) for frames in (2, 24, 61, 300)}
    assert len(sizes) == 1 and tuple(measure_motion(_features())) == GROUPS
    assert all(part.isfinite().all() for frames in (2, 300) for part in measure_motion(_features(frames)).values())


def test_arms_are_of_the_upper_body_alone() -> None:
    features = _features()
    moved = features.clone()
    moved[:, UPPER_DIMS] = _features(seed=1)[:, UPPER_DIMS]
    before, after = measure_motion(features), measure_motion(moved)
    assert not torch.allclose(before["upper"], after["upper"]) and not torch.allclose(before["upper_sums"], after["upper_sums"])
    for group, of_the_neck in (("lower", 9), ("lower_sums", 3)):  # the trunk's lean is the lower body's as well
        changed = (before[group] - after[group]).abs() > 1e-4
        assert 0 < int(changed.sum()) <= of_the_neck


def test_who_stands_does_nothing_and_what_moves_makes_a_way() -> None:
    still = _features()[:1].repeat(50, 1)
    still[:, :3] = 0.0
    lower = measure_motion(still)["lower_sums"]
    upper, _ = body_signals(still)
    assert torch.allclose(upper, upper[:1].expand_as(upper), atol=1e-5)
    gone = still.clone()
    gone[1:, 2] = 1.2 / 30  # metres a frame ahead
    far = measure_motion(gone)["lower_sums"]
    assert abs(float(far[-3]) - 49 * 1.2 / 30) < 1e-4 and abs(float(lower[-3])) < 1e-6
    assert float(lower[-1]) == float(far[-1]) and abs(float(far[-1]) - 50 / 30) < 1e-5


def test_a_turn_to_and_fro_is_no_turn_but_a_way() -> None:
    features = _features()
    features[:, ROOT_DIMS] = features[:, ROOT_DIMS] * 0 + torch.tensor([0.0, 0.0, 0.0, 0.9])
    features[:30, 0], features[30:, 0] = 0.1, -0.1
    lower = measure_motion(features)["lower_sums"]
    turned, all_turned = float(lower[-5]), float(lower[-2])
    assert abs(turned) < 1e-4 and abs(all_turned - 6.0) < 1e-3
