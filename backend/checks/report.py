"""All checks as one report, for people and as JSON. Standard library only.

The checks are in `software` and `machine`; printing is `commands.doctor`'s.
"""

from __future__ import annotations

import platform
import tempfile
from dataclasses import asdict
from pathlib import Path

from backend.checks.check import FAILED, Check
from backend.checks.machine import check_disk, check_memory, check_sound, check_write_access
from backend.checks.software import check_packages, check_protocol, check_python, check_torch, check_weights


def examine(folders: tuple[Path, ...] = (), protocol: int | None = None) -> list[Check]:
    """All checks, in reading order.

    Args:
        folders: where motions will be written.
        protocol: the version that the add-on speaks, where the add-on asks.
    """
    checks = [check_python(), check_packages()]
    checks += check_torch()
    checks += [check_memory(), check_weights(), check_protocol(protocol)]
    checks += check_sound()
    for folder in folders or (Path(tempfile.gettempdir()),):
        checks += [check_write_access(folder), check_disk(folder)]
    return checks


def is_healthy(checks: list[Check]) -> bool:
    """Whether nothing failed; a warning is no failure."""
    return all(check.status != FAILED for check in checks)


def as_dict(checks: list[Check], version: str) -> dict:
    """For JSON: version, system, ok, and the checks."""
    return {
        "version": version,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "ok": is_healthy(checks),
        "checks": [asdict(check) for check in checks],
    }
