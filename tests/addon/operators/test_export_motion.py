"""Export Motion: what is written is what the character does, and comes back to where it was."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

WALK = Path(__file__).resolve().parents[1] / "rigs" / "walk_then_wave.npz"
BONES = ("pelvis", "spine3", "head", "left_wrist", "right_wrist", "left_ankle", "right_foot", "left_index2")


@pytest.fixture
def walker(blender, scene, character):
    """The default character with a real motion from frame 11 on, turned and away from the origin."""
    scene.render.fps = 30
    scene.frame_set(11)
    character.location, character.rotation_euler[2] = (1.0, -2.0, 0.3), 0.7
    assert blender.ops.voice_to_motion.apply_motion(filepath=str(WALK)) == {"FINISHED"}
    key_every_frame(character)
    return character


def key_every_frame(character) -> None:
    """Few keys are within a centimetre of the motion; what is compared here is exact."""
    character.animation_data.action.voice_to_motion.clips[-1].reduction = "NONE"


def places(blender, character, frames) -> tuple[np.ndarray, np.ndarray]:
    """World heads (T, N, 3) of some bones, and their turns (T, N, 3, 3) since the first frame, whatever axes they have."""
    heads, turns = [], []
    for frame in frames:
        blender.context.scene.frame_set(frame)
        blender.context.view_layer.update()
        matrix, bones = character.matrix_world, character.pose.bones
        heads.append([matrix @ bones[name].head for name in BONES])
        turns.append([(matrix @ bones[name].matrix).to_quaternion().to_matrix() for name in BONES])
    turns = np.array(turns)
    return np.array(heads), turns @ turns[:1].transpose(0, 1, 3, 2)


def test_npz_is_what_the_curves_say(blender, scene, walker, extension, tmp_path):
    export = blender.ops.voice_to_motion.export_motion
    assert export(filepath=str(tmp_path / "walk"), kind="NPZ") == {"FINISHED"}
    files = extension("motion.files")
    one, other = files.load_motion(tmp_path / "walk.npz"), files.load_motion(WALK)
    assert one.fps == 30.0 and len(one.pelvis) == len(other.pelvis)
    motion, body = extension("motion.motion"), extension("motion.body")
    where = [
        body.forward_kinematics(moved.rotations, moved.pelvis, body.default_body())[0]
        for moved in map(motion.from_motion_data, (one, other))
    ]
    steps = [np.linalg.norm(np.diff(joints, axis=0), axis=-1) for joints in where]
    assert np.abs(steps[0] - steps[1]).max() < 1e-3
    # Exported once more after being applied again, it is the same to a tenth of a millimetre.
    scene.frame_set(11)
    assert blender.ops.voice_to_motion.apply_motion_file(filepath=str(tmp_path / "walk.npz")) == {"FINISHED"}
    key_every_frame(walker)
    assert export(filepath=str(tmp_path / "again.npz"), kind="NPZ") == {"FINISHED"}
    again = motion.from_motion_data(files.load_motion(tmp_path / "again.npz"))
    joints = body.forward_kinematics(again.rotations, again.pelvis, body.default_body())[0]
    assert np.abs(np.linalg.norm(np.diff(joints, axis=0), axis=-1) - steps[0]).max() < 1e-3


@pytest.mark.parametrize("kind", ["GLB", "FBX"])
def test_blenders_exporters_bring_back_every_joint(blender, scene, walker, tmp_path, kind):
    scene.frame_start, scene.frame_end = 3, 50
    blender.context.view_layer.objects.active = walker
    walker.select_set(True)
    blender.ops.object.mode_set(mode="POSE")
    frames = range(11, 11 + 176, 7)
    right = places(blender, walker, frames)
    scene.frame_set(40)
    path = tmp_path / f"walker.{kind.lower()}"
    assert blender.ops.voice_to_motion.export_motion(filepath=str(path), kind=kind) == {"FINISHED"}
    assert (scene.frame_start, scene.frame_end, scene.frame_current, blender.context.mode) == (3, 50, 40, "POSE")
    blender.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    scene = blender.context.scene
    scene.render.fps = 30
    (blender.ops.import_scene.gltf if kind == "GLB" else blender.ops.import_scene.fbx)(filepath=str(path))
    back = next(thing for thing in scene.objects if thing.type == "ARMATURE")
    meshes = [thing for thing in scene.objects if thing.type == "MESH" and any(own.type == "ARMATURE" for own in thing.modifiers)]
    assert meshes and all(own.object == back for thing in meshes for own in thing.modifiers if own.type == "ARMATURE")
    first, last = (round(frame) for frame in back.animation_data.action.frame_range)
    assert last - first == 175
    heads, turns = places(blender, back, [first + frame - 11 for frame in frames])
    assert np.linalg.norm(heads - right[0], axis=-1).max() < 1e-3
    cosines = (np.einsum("tnij,tnij->tn", turns, right[1]) - 1) / 2
    assert np.degrees(np.arccos(np.clip(cosines, -1, 1))).max() < 0.1


def test_bvh_comes_from_the_backend(blender, walker, peer, tmp_path, session):
    peer("good")
    target = tmp_path / "out" / "walk.bvh"
    target.parent.mkdir()
    assert blender.ops.voice_to_motion.export_motion(filepath=str(target), kind="BVH") == {"FINISHED"}
    assert target.read_text(encoding="utf-8") == "HIERARCHY" and session.note == "Written: walk.bvh"
    assert not list(tmp_path.glob("export*")) and not list(tmp_path.glob("converted*"))


@pytest.mark.slow
def test_blender_reads_our_bvh_and_we_read_it_again(blender, scene, walker, session, tmp_path, monkeypatch):
    """With the real backend, which is in one of the environments only."""
    pytest.importorskip("torch", reason="this Blender's environment has no backend")
    monkeypatch.setenv("VOICE_TO_MOTION_PYTHON", sys.executable)
    path = tmp_path / "walk.bvh"
    assert blender.ops.voice_to_motion.export_motion(filepath=str(path), kind="BVH") == {"FINISHED"}
    walker.location, walker.rotation_euler = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    frames = range(11, 11 + 176, 7)
    right, _ = places(blender, walker, frames)
    blender.ops.import_anim.bvh(filepath=str(path), global_scale=0.01, frame_start=11)
    skeleton = blender.context.object
    assert tuple(skeleton.animation_data.action.frame_range) == (11.0, 186.0)
    assert np.linalg.norm(places(blender, skeleton, frames)[0] - right, axis=-1).max() < 1e-3
    scene.frame_set(301)
    assert blender.ops.voice_to_motion.apply_motion_file(filepath=str(path)) == {"FINISHED"}
    assert tuple(walker.animation_data.action.frame_range)[1] == 301 + 175
    key_every_frame(walker)
    again, _ = places(blender, walker, [frame + 290 for frame in frames])
    steps = [np.linalg.norm(np.diff(joints, axis=0), axis=-1) for joints in (again, right)]
    assert np.abs(steps[0] - steps[1])[12:].max() < 1e-3  # before, it steps out of the first motion


def test_the_ending_follows_the_kind(blender, walker, button):
    own = button("operators.export_motion.VOICE_TO_MOTION_OT_export_motion", filepath="/a/b.v2.npz", kind="FBX")
    assert own.check(blender.context) and own.filepath == "/a/b.v2.fbx" and not own.check(blender.context)


def test_what_cannot_be_is_one_sentence(blender, scene, walker, failing, tmp_path, extension):
    export = blender.ops.voice_to_motion.export_motion
    assert "No file was chosen" in failing(export)
    assert "cannot be written" in failing(export, filepath=str(tmp_path / "none" / "a.npz"))
    walker.hide_set(True)
    assert "is hidden" in failing(export, filepath=str(tmp_path / "a.glb"), kind="GLB")
    walker.hide_set(False)
    blender.data.actions.remove(walker.animation_data.action)
    assert not export.poll()
    assert not list(tmp_path.iterdir())


def test_as_a_button_it_reads_in_steps(blender, walker, tmp_path, button, extension, stopwatch):
    incremental = extension("link.incremental").incremental_work
    asked = {"filepath": str(tmp_path / "a.npz"), "kind": "NPZ", "wait": False}
    own = button("operators.export_motion.VOICE_TO_MOTION_OT_export_motion", **asked)
    assert own.execute(blender.context) == {"FINISHED"} and not (tmp_path / "a.npz").exists()
    while incremental:
        with stopwatch.piece():
            incremental.step()
    assert (tmp_path / "a.npz").exists() and stopwatch.shortest < 50.0
