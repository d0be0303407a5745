"""A clip that only has to go elsewhere keeps its transition, and comes to what writing it from the beginning gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.addon.clips.conftest import WALK

SAME = 1e-5  # of values and handles, and as a part of those beyond 1: Mixamo counts in centimetres
PARTS = {"short": (5, 65), "walk": (0, 90), "wave": (95, 170), "turned": (40, 130)}
KEY = {"co": 2, "handle_left": 2, "handle_right": 2, "interpolation": 1, "handle_left_type": 1, "handle_right_type": 1}


@pytest.fixture
def put(blender, tmp_path):
    """A function that applies a part of the walk at a frame."""
    files = {}
    with np.load(WALK) as data:
        whole = {key: data[key] for key in data.files}
    for name, rows in PARTS.items():
        part = {**whole, "poses": whole["poses"][slice(*rows)], "trans": whole["trans"][slice(*rows)], "heard": np.array(name)}
        files[name] = tmp_path / f"{name}.npz"
        np.savez_compressed(files[name], **part)

    def run(frame, name):
        blender.context.scene.frame_set(frame)
        assert blender.ops.voice_to_motion.apply_motion(filepath=str(files[name])) == {"FINISHED"}

    return run


class Written:
    """The clips of the panel's character, and their keys."""

    def __init__(self, extension, context) -> None:
        self.extension, self.context = extension, context

    @property
    def action(self):
        return self.context.scene.voice_to_motion.character.animation_data.action

    @property
    def clips(self):
        return sorted((clip for clip in self.action.voice_to_motion.clips if not clip.muted), key=lambda clip: clip.start)

    def recipe(self, clip):
        return self.extension("clips.recipe").Recipe.from_text(clip.written)

    def keys(self):
        """{(path, index): {attribute: (K, width)}}."""
        owner = self.extension("keys.keyframes").curve_owner(self.context.scene.voice_to_motion.character)
        found = {}
        for curve in owner.fcurves:
            own = {}
            for name, width in KEY.items():
                own[name] = np.empty(len(curve.keyframe_points) * width, np.float32 if width == 2 else np.int32)
                curve.keyframe_points.foreach_get(name, own[name])
            found[curve.data_path, curve.array_index] = own
        return found

    def forget(self):
        """Leave nothing in memory that a clip could be written from but its recipe and its raw result."""
        self.extension("clips.clip_channels")._cache.clear()
        self.extension("clips.reduced_channels")._chosen.clear()
        pipeline = self.extension("tweak.pipeline")
        for each in (pipeline._fitted, pipeline._tweaked, pipeline._joined_at_home):
            each.cache_clear()

    def write_all(self):
        """Write every clip from the beginning, with the transition that its recipe says."""
        self.forget()
        character = self.context.scene.voice_to_motion.character
        rig = self.extension("rigs.reading").read_rig(self.context.scene, character)
        layers = self.extension("clips.clip_layers").ClipLayers(self.context.scene, rig, self.action)
        for uid in [clip.uid for clip in self.clips]:
            work = self.extension("clips.clip_keys").write_clip_in_steps(
                layers, layers.index_of(uid), known=self.recipe(layers.find(uid))
            )
            self.extension("link.incremental").run_to_end(work)

    def check(self):
        """The keys are those that writing everything gives."""
        before = self.keys()
        self.write_all()
        after = self.keys()
        assert before.keys() == after.keys()
        for (path, index), own in before.items():
            for name, values in own.items():
                now = after[path, index][name]
                assert len(values) == len(now), (path, index, name)
                times = slice(None, None, 2) if KEY[name] == 2 else slice(None)
                np.testing.assert_allclose(values[times], now[times], atol=SAME * 100, err_msg=f"{path} {name}")
                if KEY[name] == 2:  # q and -q are one rotation
                    off = (np.minimum(np.abs(values - now), np.abs(values + now)) / np.maximum(np.abs(now), 1.0))[1::2]
                    assert off.max(initial=0.0) < SAME, (path, index, name, off.max())


@pytest.fixture
def written(extension, blender, actor):
    return Written(extension, blender.context)


