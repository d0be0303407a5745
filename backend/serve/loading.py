"""Gets the generator, importing torch and the networks only now, and says in one sentence what keeps it from coming.

Command line and server call this; what is inside a generator is `backend.generation.pipeline`'s matter.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from backend.errors import UserError
from backend.generation.ours import EVERYTHING, Ours
from backend.packs.pack import find_pack

if TYPE_CHECKING:
    from backend.serve.jobs import Generator

DEVICES = ("auto", "cpu", "cuda")
# Threads that wait must soon sleep. By default they spin for long, and where other programs want the cores too (a render, a second
# backend) each of thousands of short operations then waits for a thread that has no core: on a busy machine with two
# cores a motion took 26 s instead of 0.6 s. To sleep at once costs as well, for it takes long to wake up. Measured on two cores,
# alone / beside two busy programs / beside these and a second backend: 0.43 / 0.73 / 1.7 s when they sleep at once, 0.24 / 0.92 s
# by default, 0.22 / 0.56 / 2.5 s with the count here. GNU's OpenMP (Linux) reads the first, Intel's (Windows) the second.
PATIENT_THREADS = {"GOMP_SPINCOUNT": "10000", "KMP_BLOCKTIME": "0"}


def load_generator(device: str = "auto", pack: str = "open", ours: Ours = EVERYTHING) -> Generator:
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
    """Make waiting threads sleep soon. Has an effect before torch is imported, which reads these variables once."""
    for name, value in PATIENT_THREADS.items():
        os.environ.setdefault(name, value)


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


def device_of(generator: Generator | None) -> str:
    """Where the networks are, e.g. ``cpu``; empty before they are loaded."""
    return "" if generator is None else str(getattr(generator, "device", "cpu"))
