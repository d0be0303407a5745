"""Retargeting: what comes out must be the motion that went in, whatever the rig's axes, rest pose, size and facing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.errors import UserError
from backend.motion.body import default_body
from backend.motion.floor import floor_height, lost_height
from backend.motion.motion import Motion
from backend.motion.retarget import retarget
from backend.motion.rig import RigMap, SourceClip, detect
from backend.motion.skeleton import INDEX
from tests.backend.motion import source_rigs as rigs

SINGLE = {joint: (name,) for joint, name in rigs.MIXAMO.items() if not joint.startswith(("spine", "neck"))}
MAP = RigMap("test", {**SINGLE, "spine": ("Spine", "Spine1", "Spine2"), "neck": ("Neck",)})
T_POSE = rigs.posed(1, {}, phase=False)
A_POSE = rigs.posed(1, {"left_shoulder": (0, 0, -60), "right_shoulder": (0, 0, 60)}, phase=False)
LIMBS = [INDEX[f"{s}_{j}"] for s in ("left", "right") for j in ("hip", "knee", "shoulder", "elbow")]


def run(clip: SourceClip, rig: RigMap = MAP):
    return retarget(clip, rig, rig.resolve(clip.names))


@pytest.mark.parametrize("rest", [T_POSE, A_POSE], ids=["T-pose", "A-pose"])
@pytest.mark.parametrize(("scale", "yaw"), [(1.0, 0.0), (100.0, 180.0), (0.3, 90.0)])
def test_the_motion_comes_back(rest: Motion, scale: float, yaw: float) -> None:
    motion = rigs.walking()
    result = run(rigs.source(motion, rest, scale=scale, yaw=yaw))
    expected = motion.placed_at_origin()
    assert result.scale == pytest.approx(1 / scale, rel=1e-4)
    assert result.direction_error < 0.01
    off = rigs.angles_between(result.motion, expected)
    assert off.max() < 3.0, dict(enumerate(off.max(axis=0).round(1)))
    moved = result.motion.positions()[:, :22] - expected.positions()[:, :22]
    assert np.abs(moved - moved.mean(axis=(0, 1))).max() < 0.02  # the floor may lie elsewhere; nothing else may


def test_facing_and_place_at_frame_zero() -> None:
    result = run(rigs.source(rigs.walking(), T_POSE, yaw=137.0)).motion
    assert result.headings()[0] == pytest.approx(0.0, abs=1e-3)
    assert result.pelvis[0, [0, 2]] == pytest.approx([0, 0], abs=1e-5)
    assert np.linalg.norm(result.pelvis[-1, [0, 2]]) == pytest.approx(1.5, abs=0.03)


def test_limbs_match_on_a_body_of_other_proportions() -> None:
    clip = rigs.source(rigs.walking(), T_POSE)
    longer = clip.positions * [1.0, 1.3, 1.1]
    result = run(SourceClip(clip.names, longer, clip.rotations, clip.rest_positions * [1.0, 1.3, 1.1], clip.rest_rotations, 30.0))
    assert result.direction_error < 0.01
    assert result.bone_error > 0.5  # the rotations alone would have missed


def test_feet_hung_from_the_root_still_give_shins() -> None:
    clip = rigs.source(rigs.walking(), T_POSE)
    shin = clip.names.index("LeftLeg")
    rotations = clip.rotations.copy()
    rotations[:, shin] = clip.rest_rotations[shin]  # the shin bone says nothing, the ankle's place does
    result = run(SourceClip(clip.names, clip.positions, rotations, clip.rest_positions, clip.rest_rotations, 30.0))
    assert result.direction_error < 0.01


def test_a_thigh_that_flips_about_itself_is_mended() -> None:
    motion = rigs.walking()
    clip = rigs.source(motion, T_POSE)
    hip, knee = clip.names.index("LeftUpLeg"), clip.names.index("LeftLeg")
    rotations = clip.rotations.copy()
    bone = clip.positions[:, knee] - clip.positions[:, hip]
    bone /= np.linalg.norm(bone, axis=-1, keepdims=True)
    rotations[20:26, hip] = Rotation.from_rotvec(bone[20:26] * np.pi).as_matrix() @ rotations[20:26, hip]
    result = run(SourceClip(clip.names, clip.positions, rotations, clip.rest_positions, clip.rest_rotations, 30.0))
    assert result.mended >= 6
    off = rigs.angles_between(result.motion, motion.placed_at_origin())
    assert off[:, LIMBS].max() < 8.0


def test_a_single_spine_bone_is_shared_out() -> None:
    motion = rigs.posed(40, {"spine1": (30, 0, 0), "left_elbow": (0, -50, 0)})
    names = {joint: name for joint, name in rigs.MIXAMO.items() if joint not in ("spine1", "spine2", "neck")}
    rig = RigMap("one spine", {**SINGLE, "spine": ("Spine2",)})
    result = run(rigs.source(motion, T_POSE, names=names), rig).motion
    bend = Rotation.from_quat(result.rotations[10, [INDEX["spine1"], INDEX["spine2"], INDEX["spine3"]]]).magnitude()
    assert np.degrees(bend) == pytest.approx([10, 10, 10], abs=0.5)


def test_feet_measured_on_a_tilted_rest_pose_are_level_in_the_motion() -> None:
    tilted = rigs.posed(1, {"left_ankle": (20, 0, 0), "right_ankle": (20, 0, 0)}, phase=False)
    standing = rigs.posed(60, {"left_elbow": (0, -60, 0)})
    result = run(rigs.source(standing, tilted)).motion
    soles = Rotation.from_quat(result.global_rotations()[:, INDEX["left_ankle"]]).apply([0.0, 1.0, 0.0])
    assert soles[:, 1].min() > np.cos(np.radians(2.0))


class TestFloor:
    def test_a_jump_stays_a_jump(self) -> None:
        motion = rigs.posed(60, {})
        pelvis = motion.pelvis.copy()
        air = np.zeros(60)
        air[20:40] = 4 * 0.4 * np.linspace(0, 1, 20) * (1 - np.linspace(0, 1, 20))
        pelvis[:, 1] += air + 0.25  # recorded on a floor that lies at 0.25
        clip = rigs.source(Motion(motion.rotations, pelvis.astype(np.float32), 30.0), T_POSE)
        feet = run(clip).motion.positions()[:, INDEX["left_foot"], 1]
        assert feet[:15].mean() == pytest.approx(default_body().rest_positions()[INDEX["left_foot"], 1], abs=0.005)
        assert np.ptp(feet) == pytest.approx(0.4, abs=0.01)

    def test_lying_is_not_lowered_until_raised_feet_stand(self) -> None:
        lying = rigs.posed(60, {"pelvis": (-90, 0, 0), "left_hip": (-60, 0, 0), "right_hip": (-60, 0, 0)}, phase=False)
        pelvis = lying.pelvis.copy()
        pelvis[:, 1] = 0.1
        positions = Motion(lying.rotations, pelvis, 30.0).positions()
        assert positions[:, INDEX["left_foot"], 1].min() > 0.5
        assert floor_height(positions, 30.0, default_body()) == pytest.approx(0.0, abs=0.05)

    def test_a_root_that_lost_its_height_gets_it_back(self) -> None:
        squat = rigs.posed(40, {f"{s}_{j}": (a, 0, 0) for s in ("left", "right") for j, a in (("hip", -80), ("knee", 110))})
        heights = lost_height(squat.pelvis, squat.positions(), default_body())
        assert heights is not None
        assert np.ptp(heights) > 0.2
        moving = squat.pelvis.copy()
        moving[:, 1] += np.linspace(0, 0.1, 40)
        assert lost_height(moving, squat.positions(), default_body()) is None


class TestDetection:
    def test_a_skeleton_without_legs_is_refused_with_a_reason(self) -> None:
        with pytest.raises(UserError, match="No rig map fits"):
            detect(("Hips", "Spine", "Head"), [MAP])

    def test_prefixes_and_spelling_do_not_matter(self) -> None:
        rig = RigMap("prefixed", MAP.joints, prefixes=("mixamorig_",))
        names = tuple(f"mixamorig:{name}".replace("Left", "LEFT") for name in rigs.MIXAMO.values())
        assert rig.resolve(names) is not None

    def test_the_map_that_explains_more_wins(self) -> None:
        poorer = RigMap("poorer", {joint: names for joint, names in MAP.joints.items() if "collar" not in joint})
        assert detect(tuple(rigs.MIXAMO.values()), [poorer, MAP])[0].name == "test"
