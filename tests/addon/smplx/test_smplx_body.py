"""The user's own SMPL-X body, from a generated file of the right layout: skinning is exact, joints fit the shape."""

from __future__ import annotations

import time
import types

import numpy as np
import pytest
from mathutils import Matrix, Vector

from tests.addon.rigs import measure
from tests.addon.smplx import make_model

MODULE = "bl_ext.user_default.voice_to_motion"
VERTICES = 2640  # of the small made-up body
UPRIGHT = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


@pytest.fixture(scope="module")
def file(extension, tmp_path_factory):
    """As released: 300 shape and 100 expression directions."""
    data = make_model.arrays(extension("motion.body").default_body(), directions=400)
    return make_model.write(tmp_path_factory.mktemp("model") / "SMPLX_NEUTRAL.npz", data)


@pytest.fixture(scope="module")
def small(extension):
    """Arrays with 10 + 10 directions."""
    return make_model.arrays(extension("motion.body").default_body())


@pytest.fixture
def preferences(blender):
    settings = blender.context.preferences.addons[MODULE].preferences
    yield settings
    settings.smplx_path = ""


@pytest.fixture
def load(extension):
    """`smplx.model_file` with functions that read at once."""
    module, run_to_end = extension("smplx.model_file"), extension("link.incremental").run_to_end
    return types.SimpleNamespace(
        model=lambda path: run_to_end(module.load_model(path)),
        pose_directions=lambda path: run_to_end(module.load_pose_directions(path)),
    )


@pytest.fixture
def model(load, file):
    return load.model(file)


@pytest.fixture
def smplx(blender, scene, preferences, file):
    preferences.smplx_path = str(file)
    assert blender.ops.voice_to_motion.create_smplx_body() == {"FINISHED"}
    return scene.voice_to_motion.character


def evaluated(blender, skin) -> np.ndarray:
    blender.context.view_layer.update()
    mesh = skin.evaluated_get(blender.context.evaluated_depsgraph_get()).data
    flat = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def skinned(body, model, betas, expression, pose, shift, posedirs=None) -> np.ndarray:
    """SMPL-X's own formula, written out: shape, joints, pose correctives, linear blend skinning. (V, 3), Z up."""
    shaped = model.vertices + model.shapes @ betas
    joints = model.joint_regressor @ shaped
    shaped = shaped + model.expressions @ expression
    local = [np.array(Matrix.Rotation(Vector(v).length, 3, Vector(v))) if np.any(v) else np.eye(3) for v in pose]
    if posedirs is not None:
        shaped = shaped + posedirs @ np.concatenate([(turn - np.eye(3)).ravel() for turn in local[1:]])
    turned, placed = [], []
    for joint, parent in enumerate(body.parents):
        turned.append(local[joint] if parent < 0 else turned[parent] @ local[joint])
        placed.append(joints[0] if parent < 0 else placed[parent] + turned[parent] @ (joints[joint] - joints[parent]))
    out = np.zeros_like(shaped)
    for joint in range(55):
        out += model.weights[:, joint : joint + 1] * ((shaped - joints[joint]) @ turned[joint].T + placed[joint])
    return (out + shift) @ UPRIGHT.T


def test_skinning_shape_and_expression_are_exact(extension, blender, scene, smplx, model, capsys):
    body = extension("motion.body").default_body()
    skin = extension("smplx.character").smplx_skin(smplx)
    random = np.random.default_rng(1)
    betas, expression, pose = random.normal(size=10) * 1.5, random.normal(size=10), random.normal(size=(55, 3)) * 0.5
    keys = skin.data.shape_keys.key_blocks
    for i in range(10):
        keys[f"Beta {i + 1}"].value, keys[f"Expression {i + 1}"].value = betas[i], expression[i]
    assert not extension("smplx.fitting").fits_shape(smplx)
    assert blender.ops.voice_to_motion.fit_armature() == {"FINISHED"}
    assert extension("smplx.fitting").fits_shape(smplx) and not blender.ops.voice_to_motion.fit_armature.poll()
    np.testing.assert_allclose(smplx["betas"], betas, atol=1e-6)
    for name, vector in zip(body.names, pose, strict=True):
        smplx.pose.bones[name].rotation_quaternion = Matrix.Rotation(Vector(vector).length, 4, Vector(vector)).to_quaternion()
    got = evaluated(blender, skin)
    shift = np.array(skin.data["smplx_shift"])
    error = np.linalg.norm(got - skinned(body, model, betas, expression, pose, shift), axis=-1).max()
    with capsys.disabled():
        print(f"\nlargest skinning error {error * 1000:.4f} mm", end="")
    assert error < 2e-5


