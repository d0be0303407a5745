"""Where results go: a writable folder, names that cannot collide, complete files.

What is in a file is `backend.motion.files`' matter.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from backend.errors import Cancelled, cannot_write

if TYPE_CHECKING:
    from backend.motion.motion import Motion

STAGE = ".unfinished-"  # begin of the name of the hidden folder in which files are completed
STALE = 3600.0  # seconds after which such a folder belongs to a process that was killed
LONGEST_STEM = 110  # bytes kept of a name: two of them, a seed and an ending stay below the 255 of common file systems


def write(
    motions: list[Motion],
    paths: list[Path],
    seeds: list[int],
    notes: dict[str, str],
    progress: Callable[[str, float], None],
    cancelled: Callable[[], bool],
) -> None:
    """Write all motions beside their destination, then move them there.

    Raises UserError ``cannot_write`` and Cancelled."""
    from backend.motion.files import save_motion

    stage = None
    try:
        stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=paths[0].parent))
        staged = [stage / f"{number}.npz" for number in range(len(paths))]
        for number, (motion, path, seed) in enumerate(zip(motions, staged, seeds, strict=True)):
            progress("writing", number / len(paths))
            if cancelled():
                raise Cancelled
            save_motion(path, motion, seed=seed, **notes)
        if cancelled():
            raise Cancelled
        for source, path in zip(staged, paths, strict=True):
            source.replace(path)
    except OSError as error:
        raise cannot_write(paths[0].parent, error) from None
    finally:
        if stage:
            shutil.rmtree(stage, ignore_errors=True)
    progress("writing", 1.0)


def discard_stale(folder: Path, age: float = STALE) -> None:
    """Remove what a killed process left; what is younger than ``age`` seconds may be in use."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:  # a folder may have 100,000 results
        for stage in [Path(entry.path) for entry in entries if entry.name.startswith(STAGE)]:
            with contextlib.suppress(OSError):
                if time.time() - stage.stat().st_mtime >= age:
                    shutil.rmtree(stage, ignore_errors=True)


def prepare_folder(folder: Path) -> list[Path]:
    """Create the output folder, try to write there, remove what a killed process left.

    Returns:
        The folders that did not exist before, deepest first, for `discard_if_empty`. Raises UserError ``cannot_write``.
    """
    created: list[Path] = []
    try:
        for part in (folder, *folder.parents):
            if part.exists():
                break
            created.append(part)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        discard_stale(folder)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        discard_if_empty(created)
        raise cannot_write(folder, error) from None
    return created


def discard_if_empty(created: Iterable[Path]) -> None:
    """Take back the folders that `prepare_folder` made, where nothing came into them."""
    for folder in created:
        with contextlib.suppress(OSError):
            folder.rmdir()


def plan_files(recordings: Iterable[Path], folder: Path, variations: int, inputs: Iterable[Path] = ()) -> list[list[Path]]:
    """Names of each recording's output files: ``<name>.npz``, or ``<name>_1.npz``...

    Recordings of the same name (from different folders, or ``a.wav`` and ``a.flac``) get ``<folder>-<name>`` and then
    ``<name>-2``...; names that only differ in case count as the same, because they are on Windows and macOS.
    ``inputs`` are never replaced."""
    taken = {_folded(path.name) for path in inputs if _is_same(path.parent, folder)}
    plan = []
    for recording in recordings:
        for stem in candidate_stems(recording):
            names = numbered(stem, variations)
            folded = {_folded(name) for name in names}
            if not folded & taken:
                taken |= folded
                plan.append([folder / name for name in names])
                break
    return plan


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # one is not there yet, or has a zero byte in it
        return False


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def candidate_stems(recording: Path, suffix: str = "") -> Iterator[str]:
    """Names for a recording's files in order of preference, without end."""
    stem = clipped(recording.stem) + suffix
    yield stem
    if parent := recording.absolute().parent.name:
        yield f"{clipped(parent)}-{stem}"
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def clipped(text: str) -> str:
    """At most `LONGEST_STEM` bytes of a name, cut between letters.

    Bytes that are no letters become U+FFFD."""
    letters = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return letters.encode("utf-8")[:LONGEST_STEM].decode("utf-8", "ignore")


def numbered(stem: str, variations: int) -> list[str]:
    """File names for the variations of one stem."""
    return [f"{stem}.npz"] if variations == 1 else [f"{stem}_{k}.npz" for k in range(1, variations + 1)]


def free_files(recording: Path, folder: Path, seed: int, variations: int) -> list[Path]:
    """Names like ``<name>_<seed>.npz`` that do not exist yet; earlier results stay."""
    for stem in candidate_stems(recording, f"_{seed}"):
        paths = [folder / name for name in numbered(stem, variations)]
        if not any(path.exists() for path in paths):
            return paths
    raise AssertionError("candidate_stems has no end")


def free_file(source: Path, folder: Path, ending: str) -> Path:
    """A name like the source's with another ending that does not exist yet."""
    return next(path for stem in candidate_stems(source) if not (path := folder / f"{stem}{ending}").exists())
