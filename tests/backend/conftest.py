"""What tests of the backend share: motions of real people, retargeted from the clips beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.data.authored import build_authored
from backend.data.sources.convert import retarget_all
from backend.data.tiers import SHIPPED_TIERS


@pytest.fixture(scope="session")
def real_data(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with all clips that may ship, and the authored ones; made once a session, in about two minutes."""
    shared = repository.parent / "shared" / "data"
    if not shared.is_dir():
        pytest.skip("needs the recordings of motion in ../shared/data, as CI has them")
    folder = tmp_path_factory.mktemp("data")
    counts = retarget_all(shared, folder / "motions", SHIPPED_TIERS)
    assert counts["accepted"] > 800 and counts["rejected"] < 0.2 * counts["accepted"], counts
    build_authored(folder / "authored", 0, 1)
    return folder
