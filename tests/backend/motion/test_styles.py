"""Styles on a walk and on a gesture: each on its own side of neutral, with feet that stand where they stood."""

import random

import numpy as np
import pytest

from backend.data.authored import authored_clips
from backend.language.instruction import STYLES
from backend.language.said_styles import STRENGTHS, asked_strength, style_words, with_style
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX
from backend.motion.styles import restyle, styles

SLOWER, FASTER = ("tired", "sad", "careful", "sneaky", "drunk", "old", "heavy", "robot", "zombie"), ("happy", "angry", "child")
BENT, UPRIGHT = ("tired", "sad", "afraid", "sneaky", "old"), ("happy", "proud")
STIFF, LIVELY = ("tired", "sad", "afraid", "careful", "old", "zombie"), ("happy", "angry", "child")
LOWER = ("tired", "afraid", "careful", "sneaky", "old", "heavy")


@pytest.fixture(scope="module")
def clips() -> dict[str, Motion]:
    return {clip.key: clip.motion for clip in authored_clips(0, 1, {"walk", "wave", "sit"}) if "@" not in clip.key}


def speed(motion: Motion) -> float:
    return float(np.linalg.norm(np.diff(motion.pelvis[:, [0, 2]], axis=0), axis=-1).sum() / motion.seconds)


def lean(motion: Motion) -> float:
    """How far the head is in front of the pelvis, metres, the character facing ahead."""
    places = motion.placed_at_origin().body_positions()
    return float((places[:, INDEX["head"], 2] - places[:, INDEX["pelvis"], 2]).mean())


def standing_speed(motion: Motion) -> float:
    """Mean speed over the floor of the foot that moves less, m/s: somebody who walks always stands on one."""
    feet = motion.body_positions()[:, [INDEX["left_ankle"], INDEX["right_ankle"]]][..., [0, 2]]
    return float((np.linalg.norm(np.diff(feet, axis=0), axis=-1).min(axis=1) * motion.fps).mean())


def arm_swing(motion: Motion) -> float:
    """How far the wrists swing about their mean place beside the trunk, metres."""
    places = motion.body_positions()
    local = places[:, [INDEX["left_wrist"], INDEX["right_wrist"]]] - places[:, [INDEX["spine3"]]]
    return float(np.linalg.norm(local - local.mean(0), axis=-1).mean())


def test_the_table_has_every_style_and_no_other() -> None:
    assert set(styles()) == set(STYLES)


@pytest.mark.parametrize("strength", [STRENGTHS[0], STRENGTHS[2]])
@pytest.mark.parametrize("style", STYLES)
def test_a_style_is_on_its_own_side_of_neutral(clips: dict[str, Motion], style: str, strength: float) -> None:
    walk = clips["walk.backward"]
    walk = Motion(walk.rotations[::-1].copy(), walk.pelvis[::-1].copy())  # backward from its end: forward
    styled = restyle(walk, style, strength)
    assert (speed(styled) < 0.97 * speed(walk)) == (style in (*SLOWER, "afraid")) and (speed(styled) > 1.01 * speed(walk)) == (
        style in FASTER
    )
    assert (lean(styled) > lean(walk) + 0.015) or style not in BENT
    assert (lean(styled) < lean(walk) - 0.003) or style not in UPRIGHT
    assert (arm_swing(styled) < arm_swing(walk)) or style not in STIFF
    assert (arm_swing(styled) > arm_swing(walk)) or style not in LIVELY
    assert (styled.pelvis[:, 1].mean() < walk.pelvis[:, 1].mean() - 0.004) or style not in LOWER


@pytest.mark.parametrize("style", STYLES)
def test_feet_neither_slide_nor_sink(clips: dict[str, Motion], style: str) -> None:
    for key in ("walk.backward", "wave.right", "sit"):
        before, styled = clips[key], restyle(clips[key], style, 1.0)
        assert standing_speed(styled) < 1.3 * standing_speed(before) + 0.02, key
        assert styled.body_positions()[..., 1].min() > before.body_positions()[..., 1].min() - 0.015, key
        assert np.isfinite(styled.rotations).all() and np.abs(np.linalg.norm(styled.rotations, axis=-1) - 1).max() < 1e-3


def test_strength_grows_and_nothing_is_nothing(clips: dict[str, Motion]) -> None:
    wave = clips["wave.right"]
    assert restyle(wave, "sad", 0.0) is wave
    leans = [lean(restyle(wave, "sad", strength)) for strength in (0.0, *STRENGTHS)]
    assert leans == sorted(leans) and leans[-1] > leans[0] + 0.05
    one, other = (restyle(wave, "drunk", 1.0, seed) for seed in (1, 2))
    assert np.array_equal(one.pelvis, restyle(wave, "drunk", 1.0, 1).pelvis)
    assert len(one) != len(other) or not np.array_equal(one.pelvis, other.pelvis)


def test_a_raised_hand_stays_raised(clips: dict[str, Motion]) -> None:
    wave = clips["wave.right"]
    high = wave.body_positions()[:, INDEX["right_wrist"], 1].max()
    for style in STYLES:
        assert restyle(wave, style, 1.0).body_positions()[:, INDEX["right_wrist"], 1].max() > high - 0.25, style


def test_how_strong_a_style_is_said() -> None:
    rng = random.Random(0)
    for style in STYLES:
        for strength in STRENGTHS:
            for _ in range(40):
                words = with_style("*walk", style, strength, True, rng).replace("*", "").replace("{your}", "their").split()
                assert asked_strength(words, style) == strength, words
    assert asked_strength(["walk", "very", "far"], "") == 1.0 and len(style_words()) > 150
