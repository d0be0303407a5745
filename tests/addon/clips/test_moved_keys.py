"""Keys moved, scaled and partly deleted in the Dope Sheet: the clip goes where its keys are, on every kind of rig."""

from __future__ import annotations

import numpy as np
import pytest

from tests.addon.clips import dope_sheet
from tests.addon.rigs import make, measure

FIRST = 11
RIGS = ("ours", "mixamo", "rigify")


class Stage:
    """A walk on a rig from frame 11 on, and ways to look at it."""

    def __init__(self, extension, blender, scene, rig: str, reduction: str) -> None:
        if rig == "ours":
            blender.ops.voice_to_motion.create_character()
        else:
            scene.voice_to_motion.character = make.make(make.KINDS["mixamo"]) if rig == "mixamo" else make.rigify()
        self._scene, self.target, self._extension, self._blender = scene, scene.voice_to_motion.character, extension, blender
        scene.render.fps = 30
        self.add(FIRST)
        self.clip.reduction = reduction
        self.places = self.look(self.clip.start, self.clip.last)
        self.start, self.last = self.clip.start, self.clip.last

    def add(self, frame: int) -> None:
        self._scene.frame_set(frame)
        assert self._blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}

    @property
    def clips(self):
        return self.target.animation_data.action.voice_to_motion.clips

    @property
    def clip(self):
        return self.clips[0]

    @property
    def owner(self):
        return self._extension("keys.keyframes").curve_owner(self.target)

    @property
    def curves(self):
        return list(self.owner.fcurves)

    def look(self, first, last):
        """(T, N, 3) heads of all mapped bones at every frame, metres."""
        rig = self._extension("rigs.reading").read_rig(self._scene, self.target)
        places = []
        for frame in range(first, last + 1):
            self._scene.frame_set(frame)
            places.append([tuple(self.target.pose.bones[name].head) for name in sorted(rig.joints)])
        return np.array(places) / rig.space.scale

    def range_of_keys(self):
        frames = [curve.keyframe_points[end].co.x for curve in self.curves if len(curve.keyframe_points) for end in (0, -1)]
        return min(frames), max(frames)

    def keys(self):
        return {(c.data_path, c.array_index): [tuple(point.co) for point in c.keyframe_points] for c in self.curves}

    def whole(self):
        """Nothing is left behind, and the clip is where its keys are."""
        return self.range_of_keys() == (self.clips[0].start, self.clips[-1].last)


@pytest.fixture(params=[(rig, reduction) for rig in RIGS for reduction in ("MIDDLE", "NONE")], ids="-".join)
def stage(extension, blender, scene, request):
    return Stage(extension, blender, scene, *request.param)


@pytest.fixture
def ours(extension, blender, scene):
    return Stage(extension, blender, scene, "ours", "MIDDLE")


def test_moved_then_tweaked(stage, session):
    stage.clip.strength = 1.3
    wanted = stage.look(stage.start, stage.last)
    stage.clip.strength = 1.0
    for by in (20, -15, 300):
        start = stage.clip.start
        dope_sheet.move(stage.curves, by)
        stage.clip.strength = 1.3
        assert not session.message and stage.clip.by_hand == 0
        assert stage.clip.start == start + by and stage.whole()
        np.testing.assert_allclose(stage.look(stage.clip.start, stage.clip.last), wanted, atol=2e-3)
        stage.clip.strength = 1.0
        np.testing.assert_allclose(stage.look(stage.clip.start, stage.clip.last), stage.places, atol=2e-3)


@pytest.mark.parametrize("by", [0.5, 0.7, 1.5, 2.0])
def test_scaled_then_tweaked(stage, session, by):
    dope_sheet.scale(stage.curves, by, stage.start)
    stage.clip.foot_lock = 0.01
    assert not session.message and stage.clip.by_hand == 0
    assert stage.clip.speed == pytest.approx(1 / by, rel=0.02) and abs(stage.clip.start - stage.start) <= 1
    assert stage.clip.length == pytest.approx((stage.last - stage.start) * by + 1, abs=1.5) and stage.whole()
    now = stage.look(stage.clip.start, stage.clip.last)
    then = np.interp(np.linspace(0, 1, len(now)), np.linspace(0, 1, len(stage.places)), np.arange(len(stage.places)))
    assert np.linalg.norm(now - stage.places[np.round(then).astype(int)], axis=-1).max() < 0.25


