"""BVH, ASF/AMC, AMASS and clip files: what they mean, and one clear sentence for every broken one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.data.sources.amass import load_amass
from backend.data.sources.asf_amc import load_amc
from backend.data.sources.bvh import load_bvh
from backend.data.sources.clips import load_clip
from backend.data.sources.reader import read_motion
from backend.errors import UserError
from backend.motion.body import default_body
from backend.motion.files import save_motion
from backend.motion.skeleton import INDEX, JOINT_NAMES, PARENTS
from tests.backend.motion import source_rigs as rigs


def write_bvh(path: Path, motion, names: dict[str, str] = rigs.MIXAMO, order: str = "ZXY") -> Path:
    """The named joints of the default body as a BVH file in centimetres."""
    offsets = default_body().offsets * 100
    lines, rows = ["HIERARCHY"], [[] for _ in range(len(motion))]

    def joint(index: int, depth: int) -> None:
        pad = "\t" * depth
        children = [j for j in range(22) if PARENTS[j] == index and JOINT_NAMES[j] in names]
        lines.append(f"{pad}{'JOINT' if index else 'ROOT'} {names[JOINT_NAMES[index]]}")
        lines.append(pad + "{")
        lines.append(f"{pad}\tOFFSET " + " ".join(f"{v:.6f}" for v in (offsets[index] if index else np.zeros(3))))
        rotations = " ".join(f"{axis}rotation" for axis in order)
        lines.append(
            f"{pad}\tCHANNELS " + (f"6 Xposition Yposition Zposition {rotations}" if index == 0 else f"3 {rotations}")
        )
        angles = Rotation.from_quat(motion.rotations[:, index]).as_euler(order, degrees=True)
        for frame, row in enumerate(rows):
            row += [*(motion.pelvis[frame] * 100)] if index == 0 else []
            row += [*angles[frame]]
        for child in children:
            joint(child, depth + 1)
        if not children:
            lines.extend([f"{pad}\tEnd Site", pad + "\t{", f"{pad}\t\tOFFSET 0 0 5", pad + "\t}"])
        lines.append(pad + "}")

    joint(0, 0)
    lines += ["MOTION", f"Frames: {len(motion)}", "Frame Time: 0.033333333"]
    lines += [" ".join(f"{v:.6f}" for v in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class TestBvh:
    @pytest.mark.parametrize("order", ["ZXY", "XYZ", "YZX"])
    def test_positions_and_rotations(self, tmp_path: Path, order: str) -> None:
        motion = rigs.walking(20)
        clip = load_bvh(write_bvh(tmp_path / "walk.bvh", motion, order=order))
        assert clip.fps == pytest.approx(30, abs=0.01)
        for joint in ("pelvis", "left_wrist", "right_foot", "head"):
            at = clip.positions[:, clip.names.index(rigs.MIXAMO[joint])] / 100
            assert at == pytest.approx(motion.positions()[:, INDEX[joint]], abs=1e-4)
        assert "Head_end" in clip.names

    def test_read_as_a_motion(self, tmp_path: Path) -> None:
        motion = rigs.walking(40)
        back = read_motion(write_bvh(tmp_path / "a walk.bvh", motion))
        off = rigs.angles_between(back, motion.placed_at_origin())
        assert off.max() < 3.0

    @pytest.mark.parametrize(
        ("damage", "says"),
        [
            (lambda t: t.replace("HIERARCHY", "HELLO"), "does not begin with HIERARCHY"),
            (lambda t: t[: len(t) * 2 // 3], "frames and holds|finite numbers"),
            (lambda t: t.replace("Frames: 12", "Frames: many"), "Frames:"),
            (lambda t: t.replace("CHANNELS 3", "CHANNELS 4", 1), "miscounted"),
            (lambda t: t.replace("Frame Time: 0.033333333\n", "Frame Time: 0.033333333\nnan "), "finite numbers"),
            (lambda t: t.replace("MOTION", "}"), "does not belong"),
            (lambda t: t.split("MOTION")[0], "ends before its MOTION"),
            (lambda t: "", "does not begin"),
        ],
    )
    def test_damage_is_named(self, tmp_path: Path, damage, says: str) -> None:
        path = write_bvh(tmp_path / "walk.bvh", rigs.walking(12))
        path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
        with pytest.raises(UserError, match=says):
            load_bvh(path)

    def test_not_text_and_not_there(self, tmp_path: Path) -> None:
        (tmp_path / "noise.bvh").write_bytes(bytes(range(256)) * 10)
        with pytest.raises(UserError, match="not a text file"):
            load_bvh(tmp_path / "noise.bvh")
        with pytest.raises(UserError, match="cannot be read"):
            load_bvh(tmp_path / "missing.bvh")


ASF = """# a made-up arm
:version 1.10
:units
  mass 1.0
  length 0.45
  angle deg
