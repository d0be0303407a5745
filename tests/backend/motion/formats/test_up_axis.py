"""Which way is up: bodies that stand, walk and bow, in every orientation that files have."""

from __future__ import annotations

import numpy as np
import pytest

from backend.motion.formats.up_axis import TURNS, find_up
from tests.backend.motion import source_rigs as rigs

BOWED = rigs.posed(60, {"pelvis": (30, 0, 0), "left_hip": (-40, 0, 0), "right_hip": (-50, 0, 0), "left_knee": (40, 0, 0),
                        "right_knee": (30, 0, 0)}, phase=False)  # fmt: skip
MOTIONS = {"walking": rigs.walking(60), "standing still": rigs.posed(5, {}), "one frame": rigs.posed(1, {}), "bowed": BOWED}


@pytest.mark.parametrize("kind", MOTIONS)
@pytest.mark.parametrize("axis", TURNS)
@pytest.mark.parametrize("usual", ["Y", "Z"])
def test_what_stands(kind: str, axis: str, usual: str):
    positions = MOTIONS[kind].body_positions() @ TURNS[axis]
    assert find_up(positions, 30.0, usual) == axis


def test_missing_joints_do_not_matter():
    positions = rigs.walking(60).body_positions() @ TURNS["Z"]
    positions[:, [3, 6, 9, 10, 11]] = np.nan
    assert find_up(positions, 30.0) == "Z"
