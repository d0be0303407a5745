"""A small dose of `python -m tests.cycles`, which is run with 500."""

import sys

import pytest

from backend.packs.pack import WEIGHTS


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts open files as Linux has them")
@pytest.mark.skipif(not (WEIGHTS / "open" / "pack.json").exists(), reason="the pack of weights is not there yet")
def test_nothing_leaks():
    from tests.cycles import run

    tally = run(12, seed=8)
    assert tally.ended.total() == 12 and not tally.problems, "\n".join([tally.line(), *tally.problems])
    assert {what for what, _ in tally.ended} == {"generate", "cancel", "kill"}
