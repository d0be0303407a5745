"""BVH and ASF/AMC files: any names, axes and up, and one clear sentence for every broken one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.errors import UserError
from backend.motion.files import load_motion
from backend.motion.formats.asf_amc import load_amc
from backend.motion.formats.bvh import load_bvh
from backend.motion.formats.bvh_writing import save_bvh
from backend.motion.formats.reading import read_motion
from backend.motion.skeleton import INDEX
from tests.backend.motion import source_rigs as rigs
from tests.backend.motion.formats.samples import SCHEMES, write_bvh

WALK = Path(__file__).resolve().parents[3] / "addon" / "rigs" / "walk_then_wave.npz"


class TestBvh:
    @pytest.mark.parametrize("order", ["ZXY", "XYZ", "YZX"])
    def test_positions_and_rotations(self, tmp_path: Path, order: str) -> None:
        motion = rigs.walking(20)
        clip = load_bvh(write_bvh(tmp_path / "walk.bvh", motion, order=order))
        assert clip.fps == pytest.approx(30, abs=0.01)
        for joint in ("pelvis", "left_wrist", "right_foot", "head"):
            at = clip.positions[:, clip.names.index(SCHEMES["lafan"][joint])] / 100
            assert at == pytest.approx(motion.positions()[:, INDEX[joint]], abs=1e-4)
        assert "Head_end" in clip.names

    @pytest.mark.parametrize("names", SCHEMES)
    @pytest.mark.parametrize("up", ["Y", "Z"])
    def test_names_and_up_axes(self, tmp_path: Path, names: str, up: str) -> None:
        motion = rigs.walking(40)
        back = read_motion(write_bvh(tmp_path / "a walk.bvh", motion, SCHEMES[names], up=up, units=1.0)).motion
        right = motion.placed_at_origin()
        assert np.delete(rigs.angles_between(back, right), [10, 11], axis=1).max() < 5.0  # toes follow their feet
        assert np.abs(back.positions() - right.positions())[:, :22].max() < 0.03

    @pytest.mark.parametrize("up", ["Y", "Z", "-Y"])
    def test_a_zero_pose_that_is_no_person(self, tmp_path: Path, up: str) -> None:
        """As in LAFAN1: every bone has axes of its own, and only the motion shows how they lie."""
        motion = load_motion(WALK).placed_at_origin()
        back = read_motion(write_bvh(tmp_path / "tangle.bvh", motion, SCHEMES["dotted"], own_axes=True, up=up)).motion
        assert rigs.angles_between(back, motion).mean() < 3.0
        assert np.linalg.norm(back.positions() - motion.positions(), axis=-1)[:, :22].max() < 0.02

    def test_what_we_write_comes_back(self, tmp_path: Path) -> None:
        motion = load_motion(WALK).placed_at_origin()
        save_bvh(tmp_path / "ours.bvh", motion)
        back = read_motion(tmp_path / "ours.bvh").motion
        assert (len(back), back.fps) == (len(motion), motion.fps)
        assert np.abs(back.positions() - motion.positions()).max() < 1e-4  # fingers, too
        assert [path.name for path in tmp_path.iterdir()] == ["ours.bvh"]

    @pytest.mark.parametrize(
        "change",
        [
            lambda t: "\ufeff\n" + t,
            lambda t: t.replace("\n\t{", " {").replace("\n{", "{"),
            lambda t: t.replace("\n", "\r\n"),
            lambda t: t.replace("HIERARCHY", "Hierarchy").replace("Frames: ", "Frames:\t").replace("End Site", "End site"),
            lambda t: t + "\n\n",
        ],
    )
    def test_habits_of_writers(self, tmp_path: Path, change) -> None:
        path = write_bvh(tmp_path / "walk.bvh", rigs.walking(12))
        expected = read_motion(path).motion.positions()
        path.write_bytes(change(path.read_text(encoding="utf-8")).encode())
        assert np.array_equal(read_motion(path).motion.positions(), expected)

    def test_names_in_an_older_encoding(self, tmp_path: Path) -> None:
        path = write_bvh(tmp_path / "walk.bvh", rigs.walking(12))
        path.write_bytes(path.read_text(encoding="utf-8").replace("Spine1", "R\xfcckgrat").encode("latin-1"))
        assert len(read_motion(path).motion) == 12

    def test_no_body_in_it(self, tmp_path: Path) -> None:
        names = {joint: f"bone{number}" for number, joint in enumerate(SCHEMES["lafan"])}
        with pytest.raises(UserError, match="No rig map fits") as error:
            read_motion(write_bvh(tmp_path / "box.bvh", rigs.walking(5), names))
        assert error.value.code == "unknown_rig"

    @pytest.mark.parametrize(
        ("damage", "says"),
        [
            (lambda t: t.replace("HIERARCHY", "HELLO"), "does not begin with HIERARCHY"),
            (lambda t: t[: len(t) * 2 // 3], "frames and holds|finite numbers"),
            (lambda t: t.replace("Frames: 12", "Frames: many"), "Frames:"),
            (lambda t: t.replace("Frames: 12", "Frames: 999999"), "has 999999 frames; at most"),
            (lambda t: t.replace("CHANNELS 3", "CHANNELS 4", 1), "miscounted"),
            (lambda t: t.replace("Frame Time: 0.033333\n", "Frame Time: 0.033333\nnan "), "finite numbers"),
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
