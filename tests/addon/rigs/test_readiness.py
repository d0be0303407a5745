"""All that keying would refuse is known before, and what keeps a character from showing its keys is said before and after."""

from __future__ import annotations

import time

import bpy
import numpy as np
import pytest

from tests.addon.rigs import make, measure


@pytest.fixture
def ready_for(extension, scene):
    """Functions to the reason and the hindrances of a character, as buttons and the panel ask."""
    readiness = extension("rigs.readiness")

    class Ask:
        reason = staticmethod(lambda target: readiness.character_reason(scene, target))
        hindrances = staticmethod(lambda target: "; ".join(readiness.character_hindrances(scene, target)))

    return Ask


def put(blender, scene, target, frame=1):
    scene.render.fps, scene.voice_to_motion.character = 30, target
    scene.frame_set(frame)
    return blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION))


def moves(blender, scene, target, name="left_knee"):
    """How far a bone turns against its parent while the motion plays."""
    found = []
    for frame in range(1, 90, 4):
        scene.frame_set(frame)
        blender.context.view_layer.update()
        bone = target.pose.bones[name]
        found.append(np.array((bone.parent.matrix.inverted() @ bone.matrix).to_3x3()))
    return float(np.ptp(np.array(found), axis=0).max())


def rest_position(target):
    target.data.pose_position = "REST"


def edited(target):
    bpy.context.view_layer.objects.active = target
    bpy.ops.object.mode_set(mode="EDIT")


def driven(target):
    target.pose.bones["left_knee"].driver_add("rotation_quaternion")


def muted_channel(target, extension):
    for curve in extension("keys.keyframes").curve_owner(target).fcurves:
        curve.mute = '"left_knee"' in curve.data_path


def solo(target):
    track = target.animation_data.nla_tracks.new()
    track.is_solo = True


def no_influence(target):
    data = target.animation_data
    standing = bpy.data.actions.new("Standing")  # without another strip the influence does not count
    if hasattr(standing, "slots"):
        standing.slots.new(id_type="OBJECT", name="Standing")
    data.nla_tracks.new().strips.new("Standing", 1, standing)
    data.action_influence = 0.0


def constrained(target):
    constraint = target.pose.bones["left_knee"].constraints.new("LIMIT_ROTATION")
    constraint.owner_space = "LOCAL"
    constraint.use_limit_x = constraint.use_limit_y = constraint.use_limit_z = True


HINDRANCES = {
    rest_position: "Rest Position", edited: "Edit Mode",
    driven: "Drivers keep left_knee", muted_channel: "Muted channels keep left_knee",
    solo: "plays solo", no_influence: "influence of 0.00",
    constrained: "Constraints may keep left_knee",
}  # fmt: skip


@pytest.mark.parametrize("hinder", HINDRANCES, ids=lambda hinder: hinder.__name__)
def test_what_hides_a_motion_is_said_before_and_after(hinder, extension, blender, scene, character, session, ready_for):
    put(blender, scene, character)
    assert moves(blender, scene, character) > 0.3 and not ready_for.hindrances(character)
    hinder(*(character, extension)[: hinder.__code__.co_argcount])
    assert not ready_for.reason(character), "keys can be written"
    assert HINDRANCES[hinder] in ready_for.hindrances(character)
    assert put(blender, scene, character) == {"FINISHED"}
    assert HINDRANCES[hinder] in session.note
    assert moves(blender, scene, character) < 0.3, "it is really so"


def test_locks_hide_nothing(extension, blender, scene, character, ready_for):
    """Locked transforms and channels are for the animator's hands; keys still move the bone."""
    put(blender, scene, character)
    for bone in character.pose.bones:
        bone.lock_location = bone.lock_rotation = (True,) * 3
    for curve in extension("keys.keyframes").curve_owner(character).fcurves:
        curve.lock = True
    put(blender, scene, character, 10)
    assert moves(blender, scene, character) > 0.3 and not ready_for.hindrances(character)


def test_a_muted_group_counts_where_blender_says_so(extension, blender, scene, character, ready_for):
    """Blender mutes channels with their group only where actions have no slots."""
    put(blender, scene, character)
    extension("keys.keyframes").curve_owner(character).groups["left_knee"].mute = True
    assert ("Muted channels keep left_knee" in ready_for.hindrances(character)) == (moves(blender, scene, character) < 0.1)
    pose = extension("keys.keyed_pose").KeyedPose(character)
    scene.frame_set(30)
    kept = pose.rotations("left_knee", np.array([30.0]))[0]
    shown = character.pose.bones["left_knee"].matrix_basis.to_quaternion()
    assert abs(kept @ np.array(shown)) > 0.9999


def test_tweak_mode_is_refused_before(blender, scene, character, ready_for):
    put(blender, scene, character)
    data = character.animation_data
    track = data.nla_tracks.new()
    track.strips.new("walk", 1, data.action)
    data.action = None
    data.use_tweak_mode = True
    assert "leave tweak mode" in ready_for.reason(character)


