"""Frames made anew: only keys inside change, borders are smooth, poses made by hand stay, and tweaks go on to work."""

from __future__ import annotations

import json
import types
from pathlib import Path

import numpy as np
import pytest

from tests.addon.rigs import make, measure

FIRST, LAST = 30, 64
ATTRIBUTES = (
    ("co", 2, np.float32), ("handle_left", 2, np.float32), ("handle_right", 2, np.float32), ("interpolation", 1, np.int32),
    ("easing", 1, np.int32), ("type", 1, np.int32), ("handle_left_type", 1, np.int32), ("handle_right_type", 1, np.int32),
    ("amplitude", 1, np.float32), ("back", 1, np.float32), ("period", 1, np.float32),
)  # fmt: skip


@pytest.fixture
def everything(extension, scene):
    """A function to all there is of every F-curve of the character: {(path, index): {attribute: (K, width)}}."""

    def read():
        found = {}
        for curve in extension("keys.keyframes").curve_owner(scene.voice_to_motion.character).fcurves:
            points = found[curve.data_path, curve.array_index] = {}
            for name, width, kind in ATTRIBUTES:
                values = np.empty(len(curve.keyframe_points) * width, dtype=kind)
                curve.keyframe_points.foreach_get(name, values)
                points[name] = values.reshape(-1, width)
        return found

    return read


@pytest.fixture
def anew(blender, scene, peer, session):
    """A function that makes frames anew as a script does; returns the new clip."""
    peer("good")

    def run(first=FIRST, last=LAST):
        placement = scene.voice_to_motion_placement
        placement.range_start, placement.range_end = first, last
        assert blender.ops.voice_to_motion.regenerate_range() == {"FINISHED"}
        assert not session.message
        return scene.voice_to_motion.character.animation_data.action.voice_to_motion.clips[-1]

    return run


def same_outside(before, after, first=FIRST, last=LAST):
    assert before.keys() == after.keys()
    for key, old in before.items():
        new = after[key]
        kept = [(points["co"][:, 0] < first) | (points["co"][:, 0] > last) for points in (old, new)]
        for name in old:
            np.testing.assert_array_equal(old[name][kept[0]], new[name][kept[1]], err_msg=f"{key} {name}")


def jumps(places):
    """(T - 2) how much the speed of the joint that changes it most changes at each frame but the outer ones."""
    return np.linalg.norm(np.diff(places, 2, axis=0), axis=-1).max(axis=1)


def test_only_the_range_changes_and_its_borders_are_smooth(walk, everything, joints, anew, session, character, tmp_path):
    """The bars: outside bit-identical, no jump of speed at the borders beyond 1.5 times what the walk has by itself."""
    before, places = everything(), joints(walk.start, walk.last)
    usual = np.percentile(jumps(places), 99)
    clip = anew()
    assert (clip.start, clip.last, clip.name) == (FIRST, LAST, "wave") and "Frames 30 to 64" in session.note
    same_outside(before, everything())
    now = joints(walk.start, walk.last)
    assert np.abs(now[: FIRST - 1] - places[: FIRST - 1]).max() < 1e-6 and np.abs(now[LAST:] - places[LAST:]).max() < 1e-6
    assert np.abs(now - places).max() > 0.2, "the arm goes up"
    for border in (FIRST - 1, LAST):  # row of the first frame beyond
        assert jumps(now)[border - 3 : border + 2].max() <= 1.5 * usual
    assert [each.name for each in character.animation_data.action.voice_to_motion.clips][-1] == "wave"
    request = json.loads(next(tmp_path.rglob("requests.jsonl")).read_text().splitlines()[-1])
    assert request["last"] - request["first"] == LAST - FIRST and request["first"] == FIRST - walk.start
    assert request["follow"] == 0.5
    assert request["text"] == walk.stored("source")["heard"]
    assert not list(tmp_path.rglob("before*")), "what was sent is not kept"


