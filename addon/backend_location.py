"""Where the backend's files and its Python interpreter are. Plain Python, so that it is tested without Blender.

The add-on is found in two layouts: in the extension zip `backend/` lies inside the add-on's own folder, in a checkout
beside it. This module only looks; starting the process is `backend_client`'s job.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

INTERPRETER_VARIABLE = "VOICE_TO_MOTION_PYTHON"


class BackendNotFoundError(Exception):
    """The backend cannot be started. The text is one sentence for the user; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def backend_folder(package_folder: Path | None = None) -> Path:
    """The folder `backend/`, in the zip's layout or a checkout's.

    Raises:
        BackendNotFoundError: neither layout has it.
    """
    package_folder = package_folder or Path(__file__).resolve().parent
    for candidate in (package_folder / "backend", package_folder.parent / "backend"):
        if (candidate / "motion" / "default_body.json").is_file():
            return candidate
    raise BackendNotFoundError(
        "The add-on's own files are incomplete: the backend folder is missing.", "Install the extension again."
    )


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
