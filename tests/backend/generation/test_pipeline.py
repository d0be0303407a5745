"""The shipped pack on a motion that is there already, and on several instructions in a row. Which motion it makes is not asked."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.errors import UserError
from backend.generation.edit_context import edit_context_of, insert_motion
from backend.generation.pipeline import Generator
from backend.generation.windows import PlannedStep, compose
from backend.motion.edits import Edit
from backend.motion.features import from_features
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX, LOWER, UPPER


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.load(device="cpu")


@pytest.fixture(scope="module")
def walk(generator: Generator) -> Motion:
    return generator.generate("walk forward", seed=1, seconds=4.0, force=True).motions[0]


def _jerks(motion: Motion) -> np.ndarray:
    """(T - 2,) the largest change of any joint's velocity at each inner frame, m/s."""
    return np.linalg.norm(np.diff(motion.positions(), n=2, axis=0), axis=-1).max(1) * motion.fps


@pytest.mark.parametrize("fps", [30.0, 24.0])
def test_a_range_is_new_and_everything_else_stays(generator: Generator, walk: Motion, fps: float) -> None:
    given = walk.resampled(fps)
    first, last = len(given) // 3, 2 * len(given) // 3
    edit = Edit(given, first, last)
    made, again = (generator.generate("walk forward", seed=5, edit=edit, force=True).motions[0] for _ in range(2))
    assert made.rotations.tobytes() == again.rotations.tobytes() and made.pelvis.tobytes() == again.pelvis.tobytes()
    assert len(made) == len(given) and made.fps == fps
    for piece in (slice(0, first), slice(last + 1, None)):
        assert made.rotations[piece].tobytes() == given.rotations[piece].tobytes()
        assert made.pelvis[piece].tobytes() == given.pelvis[piece].tobytes()
    inside = slice(first, last + 1)
    assert np.abs(made.positions()[inside] - given.positions()[inside]).max() > 0.01
    other = generator.generate("walk forward", seed=6, edit=edit, force=True).motions[0]
    assert not np.array_equal(other.rotations[inside], made.rotations[inside])
    change = _jerks(made)
    borders = change[[first - 2, first - 1, last - 1, last]].max()
    assert borders <= 1.5 * np.percentile(change, 99)


@pytest.mark.parametrize(("first", "last"), [(0, 119), (0, 3), (110, 119), (57, 57), (2, 117)])
def test_a_range_may_be_anywhere_and_of_any_length(generator: Generator, walk: Motion, first: int, last: int) -> None:
    made = generator.generate("jump", seed=5, seconds=9.0, edit=Edit(walk, first, last), force=True).motions[0]
    assert len(made) == len(walk) == 120
    assert np.isfinite(made.positions()).all()
    assert made.pelvis[last + 1 :].tobytes() == walk.pelvis[last + 1 :].tobytes()


def test_a_range_longer_than_the_model_knows(generator: Generator, walk: Motion) -> None:
    long = Motion(np.tile(walk.rotations, (4, 1, 1)), np.tile(walk.pelvis, (4, 1)))
    made = generator.generate("stand still", seed=5, edit=Edit(long, 30, 449), force=True).motions[0]
    assert len(made) == 480 and made.pelvis[450:].tobytes() == long.pelvis[450:].tobytes()


@pytest.mark.parametrize("frames", [120, 1])
def test_going_on_begins_with_the_last_pose(generator: Generator, walk: Motion, frames: int) -> None:
    given = walk.slice(0, frames).resampled(24.0)
    made = generator.generate("walk forward", seed=5, seconds=3.0, edit=Edit(given), force=True).motions[0]
    assert len(made) == pytest.approx(72, abs=1) and made.fps == 24.0
    assert made.rotations[0].tobytes() == given.rotations[-1].tobytes()
    assert made.pelvis[0].tobytes() == given.pelvis[-1].tobytes()
    if frames > 1:
        jump = np.linalg.norm(np.diff(made.positions()[:2], axis=0) - np.diff(given.positions()[-2:], axis=0), axis=-1) * 24
        assert jump.max() <= 1.5 * np.percentile(_jerks(given), 99)


