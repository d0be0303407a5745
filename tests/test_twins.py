"""Twins: what add-on and backend both need, and each has for itself, because the two programs share no Python.

Blender's Python has no torch, scipy or msgspec; the backend has no bpy. This table lists every twin, and the tests below hold
both sides to the same numbers.

| add-on | backend | what must agree |
|---|---|---|
| `motion/npz.py` | `packs/npz.py` | the bytes of the file |
| `motion/body.py`, `default_body` | `motion/body.py`, `default_body` | the body, read from one JSON file |
| `motion/body.py`, `forward_kinematics` | `motion/kinematics.py`, `forward_kinematics` | joint positions, orientations |
| `motion/files.py` | `motion/files.py` | a motion written by one and read by the other |
| `motion/two_bone.py`, `reach_with_leg` | `motion/two_bone.py`, `reach_with_leg` | the leg, where it is bent and the goal nearer |
| `tweak/pose_filters.py`, `mirror_motion` | `motion/motion.py`, `Motion.mirrored` | the mirrored motion |
| `tweak/foot_lock.py`, `lock_feet` | `motion/planting.py`, `plant_feet` | that standing feet hold still |
| `tweak/style.py`, `tempo`, `uneven_time`, `restyle` | `motion/styles.py`, `restyle` | a motion in a style, from one table |
| `batch/listing.py`, `FolderListing` | `commands/folder_files.py`, `list_files` | the files of a folder and their order |
| `takes/audio.py`, `SUFFIXES` | `serve/sources.py`, `SUFFIXES` | the endings of recordings |
| `link/messages.py`, `EVENTS` | `serve/messages.py`, `AnyEvent` | events and their fields |

Both leg solvers stretch a leg softly towards its full length, the add-on's a little closer to it. Both hold feet by a banded
least-squares problem, but know contacts from different sources: the backend from the network, the add-on from height and speed.

Alike but no twins, since they answer other questions: `tweak/contacts.py` (standing feet to lock) and `motion/contacts.py`
(labels of training data); `yaw_of` (the twist of a rotation) and `heading_of` (the lateral axis on the floor); resampling, which
in the add-on keeps the frame rate exactly and in the backend the last pose.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from tests.fuzz.addon import addon

ROOT = Path(__file__).resolve().parents[1]
WALK = ROOT / "tests" / "addon" / "rigs" / "walk_then_wave.npz"
FLOAT32 = 2e-5  # metres, and components of unit quaternions: the backend computes in single precision

pytest.importorskip("torch")  # the add-on's own environments lack the backend's packages


@pytest.fixture(scope="module")
def walk():
    """The same recorded walk in both programs."""
    ours = addon("motion.motion").from_motion_data(addon("motion.files").load_motion(WALK))
    from backend.motion.files import load_motion

    return ours, load_motion(WALK)


def wxyz(quaternions: np.ndarray) -> np.ndarray:
    """The backend's quaternions, xyzw, in the add-on's order."""
    return quaternions[..., [3, 0, 1, 2]]


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """Largest angle between two arrays of quaternions, radians."""
    return float(addon("motion.quaternions").angles(a, b).max())


def test_npz_is_read_by_the_same_code():
    assert (ROOT / "addon/motion/npz.py").read_bytes() == (ROOT / "backend/packs/npz.py").read_bytes()


def test_the_default_body_is_the_same():
    from backend.motion import body, skeleton

    ours, theirs = addon("motion.body").default_body(), body.default_body()
    assert ours.names == skeleton.JOINT_NAMES and ours.parents == skeleton.PARENTS
    np.testing.assert_allclose(ours.offsets, theirs.offsets, atol=1e-7)
    np.testing.assert_allclose(ours.rest_positions(), theirs.rest_positions(), atol=1e-6)


def test_forward_kinematics(walk):
    ours, theirs = walk
    body = addon("motion.body")
    positions, turns = body.forward_kinematics(ours.rotations, ours.pelvis, body.default_body())
    np.testing.assert_allclose(positions, theirs.positions(), atol=FLOAT32)
    assert apart(turns, wxyz(theirs.global_rotations())) < 1e-3


def test_motion_files_pass_both_ways(walk, tmp_path):
    from backend.motion import files

    ours, theirs = walk
    assert ours.fps == theirs.fps and apart(ours.rotations, wxyz(theirs.rotations)) < 1e-3
    addon_files, vectors = addon("motion.files"), addon("motion.quaternions").rotation_vectors(ours.rotations)
    addon_files.save_motion(tmp_path / "ours.npz", addon_files.MotionData(vectors, ours.pelvis, ours.fps))
    files.save_motion(tmp_path / "theirs.npz", theirs, heard="geh – walk", seed=7)
    there, back = files.load_motion(tmp_path / "ours.npz"), addon_files.load_motion(tmp_path / "theirs.npz")
    assert apart(wxyz(there.rotations), ours.rotations) < 1e-3 and (back.heard, back.seed) == ("geh – walk", 7)
    np.testing.assert_allclose(there.pelvis, ours.pelvis, atol=FLOAT32)
    np.testing.assert_allclose(back.pelvis, theirs.pelvis, atol=FLOAT32)
    np.testing.assert_allclose(back.rotations, vectors, atol=1e-3)


@pytest.mark.parametrize("side", ["left", "right"])
def test_two_bone_inverse_kinematics(walk, side):
    """Bent by a radian and drawn up: there neither the softness near full length nor the mixed hinge of straight legs counts."""
    from backend.motion.two_bone import reach_with_leg

    bodies, two_bone, coordinates = addon("motion.body"), addon("motion.two_bone"), addon("motion.coordinates")
    body, rotations = bodies.default_body(), walk[0].rotations.copy()
    rows = two_bone.leg_joints(side, body)
    rotations[:, rows[1]] = coordinates.quaternions_from_rotation_vectors(np.array([1.0, 0.05, 0.0]))
    pelvis, yaw = walk[0].pelvis, np.linspace(-0.3, 0.3, len(rotations))
    places, turns = bodies.forward_kinematics(rotations, pelvis, body)
    goal = places[:, rows[2]] + 0.15 * (places[:, rows[0]] - places[:, rows[2]]) + (0.03, 0.0, 0.02)
    ours = rotations.copy()
    ours[:, list(rows)] = two_bone.reach_with_leg(rotations, pelvis, goal, yaw, side, body)
    reached, turned = bodies.forward_kinematics(ours, pelvis, body)
    matrices = coordinates.matrices_from_quaternions
    theirs = reach_with_leg(places, matrices(turns), body.offsets, side, goal, yaw)
    np.testing.assert_allclose(reached[:, rows[2]], goal, atol=1e-9)
    np.testing.assert_allclose(matrices(turned[:, list(rows)]), theirs, atol=1e-7)


def test_mirroring(walk):
    ours = addon("tweak.pose_filters").mirror_motion(walk[0], addon("motion.body").default_body())
    theirs = walk[1].mirrored()
    assert apart(ours.rotations, wxyz(theirs.rotations)) < 1e-3
    np.testing.assert_allclose(ours.pelvis, theirs.pelvis, atol=FLOAT32)


@pytest.mark.parametrize("stretched", [0.6, 1.4])
def test_standing_feet_are_held(walk, stretched):
    """A walk over a path too short or too long for its steps: both take the slide away."""
    from dataclasses import replace

    from backend.motion.planting import plant_feet

    contacts, lock, body = addon("tweak.contacts"), addon("tweak.foot_lock"), addon("motion.body").default_body()
    standing = contacts.foot_contacts(walk[0], body)
    slid = replace(walk[0], pelvis=walk[0].pelvis * (stretched, 1.0, stretched))
    ours = lock.lock_feet(slid, standing, 1.0, body)
    theirs = plant_feet(replace(walk[1], pelvis=slid.pelvis.astype(np.float32)), standing[:, [0, 2, 1, 3]].astype(np.float32))
    theirs = replace(slid, rotations=wxyz(theirs.rotations).astype(float), pelvis=theirs.pelvis.astype(float))
    before, *after = (contacts.foot_skate(motion, standing, body) for motion in (slid, ours, theirs))
    points = [contacts.contact_points(motion, body) for motion in (slid, ours, theirs)]
    print(f"path x {stretched}: standing feet slide {before:.1f} cm/s, held {after[0]:.1f} and {after[1]:.1f}")
    assert max(after) <= 0.4 * before
    assert all(np.linalg.norm(held - points[0], axis=-1).max() <= 0.3 for held in points[1:]), "metres"


@pytest.mark.parametrize("strength", [0.5, 2.0])
def test_styles(walk, strength):
    """From one table both make the same of a walk. Only knees that are nearly straight differ: see above."""
    from backend.motion.styles import restyle, styles

    style, motions, body = addon("tweak.style"), addon("motion.motion"), addon("motion.body")
    assert list(style.styles()) == list(styles()), "one file"
    for name in styles():
        theirs = restyle(walk[1], name, strength)
        assert len(theirs) == max(4, round(len(walk[0]) / style.tempo(name, strength)))
        passed = style.uneven_time(len(theirs), name, strength)
        times = (np.linspace(0.0, 1.0, len(theirs)) if passed is None else passed) * (len(walk[0]) - 1) / walk[0].fps
        ours = style.restyle(motions.sampled(walk[0], times, walk[0].fps), name, strength, body.default_body())
        np.testing.assert_allclose(ours.pelvis, theirs.pelvis, atol=FLOAT32, err_msg=name)
        places, _ = body.forward_kinematics(ours.rotations, ours.pelvis, body.default_body())
        off = np.linalg.norm(places - theirs.positions(), axis=-1)
        assert np.delete(off, [4, 5, 7, 8, 10, 11], axis=1).max() < FLOAT32, name
        assert off.max() < 0.015 and np.median(off) < FLOAT32, name


def test_the_panel_offers_every_style():
    from backend.motion.styles import styles

    menu = [name for name, *_ in addon("tweak.style").MENU]
    assert menu == ["NONE", *styles()] and len(menu) == 15


def test_endings_of_recordings():
    from backend.serve.sources import SUFFIXES

    assert addon("takes.audio").SUFFIXES == SUFFIXES
    assert len(";".join(addon("takes.audio").SOUNDS)) < 512, "Blender keeps no more of what may be dropped"


def test_the_add_on_knows_every_event_of_the_backend():
    """A new event, or a new field, has to be added on both sides."""
    import msgspec

    from backend.serve import messages as typed
    from backend.serve import protocol

    messages = addon("link.messages")
    kinds = get_args(typed.AnyEvent)
    assert {kind.__struct_config__.tag for kind in kinds} == set(messages.EVENTS)
    for kind in kinds:
        assert set(messages.EVENTS[kind.__struct_config__.tag]) == set(kind.__struct_fields__), kind
    assert msgspec.json.decode(protocol.encode(typed.Hello(version="1", pid=1)))["protocol"] == typed.VERSION


def test_the_add_on_understands_what_the_backend_encodes():
    from backend.serve import messages as typed
    from backend.serve import protocol

    for event in (
        typed.Hello(version="0.1.0", pid=7),
        typed.Ready(device="cpu", packs=(typed.PackInfo(name="open", licence="CC", vocabulary=("a",) * 600),)),
        typed.Progress(id="1", phase="composing", fraction=0.5),
        typed.HeardWords(id="1", text="geh vorwärts 走"),
        typed.MotionResult(id="1", files=("/a",), heard="", seeds=(1,), frames=(30,), fps=30.0, seconds={"total": 1.0}),
        typed.Instructions(
            id="1", instructions=(typed.SpokenInstruction(0.5, 1.25, "walk", 0.9), typed.SpokenInstruction(3, 4, "run"))
        ),
        typed.WasCancelled(id="1"),
        typed.Error(id="", code="x", message="No.", hint="", nearest=("walk forward", "wave")),
        typed.State(id="1", state="ready", running=None, queued=(), device="cpu"),
        typed.Bye(),
    ):
        line = protocol.encode(event).decode()
        assert addon("link.messages").parse(line) == json.loads(line)


def test_the_files_of_a_folder(tmp_path):
    names = ("b/take 10.wav", "b/take 2.wav", "b/Take 02.wav", "a 10/1.wav", "a 9/x.wav", "A.wav", "ä.wav", "走 3.wav", "2")
    for name in (*names, ".hidden/x.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    from backend.commands.folder_files import list_files

    for deep in (True, False):
        ours = addon("batch.listing").FolderListing(tmp_path, deep)
        assert len(list(ours.steps())) > 0
        theirs = list_files(tmp_path, deep=deep)
        assert (ours.names, ours.hidden, ours.unreadable) == (theirs.names, theirs.hidden, theirs.unreadable)
        assert len(ours.names) == (9 if deep else 4)