def test_what_is_sent_is_what_the_character_does(extension, scene, character, walk, joints):
    """The poses read from the keys, put through SMPL-X's own kinematics, are Blender's."""
    walk.root_yaw, walk.root = True, "ROOT"
    rig = extension("rigs.reading").read_rig(scene, character)
    motion = extension("clips.current_motion").current_motion(rig, 5, 60, 30.0, {})
    found, _ = extension("motion.body").forward_kinematics(motion.rotations, motion.pelvis, rig.skeleton)
    space = rig.space
    rest = np.array([0.0, extension("motion.body").default_body().standing_pelvis_height, 0.0])
    np.testing.assert_allclose((found - rest) @ space.axes.T * space.scale + space.pelvis, joints(5, 60), atol=2e-4)


@pytest.mark.parametrize("settings", [
    {"speed": 1.5, "mirror": True}, {"root_yaw": True, "root": "ROOT"}, {"root": "IN_PLACE"},
], ids=lambda settings: list(settings)[-1])  # fmt: skip
def test_settings_of_the_motion_go_on(walk, peer, anew, joints, settings):
    """An answer that changes nothing changes nothing, whatever the motion's settings: they are taken out and put back."""
    for name, value in settings.items():
        setattr(walk, name, value)
    places = joints(walk.start, walk.last)
    last, speed = walk.last, walk.speed
    peer("same")
    clip = anew(20, 44)
    assert all(getattr(clip, name) == value for name, value in settings.items() if name != "speed")
    assert clip.tweaks().speed == 1.0 or speed == 1.0
    np.testing.assert_allclose(joints(1, last), places, atol=2e-3)


def test_with_few_keys(walk, everything, joints, anew):
    """The poses outside stay: the motion there gets a key at the border, and does not bend towards the new one."""
    exact = joints(walk.start, walk.last)
    walk.reduction = "MIDDLE"
    before, places = everything(), joints(walk.start, walk.last)
    clip = anew()
    now = joints(walk.start, walk.last)
    outside = np.r_[0 : FIRST - 1, LAST : len(now)]
    print(f"outside: {np.linalg.norm(now - places, axis=-1)[outside].max() * 100:.2f} cm from before,"
          f" {np.linalg.norm(now - exact, axis=-1)[outside].max() * 100:.2f} from every frame's")  # fmt: skip
    assert np.linalg.norm(now - exact, axis=-1)[outside].max() <= 0.01, "the bound of its keys"
    after = everything()
    assert max(len(after[key]["co"]) for key in before) < 0.5 * walk.length
    usual = np.percentile(jumps(places), 99)
    for border in (FIRST - 1, LAST):
        assert jumps(now)[border - 3 : border + 2].max() <= 1.5 * usual
    assert clip.reduction == "MIDDLE" and clip.all_keys > 2 * clip.keys


def test_poses_made_by_hand_stay(extension, scene, character, walk, anew, joints, blender, tmp_path):
    elbow, frame = character.pose.bones["left_elbow"], 45
    scene.frame_set(frame)
    elbow.rotation_quaternion = (0.8, 0.0, 0.6, 0.0)
    elbow.keyframe_insert("rotation_quaternion", frame=frame)
    outside = character.pose.bones["neck"]
    outside.rotation_quaternion = (0.9, 0.3, 0.0, 0.3)
    outside.keyframe_insert("rotation_quaternion", frame=10)
    scene.frame_set(10)
    turned = outside.rotation_quaternion.copy()
    clip = anew()
    request = json.loads(next(tmp_path.rglob("requests.jsonl")).read_text().splitlines()[-1])
    assert request["fixed"] == [frame - walk.start], "the model is told, too"
    assert clip.by_hand == 1
    for _ in range(2):
        scene.frame_set(frame)
        assert elbow.rotation_quaternion.rotation_difference(elbow.rotation_quaternion.__class__((0.8, 0, 0.6, 0))).angle < 1e-3
        clip.foot_lock = 0.5
    scene.frame_set(10)
    assert outside.rotation_quaternion.rotation_difference(turned).angle < 1e-3
    again = anew(40, 50)
    assert again.by_hand == 1, "and through another time"
    scene.frame_set(frame)
    assert elbow.rotation_quaternion.rotation_difference(elbow.rotation_quaternion.__class__((0.8, 0, 0.6, 0))).angle < 1e-3


