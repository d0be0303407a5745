"""Other rigs in a real window: a generated Rigify rig and a Mixamo one follow a motion beside our own character. Started by
run.sh; never imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from pathlib import Path

import bpy
from mathutils import Euler, Matrix, Vector

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
import make  # noqa: E402
import make_model  # noqa: E402
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
MOTION = str(FOLDER / "walk_then_wave.npz")
WAVING = 40  # a frame in which the right hand is up


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    scene = bpy.context.scene
    scene.render.fps = 30
    bpy.ops.voice_to_motion.create_character()
    rigs = {"ours": scene.voice_to_motion.character}
    rigs["mixamo"] = make.make(make.KINDS["mixamo"], "Mixamo")
    rigs["rigify"] = make.rigify()
    bpy.data.objects.remove(bpy.data.objects["metarig"])
    # The deform bones in place of the controls: they show where the controls take the body.
    for collection in rigs["rigify"].data.collections_all:
        collection.is_visible = collection.name == "DEF"
    for name, x in (("mixamo", -1.3), ("ours", 0.0), ("rigify", 1.3)):
        rigs[name].location.x = x
        rigs[name].show_in_front = name == "mixamo"
    score = sys.modules[f"{MODULE}.rigs.scene_maps"].match_of
    for name, rig in rigs.items():
        scene.voice_to_motion.character = rig
        scene.frame_set(1)
        window.say(score(scene, rig).score)
        bpy.ops.voice_to_motion.apply_motion("EXEC_DEFAULT", True, filepath=MOTION)
        window.check(f"{name} is keyed", rig.animation_data.action is not None)
    space = window.area.spaces.active
    space.show_region_ui = True
    space.overlay.show_relationship_lines = False
    yield 0.5
    turned = Euler((1.38, 0.0, 0.35)).to_matrix().to_4x4()
    place = Matrix.Translation((0.3, -0.5, 0.85)) @ turned @ Matrix.Translation((0.0, 0.0, 5.2))
    space.region_3d.view_matrix = place.inverted()
    bpy.context.preferences.system.viewport_aa = "FXAA"
    window.region("UI").active_panel_category = "Voice to Motion"
    window.area.tag_redraw()
    yield 1.0

    for frame, name in ((1, "start"), (WAVING, "wave"), (100, "walked")):
        scene.frame_set(frame)
        yield 1.0
        window.shot(f"rigs_{name}")
    scene.frame_set(WAVING)
    yield 0.5
    hands = {}
    for name, bones in (
        ("ours", ("right_wrist", "head")),
        ("mixamo", ("mixamorig:RightHand", "mixamorig:Head")),
        ("rigify", ("DEF-hand.R", "head")),
    ):
        rig = rigs[name]
        hand, head = ((rig.matrix_world @ rig.pose.bones[bone].head) for bone in bones)
        hands[name] = hand - head
        window.say(f"{name}: right hand {tuple(round(v, 2) for v in hand - head)} from the head")
    window.check("all of them have the hand up beside the head", all(Vector(v).z > -0.2 for v in hands.values()))
    switches = [rigs["rigify"].pose.bones[bone]["IK_FK"] for bone in ("upper_arm_parent.L", "thigh_parent.R")]
    window.check("Rigify's arms and legs are in FK", switches == [1.0, 1.0])

    yield from window.key("Z", ctrl=True)
    rig = bpy.data.objects["rig"]
    window.check("one undo takes Rigify's keys away", rig.animation_data.action is None)
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("redo brings them back", bpy.data.objects["rig"].animation_data.action is not None)

    scene = bpy.context.scene
    scene.voice_to_motion.character = bpy.data.objects["Mixamo"]
    bpy.ops.voice_to_motion.edit_bone_map()
    yield from panel_shot(window, "bone_map")

    # Our own rig: IK controls added, snapped to the motion, and a hand moved.
    character = bpy.data.objects["Character"]
    scene.voice_to_motion.character = character
    scene.frame_set(WAVING)
    yield 0.3
    wrist = character.pose.bones["right_wrist"]
    before = wrist.head.copy()
    bpy.ops.voice_to_motion.add_ik("EXEC_DEFAULT", True)
    bpy.ops.voice_to_motion.snap_to_ik("EXEC_DEFAULT", True)
    yield 0.5
    wrist = bpy.data.objects["Character"].pose.bones["right_wrist"]
    window.check(f"snapping to IK moves the hand {(wrist.head - before).length * 1000:.3f} mm", (wrist.head - before).length < 1e-3)
    yield from panel_shot(window, "ik")
    bpy.ops.voice_to_motion.snap_to_fk("EXEC_DEFAULT", True)
    yield 0.5
    window.check(f"and back {(wrist.head - before).length * 1000:.3f} mm", (wrist.head - before).length < 1e-3)

    yield from own_body(window)
    yield from loaded_over(window)
    bpy.ops.screen.userpref_show("INVOKE_DEFAULT")
    bpy.ops.preferences.addon_show(module=MODULE)
    yield 1.5
    window.shot("rigs_preferences")


def own_body(window: Window) -> Generator[float, None, None]:
    """An SMPL-X body from a made-up model file of the real one's size: read in a thread, built in steps, one undo."""
    body = sys.modules[f"{MODULE}.motion.body"].default_body()
    data = make_model.arrays(body, directions=400, rings=24)
    posedirs = make_model.np.zeros((len(data["v_template"]), 3, 486))
    file = make_model.write(FOLDER / "SMPLX_NEUTRAL.npz", data, posedirs=posedirs)
    bpy.context.preferences.addons[MODULE].preferences.smplx_path = str(file)
    yield 0.5
    meshes = set(bpy.data.meshes.keys())
    yield from given_up(window, "create_smplx_body", lambda: set(bpy.data.meshes.keys()) != meshes)
    left = set(bpy.data.meshes.keys()) ^ meshes
    window.check(f"Esc ends the building of a body and takes back what was made {left}", not left)
    window.check("no armature of it either", "SMPL-X" not in bpy.data.objects)
    press(window, "create_smplx_body")
    window.check("reading does not block", "SMPL-X" not in bpy.data.objects)
    character = lambda: bpy.context.scene.voice_to_motion.character.name  # noqa: E731
    yield from window.wait("the body is there and is the character", lambda: character() == "SMPL-X")
    yield 0.5
    meshes = set(bpy.data.meshes.keys())
    yield from given_up(window, "add_correctives", lambda: set(bpy.data.meshes.keys()) != meshes)
    window.check("Esc ends the adding of correctives, and the body is as before", set(bpy.data.meshes.keys()) == meshes)
    press(window, "add_correctives")
    count = lambda: len(bpy.data.objects["SMPL-X Body"].data.shape_keys.key_blocks)  # noqa: E731
    yield from window.wait("pose correctives are there", lambda: count() == 1 + 10 + 10 + 486)
    yield 0.5
    yield from panel_shot(window, "smplx_body")
    yield from window.key("Z", ctrl=True)
    window.check("one undo takes the correctives away", count() == 21)
    yield from window.key("Z", ctrl=True)
    window.check("and one more the body", "SMPL-X" not in bpy.data.objects)