def test_a_gesture_keeps_the_steps_of_the_range(generator: Generator, walk: Motion) -> None:
    edit = Edit(walk, 40, 79)
    with torch.inference_mode():
        ends = edit_context_of(edit, generator.tokenizer, gesture=True)
        tokens = torch.randint(generator.tokenizer.config.codes, (1, 10, 2, ends.before.shape[3]))
        features = generator.tokenizer.decode(torch.cat([ends.before, tokens, ends.after], dim=1))[0].numpy()
    made = insert_motion(edit, ends, from_features(features), 40)
    assert ends.legs.shape[1] == 10
    assert np.array_equal(made.rotations[:, list(LOWER)], walk.rotations[:, list(LOWER)])
    assert np.array_equal(made.pelvis, walk.pelvis)
    assert not np.array_equal(made.rotations[40:80, list(UPPER)], walk.rotations[40:80, list(UPPER)])


def _bent(walk: Motion, row: int) -> Motion:
    """The walk with its left arm raised around a frame, as hands do it."""
    rotations = walk.rotations.copy()
    for frame in range(row - 10, row + 11):
        half = 0.7 * (1 - abs(frame - row) / 10)
        x, y, z, w = rotations[frame, INDEX["left_shoulder"]]
        c, s = np.cos(half), np.sin(half)
        rotations[frame, INDEX["left_shoulder"]] = (c * x - s * y, c * y + s * x, c * z + s * w, c * w - s * z)  # about Z
    return replace(walk, rotations=rotations)


def test_fixed_frames_lead_through_their_poses(generator: Generator, walk: Motion) -> None:
    hand, shoulder = _bent(walk, 60), INDEX["left_shoulder"]

    def off(fixed: tuple[int, ...]) -> float:
        found = []
        for seed in range(3):
            edit = Edit(hand, 25, 95, fixed=fixed)
            made = generator.generate("walk forward", seed=seed, edit=edit, force=True).motions[0]
            cosine = abs(float(made.rotations[60, shoulder] @ hand.rotations[60, shoulder]))
            found.append(2 * np.degrees(np.arccos(min(cosine, 1.0))))
        return float(np.mean(found))

    free, fixed = off(()), off((60,))
    print(f"the raised arm is {free:.0f} degrees off where it is free, {fixed:.0f} where it is fixed")
    assert fixed < 0.6 * free


def test_fixed_tokens_stay_in_every_window(generator: Generator, walk: Motion) -> None:
    """In a range of several windows as well, whatever is generated around them."""
    long = Motion(np.tile(walk.rotations, (4, 1, 1)), np.tile(walk.pelvis, (4, 1)))
    edit = Edit(long, 30, 449, fixed=(40, 300, 440))
    with torch.inference_mode():
        context = edit_context_of(edit, generator.tokenizer, gesture=False)
        steps = [PlannedStep(torch.zeros(1, 1, generator.model.config.width), context.fixed.tokens.shape[1])]
        made, _ = compose(
            generator.model, generator.tokenizer, steps, torch.Generator().manual_seed(0), generator.sampling,
            before=context.before, after=context.after, fixed=context.fixed,
        )  # fmt: skip
    inside = made[:, context.before.shape[1] :][:, : context.fixed.tokens.shape[1]]
    mask = context.fixed.mask
    assert int(mask[..., 0].sum()) == 9 and torch.equal(inside[mask], context.fixed.tokens[mask])
    assert not torch.equal(inside[~mask], context.fixed.tokens[~mask])


@pytest.mark.parametrize(("first", "last", "fixed"), [(None, None, (3,)), (10, 20, (9,)), (10, 20, (15, 21))])
def test_only_frames_of_the_range_can_be_fixed(walk: Motion, first: int | None, last: int | None, fixed: tuple[int, ...]) -> None:
    with pytest.raises(UserError) as error:
        Edit(walk, first, last, fixed=fixed)
    assert error.value.code == "bad_range"


def test_several_in_a_row_share_the_seconds(generator: Generator) -> None:
    told = []
    out = generator.generate(
        "walk forward, then turn around, then jump", seed=2, seconds=12.0, force=True, on_progress=lambda *step: told.append(step)
    )
    assert len(out.motions[0]) == 360
    assert out.meaning.count(">") >= 2
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)


def test_too_many_in_a_row_are_refused(generator: Generator) -> None:
    with pytest.raises(UserError, match="4 are the most"):
        generator.generate("jump, then wave, then jump, then wave, then jump", seed=2, force=True)
