"""`python -m backend` as people run it: real processes, real files."""

import subprocess
from pathlib import Path

import numpy as np
import soundfile

from tests.backend.client import PATIENCE, REPOSITORY, STAND_IN, environment


def run(*arguments, command=STAND_IN, **manners) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*command, *map(str, arguments)], cwd=REPOSITORY, env=environment(**manners), capture_output=True, text=True,
        encoding="utf-8", timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def record(path: Path, wave: np.ndarray | None = None, rate: int = 16_000, **format) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.3 * np.sin(np.arange(rate) / 20) if wave is None else wave, rate, **format)
    return path


def one_sentence(text: str) -> None:
    """Exactly one line, no traceback."""
    assert text.startswith("error: ") and text.count("\n") == 1 and text.rstrip().endswith("."), text
