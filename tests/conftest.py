"""What all tests share: where the repository is, and an end that Blender does not spoil.

Fixtures of one part stand in that part's own conftest.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout the tests run from."""
    return Path(__file__).resolve().parents[1]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember how it went, for the end below."""
    session.config.stash[_VERDICT] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave at once where Blender was imported, with pytest's own verdict.

    As a module, Blender 4.2 crashes in its C++ destructors (`~SpaceType`, after Python has ended) once an extension was
    enabled, disabled again or not, and 4.5 may hang there. A Blender with a window ends in another way.
    """
    if "bpy" in sys.modules and _VERDICT in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_VERDICT])


_VERDICT = pytest.StashKey[int]()