def loaded_over(window: Window) -> Generator[float, None, None]:
    """Another file is loaded while a body is built: nothing of it arrives there, and no timer goes on."""
    meshes = set(bpy.data.meshes.keys())
    press(window, "create_smplx_body")
    for _ in range(1000):
        if set(bpy.data.meshes.keys()) != meshes:
            break
        yield 0.02
    bpy.ops.wm.read_homefile()
    yield 1.0
    there = [each.name for each in (*bpy.data.meshes, *bpy.data.objects) if "SMPL-X" in each.name]
    window.check(f"a file that is loaded meanwhile gets nothing of it {there}", not there)
    tick = sys.modules[f"{MODULE}.link.timer"].tick
    window.check("and no timer goes on", not bpy.app.timers.is_registered(tick))


def press(window: Window, operator: str) -> None:
    """As if its button were pressed."""
    with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("WINDOW")):
        getattr(bpy.ops.voice_to_motion, operator)("INVOKE_DEFAULT")


def given_up(window: Window, operator: str, begun: Callable[[], object]) -> Generator[float, None, None]:
    """Press a button, and Esc as soon as something is being built."""
    region = window.region("WINDOW")
    x, y = region.x + region.width // 3, region.y + region.height // 2
    yield from window.point(x, y)
    press(window, operator)
    for _ in range(1000):
        if begun():
            break
        yield 0.02
    window.check(f"{operator} has begun", begun())
    for value in ("PRESS", "RELEASE"):
        window.window.event_simulate(type="ESC", value=value, x=x, y=y)
    window.shot(f"{operator}_given_up")  # the status bar says what Esc does
    yield 0.5


def panel_shot(window: Window, name: str) -> Generator[float, None, None]:
    """Draw one part of the section Rig, which may be far down in its tab, in a tab of its own."""
    alone = yield from window.alone(next(part for part in sys.modules[f"{MODULE}.panels.rig"].RigSection.parts if part.key == name))
    window.shot(f"rigs_{name}")
    bpy.utils.unregister_class(alone)
    window.region("UI").active_panel_category = "Voice to Motion"
    yield 0.5


bpy.context.preferences.view.show_splash = False
_window = Window(FOLDER)
run(_window, session(_window))
