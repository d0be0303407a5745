"""`generate --body FILE`: each motion on the user's SMPL-X body, in a second file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from backend.errors import UserError, cannot_write
from backend.serve.loading import import_torch

if TYPE_CHECKING:
    import numpy as np


class Bodies:
    """Writes motions on one body. The model file is read at once, before anything is generated.

    Raises UserError: no model file, `smplx` is not installed, or betas that are not ten numbers.
    """

    def __init__(self, model_file: Path, betas: str | None = None, *, vertices: bool = False) -> None:
        self.model_file = model_file
        self._betas = read_betas(betas) if betas else None
        import_torch()
        from backend.motion.smplx_body import load_body_model

        self._model = load_body_model(model_file)
        self._vertices = vertices

    def write(self, file: str | Path) -> Path:
        """Write NAME_body.npz for a motion file, and return its path. Raises UserError."""
        from backend.motion.files import load_motion
        from backend.motion.smplx_body import on_body, save_body_motion

        target = body_file(Path(file))
        found = on_body(self._model, load_motion(file), self._betas, vertices=self._vertices)
        try:
            save_body_motion(target, found)
        except OSError as error:
            raise cannot_write(target.parent, error) from None
        return target

    @staticmethod
    def refuse_collisions(motion_files: Iterable[Path]) -> None:
        """Raises UserError where a body's file would replace another motion's."""
        files = set(motion_files)
        for file in files:
            if body_file(file) in files:
                raise UserError("bad_option", f"{body_file(file).name} would be another motion's file as well.")


def body_file(motion_file: Path) -> Path:
    """NAME_body.npz for NAME.npz."""
    return motion_file.with_name(f"{motion_file.stem}_body.npz")


def read_betas(text: str) -> np.ndarray:
    """(10,) numbers of "1,-0.5,..."; those that are not given are 0. Raises UserError."""
    import numpy as np

    try:
        given = [float(part) for part in text.split(",")]
    except ValueError:
        given = [float("nan")]
    if len(given) > 10 or not np.isfinite(given).all():
        raise UserError("bad_option", f"The betas must be up to ten numbers with commas between them, not {text[:40]}.")
    return np.array(given + [0.0] * (10 - len(given)), np.float32)