def test_ends_deleted_then_tweaked(stage, session):
    dope_sheet.delete(stage.curves, dope_sheet.between(0, stage.start + 19))
    dope_sheet.delete(stage.curves, dope_sheet.between(stage.last - 29, 9999))
    kept = stage.range_of_keys()
    dope_sheet.move(stage.curves, 7)
    stage.clip.foot_lock = 0.01
    assert not session.message and stage.clip.by_hand == 0
    assert (stage.clip.start, stage.clip.last) == pytest.approx((kept[0] + 7, kept[1] + 7), abs=1) and stage.whole()
    rows = slice(stage.clip.start - 7 - stage.start, stage.clip.last - 7 - stage.start + 1)
    assert np.linalg.norm(stage.look(stage.clip.start, stage.clip.last) - stage.places[rows], axis=-1).max() < 0.02
    stage.clip.foot_lock = 0.0
    assert stage.whole() and stage.clip.by_hand == 0, "and again"


def test_moved_with_edits_in_them(stage, session):
    """A pose made by hand before or after moving goes along."""
    bone = next(b for b in stage.target.pose.bones if b.name.lower().replace(":", "_") in (
        "left_elbow", "mixamorig_leftforearm", "forearm_fk.l"))  # fmt: skip
    for number, (frame, by) in enumerate(((stage.start + 30, 12), (stage.start + 60, -5))):
        frame += 12 * number
        bone.rotation_quaternion = (0.6, 0.0, 0.8, 0.0)
        bone.keyframe_insert("rotation_quaternion", frame=frame)
        dope_sheet.move(stage.curves, by)
        stage.clip.strength = 1.1 + 0.1 * number
        assert not session.message and stage.clip.by_hand == number + 1
    for frame in (stage.start + 30 + 7, stage.start + 60 + 7):
        stage._scene.frame_set(frame)
        assert bone.rotation_quaternion.rotation_difference((0.6, 0.0, 0.8, 0.0)).angle < 2e-3


def test_moved_then_regenerated(stage, session, peer, blender, scene):
    """An answer that changes nothing changes nothing, where the keys are now; the rest is tweaked there, too."""
    peer("same")
    dope_sheet.move(stage.curves, 20)
    placement = scene.voice_to_motion_placement
    placement.range_start, placement.range_end = stage.start + 50, stage.start + 80
    assert blender.ops.voice_to_motion.regenerate_range() == {"FINISHED"} and not session.message
    assert [(clip.start, clip.last) for clip in stage.clips] == [
        (stage.start + 20, stage.last + 20), (stage.start + 50, stage.start + 80)]  # fmt: skip
    assert np.abs(stage.look(stage.start + 20, stage.last + 20) - stage.places).max() < 0.03
    dope_sheet.move(stage.curves, -40)
    stage.clips[0].foot_lock = 0.01
    assert not session.message and [clip.start for clip in stage.clips] == [stage.start - 20, stage.start + 10]
    assert np.abs(stage.look(stage.start - 20, stage.last - 20) - stage.places).max() < 0.03


def test_deleted_clip_is_gone(stage, session):
    stage.add(stage.last + 1)
    second = stage.clips[1]
    dope_sheet.delete(stage.curves, dope_sheet.between(0, stage.last))
    start, last = second.start, second.last
    stage.clips[1].strength = 1.2
    assert not session.message and "was removed" in session.note
    assert len(stage.clips) == 1 and (stage.clip.start, stage.clip.last) == (start, last) and stage.whole()


def test_one_of_two_alike_moves(stage, session):
    """The same motion twice: what moved is not taken for the other."""
    stage.add(stage.last + 1)
    places = [(clip.start, clip.last) for clip in stage.clips]
    dope_sheet.move(stage.curves, 40, dope_sheet.between(places[1][0], 9999))
    stage.clips[0].strength = 1.2
    assert not session.message
    assert [(clip.start, clip.last) for clip in stage.clips] == [places[0], (places[1][0] + 40, places[1][1] + 40)]
    dope_sheet.move(stage.curves, -5)
    stage.clips[1].strength = 1.2
    assert not session.message and stage.clips[0].by_hand == stage.clips[1].by_hand == 0
    assert [(clip.start, clip.last) for clip in stage.clips] == [
        (places[0][0] - 5, places[0][1] - 5), (places[1][0] + 35, places[1][1] + 35)]  # fmt: skip
    assert stage.whole()