def test_tweaks_go_on_to_work_on_both(walk, anew, joints, session, character):
    clip = anew()
    walk = character.animation_data.action.voice_to_motion.clips[0]
    walk.foot_lock = 1.0
    clip = character.animation_data.action.voice_to_motion.clips[1]
    clip.strength = 1.2
    assert not session.message and walk.by_hand == clip.by_hand == 0
    now = joints(walk.start, walk.last)
    usual = np.percentile(jumps(now), 99)
    for border in (FIRST - 1, LAST):
        assert jumps(now)[border - 3 : border + 2].max() <= 1.5 * usual


def test_other_rigs_by_their_generated_motion(extension, blender, scene, everything, peer, anew, session):
    target = make.make(make.KINDS["mixamo"])
    scene.voice_to_motion.character, scene.render.fps = target, 30
    blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION))
    target.animation_data.action.voice_to_motion.clips[0].reduction = "NONE"
    before = everything()
    peer("same")
    anew()
    after = everything()
    same_outside(before, after)
    for key, old in before.items():
        np.testing.assert_allclose(old["co"], after[key]["co"], atol=2e-3 * max(1.0, np.abs(old["co"][:, 1]).max()))
    peer("good")
    clip = anew(40, 70)
    assert np.abs(everything()['pose.bones["mixamorig:RightArm"].rotation_quaternion', 0]["co"] - after[
        'pose.bones["mixamorig:RightArm"].rotation_quaternion', 0]["co"]).max() > 0.05  # fmt: skip
    target.animation_data.action.voice_to_motion.clips.clear()
    reason = blender.types.VOICE_TO_MOTION_OT_regenerate_range.disabled_reason(blender.context)
    assert "cannot be read" in reason and clip is not None


def test_reasons(blender, scene, character, walk, peer, failing):
    peer("good")
    placement, operator = scene.voice_to_motion_placement, blender.types.VOICE_TO_MOTION_OT_regenerate_range
    for first, last, reason in ((50, 20, "ends before"), (20, 22, "Choose a range of 9 to 300"), (1, 301, "this one has 301")):
        placement.range_start, placement.range_end = first, last
        assert reason in operator.disabled_reason(blender.context)
    placement.range_start, placement.range_end = 1, walk.last
    assert operator.disabled_reason(blender.context) == ""
    assert "Nothing is left" in failing(blender.ops.voice_to_motion.regenerate_range)
    placement.range_start, placement.use_new_words = 30, True
    assert "Record or type the new instruction" in operator.disabled_reason(blender.context)
    scene.voice_to_motion.typed = "wave"
    assert operator.disabled_reason(blender.context) == ""
    walk.source, placement.use_new_words = "", False
    assert "are not known" in operator.disabled_reason(blender.context)
    peer("error")
    placement.use_new_words = True
    assert "silent" in failing(blender.ops.voice_to_motion.regenerate_range)
    character.animation_data.action = None
    assert "has no action" in operator.disabled_reason(blender.context)


def test_an_action_put_on_meanwhile_is_left_alone(blender, scene, character, walk, peer, extension, session, wait_until):
    peer("good")
    operator = extension("operators.regenerate").VOICE_TO_MOTION_OT_regenerate_range
    placement = scene.voice_to_motion_placement
    placement.range_start, placement.range_end = FIRST, LAST
    button = types.SimpleNamespace(report=lambda kind, text: None, force=False)
    button.queue = lambda task, command: operator.queue(button, task, command)
    task = operator.begin(button, blender.context)
    other = character.animation_data.action.copy()
    character.animation_data.action = other
    wait_until(lambda: session.step() or task.outcome, 60.0)
    assert "wears another action now" in session.message and len(other.voice_to_motion.clips) == 1


