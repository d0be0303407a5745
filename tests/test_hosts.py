"""No file names a package registry: packages come from wherever pip and apt are configured to look."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# In pieces, or this file would name them: Python's, Debian's and Ubuntu's, npm's.
REGISTRIES = [
    "pypi." + "org", "pypi." + "python", "python" + "hosted", "files." + "python", "deb." + "debian", "ftp." + "debian",
    "archive." + "ubuntu", "registry." + "npm", "npmjs." + "com", "conda." + "anaconda", "crates" + ".io",
]  # fmt: skip
PYTORCH = "download." + "pytorch"  # the one index that alone has some builds of torch
ONE_PLACE = "addon/runtime/pytorch_index.txt"


def tracked() -> dict[str, bytes]:
    """Path -> content of every file that git has or would take up."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return {name: (ROOT / name).read_bytes().lower() for name in names if name and (ROOT / name).is_file()}


def test_no_registry_is_named_and_pytorchs_index_stands_in_one_place():
    files = tracked()
    assert len(files) > 300
    named = [f"{name}: {host}" for name, content in files.items() for host in REGISTRIES if host.encode() in content]
    assert not named, "\n".join(named)
    assert [name for name, content in files.items() if PYTORCH.encode() in content] == [ONE_PLACE]