def test_what_follows_is_what_writing_all_gives(blender, scene, put, written, session):
    for frame, name in ((1, "walk"), (90, "turned"), (180, "wave")):
        put(frame, name)
    last = written.recipe(written.clips[2]).tweaks
    home = last.home
    for name, length in (("short", 60), ("turned", 90), ("walk", 90)):  # shorter, longer, as long
        put(20, name)
        moved = written.recipe(written.clips[2])
        assert [clip.start for clip in written.clips] == [1, length + 1, length + 91]
        assert moved.tweaks.before == last.before and moved.tweaks.start == last.start, "its transition stays"
        assert moved.tweaks.home != home, "and is in another place"
        home = moved.tweaks.home
        written.check()
    assert not session.message


def test_settings_and_muted_clips(blender, scene, put, written, session):
    for frame, name in ((1, "walk"), (90, "turned"), (180, "wave")):
        put(frame, name)
    written.clips[1].repeats, written.clips[2].trim_start = 2, 6
    put(20, "short")
    written.check()
    written.clips[2].muted = True
    put(20, "walk")
    written.check()
    next(clip for clip in written.action.voice_to_motion.clips if clip.muted).muted = False
    written.clips[0].speed = 0.8
    written.check()
    written.clips[1].root = "IN_PLACE"
    put(20, "short")
    written.check()
    assert not session.message


def test_hand_made_poses_go_along(scene, put, written, session):
    for frame, name in ((1, "walk"), (90, "turned"), (180, "wave")):
        put(frame, name)
    path, index = next(key for key, own in written.keys().items() if "rotation" in key[0] and len(own["co"]) > 20)
    curve = next(c for c in written.extension("keys.keyframes").curve_owner(
        scene.voice_to_motion.character).fcurves if (c.data_path, c.array_index) == (path, index))  # fmt: skip
    clip = written.clips[2]
    point = next(point for point in curve.keyframe_points if clip.start + 30 < point.co.x < clip.last)
    point.co.y += 0.1
    put(20, "short")
    assert written.clips[2].by_hand == 1
    written.check()
    assert not session.message


def test_undo_takes_everything_back(blender, put, written):
    for frame, name in ((1, "walk"), (90, "turned"), (180, "wave")):
        put(frame, name)
    before, places = written.keys(), [(clip.name, clip.start, clip.last) for clip in written.clips]
    blender.ops.ed.undo_push(message="before")
    put(20, "short")
    blender.ops.ed.undo_push(message="after")
    blender.ops.ed.undo()
    assert [(clip.name, clip.start, clip.last) for clip in written.clips] == places
    after = written.keys()
    assert all((own[name] == after[key][name]).all() for key, own in before.items() for name in own)
    put(20, "short")
    written.check()


def test_clips_of_older_files_keep_their_transition(put, written):
    """Theirs is where the character did it."""
    connection, trajectory = written.extension("clips.connection"), written.extension("tweak.trajectory")
    archive, quaternions, files = (written.extension(name) for name in ("tweak.archive", "motion.quaternions", "motion.files"))
    for frame, name in ((1, "walk"), (90, "turned"), (180, "wave")):
        put(frame, name)
    clip = written.clips[2]
    recipe = written.recipe(clip)
    there = trajectory.carried_to(archive.unpack_motion(recipe.tweaks.before), recipe.tweaks.home)
    text = archive.pack_motion(files.MotionData(quaternions.rotation_vectors(there.rotations), there.pelvis, there.fps))
    start = trajectory.carried_spot(recipe.tweaks.start, trajectory.Spot(0.0, 0.0, 0.0), recipe.tweaks.home)
    old = replace(recipe, tweaks=replace(recipe.tweaks, before=text, start=start, home=None))
    clip.written = old.as_text()
    at_home = connection.at_home(old.tweaks)
    for name in ("x", "z", "yaw"):
        assert getattr(at_home.start, name) == pytest.approx(getattr(recipe.tweaks.start, name), abs=1e-5)
    put(20, "short")
    assert written.recipe(written.clips[2]).tweaks.before == at_home.before
    written.check()