def test_frames_are_chosen_in_the_timeline(extension, blender, scene, character, walk):
    placement, choose = scene.voice_to_motion_placement, blender.ops.voice_to_motion.choose_range
    assert choose(source="PREVIEW") == {"CANCELLED"}
    scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end = True, 12, 40
    assert choose(source="PREVIEW") == {"FINISHED"}
    assert (placement.range_start, placement.range_end) == (12, 40)
    for curve in extension("keys.keyframes").curve_owner(character).fcurves:
        for point in curve.keyframe_points:
            point.select_control_point = curve.array_index == 1 and 20 <= point.co.x <= 31
    assert choose(source="KEYS") == {"FINISHED"}
    assert (placement.range_start, placement.range_end) == (20, 31)


@pytest.mark.slow
def test_real_backend(extension, blender, scene, character, everything, joints, session, monkeypatch, tmp_path, capsys):
    """The bars with the networks themselves. Left out only where the weights or the backend's packages are not there."""
    root = Path(__file__).resolve().parents[3]
    python, pack = root / ".venv" / "bin" / "python", root / "backend" / "weights" / "open" / "pack.json"
    if not (python.is_file() and pack.is_file()):
        pytest.skip("needs .venv and the weights in backend/weights/open")
    for name in ("generate", "regenerate"):
        monkeypatch.setattr(extension(f"operators.{name}"), "cache_folder", lambda: tmp_path)
    for name in ("generate", "regenerate", "reasons"):
        monkeypatch.setattr(
            extension(f"operators.{name}"), "backend_command", lambda: ([str(python), "-m", "backend", "serve"], root)
        )
    settings, placement = scene.voice_to_motion, scene.voice_to_motion_placement
    settings.use_random_seed, settings.use_auto_length, settings.seconds, scene.render.fps = False, False, 5.0, 30
    settings.typed = "walk forward"
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    clip = character.animation_data.action.voice_to_motion.clips[0]
    clip.reduction, last = "NONE", clip.last  # with few keys, a border gets one more outside
    placement.use_new_words, settings.typed = True, "wave with your right hand"
    before, places = everything(), joints(1, last)
    for number, (first, end) in enumerate(((50, 110), (100, last), (1, 45))):
        settings.seed = number
        placement.range_start, placement.range_end = first, end
        assert blender.ops.voice_to_motion.regenerate_range() == {"FINISHED"}
        after, now = everything(), joints(1, last)
        same_outside(before, after, first, end)
        # Against the motion with the wave in it: arms that begin to wave are quicker than any of a walk.
        usual = np.percentile(jumps(now), 99)
        worst = max((jumps(now)[border - 2 : border].max() for border in (first - 1, end) if 2 < border < last), default=0.0)
        with capsys.disabled():
            quiet = np.percentile(jumps(places), 99)
            print(f"\nframes {first} to {end}: {worst / usual:.2f} of the motion's 99th percentile at the borders,"
                  f" {worst / quiet:.2f} of what it was before", end="")  # fmt: skip
        assert worst <= 1.5 * usual and np.abs(now - places).max() > 0.1
        before, places = after, now


def test_a_style_keeps_the_length_and_the_borders_of_a_range(walk, joints, anew, everything, session):
    clip = anew()
    before, plain, usual = everything(), joints(walk.start, walk.last), np.percentile(jumps(joints(walk.start, walk.last)), 99)
    clip.style = "sneaky"
    assert not session.message and (clip.start, clip.last) == (FIRST, LAST) and clip.tweaks().style == "sneaky"
    same_outside(before, everything())
    now = joints(walk.start, walk.last)
    assert (plain[FIRST - 1 : LAST, 0, 2] - now[FIRST - 1 : LAST, 0, 2]).max() > 0.05, "the pelvis goes down"
    for border in (FIRST - 1, LAST):
        assert jumps(now)[border - 3 : border + 2].max() <= 1.5 * usual
