"""A uv that knows one package, for the tests of lock files."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

UV = """#!{python}
import pathlib, sys
words = sys.argv[1:]
asked = pathlib.Path(words[words.index("-c") - 1]).read_text().splitlines()
work = pathlib.Path(words[words.index("-o") + 1]).parent
(work / "asked.txt").write_text("\\n".join([" ".join(words), *asked, (work / "constraints.txt").read_text()]))
if (work / "broken").exists():
    sys.exit("error: no solution found")
pathlib.Path(words[words.index("-o") + 1]).write_text('''lock-version = "1.0"
[[packages]]
name = "tiny-package"
version = "1.0"
wheels = [{{path = "../tiny_package-1.0-py3-none-any.whl", hashes = {{}}}}]
''')
"""


@pytest.fixture
def uv(tmp_path: Path) -> Path:
    """The program, with a Python beside it; what it was asked last is in ``lock/work/asked.txt``."""
    uv = tmp_path / "lock" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text(UV.format(python=sys.executable))
    uv.chmod(0o755)
    # Not a link: that would not find the packages of the environment, pip among them.
    uv.with_name("python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    uv.with_name("python").chmod(0o755)
    with zipfile.ZipFile(tmp_path / "lock" / "tiny_package-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("tiny_package/with_a_long_name.py", "x" * 100)
        archive.writestr(
            "tiny_package-1.0.dist-info/METADATA", "Metadata-Version: 2.4\nName: tiny-package\nLicense-Expression: MIT\n"
        )
    return uv
