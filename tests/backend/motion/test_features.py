"""Features decode back to the motion they came from: under 1 mm and 0.1 degrees."""

from pathlib import Path

import numpy as np
import pytest
import roma
import torch

from backend.motion.features import CONTACT_DIMS, D, decode, from_features, to_features
from backend.motion.files import load_motion
from backend.motion.motion import Motion
from backend.motion.skeleton import NUM_BODY

from .make import wandering


def assert_round_trip(motion: Motion) -> None:
    motion = motion.placed_at_origin()
    features = to_features(motion)
    assert features.shape == (len(motion), D) and features.dtype == np.float32
    back = from_features(features)
    distance = np.linalg.norm(back.positions()[:, :NUM_BODY] - motion.positions()[:, :NUM_BODY], axis=-1)
    assert distance.max() < 1e-3
    body = slice(0, NUM_BODY)
    angle = roma.rotmat_geodesic_distance(back.rotation_matrices()[:, body], motion.rotation_matrices()[:, body])
    assert float(torch.rad2deg(angle).max()) < 0.1


@pytest.mark.parametrize("seed", range(4))
def test_random_motion_survives(seed: int) -> None:
    assert_round_trip(wandering(frames=300, seed=seed))


@pytest.mark.slow
def test_real_clips_survive(real_data: Path) -> None:
    clips = sorted((real_data / "motions").glob("*.npz"))
    for path in clips[:: len(clips) // 25]:
        assert_round_trip(load_motion(path))


def test_any_vector_decodes_to_rotations() -> None:
    noise = torch.randn(2, 16, D, generator=torch.Generator().manual_seed(0))
    rotmats, pelvis = decode(noise)
    identity = rotmats @ rotmats.transpose(-1, -2)
    torch.testing.assert_close(identity, torch.eye(3).expand_as(identity), atol=1e-4, rtol=0)
    assert torch.linalg.det(rotmats).min() > 0.99
    assert pelvis.isfinite().all()


def test_only_thirty_frames_a_second() -> None:
    with pytest.raises(ValueError, match="30"):
        to_features(wandering().resampled(24.0))


def test_contacts_tell_standing_from_flying() -> None:
    motion = wandering(strength=0.0)
    still = Motion(motion.rotations, np.tile(np.float32([0, 0.98, 0]), (len(motion), 1)))
    flying = Motion(still.rotations, still.pelvis + np.float32([0, 0.3, 0]))
    assert to_features(still)[:, CONTACT_DIMS].all()
    assert not to_features(flying)[:, CONTACT_DIMS].any()