def test_pose_correctives_are_exact_too(extension, load, blender, scene, preferences, small, tmp_path, failing, capsys):
    body = extension("motion.body").default_body()
    random = np.random.default_rng(6)
    posedirs = random.normal(scale=2e-3, size=(VERTICES, 3, 486)).astype(np.float32)
    preferences.smplx_path = str(make_model.write(tmp_path / "SMPLX.npz", small, posedirs=posedirs))
    blender.ops.voice_to_motion.create_smplx_body()
    smplx = scene.voice_to_motion.character
    skin = extension("smplx.character").smplx_skin(smplx)
    started = time.thread_time()
    assert blender.ops.voice_to_motion.add_correctives() == {"FINISHED"}
    seconds = time.thread_time() - started
    assert not blender.ops.voice_to_motion.add_correctives.poll()
    betas, zero, pose = np.zeros(10), np.zeros(10), random.normal(size=(55, 3)) * 0.6
    betas[0] = 2.0
    skin.data.shape_keys.key_blocks["Beta 1"].value = 2.0
    blender.ops.voice_to_motion.fit_armature()
    for name, vector in zip(body.names, pose, strict=True):
        smplx.pose.bones[name].rotation_quaternion = Matrix.Rotation(Vector(vector).length, 4, Vector(vector)).to_quaternion()
    model = load.model(tmp_path / "SMPLX.npz")
    shift = np.array(skin.data["smplx_shift"])
    got = evaluated(blender, skin)
    error = np.linalg.norm(got - skinned(body, model, betas, zero, pose, shift, posedirs), axis=-1).max()
    without = np.linalg.norm(got - skinned(body, model, betas, zero, pose, shift), axis=-1).max()
    with capsys.disabled():
        print(f"\nwith correctives {error * 1000:.4f} mm off, without {without * 1000:.1f} mm; added in {seconds:.2f} s", end="")
    assert error < 5e-5 and without > 0.01


def test_no_step_of_building_holds_blender(extension, blender, scene, tmp_path, capsys, stopwatch):
    """With as many vertices and weights as SMPL-X has: what is drawn between the steps, and Blender itself, want their time too."""
    body = extension("motion.body").default_body()
    data = make_model.arrays(body, rings=24)
    data["weights"] = sum(np.roll(data["weights"], by, axis=1) for by in range(3)) / 3
    posedirs = np.zeros((len(data["v_template"]), 3, 486), np.float32)
    file = make_model.write(tmp_path / "SMPLX.npz", data, posedirs=posedirs)
    character, correctives, model_file = (extension(f"smplx.{name}") for name in ("character", "correctives", "model_file"))
    longest = {}

    def built(what, steps):
        stopwatch.took.clear()
        value = []

        def work():
            value.append((yield from steps))

        work = work()
        ended = False
        while not ended:
            with stopwatch.piece():
                ended = next(work, work) is work
        longest[what] = stopwatch.longest
        return value[0]

    model = built("reading", model_file.load_model(file))
    armature = built("body", character.build_character("SMPL-X", model, scene.collection, blender.context))
    skin = character.smplx_skin(armature)
    directions = built("reading more", model_file.load_pose_directions(file))
    built("correctives", correctives.add_correctives(armature, skin, directions))
    with capsys.disabled():
        print("\nlongest step:", ", ".join(f"{what} {took:.1f} ms" for what, took in longest.items()), end="")
    assert len(skin.data.shape_keys.key_blocks) == 1 + 20 + 486
    assert max(longest.values()) < 50.0


def test_building_that_is_given_up_leaves_nothing(extension, load, blender, scene, preferences, small, tmp_path):
    """Wherever it is when Esc is pressed: no data-block more than before, and the same selection."""
    body = extension("motion.body").default_body()
    file = make_model.write(tmp_path / "SMPLX.npz", small, posedirs=np.zeros((VERTICES, 3, 486), np.float32))
    character, correctives = extension("smplx.character"), extension("smplx.correctives")
    blender.ops.object.empty_add()
    marker = blender.context.object
    kinds = ("objects", "meshes", "armatures", "shape_keys", "collections")
    there = lambda: {kind: sorted(each.name for each in getattr(blender.data, kind)) for kind in kinds}  # noqa: E731

    def given_up_everywhere(steps_of):
        before, number, ended = there(), 0, False
        while not ended:
            steps = steps_of()
            for _ in range(number + 1):
                ended = next(steps, "end") == "end"
            if not ended:
                steps.close()
                assert there() == before, number
                assert blender.context.object == marker and marker.select_get(), number
            number += 1 if number < 30 else 50
        return number

    model = load.model(file)
    assert given_up_everywhere(lambda: character.build_character("SMPL-X", model, scene.collection, blender.context)) > 20
    armature = blender.context.object
    assert len(armature.data.bones) == 1 + len(body.names)
    marker = armature
    directions = load.pose_directions(file)
    skin = character.smplx_skin(armature)
    given_up_everywhere(lambda: correctives.add_correctives(armature, skin, directions))
    assert correctives.has_correctives(skin)


