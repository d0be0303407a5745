"""Contacts, gaits and bodies that leave their feet: what stands stays, what lies is on the floor, falls are falls."""

from __future__ import annotations

import numpy as np
import pytest

from backend.data.authored import afloat, falling, gaits, jumps, on_all_fours, skips, stairs
from backend.data.authored.floor_take import FloorTake, fall
from backend.data.authored.footfalls import Contact, FootRow, lay_contacts
from backend.data.authored.gait import GRAVITY, Gait, GaitPlan
from backend.data.authored.take import AuthoredTake
from backend.evaluation.probes import Signals
from backend.motion.body import default_body
from backend.motion.floor import skin_heights
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX


def made(perform, seed: int = 0, tempo: float = 1.0) -> Motion:
    return perform(np.random.default_rng(seed), tempo, None).motion()


def drift_of_balls(motion: Motion) -> float:
    """Farthest that a ball of a foot moves while it is on the floor, metres."""
    worst = 0.0
    for side in ("left", "right"):
        ball = motion.positions()[:, INDEX[f"{side}_foot"]]
        rest = default_body().rest_positions()[INDEX[f"{side}_foot"], 1]
        on = ball[:, 1] < rest + 0.002
        edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(int)))
        for start, end in edges.reshape(-1, 2):
            if end - start >= 4:
                worst = max(worst, float(np.linalg.norm(ball[start:end, [0, 2]] - ball[start, [0, 2]], axis=-1).max()))
    return worst


def test_a_foot_stands_where_its_contact_is_and_swings_between():
    take = AuthoredTake(np.random.default_rng(0), 3.0)
    landing = Contact(1.5, 9.0, 0.1, 0.6, y=0.2, strike=-15.0, lift=0.1)
    lay_contacts(take, "left", [Contact(-1.0, 1.0, 0.1, 0.0, push=40.0), landing])
    foot = take.feet["left"]
    assert foot.place[:30] == pytest.approx(np.tile([0.1, 0.0, 0.0], (30, 1)))
    assert foot.place[46:] == pytest.approx(np.tile([0.1, 0.2, 0.6], (len(take.t) - 46, 1)))
    assert foot.place[36:40, 1].max() > 0.15 and foot.load[37] < 0.2
    assert foot.heel[30] == pytest.approx(40.0, abs=1.0) and foot.heel[45] == pytest.approx(-15.0, abs=1.0)
    assert foot.heel[60:] == pytest.approx(0.0, abs=0.5)


def test_a_row_says_where_the_body_is_between_its_feet():
    row = FootRow(np.random.default_rng(0))
    row.put("left", 0.5, 1.0, 0.6)
    row.put("right", 1.1, 1.6, 0.6)
    (_, start), (_, half), (_, end) = row.knots
    assert start == pytest.approx([0, 0]) and half == pytest.approx([0, 0.3]) and end == pytest.approx([0, 0.6])


RUN = Gait(step=0.36, duty=0.36, length=1.0, lift=0.25, push=56)


@pytest.mark.parametrize("gait", [Gait(), RUN, Gait(length=0.4, way=180, strike=16)])
def test_a_gait_goes_as_far_and_as_fast_as_it_should(gait):
    motion = GaitPlan(np.random.default_rng(3), gait, 6, lead=0.5).perform(np.random.default_rng(3), 0.8).motion()
    signals = Signals(motion)
    under_way = np.percentile(np.linalg.norm(np.diff(signals.path, axis=0), axis=-1) * 30, 80)
    assert under_way == pytest.approx(gait.length / gait.step, rel=0.12)
    assert drift_of_balls(motion) < 0.01
    assert signals.pace[0] < 0.1 and signals.pace[-1] < 0.1


@pytest.mark.parametrize("perform", [gaits.run_forward, gaits.high_knees, skips.skip_forward, skips.leap, jumps.jump_left])
def test_nothing_falls_faster_than_gravity(perform):
    pelvis = made(perform).pelvis[:, 1]
    flying = np.gradient(np.gradient(pelvis)) * 900
    assert np.percentile(flying, 1) > -2.2 * GRAVITY


