"""Turning a folder of clips into motions: resumable, whole files, reasons; and the real clips, where they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.data.sources.convert import convert_clip, read_index, retarget_all
from backend.data.sources.quality import judge, snaps, trim
from backend.data.sources.treadmill import with_travel
from backend.errors import UserError
from backend.motion.files import load_motion
from backend.motion.motion import Motion
from backend.motion.rig import detect
from backend.motion.rig_maps import rig_maps
from backend.motion.skeleton import INDEX
from tests.backend.motion import source_rigs as rigs


def write_shared(folder: Path) -> Path:
    """A shared folder with a good clip, a broken one and one of another tier."""
    clips = folder / "motion" / "clips"
    clips.mkdir(parents=True)
    clip = rigs.source(rigs.walking(40), rigs.posed(1, {}, phase=False))
    arrays = {
        "names": np.array(clip.names), "parents": np.zeros(len(clip.names)), "gpos": clip.positions,
        "grot": Rotation.from_matrix(clip.rotations.reshape(-1, 3, 3)).as_quat().reshape(40, -1, 4),
        "rest_gpos": clip.rest_positions, "rest_grot": Rotation.from_matrix(clip.rest_rotations).as_quat(),
        "fps": np.float32(30),
    }  # fmt: skip
    rows = []
    for name, tier in (("good", "open"), ("broken", "open"), ("other", "noncommercial")):
        rows.append({"id": name, "dataset": "made up", "tier": tier, "subject": "7"})
        np.savez(clips / f"{name}.npz", **arrays)
    (clips / "broken.npz").write_bytes(b"PK")
    (folder / "motion" / "clips.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return folder


def test_every_clip_is_made_or_refused_with_a_reason(tmp_path: Path) -> None:
    shared, out, seen = write_shared(tmp_path / "shared"), tmp_path / "out", []
    counts = retarget_all(shared, out, ["open"], lambda done, total: seen.append((done, total)), workers=1)
    assert counts == {"accepted": 1, "rejected": 1, "skipped": 0}
    assert seen == [(1, 2), (2, 2)]
    rows = {row["clip"]: row for row in read_index(out / "index.jsonl")}
    assert rows["good"]["accepted"]
    assert rows["good"]["direction_error"] < 0.1
    assert "not a motion clip" in rows["broken"]["reason"]
    assert len(load_motion(out / "good.npz")) == rows["good"]["frames"] == 40
    assert sorted(p.name for p in out.iterdir()) == [
        "good.npz",
        "index.jsonl",
    ]  # nothing temporary, nothing of the broken one
    again = retarget_all(shared, out, ["open"], workers=1)
    assert again == {"accepted": 0, "rejected": 0, "skipped": 2}
    (out / "good.npz").unlink()
    assert retarget_all(shared, out, ["open"], workers=1)["accepted"] == 1


def test_a_folder_without_clips_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no clip listing"):
        retarget_all(tmp_path, tmp_path / "out")


class TestQuality:
    def test_a_leading_t_pose_is_cut(self) -> None:
        motion = rigs.walking(60)
        rotations = motion.rotations.copy()
        rotations[:10] = rigs.posed(1, {}, phase=False).rotations[0]
        start, end = trim(Motion(rotations, motion.pelvis, 30.0))
        assert 10 <= start <= 20
        assert end == 60

    def test_a_snap_splits_and_the_longer_piece_stays(self) -> None:
        motion = rigs.walking(60)
        pelvis = motion.pelvis.copy()
        pelvis[20:, 0] += 3.0
        jumped = Motion(motion.rotations, pelvis, 30.0)
        assert snaps(jumped).nonzero()[0].tolist() == [19]
        assert trim(jumped) == (20, 60)

    def test_floating_and_posing_are_refused(self) -> None:
        motion = rigs.walking(60)
        assert judge(motion, 60).reason == ""
        up = motion.pelvis + np.array([0, 0.5, 0], dtype=np.float32)
        up[:, 0] += np.linspace(0, 2, 60)
        assert "floats" in judge(Motion(motion.rotations, up, 30.0), 60).reason
        assert "T-pose" in judge(rigs.posed(30, {}, phase=False), 30).reason
        assert "half" in judge(motion.slice(0, 20), 60).reason


def about_x(degrees: np.ndarray) -> np.ndarray:
    return Rotation.from_rotvec(np.radians(degrees)[:, None] * [1.0, 0.0, 0.0]).as_quat()


class TestTreadmill:
    def on_the_spot(self) -> Motion:
        """Both legs swing as stiff pendulums, feet in turn on the floor, the root going nowhere."""
        time = np.arange(60) / 30.0
        motion = rigs.posed(60, {}, phase=False)
        rotations, pelvis = motion.rotations.copy(), motion.pelvis.copy()
        angle = 25 * np.arcsin(np.sin(2 * np.pi * time)) / (np.pi / 2)
        for side, sign in (("left", 1), ("right", -1)):
            bend = 50 * np.maximum(0, -sign * np.cos(2 * np.pi * time))  # swinging forward, the knee folds
            rotations[:, INDEX[f"{side}_hip"]] = about_x(sign * angle)
            rotations[:, INDEX[f"{side}_knee"]] = about_x(bend)
            rotations[:, INDEX[f"{side}_ankle"]] = about_x(-sign * angle - bend)  # level soles
        moved = Motion(rotations.astype(np.float32), pelvis, 30.0)
        low = moved.positions()[:, [INDEX["left_ankle"], INDEX["right_ankle"]], 1].min(axis=1)
        pelvis[:, 1] -= low - 0.07
        return Motion(moved.rotations, pelvis, 30.0)

    def test_a_walk_on_the_spot_gets_its_travel(self) -> None:
        motion = self.on_the_spot()
        moved, speed = with_travel(motion)
        assert speed > 0.8
        assert moved.pelvis[-1, 2] - moved.pelvis[0, 2] > 1.0  # forward: the standing foot slid backward
        feet = moved.positions()[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
        lowest = feet[..., 1].argmin(axis=1)
        slide = np.gradient(feet[..., 2], axis=0)[np.arange(60), lowest] * 30
        assert np.median(np.abs(slide)) < 0.1

    def test_other_motions_are_left_alone(self) -> None:
        for motion in (rigs.walking(60), rigs.posed(60, {"left_shoulder": (0, 0, 80)})):
            assert with_travel(motion)[1] == 0.0


def test_maps_tell_the_rigs_apart() -> None:
    maps = list(rig_maps())
    assert len({rig.name for rig in maps}) == len(maps) >= 15
    for rig in maps:
        for joint, axes in rig.axes.items():
            assert np.linalg.det(axes) == pytest.approx(1.0, abs=1e-4), (rig.name, joint)
    assert detect(tuple(f"mixamorig:{name}" for name in rigs.MIXAMO.values()), maps)[0].name == "mixamo"


SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "motion" / "clips"
REAL = {
    "cmu_32_01": "asf", "hdm05_bk_kickLFront1Reps_010": "asf", "cmu_07_03": "daz", "cmu_06_14": "iclone",
    "cmu_131_02": "cmu_bvh", "cmu_55_01": "cmu_motionbuilder", "cmu_85_03": "neo",
    "bn_dataset-2_raise-up-right-hand_normal_015": "bandai", "kaykit_general__idle_a": "kaykit", "vircadia_walk_fwd":
    "mixamo", "mesh2motion_base__walk_loop": "rigify", "mesh2motion_addon__head_nod": "unreal", "gdquest_idle":
    "gdquest", "decentraland_ur_male_dab": "decentraland", "ozz_pab_walk": "ozz_pab", "quaternius_knight__death":
    "quaternius", "quaternius_cyber__walk": "quaternius_cyber",
    "torque3d_playeranim_lurker_root": "torque3d", "rocketbox_f_idle_neutral_01": "biped", "ad_wave_hello":
    "animated_drawings",
}  # fmt: skip


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real clips are not beside the checkout (../shared/data/motion)")
@pytest.mark.parametrize(("clip", "rig"), REAL.items(), ids=REAL.keys())
def test_a_real_clip_of_every_rig(clip: str, rig: str) -> None:
    motion, row = convert_clip(SHARED / f"{clip}.npz")
    assert row["rig"] == rig
    assert row["reason"] == ""
    assert row["direction_error"] < 3.0
    positions = motion.positions()[:, :22]
    lowest = positions[..., 1].min(axis=1)
    assert -0.06 < np.percentile(lowest, 5) < 0.08  # somebody stands on the floor
    assert motion.headings()[0] == pytest.approx(0.0, abs=1e-3)
    head = positions[:, INDEX["head"], 1] - positions[:, 0, 1]
    assert np.median(head) > 0.3 or clip == "quaternius_knight__death"  # upright
    for side in ("left", "right"):  # knees bend forward, measured where they bend at all
        hip, knee, ankle = (positions[:, INDEX[f"{side}_{j}"]] for j in ("hip", "knee", "ankle"))
        lateral = Rotation.from_quat(motion.global_rotations()[:, INDEX[f"{side}_hip"]]).apply([1.0, 0, 0])
        fold = (np.cross(knee - hip, ankle - knee) * lateral).sum(-1)
        assert np.percentile(fold, 5) > -0.03
