"""The add-on's SMPL-X body bends as the package `smplx` has it: the vertices of one pose and shape, within 0.1 mm.

`smplx_reference.npz` holds what the package made of the generated model file (tests/backend/motion/smplx_reference.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mathutils import Matrix, Vector

from tests.addon.smplx import make_model

MODULE = "bl_ext.user_default.voice_to_motion"
REFERENCE = Path(__file__).with_name("smplx_reference.npz")
UPRIGHT = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])  # Y up to Z up


@pytest.fixture
def character(extension, blender, scene, tmp_path):
    """The generated body with pose correctives."""
    settings = blender.context.preferences.addons[MODULE].preferences
    data = make_model.with_correctives(make_model.arrays(extension("motion.body").default_body(), directions=400))
    settings.smplx_path = str(make_model.write(tmp_path / "SMPLX_NEUTRAL.npz", data))
    assert blender.ops.voice_to_motion.create_smplx_body() == {"FINISHED"}
    assert blender.ops.voice_to_motion.add_correctives() == {"FINISHED"}
    yield scene.voice_to_motion.character
    settings.smplx_path = ""


def test_vertices_and_joints_are_smplxs(extension, blender, character, capsys):
    reference = np.load(REFERENCE)
    names = extension("motion.body").default_body().names
    skin = extension("smplx.character").smplx_skin(character)
    for number, beta in enumerate(reference["betas"], 1):
        skin.data.shape_keys.key_blocks[f"Beta {number}"].value = beta
    assert blender.ops.voice_to_motion.fit_armature() == {"FINISHED"}
    for name, vector in zip(names, reference["pose"], strict=True):
        turn = Matrix.Rotation(Vector(vector).length, 4, Vector(vector))
        character.pose.bones[name].rotation_quaternion = turn.to_quaternion()
    blender.context.view_layer.update()
    mesh = skin.evaluated_get(blender.context.evaluated_depsgraph_get()).data
    flat = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", flat)
    shift = np.array(skin.data["smplx_shift"])
    off = np.linalg.norm(flat.reshape(-1, 3) - (reference["vertices"] + shift) @ UPRIGHT.T, axis=-1).max()
    heads = np.array([character.pose.bones[name].head for name in names])
    joints_off = np.linalg.norm(heads - (reference["joints"] + shift) @ UPRIGHT.T, axis=-1).max()
    with capsys.disabled():
        print(f"\nbeside smplx: vertices {1000 * off:.4f} mm off, joints {1000 * joints_off:.4f} mm", end="")
    assert off < 1e-4 and joints_off < 1e-4
