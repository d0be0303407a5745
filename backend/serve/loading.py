"""Imports torch and loads the generator, as late as possible.

What keeps either from coming is said in one sentence. Command line and server call this; what is inside a generator is
`backend.generation.pipeline`'s matter.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend.errors import UserError
from backend.generation.ours import EVERYTHING, Ours
from backend.packs.pack import find_pack

if TYPE_CHECKING:
    from backend.serve.jobs import MotionGenerator

DEVICES = ("auto", "cpu", "cuda")
# Threads that wait must soon sleep: by default they spin, and where other programs want the cores too, each of thousands of short
# operations waits for a thread that has no core (26 s for a motion were seen, of 0.6 s). To sleep at once costs as well, for waking
# takes long. Two cores, alone / beside two busy programs / beside these and a second backend: 0.43 / 0.73 / 1.7 s when they sleep
# at once, 0.24 / 0.92 s by default, 0.22 / 0.56 / 2.5 s with this count. GNU's OpenMP (Linux) reads the first, Intel's (Windows)
# the second.
PATIENT_THREADS = {"GOMP_SPINCOUNT": "10000", "KMP_BLOCKTIME": "0"}


def load_generator(device: str = "auto", pack: str = "open", ours: Ours = EVERYTHING) -> MotionGenerator:
    """Load a pack of weights on a device (``auto``: CUDA where there is one).

    Args:
        ours: what of it is switched off, for experiments.

    Raises:
        UserError: ``bad_option``, ``missing_pack``, ``damaged_pack``, ``missing_package``, and the pipeline's own.
    """
    check_device(device)
    find_pack(pack)
    be_patient()
    try:
        from backend.generation.pipeline import Generator
    except ModuleNotFoundError as error:
        if (error.name or "backend").split(".")[0] == "backend":
            raise
        raise missing_package(error.name) from error
    return Generator.load(pack, device, ours)


def be_patient() -> None:
    """Make waiting threads sleep soon; call it before torch is imported, which reads this once."""
    for name, value in PATIENT_THREADS.items():
        os.environ.setdefault(name, value)


@contextmanager
def interrupts_later() -> Iterator[None]:
    """Inside, SIGINT and SIGTERM are only noted; at its end their handlers are called."""
    if threading.current_thread() is not threading.main_thread():  # signals are handled in that one
        yield
        return
    noted: list[int] = []
    before = {number: signal.signal(number, lambda number, _: noted.append(number)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in noted[:1]:
            signal.raise_signal(number)


def import_torch() -> None:
    """Import torch, if nobody has yet, and let Ctrl-C and SIGTERM wait meanwhile.

    An exception that Python raises while torch's C++ half is set up ends the process with "terminate called" and exit code -6."""
    if "torch" not in sys.modules:
        with interrupts_later():
            import torch  # noqa: F401


def check_device(device: str) -> None:
    """Refuse a device that nobody knows. Raises UserError ``bad_option``."""
    if device not in DEVICES:
        raise UserError("bad_option", f"The device must be one of {', '.join(DEVICES)}, not {device[:40]}.")


def missing_package(name: str | None) -> UserError:
    """The sentence for a Python package that is not installed."""
    return UserError(
        "missing_package",
        f"The Python package {name} is not installed.",
        "In Blender press Repair in the add-on's preferences; in a checkout run: python3 build.py setup",
    )


def device_of(generator: MotionGenerator | None) -> str:
    """Where the networks are, e.g. ``cpu``; empty before they are loaded."""
    return "" if generator is None else str(getattr(generator, "device", "cpu"))
