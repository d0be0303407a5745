"""Contact sheets: a picture appears, a row a motion, left and right in their colours."""

from __future__ import annotations

from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from backend.evaluation.contact_sheet import contact_sheet
from tests.backend.motion import source_rigs as rigs


def colours(path: Path, view: str) -> tuple[int, int, np.ndarray]:
    contact_sheet(rigs.walking(40), path, poses=4, view=view)
    picture = matplotlib.image.imread(path)[..., :3]
    warm = (picture[..., 0] > 0.8) & (picture[..., 2] < 0.4)
    cold = (picture[..., 2] > 0.6) & (picture[..., 0] < 0.35)
    return int(warm.sum()), int(cold.sum()), picture


@pytest.mark.parametrize("view", ["three-quarter", "front"])
def test_both_sides_are_seen_in_their_colours(tmp_path: Path, view: str) -> None:
    warm, cold, _ = colours(tmp_path / "sheet.png", view)
    assert warm > 500
    assert cold > 500


def test_from_the_side_the_near_arm_hides_the_far_one(tmp_path: Path) -> None:
    warm, cold, _ = colours(tmp_path / "sheet.png", "side")
    assert max(warm, cold) > 1.3 * min(warm, cold)


def test_rows_and_titles(tmp_path: Path) -> None:
    motions = [rigs.walking(40), rigs.posed(30, {"left_shoulder": (0, 0, 80)}), rigs.posed(1, {})]
    contact_sheet(motions[:1], tmp_path / "one row.png")
    contact_sheet(motions, tmp_path / "three rows.png", titles=["walk", "raise a hand"])
    one, three = (matplotlib.image.imread(tmp_path / name).shape for name in ("one row.png", "three rows.png"))
    assert three[0] > 2.5 * one[0]
    assert three[1] == one[1]


def test_nothing_to_draw_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        contact_sheet([], tmp_path / "x.png")
    with pytest.raises(ValueError, match="view 'above'"):
        contact_sheet(rigs.walking(10), tmp_path / "x.png", view="above")
