"""Runs pip: it looks wherever it is configured to, and accepts only pinned hashes.

Index, mirrors, local folders, proxies and certificates are pip's own settings (`PIP_INDEX_URL`, `pip.conf`, ...). The one
server that is named is PyTorch's own index, which alone has some builds of torch.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from backend.errors import UserError

# Not the packages' own wishes: the pinned list is complete, and nothing is built, which would run code of theirs.
PINNED = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
# What would lead the pip of an environment elsewhere than into that environment.
_MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIREMENT")
_PYTORCH = Path(__file__).resolve().parents[2] / "addon" / "runtime" / "pytorch_index.txt"
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)==(\S+)((?: --hash=sha256:[0-9a-f]{64})+)")


def pip_command(python: Path, verb: str) -> list[str]:
    """The beginning of a pip command, e.g. for ``install``."""
    return [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", verb]


def configured_index(python: Path) -> str:
    """The index that pip is configured for; empty where it is Python's own, which pip knows."""
    command = [*pip_command(python, "config"), "list"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, env=pip_environment()).stdout
    found = dict(re.findall(r"^(\S+?)\.index-url='(.*)'$", said, re.M))
    return found.get(":env:") or found.get("install") or found.get("global") or ""


def torch_index(build: str) -> str:
    """Address of PyTorch's own index of one build, e.g. ``cpu``.

    It stands in a file because the add-on needs it, too.
    """
    return f"{_PYTORCH.read_text(encoding='utf-8').strip()}/{build}"


def torch_source(build: str) -> list[str]:
    """pip options for PyTorch's own index; none where it does not answer.

    pip would ask it in vain for each package, minutes for all.
    """
    index = torch_index(build)
    return ["--extra-index-url", index] if index_answers(index) else []


def index_answers(index: str) -> bool:
    """Whether PyTorch's index can be reached within three seconds."""
    request = urllib.request.Request(f"{index}/torch/", method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=3):
            return True
    except OSError:  # URLError and TimeoutError are
        return False


def download_wheels(requirements: Iterable[str], folder: Path, python: Path | None = None) -> dict[str, Path]:
    """Download wheels as plain files, without installing them.

    Wheels in ``folder`` that have the right hash are kept.

    Args:
        requirements: lines such as ``name==1.2 --hash=sha256:0123...``, several hashes where several files are right.
        folder: where the wheels go; made when missing.
        python: interpreter that has pip; default: the running one.

    Returns:
        Requirement -> its file.

    Raises:
        UserError: pip finds no file with such a hash, or nothing answers (code ``pip``).
    """
    wanted = {line: _hashes(line) for line in requirements}
    folder.mkdir(parents=True, exist_ok=True)
    found = _by_hash(folder, "*.whl")
    missing = [line for line, hashes in wanted.items() if not hashes & found.keys()]
    if missing:
        listing = folder / "requirements.txt"
        listing.write_text("\n".join(missing) + "\n", encoding="utf-8")
        command = [*pip_command(python or Path(sys.executable), "download"), *PINNED]
        run_pip([*command, "--progress-bar", "raw", "--dest", str(folder), "-r", str(listing)], folder / "pip.log")
        found = _by_hash(folder, "*.whl")
    return {line: found[next(iter(hashes & found.keys()))] for line, hashes in wanted.items()}


