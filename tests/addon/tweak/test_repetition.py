"""A walk several times in a row goes on walking; a gesture stays where it is."""

from __future__ import annotations

import numpy as np

from tests.addon.rigs import measure


def test_a_walk_goes_on(extension, skeleton):
    motions, contacts = extension("motion.motion"), extension("tweak.contacts")
    whole = motions.from_motion_data(extension("motion.files").load_motion(str(measure.MOTION)))
    walk = motions.Motion(whole.rotations[10:95], whole.pelvis[10:95], whole.fps)
    again = extension("tweak.repetition").repeat_motion(walk, 4, skeleton)
    assert len(again) > 3 * len(walk)
    far, once = again.pelvis[-1] - again.pelvis[0], walk.pelvis[-1] - walk.pelvis[0]
    print(f"{np.linalg.norm(once):.2f} m once, {np.linalg.norm(far):.2f} m four times")
    assert np.linalg.norm(far[[0, 2]]) > 2.7 * np.linalg.norm(once[[0, 2]])
    speed = np.linalg.norm(np.diff(again.pelvis[:, [0, 2]], axis=0), axis=-1)
    assert speed.min() > 0.3 * np.median(speed), "it never stops"
    places = [extension("motion.body").forward_kinematics(each.rotations, each.pelvis, skeleton)[0] for each in (walk, again)]
    steps = [np.linalg.norm(np.diff(each, axis=0), axis=-1) for each in places]
    assert steps[1].max() <= 1.4 * steps[0].max()
    skates = [contacts.foot_skate(each, contacts.foot_contacts(each, skeleton), skeleton) for each in (walk, again)]
    assert skates[1] <= 1.2 * skates[0]
