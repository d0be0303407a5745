"""The offline pack: an archive of the locked wheels, checked before anything of it is used.

Made by `build.py runtime-pack`. It holds `runtime-pack.json` and `wheels/*.whl`. The hashes in it are not trusted: what
counts is that each wheel is one of the lock file that this add-on brings, so a pack cannot install anything else.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from .errors import SetupError
from .locks import Lock

LISTING = "runtime-pack.json"
LARGEST_LISTING = 1 << 20
_BLOCK = 1 << 20
_WHEEL = re.compile(r"^wheels/([A-Za-z0-9][A-Za-z0-9._+-]{0,200}\.whl)$")
_ASK = "Make one with `build.py runtime-pack` from the same version of the add-on."


def read_listing(path: Path) -> tuple[str, dict[str, str]]:
    """Name of the lock file a pack was made from, and entry -> SHA-256 of its wheels.

    Raises:
        SetupError: it is no such archive (code ``pack``).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entry = archive.getinfo(LISTING)
            if entry.file_size > LARGEST_LISTING:
                raise ValueError("its list is too long")
            about = json.loads(archive.read(entry).decode("utf-8"))
        lock, sums = about["lock"], about["sha256"]
        if about["format"] != 1:
            raise SetupError("pack", f"{path.name} is a pack of another format.", _ASK)
        if not isinstance(lock, str) or not isinstance(sums, dict):
            raise ValueError("its list is damaged")
        if not all(isinstance(name, str) and _WHEEL.match(name) and isinstance(value, str) for name, value in sums.items()):
            raise ValueError("its list names files that are no wheels")
        return lock, sums
    except OSError as error:
        raise SetupError("pack", f"{path.name} cannot be read: {error.strerror or error}.") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, RecursionError, NotImplementedError, RuntimeError) as error:
        said = f" ({error})" if type(error) is ValueError else ""
        raise SetupError("pack", f"{path.name} is not a runtime pack of Voice to Motion{said}.", _ASK) from None


def unpack_wheels(path: Path, lock: Lock, target: Path, tell: Callable[[float], None]) -> None:
    """Unpack the wheels of a lock from an offline pack into ``target``.

    Those that are there already are kept.

    Args:
        path: the archive.
        lock: the lock file its wheels must belong to, all of them.
        target: folder for the wheels.
        tell: called with 0..1; may raise to cancel.

    Raises:
        SetupError: a wheel is missing, damaged or not of this lock; the good ones before it stay (code ``pack``).
    """
    _, sums = read_listing(path)
    entry_of = {sha256: name for name, sha256 in sums.items()}
    missing = [package.name for package in lock.packages if package.sha256 not in entry_of]
    if missing:
        raise SetupError("pack", f"{path.name} does not hold {', '.join(missing[:3])} as this add-on needs it.", _ASK)
    done, total = 0, sum(package.size for package in lock.packages)
    try:
        with zipfile.ZipFile(path) as archive:
            for package in lock.packages:
                name = entry_of[package.sha256]
                # The pattern has no slash after "wheels/", so the last part is a plain file name.
                finished = target / _WHEEL.match(name)[1]
                if not finished.is_file() or sha256_of(finished) != package.sha256:
                    _take_out(archive, name, package.sha256, package.size, finished)
                done += package.size
                tell(done / total)
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, RuntimeError) as error:
        raise SetupError("pack", f"{path.name} is damaged ({error}).", "Copy it again from where it was made.") from None


def _take_out(archive: zipfile.ZipFile, name: str, sha256: str, size: int, finished: Path) -> None:
    """Unpack one wheel and compare it with the lock.

    It must have exactly the locked size, so an archive that unpacks to more is stopped there.
    """
    partial = finished.with_suffix(".part")
    digest, left = hashlib.sha256(), size
    with archive.open(name) as source, partial.open("wb") as sink:
        while block := source.read(_BLOCK):
            left -= len(block)
            if left < 0:
                break
            digest.update(block)
            sink.write(block)
    if left != 0 or digest.hexdigest() != sha256:
        partial.unlink()
        raise SetupError("pack", f"{finished.name} in the pack is not what was locked.", "Copy the pack again.")
    partial.replace(finished)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
