"""Joins are steps: on a walk, a wave and poses made of them, from each to each."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tests.addon.rigs import measure

FPS = 30.0


@pytest.fixture
def moves(extension, skeleton):
    """Motions by name: standing, turned, crouching, gesturing, walking from several phases, hopping."""
    motions, quaternions = extension("motion.motion"), extension("motion.quaternions")
    whole = motions.from_motion_data(extension("motion.files").load_motion(str(measure.MOTION)))
    whole = extension("tweak.foot_lock").lock_feet(whole, extension("tweak.contacts").foot_contacts(whole, skeleton), 1.0, skeleton)
    part = lambda first, end: motions.Motion(whole.rotations[first:end], whole.pelvis[first:end], FPS)  # noqa: E731
    still = motions.Motion(np.repeat(whole.rotations[170:171], 60, axis=0), np.repeat(whole.pelvis[170:171], 60, axis=0), FPS)
    bent = lambda depth: crouched(extension, skeleton, still, depth)  # noqa: E731
    hop = bent(0.25 * np.sin(np.linspace(0, np.pi, 60)) ** 2)
    air = np.clip(np.arange(60) - 30, 0, 14) / 14
    hop = motions.Motion(hop.rotations, hop.pelvis + (0, 1.2, 0) * (air * (1 - air))[:, None], FPS)
    spun = still.rotations.copy()
    spun[:, 0] = quaternions.multiply(quaternions.about_y(1.2), spun[:, 0])
    return {
        "stand": still,
        # Turned in the world only.
        "turned": motions.Motion(spun, quaternions.rotate(quaternions.about_y(1.2), still.pelvis), FPS),
        "crouch": bent(np.full(60, 0.3)),
        "wave": part(108, 176),
        "walk": part(0, 96),
        "walk on": part(27, 96),
        "stop": part(70, 176),
        "hop": hop,
    }


def crouched(extension, skeleton, motion, depth):
    """The motion with its pelvis lowered by ``depth`` (T,) over standing feet."""
    two_bone, motions = extension("motion.two_bone"), extension("motion.motion")
    places, _ = extension("motion.body").forward_kinematics(motion.rotations, motion.pelvis, skeleton)
    rotations, pelvis = motion.rotations.copy(), motion.pelvis - np.array([0.0, 1.0, 0.0]) * depth[:, None]
    for side in ("left", "right"):
        leg = two_bone.leg_joints(side, skeleton)
        rotations[:, leg] = two_bone.reach_with_leg(
            motion.rotations, pelvis, places[:, leg[2]], np.zeros(len(motion)), side, skeleton
        )
    return motions.Motion(rotations, pelvis, FPS)


def joined(extension, skeleton, before, motion):
    """What is before and the motion joined to it, and the length of the transition in frames."""
    place, step = extension("tweak.step_place"), extension("tweak.step_join")
    seconds = place.join_seconds(before, motion, skeleton)
    placed = extension("tweak.trajectory").move_start(motion, place.continuing_spot(before, motion, seconds, skeleton))
    after = step.step_join(before, placed, seconds, skeleton)
    rotations, pelvis = (np.concatenate([getattr(each, name) for each in (before, after)]) for name in ("rotations", "pelvis"))
    return extension("motion.motion").Motion(rotations, pelvis, FPS), placed, round(seconds * FPS)


def slide(contacts, motion, first, end, skeleton):
    """Metres that each foot moves over the floor while it stands; of heel and ball the one that moves less."""
    points, standing = contacts.contact_points(motion, skeleton), contacts.foot_contacts(motion, skeleton)
    moved = np.linalg.norm(np.diff(points[..., [0, 2]], axis=0), axis=-1)
    both = standing[1:] & standing[:-1]
    moved = np.where(both, moved, np.inf)[first:end].reshape(-1, 2, 2).min(axis=-1)
    return np.where(np.isfinite(moved), moved, 0.0).sum(axis=0)


def test_every_move_goes_over_into_every_other(extension, skeleton, moves):
    contacts, body = extension("tweak.contacts"), extension("motion.body")
    for (first, before), (second, motion) in product(moves.items(), moves.items()):
        for cut in (len(before), len(before) // 2):
            known = extension("motion.motion").Motion(
                before.rotations[max(cut - 30, 0) : cut], before.pelvis[max(cut - 30, 0) : cut], FPS
            )
            whole, placed, frames = joined(extension, skeleton, known, motion)
            at, words = len(known), f"{first} to frame {cut}, then {second}"
            places = [body.forward_kinematics(each.rotations, each.pelvis, skeleton)[0] for each in (whole, before, motion)]
            steps = [np.linalg.norm(np.diff(each, axis=0), axis=-1) for each in places]
            usual = max(*(np.percentile(each, 99) for each in steps[1:]), 0.02)
            print(f"{words}: {frames} frames, jump {steps[0][at - 1 : at + 1].max() / usual:.2f}")
            assert steps[0][at - 1 : at + 1].max() <= 1.2 * usual, words
            slid = slide(contacts, whole, at - 1, at + frames, skeleton)
            assert slid.max() <= 0.03, f"{words}: {100 * slid.max():.1f} cm"
            lowest = min(contacts.contact_points(each, skeleton)[..., 1].min() for each in (known, placed))
            feet = contacts.contact_points(whole, skeleton)[at:, :, 1]
            assert feet.min() >= min(0.0, lowest) - 0.005, words
            np.testing.assert_allclose(whole.pelvis[at + frames + 40 :], placed.pelvis[frames + 40 :], atol=1e-9)


def test_a_pose_that_goes_on_stays_as_it_is(extension, skeleton, moves):
    whole, placed, _ = joined(extension, skeleton, moves["stand"], moves["stand"])
    np.testing.assert_allclose(whole.rotations[60:], placed.rotations, atol=1e-6)
    np.testing.assert_allclose(whole.pelvis, np.repeat(moves["stand"].pelvis[:1], 120, axis=0), atol=1e-6)


@pytest.mark.parametrize("first", range(0, 60, 6))
def test_who_stands_walks_off_without_rising_or_hovering(extension, skeleton, moves, first):
    """The walk begins anywhere in its stride, and low as in a long one."""
    walk = moves["walk"]
    lower = 0.06 * np.exp(-np.arange(len(walk) - first) / 5)  # the pelvis rises in the first frames
    walk = extension("motion.motion").Motion(walk.rotations[first:], walk.pelvis[first:] - (0, 1, 0) * lower[:, None], FPS)
    whole, placed, frames = joined(extension, skeleton, moves["stand"], walk)
    way = slice(60, 60 + frames)
    assert whole.pelvis[way, 1].max() <= max(moves["stand"].pelvis[-1, 1], placed.pelvis[:frames, 1].max()) + 0.015
    balls = [skeleton.index(f"{side}_foot") for side in ("left", "right")]
    places, _ = extension("motion.body").forward_kinematics(whole.rotations, whole.pelvis, skeleton)
    assert places[way, balls, 1].min(axis=1).max() <= skeleton.ball_height + 0.03


def test_a_foot_near_its_place_waits_where_it_stands(extension, skeleton, moves):
    contacts = extension("tweak.contacts")
    whole, _, _ = joined(extension, skeleton, moves["stand"], moves["wave"])
    feet = contacts.contact_points(whole, skeleton)[:, :, [0, 2]]
    assert np.abs(feet - feet[0]).max() <= 0.01


def test_a_body_that_walks_does_not_come_back(extension, skeleton, moves):
    """A stop lies ahead, and the pelvis only ever slows down on its way there."""
    whole, _, frames = joined(extension, skeleton, moves["walk"], moves["stand"])
    ahead = np.diff(whole.pelvis[:, 2])
    assert whole.pelvis[-1, 2] - moves["walk"].pelvis[-1, 2] > 0.2
    assert ahead[96 : 96 + frames].min() > -0.002


@pytest.mark.parametrize("cut", range(11, 19))
def test_a_run_comes_to_a_stand_without_dragging_its_feet(extension, skeleton, moves, cut):
    """Over 3 m/s, cut off anywhere in its stride; its feet step under the body instead of sliding along with it."""
    motions, body = extension("motion.motion"), extension("motion.body")
    run = motions.sampled(moves["walk"], np.arange(0, 95, 5) / FPS, FPS)
    known = motions.Motion(run.rotations[:cut], run.pelvis[:cut], FPS)
    whole, _, frames = joined(extension, skeleton, known, moves["stand"])
    places, usual = (body.forward_kinematics(each.rotations, each.pelvis, skeleton)[0] for each in (whole, run))
    steps, usual = (np.linalg.norm(np.diff(each, axis=0), axis=-1) for each in (places, usual))
    assert steps[cut - 1 : cut + 1].max() <= 1.2 * np.percentile(usual, 99)
    assert steps[cut - 1 :].max() <= 1.5 * np.percentile(usual, 99)
    feet = places[cut - 1 : cut + frames, [skeleton.index(f"{side}_foot") for side in ("left", "right")]]
    low = feet[1:, :, 1] < skeleton.ball_height + 0.01
    dragged = (np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1) * low).sum(axis=0)
    assert dragged.max() <= 0.3


@pytest.mark.parametrize("rows", [1, 2, 5, 20])
def test_a_short_motion_ends_within_its_transition(extension, skeleton, moves, rows):
    motions, wave = extension("motion.motion"), moves["crouch"]
    short = motions.Motion(wave.rotations[:rows], wave.pelvis[:rows], FPS)
    whole, _, frames = joined(extension, skeleton, moves["walk"], short)
    assert frames > rows and len(whole) == 96 + rows
    places, _ = extension("motion.body").forward_kinematics(whole.rotations, whole.pelvis, skeleton)
    steps = np.linalg.norm(np.diff(places, axis=0), axis=-1)
    assert steps[95:].max() <= 1.2 * steps[:95].max()


def test_the_way_into_a_motion_is_as_long_as_the_poses_are_apart(extension, skeleton, moves):
    seconds = lambda first, second: extension("tweak.step_place").join_seconds(moves[first], moves[second], skeleton)  # noqa: E731
    assert seconds("stand", "stand") == extension("tweak.step_place").SHORTEST
    assert seconds("stand", "stand") < seconds("stand", "walk") <= extension("tweak.step_place").LONGEST
    assert seconds("stand", "turned") == seconds("stand", "stand"), "where a motion stands and faces does not matter"
