"""What a set-up would do here: which packages, how much to download, for which Python.

Pure choices from facts that are handed in; asking the machine is `machine`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .locks import Lock


@dataclass(frozen=True)
class Choice:
    """The lock file to install, or the reason why there is none.

    ``note`` is what the user should know.
    """

    lock: Lock | None
    reason: str = ""
    note: str = ""


def choose_lock(locks: Iterable[Lock], platform: str, python: tuple[int, int], wish: str, cuda: bool) -> Choice:
    """Pick the packages for a machine.

    Args:
        locks: those that this version of the add-on brings.
        platform: as in `machine.platform_name`.
        python: version of the Python that the environment will be made with.
        wish: "AUTO", "CPU" or "CUDA".
        cuda: whether there is a graphics card and driver for the CUDA build.
    """
    here = [lock for lock in locks if lock.platform == platform]
    if not here:
        return Choice(None, f"There is no current PyTorch for this kind of machine ({platform}).")
    fitting = {lock.device: lock for lock in here if lock.python == python}
    if not fitting:
        known = " or ".join(f"{major}.{minor}" for major, minor in sorted({lock.python for lock in here}))
        return Choice(None, f"The packages are known for Python {known}, and this is {python[0]}.{python[1]}.")
    if wish == "CUDA" and "cuda" not in fitting:
        return Choice(None, "For this platform and Python no CUDA packages are known: choose another device.")
    if "cuda" in fitting and (wish == "CUDA" or (wish == "AUTO" and cuda)):
        note = "" if cuda else "No NVIDIA card and driver that run CUDA 13 were found (Turing, 580 or later): the CPU will be used."
        return Choice(fitting["cuda"], note=note)
    if "cpu" in fitting:
        return Choice(fitting["cpu"])
    smaller = min((lock for lock in here if lock.device == "cpu"), key=lambda lock: lock.download, default=None)
    note = "For this Python only PyTorch's large CUDA build is known; it runs on the CPU, too."
    if smaller:
        note += f" With Python {smaller.python[0]}.{smaller.python[1]} it would be {size_text(smaller.download)}."
    return Choice(fitting["cuda"], note=note)


def size_text(size: float) -> str:
    """Bytes for people: ``265 MB``, ``2.8 GB``."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


_FAMILIES = ("NVIDIA", "LGPL", "Apache", "BSD", "MIT", "ISC", "PSF")


def licences_text(lock: Lock) -> str:
    """Count the families of licences that the packages state, most frequent first."""
    counts: dict[str, int] = {}
    for package in lock.packages:
        name = next((family for family in _FAMILIES if family in package.licence), "other")
        counts[name] = counts.get(name, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (item[0] == "other", -item[1], item[0]))
    return ", ".join(f"{name} ({count})" for name, count in ordered)
