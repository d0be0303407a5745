"""Foot lock on a walk, and on the same walk made to slide: over a path that is too long or too short for its steps."""

from __future__ import annotations

import numpy as np
import pytest

from tests.addon.rigs import measure


def largest_acceleration(extension, motion, skeleton):
    places, _ = extension("tweak.motion").forward_kinematics(motion.rotations, motion.pelvis, skeleton)
    return np.linalg.norm(np.diff(places, 2, axis=0), axis=-1).max(axis=0) * motion.fps**2


@pytest.mark.parametrize("sliding", [0.6, 1.0, 1.5])
@pytest.mark.parametrize("fps", [24.0, 60.0])
def test_feet_are_held_without_a_pop(extension, sliding, fps):
    motions, lock, contacts = extension("tweak.motion"), extension("tweak.foot_lock"), extension("tweak.contacts")
    body = extension("body_data").default_body()
    skeleton = motions.Skeleton(body.names, body.parents, body.offsets)
    walk = motions.from_motion_data(extension("motion_file").load_motion(measure.MOTION))
    standing = contacts.contacts(walk, skeleton)
    path = walk.pelvis * (sliding, 1.0, sliding)
    slid = motions.Motion(walk.rotations, path, walk.fps)
    slid = motions.resampled(slid, fps)
    standing = standing[np.clip(np.round(np.arange(len(slid)) / fps * 30).astype(int), 0, len(walk) - 1)]
    held = lock.feet_locked(slid, standing, 1.0, skeleton)
    before, after = (contacts.skate(motion, standing, skeleton) for motion in (slid, held))
    was, now = (largest_acceleration(extension, motion, skeleton) for motion in (slid, held))
    raised = now.max() / was.max()
    print(f"path x {sliding}, {fps:g} fps: skate x {after / before:.2f}, largest joint acceleration x {raised:.2f}")
    assert after <= 0.3 * before
    assert now.max() <= 1.2 * was.max()
    knees = [skeleton.index("left_knee"), skeleton.index("right_knee")]
    assert (now[knees] <= 2 * was[knees]).all(), "no knee pops"
    assert np.abs(held.pelvis[:, 1] - slid.pelvis[:, 1]).max() <= 0.04 + 1e-9