@pytest.mark.parametrize("by", [12, 300])
def test_keys_of_hidden_bones_go_along(ours, session, by):
    """Editors do not show these, so they stay where they were: the jaw and the eyes of our character are hidden."""
    ours.add(ours.last)
    start, shown = ours.clips[1].start, ours.clips[1].last
    hidden = [bone.name for bone in ours.target.data.bones if "eye" in bone.name or bone.name == "jaw"]
    assert hidden
    of_hidden, behind = dope_sheet.bones(*hidden), dope_sheet.between(start, shown)
    wanted = ours.look(start, shown)
    dope_sheet.move(ours.curves, by, lambda curve, frames: behind(curve, frames) & ~of_hidden(curve, frames))
    ours.clips[0].smoothing, ours.clips[0].smoothing = 0.1, 0.0
    clip = ours.clips[1]
    assert not session.message and clip.by_hand == 0 and ours.clips[0].room == 0, "none is in the way of the first"
    assert (clip.start, clip.last) == (start + by, shown + by) and ours.whole()
    assert np.abs(ours.look(clip.start, clip.last)[30:] - wanted[30:]).max() < 0.02


def test_reversed_keys_are_refused_and_nothing_changes(ours, session):
    dope_sheet.scale(ours.curves, -1, ours.start)
    before = ours.keys()
    ours.clip.strength = 1.3
    assert "reversed in time" in session.message and ours.clip.strength == 1.0
    assert ours.keys() == before


def test_rewrite_keys_stays_where_the_keys_are(ours, blender, session):
    dope_sheet.move(ours.curves, 25)
    dope_sheet.delete(ours.curves, dope_sheet.between(ours.last, 9999))
    assert blender.ops.voice_to_motion.rewrite_keys() == {"FINISHED"}
    assert (ours.clip.start, ours.clip.last) == (ours.start + 25, ours.last + 25) and ours.whole()
    np.testing.assert_allclose(ours.look(ours.clip.start, ours.clip.last), ours.places, atol=1e-4)


def test_keys_of_a_few_bones_are_hand_edits(ours, session):
    dope_sheet.move(ours.curves, 4, dope_sheet.bones("left_elbow", "left_wrist"))
    ours.clip.strength = 1.1
    assert not session.message and ours.clip.start == ours.start and ours.clip.by_hand > 0
    assert ours.clip.last == ours.last


def test_where_it_is_shown_costs_little_and_changes_nothing(extension, ours, stopwatch):
    digest = extension("clips.key_digest")
    ours.add(ours.last + 1)
    assert digest.followed_ranges(ours.clip.id_data) == [(clip.start, clip.last) for clip in ours.clips]
    dope_sheet.move(ours.curves, 33, dope_sheet.between(ours.last + 1, 9999))
    found = digest.followed_ranges(ours.clip.id_data)
    assert found == [(ours.clips[0].start, ours.clips[0].last), (ours.clips[1].start + 33, ours.clips[1].last + 33)]
    for _ in range(5):
        with stopwatch.piece():
            digest.followed_ranges(ours.clip.id_data)
    print(f"{stopwatch.shortest:.2f} ms for two clips")
    assert stopwatch.shortest < 2.0


@pytest.mark.parametrize("damage", ["{", "[]", '{"pose.bones[\\"pelvis\\"].location": "AAA="}', '{"x": 3}'])
def test_a_damaged_digest_only_means_that_nothing_is_known(extension, ours, session, damage):
    ours.clip.written_keys = damage
    assert extension("clips.key_digest").followed_ranges(ours.clip.id_data) == [(ours.start, ours.last)]
    ours.clip.strength = 1.2
    assert not session.message and (ours.clip.start, ours.clip.last) == (ours.start, ours.last)


def test_clips_of_older_files_follow_as_well(ours, session):
    ours.clip.written_keys = ""
    dope_sheet.move(ours.curves, 20)
    ours.clip.strength = 1.2
    assert not session.message and ours.clip.start == ours.start + 20 and ours.whole()