@pytest.fixture
def library(blender, scene, tmp_path):
    """A file with a character in a collection; a function to link something of it into a new one."""
    target = make.make(make.KINDS["vroid"], "Rig")
    collection = blender.data.collections.new("Crowd")
    scene.collection.children.link(collection)
    collection.objects.link(target)
    scene.collection.objects.unlink(target)
    path = str(tmp_path / "library.blend")
    blender.ops.wm.save_as_mainfile(filepath=path)
    blender.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)

    def link(kind, name):
        with blender.data.libraries.load(path, link=True) as (_, wanted):
            setattr(wanted, kind, [name])
        return getattr(wanted, kind)[0]

    return link


def test_a_linked_instance_is_told_to_become_an_override(extension, blender, library):
    scene = blender.context.scene
    instance = blender.data.objects.new("Instance", None)
    instance.instance_type, instance.instance_collection = "COLLECTION", library("collections", "Crowd")
    scene.collection.objects.link(instance)
    linked = instance.instance_collection.objects["Rig"]
    assert "make a library override" in extension("rigs.readiness").character_reason(scene, linked)


def test_a_linked_object_of_the_same_name_hides_nothing(extension, blender, library, session, failing):
    scene, linked = blender.context.scene, library("objects", "Rig")
    scene.collection.objects.link(linked)
    own = make.make(make.KINDS["vroid"], "Rig")
    assert own.name == linked.name == "Rig"
    reason = extension("rigs.readiness").character_reason
    assert not reason(scene, own) and "make a library override" in reason(scene, linked)
    find = extension("scene").find_object
    assert find(own.name_full) == own and find(linked.name_full) == linked and find("nobody") is None
    scene.voice_to_motion.character = linked  # the panel's is another one
    scene.render.fps = 30
    blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION), character=own.name_full)
    assert own.animation_data.action is not None and linked.animation_data is None
    assert "override" in failing(
        blender.ops.voice_to_motion.apply_motion, filepath=str(measure.MOTION), character=linked.name_full
    )


def test_a_deleted_character_has_no_check_mark(extension, blender, scene, character):
    reason = extension("rigs.readiness").character_reason
    assert not reason(scene, character)
    for collection in character.users_collection:
        collection.objects.unlink(character)
    assert "no longer in this scene" in reason(scene, character)
    drawn = []

    class Layout:
        active = scale_y = alert = None

        def column(self, **_):
            return self

        row = column

        def label(self, text="", icon="NONE", **_):
            drawn.append((text, icon))

    extension("panels.rig").draw_score(Layout(), panel_context(scene), character)
    assert not any(icon == "CHECKMARK" for _, icon in drawn) and "no longer" in " ".join(text for text, _ in drawn)


def panel_context(scene):
    """What panels ask a context for; bpy without a window has no region."""
    from types import SimpleNamespace

    return SimpleNamespace(
        scene=scene, region=SimpleNamespace(width=400), preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=1.0))
    )


def test_a_root_that_is_missing_is_known_before(blender, scene, ready_for):
    target = make.make(make.KINDS["mixamo"])
    assert not ready_for.reason(target)
    scene.voice_to_motion_placement.root = "ROOT"
    assert "no bone above the pelvis" in ready_for.reason(target)


def test_a_range_the_wrong_way_round_is_known_before(scene, character, ready_for):
    placement = scene.voice_to_motion_placement
    placement.destination, placement.range_start, placement.range_end = "RANGE", 50, 20
    assert "ends before it begins" in ready_for.reason(character)


def test_a_rest_pose_that_is_no_body_is_known_before(blender, scene, ready_for):
    target = make.make(make.KINDS["vroid"])
    assert not ready_for.reason(target)
    blender.context.view_layer.objects.active = target
    blender.ops.object.mode_set(mode="EDIT")
    target.data.edit_bones["J_Bip_C_Hips"].use_connect = False
    target.data.edit_bones["Root"].tail = target.data.edit_bones["J_Bip_C_Hips"].head
    target.data.edit_bones["J_Bip_C_Hips"].use_connect = True
    blender.ops.object.mode_set(mode="OBJECT")
    assert "is connected to Root and cannot move" in ready_for.reason(target)


def test_asking_costs_less_than_a_millisecond(blender, scene, ready_for, capsys):
    target = make.rigify()
    scene.voice_to_motion_placement.root = "ROOT"
    put(blender, scene, target)
    costs = []
    for ask in (ready_for.reason, ready_for.hindrances):
        ask(target)
        started = time.thread_time()
        for _ in range(50):
            ask(target)
        costs.append((time.thread_time() - started) / 50 * 1e3)
    with capsys.disabled():
        print(f"\nreason {costs[0]:.2f} ms, hindrances {costs[1]:.2f} ms", end="")
    assert max(costs) < 3.0  # measured 0.3 and 0.3 alone
