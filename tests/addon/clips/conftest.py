"""A character with a generated walk on it, and ways to look at what its joints do."""

from __future__ import annotations

import numpy as np
import pytest

from tests.addon.rigs import make, measure

WALK = measure.MOTION


@pytest.fixture(params=["own", "mixamo", "rigify", "vroid"])
def actor(request, blender, scene, character):
    """The panel's character, of each kind. Rigify's thighs are longer than its shins, VRoid's feet are large."""
    if request.param != "own":
        character = make.rigify() if request.param == "rigify" else make.make(make.KINDS[request.param])
        scene.voice_to_motion.character = character
    scene.render.fps = 30
    return character


@pytest.fixture
def put(blender, scene, character):
    """A function that applies the walk at a frame, through the operator that users use; returns the clip."""

    def run(frame=1, path=WALK, fps=30):
        scene.render.fps = fps
        scene.frame_set(frame)
        assert blender.ops.voice_to_motion.apply_motion(filepath=str(path)) == {"FINISHED"}
        scene.frame_set(frame)
        action = character.animation_data.action
        return action.voice_to_motion.clips[-1] if action is not None else None

    return run


@pytest.fixture
def walk(put):
    """The clip of a walk from frame 1 on, as it was generated: with a key on every frame."""
    clip = put()
    clip.reduction = "NONE"
    return clip


@pytest.fixture
def joints(extension, scene, character):
    """A function from frames to where Blender puts the joints: (T, 55, 3) in armature space."""
    names = extension("motion.body").default_body().names

    def look(first, last):
        places = []
        for frame in range(first, last + 1):
            scene.frame_set(frame)
            places.append([tuple(character.pose.bones[name].head) for name in names])
        return np.array(places)

    return look


@pytest.fixture
def curves(extension, character):
    """A function to every key of the character's action: {(path, index): (K, 2)}."""

    def read(action=None):
        owner = extension("keys.keyframes").curve_owner(character, action)
        found = {}
        for curve in owner.fcurves:
            keys = np.empty(len(curve.keyframe_points) * 2, dtype=np.float32)
            curve.keyframe_points.foreach_get("co", keys)
            found[curve.data_path, curve.array_index] = keys.reshape(-1, 2)
        return found

    return read
