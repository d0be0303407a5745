"""The Python that runs the backend, and the command that starts it.

This module only looks for files; `link.client` starts the process. Plain Python, no bpy.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..installation import BackendNotFoundError, backend_folder

INTERPRETER_VARIABLE = "VOICE_TO_MOTION_PYTHON"


def _venv_interpreter(folder: Path) -> Path:
    return folder / (".venv/Scripts/python.exe" if sys.platform == "win32" else ".venv/bin/python")


def find_backend_python(chosen: str = "", package_folder: Path | None = None, runtime: Path | None = None) -> Path:
    """The Python that runs the backend.

    In this order: the user's choice, the environment variable, the runtime, the `.venv` of a checkout.

    Args:
        chosen: path from the preferences; empty where there is none.
        package_folder: folder of the add-on, for tests.
        runtime: Python of the runtime, if it is ready.

    Raises:
        BackendNotFoundError: there is none, or the one that was chosen does not exist.
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
    raise BackendNotFoundError("The motion backend is not set up yet.", "Press Download and Set Up at the top of the panel.")


def backend_command(python: Path) -> tuple[list[str], Path]:
    """What starts the backend with this Python: (arguments, working folder).

    Raises:
        BackendNotFoundError: the backend's own files are missing.
    """
    return [str(python), "-m", "backend", "serve"], backend_folder().parent
