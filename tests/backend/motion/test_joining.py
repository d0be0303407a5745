"""Pieces of motion meet: what surrounds them stays to the bit, place, heading and speed go on."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.errors import UserError
from backend.motion.edits import Edit, read_edit
from backend.motion.files import save_motion
from backend.motion.joining import bend_path_to, continue_motion, insert_range
from backend.motion.motion import Motion
from backend.motion.skeleton import J


def going(frames: int = 150, pace: float = 1.2, turn: float = 0.4, phase: float = 0.0, fps: float = 30.0) -> Motion:
    """Somebody going along an arc, all limbs swinging: smooth everywhere."""
    t = np.arange(frames) / fps
    heading = turn * t
    vectors = 0.3 * np.sin(2 * np.pi * t[:, None, None] + phase + np.arange(J * 3).reshape(J, 3) * 0.7)
    rotations = Rotation.from_rotvec(vectors.reshape(-1, 3)).as_quat().reshape(frames, J, 4)
    yaw = Rotation.from_rotvec(np.stack([0 * t, heading, 0 * t], axis=1))
    rotations[:, 0] = (yaw * Rotation.from_quat(rotations[:, 0])).as_quat()
    steps = pace / fps * np.stack([np.sin(heading), 0 * t, np.cos(heading)], axis=1)
    pelvis = np.cumsum(steps, axis=0) + [0, 0.93, 0] + 0.02 * np.sin(4 * np.pi * t + phase)[:, None] * [0, 1, 0]
    return Motion(rotations.astype(np.float32), pelvis.astype(np.float32), fps)


def jerks(motion: Motion) -> np.ndarray:
    """(T - 2,) the largest change of any joint's velocity at each inner frame, m/s."""
    return np.linalg.norm(np.diff(motion.positions(), n=2, axis=0), axis=-1).max(1) * motion.fps


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0])
@pytest.mark.parametrize(("first", "last"), [(40, 90), (0, 60), (100, 149), (60, 75), (1, 148)])
def test_a_piece_is_inserted_without_a_border(first: int, last: int, fps: float) -> None:
    around = going(150, fps=fps)
    start, end = max(first - 2, 0), min(last + 3, 150)
    made = going(end - start, pace=0.9, turn=-0.3, phase=0.25, fps=fps).transformed(2.0, np.array([5.0, 0.0, -3.0]))
    out = insert_range(around, made, first, last, start)
    assert len(out) == 150
    for piece in (slice(0, first), slice(last + 1, 150)):
        np.testing.assert_array_equal(out.rotations[piece], around.rotations[piece])
        np.testing.assert_array_equal(out.pelvis[piece], around.pelvis[piece])
    changed = np.abs(out.rotations[first : last + 1, :22] - around.rotations[first : last + 1, :22]).max()
    assert changed > 0.01
    change = jerks(out)
    borders = [frame for frame in (first - 2, first - 1, last - 1, last) if 0 <= frame < len(change)]
    assert change[borders].max() <= 1.5 * np.percentile(jerks(out), 99)
    assert change[borders].max() <= 1.5 * np.percentile(jerks(around), 99), "nor more than the motion did before"


def test_what_is_made_sets_in_gently() -> None:
    """Arms that are thrown up at once, amid a quiet walk: the walk's own jumps of speed are not exceeded where the range begins."""
    around = going(150)
    made = going(56, phase=0.25)
    rotations = made.rotations.copy()
    lifted = Rotation.from_rotvec(np.outer(np.minimum(np.arange(56) / 4, 1.0) * 3.0, [0, 0, 1]))
    for joint in (16, 17):
        rotations[:, joint] = (lifted * Rotation.from_quat(rotations[:, joint])).as_quat()
    out = insert_range(around, Motion(rotations, made.pelvis), 60, 110, 58)
    change, usual = jerks(out), np.percentile(jerks(around), 99)
    assert change[60:75].max() > 1.5 * usual, "inside it is as quick as it was made"
    assert change[[58, 59]].max() <= 1.5 * usual


def test_nothing_around_leaves_the_piece_at_the_motions_place() -> None:
    around, made = going(60), going(60, phase=1.0).transformed(1.0, np.array([3.0, 0.0, 0.0]))
    out = insert_range(around, made, 0, 59, 0)
    assert out.headings()[0] == pytest.approx(around.headings()[0], abs=1e-4)
    np.testing.assert_allclose(out.pelvis[0, [0, 2]], around.pelvis[0, [0, 2]], atol=1e-4)


def test_a_path_is_bent_where_the_body_travels() -> None:
    """It stands for two seconds, then goes: the standing feet are left alone, the end is met in place and heading."""
    walk = going(90, turn=0.0)
    still = np.repeat(walk.pelvis[:1] * [0, 0, 0] + [0, 0.93, 0], 60, axis=0)
    path = np.concatenate([still, walk.pelvis - walk.pelvis[0] * [1, 0, 1]])
    motion = Motion(np.concatenate([walk.rotations[:60], walk.rotations]), path.astype(np.float32))
    goal = motion.transformed(0.5, np.array([0.4, 0.0, 0.3]))
    out = bend_path_to(motion, 2, 147, goal, 147)
    np.testing.assert_allclose(out.pelvis[147, [0, 2]], goal.pelvis[147, [0, 2]], atol=1e-3)
    assert out.headings()[147] == pytest.approx(goal.headings()[147], abs=1e-3)
    assert np.linalg.norm(out.pelvis[50] - motion.pelvis[50]) < 0.02
    np.testing.assert_array_equal(out.pelvis[:3], motion.pelvis[:3])


@pytest.mark.parametrize("frames", [150, 1])
def test_going_on_begins_with_the_last_pose(frames: int) -> None:
    given = going(frames)
    made = going(80, pace=1.0, phase=0.3).transformed(-2.0, np.array([1.0, 0.0, 9.0]))
    out = continue_motion(given, made, 7)
    assert len(out) == 73
    np.testing.assert_array_equal(out.rotations[0], given.rotations[-1])
    np.testing.assert_array_equal(out.pelvis[0], given.pelvis[-1])
    if frames > 1:
        speed_before = (given.positions()[-1] - given.positions()[-2]) * 30
        speed_behind = (out.positions()[1] - out.positions()[0]) * 30
        assert np.linalg.norm(speed_behind - speed_before, axis=-1).max() <= 1.5 * np.percentile(jerks(given), 99)


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (5, 150), (9, 8), (400, 500)])
def test_a_range_outside_the_motion_is_one_sentence(first: int, last: int) -> None:
    with pytest.raises(UserError, match="which has frames 0 to 149") as caught:
        Edit(going(150), first, last)
    assert caught.value.code == "bad_range"


def test_frames_count_at_the_asked_rate(tmp_path) -> None:
    save_motion(tmp_path / "a.npz", going(61))
    edit = read_edit(tmp_path / "a.npz", 40, 48, 24.0)
    assert len(edit.motion) == 49 and edit.motion.fps == 24.0 and not edit.whole
    with pytest.raises(UserError, match="0 to 48"):
        read_edit(tmp_path / "a.npz", 40, 49, 24.0)


def test_a_file_that_is_no_motion_is_one_sentence(tmp_path) -> None:
    (tmp_path / "b.npz").write_bytes(b"no motion")
    with pytest.raises(UserError) as caught:
        read_edit(tmp_path / "b.npz", None, None, 30.0)
    assert caught.value.code == "bad_motion_file"