@pytest.mark.parametrize(
    "perform",
    [gaits.walk_forward, gaits.march_place, gaits.tiptoe, gaits.limp_right, gaits.duck_walk, skips.gallop, stairs.stairs_up],
)
@pytest.mark.parametrize("tempo", [0.6, 1.0, 1.7])
def test_feet_of_gaits_do_not_slide(perform, tempo):
    assert drift_of_balls(made(perform, 2, tempo)) < 0.012


def test_stairs_hold_the_height_they_lead_to():
    up, down = made(stairs.stairs_up), made(stairs.stairs_down)
    assert up.pelvis[-10:, 1].mean() - up.pelvis[:10, 1].mean() > 0.5
    assert down.pelvis[:10, 1].mean() - down.pelvis[-10:, 1].mean() > 0.5
    for motion, end in ((up, slice(None, 10)), (down, slice(-10, None))):
        assert motion.pelvis[end, 1].mean() == pytest.approx(default_body().standing_pelvis_height, abs=0.03)
    for motion in (up, down):  # both feet on one level, so that whatever follows can stand there
        ankles = motion.positions()[-1, [INDEX["left_ankle"], INDEX["right_ankle"]], 1]
        assert abs(ankles[0] - ankles[1]) < 0.01


@pytest.mark.parametrize("perform", [falling.die_backward, falling.die_forward, falling.knocked_down, falling.faint])
def test_falls_end_on_the_floor_and_not_in_it(perform):
    for seed in range(4):
        heights = skin_heights(made(perform, seed).positions(), default_body())
        assert heights.min() > -0.01
        trunk = heights[-1, [INDEX[name] for name in ("pelvis", "spine1", "spine2", "spine3")]]
        assert trunk.max() < 0.16  # it lies


def test_falling_speeds_up_until_the_floor_stops_it():
    t = np.arange(60) / 30
    speed = np.diff(fall(t, 0.5, 1.2)) * 30
    assert speed[17:34].argmax() > 13 and speed[40:].max() < 0.05


def test_crawling_hands_and_knees_stay_while_they_carry():
    motion = made(on_all_fours.crawl_forward)
    positions = motion.positions()
    for name, low in (("left_knee", 0.068), ("right_knee", 0.068), ("left_wrist", 0.066), ("right_wrist", 0.066)):
        joint = positions[:, INDEX[name]]
        assert joint[:, 1].min() > 0.045
        on = joint[:, 1] < low
        assert on.mean() > 0.4
        step = np.linalg.norm(np.diff(joint[:, [0, 2]], axis=0), axis=-1)[on[1:] & on[:-1]] * 30
        assert np.percentile(step, 90) < 0.12, name


def test_a_held_hand_stays_in_the_world_whatever_the_trunk_does():
    take = FloorTake(np.random.default_rng(0), 2.0, idle=0.0)
    take.tilt[:, 0] += 20 * np.sin(take.t)
    place = np.array([0.25, 1.2, 0.35])
    take.hold("left", place, (1, -1, 0), (0, -1, 0), (0, 0, 1), np.ones(len(take.t)))
    motion = take.motion()
    wrist = motion.positions()[:, INDEX["left_wrist"]]
    assert np.linalg.norm(wrist - wrist[0], axis=-1).max() < 0.02
    assert wrist[0, 1] == pytest.approx(place[1], abs=0.03)


def test_swimmers_and_flyers_stay_off_the_floor():
    for perform in (afloat.swim_crawl, afloat.swim_breaststroke):
        assert skin_heights(made(perform).positions(), default_body()).min() > 0.3
    high = made(afloat.fly)
    assert high.pelvis[:, 1].max() > 1.7 and high.pelvis[-1, 1] == pytest.approx(high.pelvis[0, 1], abs=0.03)
