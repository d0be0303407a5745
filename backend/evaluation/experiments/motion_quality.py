"""Generated against real motion: foot skate, jerk, penetration, speed, reach.

Real motions are performances from clips of the validation and test splits; a ratio of 1 is as good as people. Generated motions
answer typed text, so mishearing plays no part.
"""

from __future__ import annotations

import random

import numpy as np

from ...data.compose import Library, compose, on_straight_path
from ...data.samples import load_library
from ...data.tiers import SHIPPED_TIERS
from ...language.captions import sentences
from ...language.instruction import Instruction
from ...motion.features import from_features, to_features
from ...motion.motion import Motion
from ..motion_statistics import statistics_of
from .context import Context, Progress

REPEATS = 400  # of the bootstrap
GROUPS = {
    "walks": ("walk.forward", "walk.forward@slow", "walk.forward@fast", "walk.backward", "walk.backward@slow"),
    "runs and jogs": ("run.forward", "run.backward", "jog.circle-left", "jog.circle-right"),
    "turns and steps": ("turn.left", "turn.right", "turn.around", "sidestep.left", "sidestep.right"),
    "jumps and hops": ("jump.up", "jump.forward", "hop", "hop.left", "hop.right", "jumping_jack"),
    "arms": ("wave.left", "wave.right", "raise_arm.both", "clap", "punch.right", "throw.left", "point.forward", "drink"),
    "up and down": ("sit", "stand_up", "squat", "kneel", "lie_down", "get_up", "bow", "pick_up"),
}


def measure_for_page(context: Context, on_progress: Progress) -> dict:
    """{group: {measure: {"real", "generated", "ratio"}}} with how many motions each is of."""
    libraries = [load_library(context.data, SHIPPED_TIERS, split) for split in ("val", "test")]
    count = 8 if context.quick else 30
    words, rng = random.Random("motion quality"), np.random.default_rng(21)
    groups, done = {}, 0
    for group, keys in GROUPS.items():
        real, made = [], []
        for number in range(count):
            instruction = Instruction.parse(keys[number % len(keys)])
            real += performances(libraries, instruction, rng)
            text = sentences(instruction, words, "original")[0]
            motion = context.generator.generate(text, seed=number, force=True).motions[0]
            made.append(from_features(to_features(motion)))  # hands and hinges as the real ones have them
            done += 1
            on_progress(done, count * len(GROUPS))
        groups[group] = compared(real, made)
    return {"groups": groups}


def performances(libraries: list[Library], instruction: Instruction, rng: np.random.Generator) -> list[Motion]:
    """A real performance of a single action from each library that has one."""
    action = instruction.steps[0][0]
    able = [library for library in libraries if library.sources(on_straight_path(action, library))]
    return [from_features(to_features(compose(library, instruction, rng)[0])) for library in able]


def compared(real: list[Motion], made: list[Motion]) -> dict:
    """Medians over motions, which no single glitch decides, with 95 % intervals and their ratio."""
    rng = np.random.default_rng(8)
    measured = {"real": [statistics_of(motion) for motion in real], "generated": [statistics_of(motion) for motion in made]}
    result = {"motions": {source: len(rows) for source, rows in measured.items()}}
    for name in measured["generated"][0]:
        entry = {}
        for source, rows in measured.items():
            values = np.array([row[name] for row in rows])
            drawn = np.median(rng.choice(values, size=(REPEATS, len(values))), axis=1)
            entry[source] = float(np.median(values))
            entry[f"{source}_half"] = float(np.diff(np.quantile(drawn, (0.025, 0.975)))[0] / 2)
        result[name] = entry | {"ratio": entry["generated"] / max(entry["real"], 1e-6)}
    return result
