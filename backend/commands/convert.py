"""`python -m backend convert`: motion files of any known kind to exchange files or BVH.

One that cannot be read does not stop the others. Reading is `motion.formats`' matter.
"""

from __future__ import annotations

import sys
from pathlib import Path

from backend.commands.exit_codes import code_of
from backend.errors import UserError
from backend.motion.formats.conversion import WRITERS, convert_motion
from backend.serve.jobs import as_user_error, in_range
from backend.serve.outputs import plan_files, prepare_folder


def convert(sources: list[Path], output: Path, fps: float | None) -> int:
    """Convert each file. Returns the exit code; raises UserError if nothing was tried.

    Args:
        sources: motion files.
        output: a file that ends in .npz or .bvh, for one source; else a folder for .npz files.
        fps: of the new files; None keeps each one's own.
    """
    in_range("The frame rate", fps, 1, 240)
    if output.suffix.lower() in WRITERS:
        if len(sources) > 1:
            raise UserError("bad_option", f"{len(sources)} files do not fit into the one {output.name}.", "Give a folder.")
        plan = [output]
        prepare_folder(output.parent)
    else:
        plan = [paths[0] for paths in plan_files(sources, output, 1)]
        prepare_folder(output)
    errors = []
    for source, target in zip(sources, plan, strict=True):
        try:
            done = convert_motion(source, target, fps)
        except Exception as error:
            errors.append(as_user_error(error))
            print(f"error: {errors[-1]}", file=sys.stderr)
        else:
            notes = "".join(f"; {note}" for note in done.notes)
            print(f"{source}: {done.frames} frames at {done.fps:g} fps -> {done.file}{notes}", flush=True)
    return code_of(errors)