def test_keyed_shapes_survive_correctives(blender, scene, preferences, small, tmp_path, extension):
    """The mesh is replaced: its keys, its other users and its name stay."""
    posedirs = np.zeros((VERTICES, 3, 486), np.float32)
    preferences.smplx_path = str(make_model.write(tmp_path / "SMPLX.npz", small, posedirs=posedirs))
    blender.ops.voice_to_motion.create_smplx_body()
    skin = extension("smplx.character").smplx_skin(scene.voice_to_motion.character)
    mesh = skin.data.name
    twin = blender.data.objects.new("Twin", skin.data)
    for frame, value in ((1, 0.0), (11, 2.0)):
        key = skin.data.shape_keys.key_blocks["Beta 1"]
        key.value = value
        key.keyframe_insert("value", frame=frame)
    skin.data.shape_keys.key_blocks["Expression 2"].value = 1.5
    blender.ops.voice_to_motion.add_correctives()
    assert skin.data.name == mesh and twin.data == skin.data and len(blender.data.meshes) == 1 + 2  # and the bones' shapes
    keys = skin.data.shape_keys.key_blocks
    assert len(keys) == 507 and keys["Expression 2"].value == 1.5
    scene.frame_set(6)
    assert keys["Beta 1"].value == pytest.approx(1.0, abs=0.01)


def test_files_without_correctives(blender, scene, preferences, small, tmp_path, failing):
    preferences.smplx_path = str(make_model.write(tmp_path / "SMPLX.npz", small))
    blender.ops.voice_to_motion.create_smplx_body()
    assert "lacks posedirs" in failing(blender.ops.voice_to_motion.add_correctives)
    make_model.write(tmp_path / "SMPLX.npz", small, posedirs=np.zeros((VERTICES, 3, 207)))
    assert "another size" in failing(blender.ops.voice_to_motion.add_correctives)


def test_joints_and_feet_fit_the_shape(extension, blender, scene, smplx, model):
    body = extension("motion.body").default_body()
    skin = extension("smplx.character").smplx_skin(smplx)
    assert evaluated(blender, skin)[:, 2].min() == pytest.approx(0.0, abs=1e-5)
    tall = np.zeros(10)
    tall[0] = 3.0
    skin.data.shape_keys.key_blocks["Beta 1"].value = 3.0
    blender.ops.voice_to_motion.fit_armature()
    expected = (model.joints(tall) + np.array(skin.data["smplx_shift"])) @ UPRIGHT.T
    heads = np.array([smplx.data.bones[name].head_local for name in body.names])
    np.testing.assert_allclose(heads, expected, atol=1e-5)
    assert evaluated(blender, skin)[:, 2].min() == pytest.approx(0.0, abs=1e-5)
    for bone in smplx.data.bones:
        np.testing.assert_allclose(np.array(bone.matrix_local.to_3x3()), UPRIGHT, atol=1e-5)
    skin.data.shape_keys.key_blocks["Beta 1"].value = 0.0
    blender.ops.voice_to_motion.fit_armature()
    back = (model.joints()[15] + np.array(skin.data["smplx_shift"])) @ UPRIGHT.T
    np.testing.assert_allclose(smplx.data.bones["head"].head_local[:], back, atol=1e-5)


def test_motion_is_carried_over(extension, blender, scene, smplx):
    scene.render.fps = 30
    scene.frame_set(1)
    assert extension("rigs.scene_maps").match_of(scene, smplx).score == "SMPL-X, 55 of 55 bones"
    assert blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}
    smplx.animation_data.action.voice_to_motion.clips[0].reduction = "NONE"
    body = extension("motion.body").default_body()
    found = measure.follow(smplx, {name: name for name in body.names}, body, every=16)
    assert found["angle"] < 0.1 and found["height"] < 0.1


def test_files_with_twenty_directions(load, small, tmp_path):
    model = load.model(make_model.write(tmp_path / "SMPLX_MALE.npz", small))
    np.testing.assert_array_equal(model.expressions, small["shapedirs"][:, :, 10:20])


VERTICES = 2640
REFUSED = {
    "pickled": ({"J_regressor": np.array([{"a": 1}], dtype=object)}, (), "J_regressor is not made of what it should be"),
    "lacking": ({}, ("shapedirs", "weights"), "lacks weights, shapedirs"),
    "another body": ({"weights": np.ones((VERTICES, 24)) / 24}, (), "other sizes than an SMPL-X model"),
    "bad faces": ({"f": np.array([[0, 1, 99_999]], np.uint32)}, (), "faces of vertices that do not exist"),
    "bad weights": ({"weights": np.full((VERTICES, 55), 0.5)}, (), "do not add up to 1"),
    "not finite": ({"v_template": np.full((VERTICES, 3), np.nan)}, (), "not finite"),
    "other joints": ({"kintree_table": np.zeros((2, 55), np.uint32)}, (), "another hierarchy"),
}


