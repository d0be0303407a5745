"""Arrays of foreign `.npz` and `.npy` files: names of all dialects, rates, bounds.

Nothing is unpickled and sizes are bounded, as `packs.npz` says. What the arrays mean is `smpl`'s and `joints`' matter.
"""

from __future__ import annotations

import contextlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import UserError, system_reason
from ...packs.npz import NpzError, read_array, read_arrays

MAX_FRAMES = 150_000  # over twenty minutes at 120 fps
MOST = MAX_FRAMES * 55 * 9 * 8  # bytes: the rotation matrices of all joints
ASSUMED_RATE = 30.0
RATES = ("mocap_frame_rate", "mocap_framerate", "frame_rate", "framerate", "fps")
LOWEST, HIGHEST = 1.0, 1000.0  # frames per second
LARGEST = 10_000.0  # radians or metres; beyond it numbers are damage
# Exporters of nested dictionaries flatten them in one of these ways.
GROUPS = ("smpl_params_global", "smpl_params", "smplx_params", "body_params", "params")
PREFIXES = ("", *(group + mark for group in GROUPS for mark in ("/", ".", "_", "__")))


@dataclass(frozen=True)
class NamedArrays:
    """The numeric arrays of a file that have a known name, and all the names there are."""

    path: Path
    found: dict[str, np.ndarray]
    names: tuple[str, ...]

    def first(self, *keys: str) -> np.ndarray | None:
        """The array of the first name that is there."""
        return next((self.found[key] for key in keys if key in self.found), None)


def read_named(path: Path, keys: tuple[str, ...]) -> NamedArrays:
    """Arrays of numbers by any of ``keys``, with or without the prefix of a group.

    Raises UserError ``bad_motion_file``: no npz, damaged, too large, objects of Python in a wanted array, not finite.
    """
    found: dict[str, np.ndarray] = {}
    try:
        with path.open("rb") as stream:
            for prefix in PREFIXES:
                wanted = {prefix + key: ("fiu", MOST) for key in keys if key not in found}
                found |= {key.removeprefix(prefix): array for key, array in read_arrays(stream, wanted).items()}
            stream.seek(0)
            with zipfile.ZipFile(stream) as archive:  # its directory has been checked
                names = tuple(name.removesuffix(".npy") for name in archive.namelist())
    except NpzError as error:
        raise UserError(
            "bad_motion_file", f"{path.name} cannot be read as a motion: {error}.",
            "Save plain arrays of numbers with numpy.savez, without Python objects.",
        ) from error  # fmt: skip
    except OSError as error:
        raise unreadable(path, error) from error
    for key, array in found.items():
        check_numbers(path, key, array)
    return NamedArrays(path, found, names)


def read_text(path: Path, key: str) -> str:
    """A text of an npz, in whatever way it is stored; empty where there is none."""
    with contextlib.suppress(OSError, NpzError, ValueError, SystemError), path.open("rb") as stream:
        value = read_arrays(stream, {key: ("US", 4096)}).get(key, np.array(""))
        if value.size == 1:
            text = value.reshape(()).item()
            return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return ""


def read_npy(path: Path) -> np.ndarray:
    """The array of an npy file. Raises UserError ``bad_motion_file``."""
    try:
        with path.open("rb") as stream:
            reading = read_array(stream, "the array", "f", MOST)
            while True:
                next(reading)
    except StopIteration as end:
        check_numbers(path, "the array", end.value)
        return end.value
    except NpzError as error:
        raise UserError(
            "bad_motion_file", f"{path.name} cannot be read as a motion: {error}.",
            "Save the positions of the joints alone with numpy.save, without Python objects.",
        ) from error  # fmt: skip
    except OSError as error:
        raise unreadable(path, error) from error


def check_numbers(path: Path, key: str, array: np.ndarray) -> None:
    """Raises UserError ``bad_motion_file`` for numbers that are not finite, or no motion's."""
    if not np.isfinite(array).all():
        raise UserError("bad_motion_file", f"{path.name} has numbers that are not finite in {key}.", "Export it again.")
    if key not in RATES and array.size and np.abs(array).max() > LARGEST:
        raise UserError("bad_motion_file", f"{path.name} has numbers too large for a motion in {key}.", "Export it in metres.")


def check_length(path: Path, frames: int) -> None:
    """Raises UserError ``bad_motion_file`` for a motion without frames, or with too many."""
    if frames == 0:
        raise UserError("bad_motion_file", f"{path.name} has no frames.", "Export it again.")
    if frames > MAX_FRAMES:
        raise UserError("bad_motion_file", f"{path.name} has {frames} frames; at most {MAX_FRAMES} are read.", "Cut it first.")


def frame_rate(arrays: NamedArrays, frames: int) -> tuple[float, bool]:
    """Frames per second, and whether the file says so.

    Raises UserError ``bad_motion_file`` for an absurd rate."""
    given = arrays.first(*RATES)
    if given is None:
        seconds = arrays.first("mocap_time_length")
        if seconds is None or seconds.size != 1 or frames < 2 or float(seconds.reshape(())) <= 0:
            return ASSUMED_RATE, False
        rate = frames / float(seconds.reshape(()))
        rate = round(rate) if abs(rate - round(rate)) < 0.01 * rate else rate
    else:
        rate = float(given.reshape(-1)[0]) if given.size == 1 else float("nan")
    check_rate(arrays.path, rate)
    return float(rate), True


def check_rate(path: Path, rate: float) -> None:
    """Raises UserError ``bad_motion_file`` for an absurd frame rate."""
    if not LOWEST <= rate <= HIGHEST:
        raise UserError(
            "bad_motion_file", f"{path.name} says {rate:g} frames per second, which is no rate of a motion.",
            f"Correct its frame rate: {LOWEST:g} to {HIGHEST:g}.",
        )  # fmt: skip


def unreadable(path: Path, error: OSError) -> UserError:
    """The error for a file that the system does not give."""
    return UserError("bad_motion_file", f"{path.name} cannot be read ({system_reason(error)}).", "Choose another file.")
