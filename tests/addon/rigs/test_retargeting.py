"""A real motion (walking, then waving) on every kind of rig: limbs point where the source's point, feet are as high."""

from __future__ import annotations

import numpy as np
import pytest
from mathutils import Vector

from tests.addon.rigs import make, measure

# The bars: mean angle between limb directions, degrees; mean foot height error, centimetres.
ANGLE, HEIGHT = 3.0, 1.0


@pytest.fixture
def body(extension):
    return extension("motion.body").default_body()


@pytest.fixture
def key(blender, scene):
    """A function that puts the motion on a character, through the operator that users use."""

    def run(target) -> None:
        scene.render.fps, scene.render.fps_base = 30, 1.0
        scene.voice_to_motion.character = target
        scene.frame_set(1)
        assert blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}
        target.animation_data.action.voice_to_motion.clips[-1].reduction = "NONE"

    return run


def report(kind: str, found: dict[str, float], capsys) -> None:
    with capsys.disabled():
        print(f"\n{kind}: " + ", ".join(f"{name} {value:.2f}" for name, value in found.items()), end="")


def bones_by_place(kind: make.Kind) -> dict[str, str]:
    """Joint -> first bone that begins there, from the kind's own table."""
    found: dict[str, str] = {}
    for name, _, place in kind.bones:
        if not name.startswith(("ik_", "pelvis.", "J_")) or name.startswith("J_Bip"):
            found.setdefault(place, name)
    return found


@pytest.mark.parametrize("name", make.KINDS)
def test_limbs_and_feet_follow(name, extension, blender, scene, body, key, capsys):
    kind = make.KINDS[name]
    target = make.make(kind)
    assert extension("rigs.scene_maps").match_of(scene, target).score == kind.shown
    key(target)
    found = measure.follow(target, bones_by_place(kind), body)
    report(name, found, capsys)
    assert found["angle"] < ANGLE and found["height"] < HEIGHT
    assert found["way"] == pytest.approx(1.0, abs=0.03), "the way walked is scaled by leg length"


def smplx_bones(body) -> dict[str, str]:
    return {name: name for name in body.names}


def test_our_own_rig(extension, blender, scene, body, key, character, capsys):
    assert extension("rigs.scene_maps").match_of(scene, character).score == "SMPL-X, 55 of 55 bones"
    key(character)
    found = measure.follow(character, smplx_bones(body), body)
    report("our own", found, capsys)
    assert found["angle"] < 0.05 and found["height"] < 0.05


# Where the deform bones of a generated Rigify rig begin; they follow the controls that are keyed.
DEFORM = {"hip": "thigh", "knee": "shin", "ankle": "foot", "foot": "toe"}
DEFORM |= {"shoulder": "upper_arm", "elbow": "forearm", "wrist": "hand"}
RIGIFY = {f"{side}_{joint}": f"DEF-{bone}.{side[0].upper()}" for side in ("left", "right") for joint, bone in DEFORM.items()}


@pytest.mark.parametrize("human", ["basic_human", pytest.param("human", marks=pytest.mark.slow)])
def test_rigify(human, extension, blender, scene, body, key, session, capsys):
    if human == "human" and blender.app.version[:2] != (4, 5):
        pytest.skip("generating the whole human takes half a minute: in one Blender only")
    target = make.rigify(human)
    bones = 21 if human == "basic_human" else 52
    shown = extension("rigs.scene_maps").match_of(scene, target).score
    assert shown == f"Rigify, {bones} of 52 bones"
    modes = {bone.name: bone.rotation_mode for bone in target.pose.bones}
    key(target)
    assert "switched from IK to FK" in session.note
    assert {bone.name: bone.rotation_mode for bone in target.pose.bones} == modes, "the rig's own settings stay"
    found = measure.follow(target, RIGIFY, body)
    report(f"rigify {human}", found, capsys)
    assert found["angle"] < ANGLE and found["height"] < HEIGHT
    assert found["way"] == pytest.approx(1.0, abs=0.03)
    if human == "human":
        follows_fingers(target, blender, scene, body)


def follows_fingers(target, blender, scene, body) -> None:
    """Fingers hang from the hand by constraints, not by parents: their map says so."""
    source, angles = measure.source_positions(body), []
    for frame in range(0, len(source), 16):
        scene.frame_set(frame + 1)
        blender.context.view_layer.update()
        for side, x in (("left", "L"), ("right", "R")):
            for finger in ("index", "pinky"):
                ours = source[frame, body.index(f"{side}_{finger}2")] - source[frame, body.index(f"{side}_{finger}1")]
                theirs = [target.matrix_world @ target.pose.bones[f"DEF-f_{finger}.0{k}.{x}"].head for k in (1, 2)]
                angles.append((theirs[1] - theirs[0]).angle(Vector(ours)))
    assert np.degrees(np.mean(angles)) < ANGLE


def test_a_rig_matched_by_name_alone(extension, scene, body, key, capsys):
    target = make.metarig()
    match = extension("rigs.scene_maps").match_of(scene, target)
    assert match.score == "Matched by name, 23 of 23 bones"
    key(target)
    bones = {place: bone.removeprefix("DEF-") for place, bone in RIGIFY.items()}
    found = measure.follow(target, bones, body)
    report("metarig, matched by name", found, capsys)
    assert found["angle"] < ANGLE and found["height"] < HEIGHT


def test_asking_for_the_map_costs_no_redraw(extension, scene, capsys):
    """Panels ask several times in every redraw, also for rigs of hundreds of bones."""
    import time

    target = make.rigify()
    match_of = extension("rigs.scene_maps").match_of
    match_of(scene, target)
    started = time.thread_time()
    for _ in range(20):
        match_of(scene, target)
    each = (time.thread_time() - started) / 20
    with capsys.disabled():
        print(f"\n{len(target.data.bones)} bones: {each * 1000:.2f} ms", end="")
    assert each < 0.005
