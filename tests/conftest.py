"""What all tests share: where the repository is. Fixtures of one part stand in that part's own conftest."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout the tests run from."""
    return Path(__file__).resolve().parents[1]