def download_source(requirement: str, folder: Path, python: Path | None = None) -> Path:
    """Download a package's source archive (``.tar.gz``) as a plain file; keep a right one.

    `pip download` would run the package's build code. So pip only says where the archive is, on the index it is configured for.

    Args:
        requirement: as in `download_wheels`, with the hash of the archive.
        folder: where it goes; made when missing.
        python: interpreter that has pip; default: the running one.

    Raises:
        UserError: pip knows no such archive (code ``pip``), or the file is not the pinned one (code ``download``).
    """
    hashes = _hashes(requirement)
    name, version = _REQUIREMENT.fullmatch(requirement).group(1, 2)
    folder.mkdir(parents=True, exist_ok=True)
    found = _by_hash(folder, "*.tar.gz")
    if known := hashes & found.keys():
        return found[known.pop()]
    with tempfile.TemporaryDirectory() as nowhere:
        # Asked for wheels only, at its second level of wordiness, pip lists the archives it passes over.
        command = [*pip_command(python or Path(sys.executable), "download"), "-vv", "--no-deps", "--only-binary", ":all:"]
        command += ["--dest", nowhere, f"{name}=={version}"]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, env=pip_environment())
    file_name = rf"{re.escape(name).replace('-', '[-_.]')}-{re.escape(version)}\.tar\.gz"
    link = re.search(rf"(?:https?|file)://\S+/({file_name})(?=[\s#])", done.stdout, re.I)
    if link is None:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no answer"]
        raise UserError("pip", f"pip finds no source archive of {name} {version}: {last[0]}", "Check the network.")
    try:
        with urllib.request.urlopen(link[0], timeout=180) as answer:
            data = answer.read()
    except OSError as error:
        raise UserError("download", f"{link[1]} could not be downloaded: {error}.", "Check the network.") from error
    if hashlib.sha256(data).hexdigest() not in hashes:
        raise UserError("download", f"{link[1]} is not the file that was pinned.", "Do not use it.")
    path = folder / link[1]
    path.write_bytes(data)
    return path


def run_pip(command: list[str], log: Path) -> None:
    """Run pip and show downloads as they go. The log gets all of its output.

    Raises:
        UserError: pip failed; the message is the end of the log (code ``pip``).
    """
    with (
        log.open("a", encoding="utf-8") as file,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=pip_environment()
        ) as process,
    ):
        shown = -1
        for line in process.stdout or ():
            progress = re.match(r"Progress (\d+) of (\d+)", line)
            if progress:
                shown = _show_progress(int(progress[1]), int(progress[2]), shown)
                continue
            file.write(line)
            if match := re.search(r"Downloading (?:https?://\S+/)?([^/\s]+) \(([\d.]+ [MG]B)\)", line):
                shown = -1
                print(f"  downloading {match[1].split('-')[0]} ({match[2]})", flush=True)
            elif line.startswith("Installing collected packages"):
                print(f"  installing {line.count(',') + 1} packages", flush=True)
        code = process.wait()
    if code != 0:
        lines = [line for line in log.read_text(encoding="utf-8").splitlines() if "WARNING" not in line]
        raise UserError("pip", "pip could not get the packages:\n  " + "\n  ".join(lines[-6:]), f"The whole output is in {log}")


def pip_environment() -> dict[str, str]:
    """Environment variables for pip, without those that would change where packages go."""
    return {key: value for key, value in os.environ.items() if key not in _MISLEADING}


def _hashes(requirement: str) -> set[str]:
    match = _REQUIREMENT.fullmatch(requirement)
    if match is None:
        raise ValueError(f"not a version with its hash: {requirement}")
    return set(re.findall(r"sha256:([0-9a-f]{64})", match[3]))


def _by_hash(folder: Path, pattern: str) -> dict[str, Path]:
    found = {}
    for path in sorted(folder.glob(pattern)):
        with path.open("rb") as file:
            found[hashlib.file_digest(file, "sha256").hexdigest()] = path
    return found


def _show_progress(done: int, total: int, shown: int) -> int:
    """Print a download's percentage; return what was last printed.

    On a terminal it is printed in place, elsewhere every quarter.
    """
    if total < 20_000_000:
        return shown
    percent = 100 * done // total
    step = 1 if sys.stdout.isatty() else 25
    if percent // step == shown // step and shown >= 0:
        return shown
    if sys.stdout.isatty():
        print(f"\r    {percent} %", end="\n" if percent == 100 else "", flush=True)
    else:
        print(f"    {percent} %", flush=True)
    return percent