def test_a_file_is_read_in_small_steps(extension, tmp_path):
    """Each step takes in a quarter of a megabyte, however much there is; what is left open is closed with the work."""
    data = make_model.arrays(extension("motion.body").default_body(), directions=120)
    file = make_model.write(tmp_path / "SMPLX.npz", data)
    steps = extension("smplx.model_file").load_model(file)
    assert sum(1 for _ in steps) >= file.stat().st_size / 2**18
    begun = extension("smplx.model_file").load_model(file)
    next(begun)
    begun.close()
    file.unlink()


class Window:
    """Blender's context with a window manager that counts timers; operators run in it as in a window."""

    def __init__(self, blender):
        self.blender, self.timers = blender, 0
        self.window_manager = types.SimpleNamespace(
            event_timer_add=lambda _seconds, window: self.count(1),
            event_timer_remove=lambda _timer: self.count(-1),
            modal_handler_add=lambda _operator: None,
        )

    def count(self, change: int) -> object:
        self.timers += change
        return self

    def __getattr__(self, name: str) -> object:
        return getattr(self.blender.context, name)


@pytest.fixture
def pressed(blender, button):
    """A function from an operator's name to a function that runs a tick, or another event.

    That one gives what the operator returned, how many timers run, and its reports.
    """

    def press(name: str):
        window, operator = Window(blender), button(f"operators.smplx_body.VOICE_TO_MOTION_OT_{name}")
        assert operator.invoke(window, None) == {"RUNNING_MODAL"} and window.timers == 1

        def tick(kind: str = "TIMER"):
            state = operator.modal(window, types.SimpleNamespace(type=kind, value="PRESS"))
            return state, window.timers, operator.reports

        return tick

    return press


def test_in_a_window_it_is_read_and_built_in_ticks(extension, blender, scene, preferences, file, pressed, stopwatch):
    preferences.smplx_path = str(file)
    tick, ended = pressed("create_smplx_body"), None
    while ended is None:
        with stopwatch.piece():
            state, timers, reports = tick()
        ended = None if state == {"PASS_THROUGH"} else state
    assert (ended, timers) == ({"FINISHED"}, 0) and "2640 vertices" in reports[0]
    assert extension("smplx.character").smplx_skin(scene.voice_to_motion.character) is not None
    assert len(stopwatch.took) > 3 and stopwatch.longest < 70.0, "20 ms of work, and what the last step takes"


def test_esc_while_it_is_read(blender, preferences, small, tmp_path, pressed):
    preferences.smplx_path = str(make_model.write(tmp_path / "SMPLX.npz", small))
    tick = pressed("create_smplx_body")
    assert tick("MOUSEMOVE")[0] == {"PASS_THROUGH"}
    state, timers, reports = tick("ESC")
    assert (state, timers) == ({"CANCELLED"}, 0) and "nothing was changed" in reports[0]
    assert not blender.data.meshes and not blender.data.armatures


def test_a_bad_file_in_a_window(blender, preferences, tmp_path, pressed):
    (tmp_path / "SMPLX.npz").write_bytes(b"PK not really")
    preferences.smplx_path = str(tmp_path / "SMPLX.npz")
    state, timers, reports = pressed("create_smplx_body")()
    assert (state, timers) == ({"CANCELLED"}, 0) and "cannot be used, because" in reports[0]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_model_is_refused_and_nothing_is_built(blender, preferences, small, failing, tmp_path, name):
    changes, drop, words = REFUSED[name]
    preferences.smplx_path = str(make_model.write(tmp_path / "SMPLX.npz", small, drop, **changes))
    assert words in failing(blender.ops.voice_to_motion.create_smplx_body)
    assert not blender.data.objects and not blender.data.armatures and not blender.data.meshes


def test_no_file_chosen_and_no_such_file(blender, preferences, failing, tmp_path):
    reason = blender.types.VOICE_TO_MOTION_OT_create_smplx_body.disabled_reason(blender.context)
    assert "preferences" in reason and "smpl-x.is.tue.mpg.de" in reason
    preferences.smplx_path = str(tmp_path / "none.npz")
    assert "cannot be read" in failing(blender.ops.voice_to_motion.create_smplx_body)
    (tmp_path / "none.npz").write_bytes(b"PK not really")
    assert "cannot be used, because" in failing(blender.ops.voice_to_motion.create_smplx_body)


def test_ik_and_fitting_do_not_mix(blender, scene, smplx):
    assert blender.ops.voice_to_motion.add_ik() == {"FINISHED"}
    reason = blender.types.VOICE_TO_MOTION_OT_fit_armature.disabled_reason(blender.context)
    assert reason.startswith("Fit the armature before adding IK")
