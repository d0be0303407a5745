"""Which Python runs the backend, and the command that starts it. Plain Python, so that it is tested without Blender.

This module only looks; `link.client` starts the process.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..installation import BackendNotFoundError, backend_folder

INTERPRETER_VARIABLE = "VOICE_TO_MOTION_PYTHON"


def _venv_interpreter(folder: Path) -> Path:
    return folder / (".venv/Scripts/python.exe" if sys.platform == "win32" else ".venv/bin/python")


def interpreter(chosen: str = "", package_folder: Path | None = None, runtime: Path | None = None) -> Path:
    """The Python that runs the backend: the user's choice, the environment variable, the runtime, or a checkout's `.venv`.

    Args:
        chosen: path from the preferences; empty means automatic.
        runtime: Python of the runtime that was set up from the preferences, if it is ready.
        package_folder: folder of the add-on, for tests.

    Raises:
        BackendNotFoundError: nothing is set, or what is set does not exist.
    """
    for path, where in (
        (chosen, "the add-on's preferences"),
        (os.environ.get(INTERPRETER_VARIABLE, ""), "the environment"),
    ):
        if not path:
            continue
        # No resolve(): the link in a virtual environment's bin folder is what makes it a virtual environment.
        if Path(path).is_file():
            return Path(path)
        raise BackendNotFoundError(
            f"The backend's Python named in {where} does not exist: {path}", "Choose it in the add-on's preferences."
        )
    if runtime is not None:
        return runtime
    candidate = _venv_interpreter(backend_folder(package_folder).parent)
    if candidate.is_file():
        return candidate
    raise BackendNotFoundError("The motion backend is not set up yet.", "Open the add-on's preferences and press Set Up.")


def command(python: Path) -> tuple[list[str], Path]:
    """What starts the backend with this Python: (arguments, working folder). Raises BackendNotFoundError."""
    return [str(python), "-m", "backend", "serve"], backend_folder().parent
