"""Few keys by default: a corrected pose bends its surroundings, joins keep their bound, and standing feet stay."""

from __future__ import annotations

import numpy as np
import pytest
from mathutils import Quaternion


def test_new_motions_have_few_keys(put, extension):
    clip = put()
    assert clip.reduction == "MIDDLE" and clip.all_keys > 5 * clip.keys
    assert clip.degrees <= 3.0 and clip.centimetres <= 1.0


def test_clips_of_older_files_keep_what_they_had(extension, put):
    """There the property was not set, and its default is what they have."""
    clip = put()
    clip.property_unset("reduction")
    assert clip.reduction == "NONE"


def test_one_changed_key_bends_what_is_around(put, scene, character, extension):
    clip = put()
    owner = extension("keys.keyframes").curve_owner(character)
    path = 'pose.bones["left_elbow"].rotation_quaternion'
    frames = [int(point.co.x) for point in next(c for c in owner.fcurves if c.data_path == path).keyframe_points]
    frame = max(frames[1:-1], key=lambda f: min(abs(f - other) for other in frames if other != f))
    bone = character.pose.bones["left_elbow"]

    def turns():
        found = []
        for at in range(clip.start, clip.last + 1):
            scene.frame_set(at)
            found.append(bone.rotation_quaternion.copy())
        return found

    before = turns()
    scene.frame_set(frame)
    bone.rotation_quaternion = bone.rotation_quaternion @ Quaternion((0.0, 1.0, 0.0), 0.5)
    bone.keyframe_insert("rotation_quaternion", frame=frame)
    row = frame - clip.start
    for _ in range(2):
        off = [a.rotation_difference(b).angle for a, b in zip(before, turns(), strict=True)]
        off = np.array([min(angle, 2 * np.pi - angle) for angle in off])
        assert off[row] == pytest.approx(0.5, abs=0.02)
        assert off[row - 1] > 0.15 and off[row + 1] > 0.15, "no spike of one frame"
        assert off[[0, -1]].max() < 0.01
        clip.smoothing = 0.01  # and the same when it is written again


@pytest.mark.parametrize("tweaks", [{}, {"foot_lock": 1.0}, {"strength": 1.3, "smoothing": 0.1}, {"root": "ROOT"}])
def test_joins_and_tweaks_keep_the_bound(put, joints, tweaks):
    """With joins at both ends, measured on Blender's posed bones against a key on every frame."""
    first = put()
    put(frame=first.last + 40)
    clip = put(frame=first.last + 1)  # from the first, into the second
    for name, value in tweaks.items():
        setattr(clip, name, value)
    few, keys = joints(clip.start, clip.last), clip.keys
    skate = clip.skate_after
    clip.reduction = "NONE"
    every = joints(clip.start, clip.last)
    off = np.linalg.norm(few - every, axis=-1)
    blended = np.r_[0:15, len(off) - 15 : len(off)]
    feet = [7, 8, 10, 11]
    print(f"{tweaks}: {clip.keys / keys:.1f} x fewer, {off.max() * 100:.2f} cm, joins {off[blended].max() * 100:.2f} cm, their feet"
          f" {off[blended][:, feet].max() * 100:.2f} cm; skate {clip.skate_after:.2f} -> {skate:.2f} cm/s")  # fmt: skip
    assert off.max() <= 0.0105 and off[blended][:, feet].max() <= 0.007
    assert clip.keys > 4 * keys
