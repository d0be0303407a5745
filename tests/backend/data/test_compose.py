"""Composition makes motions that do what their key says, joined without jumps."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.data.authored import authored_clips
from backend.data.compose import LONGEST, STRETCH, Library, Take, compose
from backend.data.splicing import curved, held, joined, last_pose, stretched, with_upper_body
from backend.language.instruction import Action, Instruction
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX, LOWER, UPPER
from tests.backend.motion.make import wandering


@pytest.fixture(scope="module")
def library() -> Library:
    """A few authored takes of the kinds the tests ask for."""
    wanted = {"wave.right", "turn.left", "turn.around", "bow", "walk.backward", "squat", "stand"}
    takes = []
    for clip in authored_clips(seed=0, takes_per_kind=3, kinds={key.split(".")[0] for key in wanted}):
        action = Instruction.parse(clip.key).steps[0][0]
        if clip.key in wanted:
            takes.append(Take(clip.motion, action, clip.name))
    assert {take.action.key for take in takes} == wanted
    return Library(takes)


def make(library: Library, key: str, seed: int = 0) -> Motion:
    return compose(library, Instruction.parse(key), np.random.default_rng(seed))[0]


def wrist_height(motion: Motion, side: str) -> float:
    """Highest point of a wrist over the shoulder, metres."""
    positions = motion.positions()
    return float((positions[:, INDEX[f"{side}_wrist"], 1] - positions[:, INDEX[f"{side}_shoulder"], 1]).max())


def test_mirrored_takes_supply_the_other_side(library: Library) -> None:
    left = make(library, "wave.left")
    assert wrist_height(left, "left") > wrist_height(left, "right") + 0.3
    assert np.degrees(make(library, "turn.right").headings()[-1]) == pytest.approx(-90, abs=25)


def test_an_unnamed_side_may_be_either(library: Library) -> None:
    motions = [make(library, "wave", seed) for seed in range(12)]
    left = [wrist_height(motion, "left") > wrist_height(motion, "right") for motion in motions]
    assert any(left) and not all(left)


def test_what_nobody_performs_is_said(library: Library) -> None:
    assert not library.can_make(Instruction.parse("bow>cartwheel"))
    with pytest.raises(KeyError, match="cartwheel"):
        make(library, "bow>cartwheel")


def test_slow_takes_longer_and_fast_less(library: Library) -> None:
    def frames(key: str) -> float:
        return float(np.mean([len(make(library, key, seed)) for seed in range(6)]))

    assert frames("bow@slow") > 1.2 * frames("bow") > 1.2 * frames("bow@fast")


def test_then_does_both_in_order_without_a_jump(library: Library) -> None:
    motion = make(library, "turn.left>wave.right")
    heading = np.degrees(np.unwrap(motion.headings()))
    raised = motion.positions()[:, INDEX["right_wrist"], 1] > motion.positions()[:, INDEX["right_shoulder"], 1] - 0.15
    assert heading[-1] == pytest.approx(90, abs=25)
    assert np.argmax(raised) > np.argmax(heading > 60), "the wave comes after the turn"
    speed = np.linalg.norm(np.diff(motion.positions()[:, :22], axis=0), axis=-1).max() * 30
    assert speed < 8.0, f"a joint jumps at {speed:.1f} m/s"


def test_while_puts_arms_on_walking_legs(library: Library) -> None:
    motion = make(library, "walk.backward+wave.right")
    assert motion.pelvis[-1, 2] < -0.5
    assert wrist_height(motion, "right") > wrist_height(motion, "left") + 0.2


def test_counts_repeat(library: Library) -> None:
    height = make(library, "squat*2").pelvis[:, 1]
    low = height < (height.max() + height.min()) / 2
    assert int((low[1:] & ~low[:-1]).sum()) == 2


def test_nothing_is_longer_than_the_model_can_learn(library: Library) -> None:
    assert len(make(library, "turn.around>bow>squat>walk.backward")) <= LONGEST


def test_joined_goes_on_where_the_first_ended() -> None:
    first, second = wandering(frames=60, seed=1, strength=0.1), wandering(frames=60, seed=2, strength=0.1)
    both = joined([first, second], 10)
    assert len(both) == 110
    np.testing.assert_allclose(both.positions()[:50], first.positions()[:50], atol=1e-5)
    steps = np.linalg.norm(np.diff(both.pelvis[:, [0, 2]], axis=0), axis=1)
    assert steps.max() < 0.06


def test_upper_body_is_taken_over_and_legs_are_kept() -> None:
    legs, upper = wandering(frames=50, seed=1), wandering(frames=50, seed=2)
    mixed = with_upper_body(legs, upper)
    np.testing.assert_array_equal(mixed.rotations[:, list(LOWER)], legs.rotations[:, list(LOWER)])
    above = [joint for joint in UPPER if joint != INDEX["spine1"]]
    same = np.abs((mixed.rotations[:, above] * upper.rotations[:, above]).sum(-1))
    np.testing.assert_allclose(same, 1, atol=1e-5)


def test_a_raised_hand_does_not_sway_with_the_hips(library: Library) -> None:
    legs = make(library, "stand")
    degrees = 12 * np.sin(np.arange(len(legs)) * 2 * np.pi / 30)
    sway = Rotation.from_euler("y", degrees[:, None], degrees=True)
    rotations = legs.rotations.copy()
    rotations[:, 0] = (sway * Rotation.from_quat(rotations[:, 0])).as_quat()
    mixed = with_upper_body(replace(legs, rotations=rotations), held(last_pose(legs), len(legs)))
    chest = np.degrees(np.ptp(yaw_of_shoulders(mixed)[15:-15]))
    assert chest < 12, f"hips swing by 24 degrees, shoulders by {chest:.0f}"


def yaw_of_shoulders(motion: Motion) -> np.ndarray:
    """(T,) radians."""
    across = motion.positions()[:, INDEX["left_shoulder"]] - motion.positions()[:, INDEX["right_shoulder"]]
    return np.arctan2(-across[:, 2], across[:, 0])


def test_a_gesture_after_sitting_down_is_made_sitting(library: Library) -> None:
    motion = make(library, "squat>wave.right")
    assert motion.pelvis[-1, 1] > 0.85, "who stands again stands while waving"
    low = Library(
        [Take(held(library.perform(Action("squat"), np.random.default_rng(0))[0].slice(0, 45), 50), Action("sit"), "low")]
    )
    low.by_key.update(library.by_key)
    seated = make(low, "sit>wave.right")
    assert seated.pelvis[40:, 1].max() < 0.8 and wrist_height(seated, "right") > wrist_height(seated, "left") + 0.2


def test_counts_are_exact_and_complete() -> None:
    """Everything of which a number may be said is authored that often, and fits into what is learnt."""
    for clip in authored_clips(seed=0, takes_per_kind=1, kinds={"clap", "squat", "rotate_arms", "bow", "jump", "kick"}):
        assert len(clip.motion) * 1.07 <= LONGEST, clip.name
    wanted = {f"{kind}*{count}" for kind in ("clap", "squat", "rotate_arms.forward", "kick.right") for count in (2, 3, 4, 5)}
    assert wanted <= {clip.key for clip in authored_clips(0, 1, kinds={key.split(".")[0].split("*")[0] for key in wanted})}


def test_a_bent_path_turns_by_what_was_asked() -> None:
    walk = wandering(frames=90, strength=0.0)
    path = np.float32([[0.0, 0.97, 0.04 * frame] for frame in range(90)])
    walk = Motion(walk.rotations, path)
    bent = curved(walk, np.pi / 2)
    assert bent.headings()[-1] - bent.headings()[0] == pytest.approx(np.pi / 2, abs=1e-4)
    assert bent.pelvis[-1, 0] == pytest.approx(bent.pelvis[-1, 2], rel=0.05), "a quarter circle ends as far aside as ahead"
    length = np.linalg.norm(np.diff(bent.pelvis, axis=0), axis=1).sum()
    assert length == pytest.approx(0.04 * 89, rel=1e-3)


@pytest.mark.parametrize(("key", "turns"), [("walk.circle-left", 1), ("walk.circle-right", -1)])
def test_a_circle_closes(key: str, turns: int) -> None:
    walk = wandering(frames=90, strength=0.0)
    walk = Motion(walk.rotations, np.float32([[0.0, 0.97, 0.04 * frame] for frame in range(90)]))
    library = Library([Take(walk, Action("walk", direction="forward"), "a")])
    motion, _ = compose(library, Instruction.parse(key), np.random.default_rng(1))
    turned = np.unwrap(motion.headings())
    assert turned[-1] - turned[0] == pytest.approx(turns * 2 * np.pi, rel=0.05)
    length = np.linalg.norm(np.diff(motion.pelvis[:, [0, 2]], axis=0), axis=1).sum()
    assert np.linalg.norm((motion.pelvis[-1] - motion.pelvis[0])[[0, 2]]) < 0.08 * length


def test_what_follows_stairs_is_done_on_their_level() -> None:
    still = wandering(frames=60, strength=0.0)
    rise = np.float32([[0.0, 0.97 + 0.01 * frame, 0.01 * frame] for frame in range(60)])
    takes = [("stairs.up", rise), ("stairs.down", rise[::-1].copy()), ("nod", np.float32([[0.0, 0.97, 0.0]] * 60))]
    library = Library([Take(Motion(still.rotations, path), Action.parse(key), key) for key, path in takes])

    def heights(key: str) -> np.ndarray:
        return compose(library, Instruction.parse(key), np.random.default_rng(1))[0].pelvis[:, 1]

    up, down = heights("stairs.up>nod"), heights("nod>stairs.down")
    assert up[-1] - up[0] == pytest.approx(0.59, abs=0.03) and np.abs(np.diff(up)).max() < 0.03
    assert down[-1] - down[0] == pytest.approx(-0.59, abs=0.03) and np.abs(np.diff(down)).max() < 0.03
    both = heights("stairs.up>stairs.down")
    assert both[-1] == pytest.approx(both[0], abs=0.03) and both.max() - both[0] == pytest.approx(0.59, abs=0.05)


def test_stretching_keeps_ends() -> None:
    motion = wandering(frames=40)
    slow = stretched(motion, 1.5)
    assert len(slow) == 60 and slow.fps == 30
    np.testing.assert_allclose(slow.positions()[[0, -1]], motion.positions()[[0, -1]], atol=1e-4)


def test_library_needs_no_speed_of_its_own() -> None:
    action = Action("wave", side="right", speed="slow", count=3)
    library = Library([Take(wandering(frames=30), Action("wave", side="right"), "a")])
    assert library.sources(action)[0][2:] == (STRETCH["slow"], 3)