:root
   order TX TY TZ RX RY RZ
   axis XYZ
   position 0 0 0
   orientation 0 0 0
:bonedata
  begin
     id 1
     name upper
     direction 1 0 0
     length 2.0
     axis 0 0 20 XYZ
    dof rx ry rz
    limits (-90 90)
           (-90 90)
           (-90 90)
  end
  begin
     id 2
     name lower
     direction 1 0 0
     length 3.0
     axis 90 0 0 XYZ
    dof rz
    limits (-90 90)
  end
:hierarchy
  begin
    root upper
    upper lower
  end
"""


class TestAmc:
    def write(self, folder: Path, motion: str) -> Path:
        (folder / "01.asf").write_text(ASF, encoding="utf-8")
        (folder / "01_02.amc").write_text(":FULLY-SPECIFIED\n:DEGREES\n" + motion, encoding="utf-8")
        return folder / "01_02.amc"

    def test_bones_turn_about_their_own_axes(self, tmp_path: Path) -> None:
        clip = load_amc(
            self.write(
                tmp_path, "1\nroot 1 2 3 0 90 0\nupper 0 0 0\nlower 90\n2\nroot 0 0 0 0 0 0\nupper 10 20 30\nlower 0\n"
            )
        )
        assert clip.names == ("root", "upper", "lower")
        assert clip.positions[0, 0] == pytest.approx([1, 2, 3])
        assert clip.positions[0, 2] == pytest.approx([1, 2, 1])  # the root turned X towards -Z
        # "lower" has its axes turned by 90 about X, so its rz turns about -Y in the parent's frame
        assert clip.rotations[0, 2] == pytest.approx(
            (Rotation.from_euler("y", 90, degrees=True) * Rotation.from_euler("y", -90, degrees=True)).as_matrix(),
            abs=1e-9,
        )
        axis = Rotation.from_euler("z", 20, degrees=True)
        turned = axis * Rotation.from_euler("xyz", [10, 20, 30], degrees=True) * axis.inv()
        assert clip.rotations[1, 1] == pytest.approx(turned.as_matrix(), abs=1e-9)
        assert clip.positions[1, 2] == pytest.approx(turned.apply([2, 0, 0]), abs=1e-9)
        assert clip.fps == 120.0

    @pytest.mark.parametrize(
        ("motion", "says"),
        [
            ("", "no whole frame"),
            ("1\nupper 0 0 0\n", "no whole frame"),
            ("1\nroot 0 0 0 0 0 0\nupper 0 0\n", "does not fit the skeleton"),
            ("1\nroot 0 0 0 0 0 0\ntail 0\n", "does not fit the skeleton"),
            ("1\nroot 0 0 0 0 zero 0\n", "not a number"),
            ("1\nroot 0 0 0 0 nan 0\n", "does not fit"),
        ],
    )
    def test_damage_is_named(self, tmp_path: Path, motion: str, says: str) -> None:
        with pytest.raises(UserError, match=says):
            load_amc(self.write(tmp_path, motion))

    def test_a_skeleton_is_needed(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, "1\nroot 0 0 0 0 0 0\n")
        (tmp_path / "01.asf").write_text(ASF.split(":hierarchy", maxsplit=1)[0], encoding="utf-8")
        with pytest.raises(UserError, match="lacks a"):
            load_amc(path)
        (tmp_path / "01.asf").unlink()
        with pytest.raises(UserError, match="needs its skeleton"):
            load_amc(path)


class TestAmass:
    def arrays(self, motion, width: int = 165) -> dict[str, np.ndarray]:
        rotvec = Rotation.from_quat(motion.rotations.reshape(-1, 4)).as_rotvec().reshape(len(motion), 55, 3)
        columns = {165: list(range(55)), 156: [*range(22), *range(25, 55)], 72: [*range(22), 25, 40]}[width]
        trans = motion.pelvis - default_body().rest_pelvis
        return {
            "poses": rotvec[:, columns].reshape(len(motion), -1),
            "trans": trans,
            "mocap_frame_rate": np.float64(60.0),
        }

    @pytest.mark.parametrize("width", [165, 156, 72])
    def test_layouts(self, tmp_path: Path, width: int) -> None:
        motion = rigs.walking(40)
        np.savez(tmp_path / "m.npz", **self.arrays(motion, width))
        back = load_amass(tmp_path / "m.npz")
        assert back.fps == 60.0
        assert rigs.angles_between(back, motion.placed_at_origin()).max() < 0.1

    def test_z_up_is_seen_and_turned(self, tmp_path: Path) -> None:
        motion = rigs.walking(40)
        arrays = self.arrays(motion)
        stand = Rotation.from_euler("x", 90, degrees=True)  # Y up to Z up
        arrays["poses"][:, :3] = (stand * Rotation.from_rotvec(arrays["poses"][:, :3])).as_rotvec()
        arrays["trans"] = stand.apply(motion.pelvis) - default_body().rest_pelvis
        arrays["mocap_framerate"] = arrays.pop("mocap_frame_rate")  # AMASS' older spelling
        np.savez(tmp_path / "m.npz", **arrays)
        back = load_amass(tmp_path / "m.npz")
        expected = motion.placed_at_origin()
        assert rigs.angles_between(back, expected).max() < 0.1
        assert np.ptp(back.pelvis - expected.pelvis, axis=0) == pytest.approx([0, 0, 0], abs=1e-3)

    def test_agrees_with_our_own_files(self, tmp_path: Path) -> None:
        motion = rigs.walking(30).placed_at_origin()
        save_motion(tmp_path / "own.npz", motion)
        back = read_motion(tmp_path / "own.npz")
        assert rigs.angles_between(back, motion).max() < 0.1

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"poses": None}, "not an AMASS"),
            ({"poses": np.zeros((5, 100))}, "known widths"),
            ({"poses": np.full((40, 165), np.nan)}, "not finite"),
            ({"trans": np.zeros((3, 3))}, "known widths"),
            ({"mocap_frame_rate": np.float64(0)}, "frame rate"),
            ({"poses": np.array([object()])}, "not an AMASS"),
        ],
    )
    def test_damage_is_named(self, tmp_path: Path, change: dict, says: str) -> None:
        arrays = {k: v for k, v in (self.arrays(rigs.walking(40)) | change).items() if v is not None}
        np.savez(tmp_path / "m.npz", **arrays)
        with pytest.raises(UserError, match=says):
            load_amass(tmp_path / "m.npz")

    def test_text_named_npz(self, tmp_path: Path) -> None:
        (tmp_path / "m.npz").write_text("hello", encoding="utf-8")
        with pytest.raises(UserError, match="not an AMASS"):
            read_motion(tmp_path / "m.npz")
        with pytest.raises(UserError, match="is not one of"):
            read_motion(tmp_path / "m.fbx")


class TestClips:
    def arrays(self) -> dict[str, np.ndarray]:
        clip = rigs.source(rigs.walking(20), rigs.posed(1, {}, phase=False))
        return {
            "names": np.array(clip.names), "parents": np.arange(len(clip.names)) - 1, "gpos": clip.positions,
            "grot": Rotation.from_matrix(clip.rotations.reshape(-1, 3, 3)).as_quat().reshape(20, -1, 4).astype("f2"),
            "rest_gpos": clip.rest_positions, "rest_grot": Rotation.from_matrix(clip.rest_rotations).as_quat(),
        "fps": np.float32(30),
        }  # fmt: skip

    def test_half_precision_is_enough(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "c.npz", **self.arrays())
        off = rigs.angles_between(read_motion(tmp_path / "c.npz"), rigs.walking(20).placed_at_origin())
        assert off.max() < 3.0

    @pytest.mark.parametrize(
        ("key", "value", "says"),
        [
            ("grot", None, "not a motion clip"),
            ("gpos", np.zeros((20, 3, 3)), "does not fit"),
            ("gpos", np.full((20, 22, 3), np.inf), "not finite"),
            ("grot", np.zeros((20, 22, 4)), "no length"),
            ("fps", np.float32(0), "no sense"),
        ],
    )
    def test_damage_is_named(self, tmp_path: Path, key: str, value, says: str) -> None:
        arrays = {k: v for k, v in (self.arrays() | {key: value}).items() if v is not None}
        np.savez(tmp_path / "c.npz", **arrays)
        with pytest.raises(UserError, match=says):
            load_clip(tmp_path / "c.npz")
