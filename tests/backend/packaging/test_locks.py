"""Lock files: what is written from uv's answer, and that a target which cannot be resolved keeps the file it had. uv itself is
played by a script here; `tests/runtime/test_plan.py` looks at the files that ship."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from addon.runtime.locks import read_lock
from backend.errors import UserError
from backend.packaging.locks import Resolver, Target, licence_of, read_pins

TARGET = Target("linux-x86_64", "3.13", "cpu", "x86_64-manylinux_2_28")
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
def resolver(tmp_path: Path, repository: Path) -> Resolver:
    """A resolver whose uv knows one package."""
    uv = tmp_path / "lock" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text(UV.format(python=sys.executable))
    uv.chmod(0o755)
    with zipfile.ZipFile(tmp_path / "lock" / "tiny_package-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("tiny_package/with_a_long_name.py", "x" * 100)
        archive.writestr(
            "tiny_package-1.0.dist-info/METADATA", "Metadata-Version: 2.4\nName: tiny-package\nLicense-Expression: MIT\n"
        )
    return Resolver(repository / "pyproject.toml", uv)


def test_what_it_writes_the_add_on_can_read(resolver: Resolver, tmp_path: Path):
    lock = read_lock(resolver.lock(TARGET, tmp_path))
    wheel = tmp_path / "lock" / "tiny_package-1.0-py3-none-any.whl"
    (package,) = lock.packages
    assert (package.name, package.version, package.licence) == ("tiny-package", "1.0", "MIT")
    assert package.sha256 == hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert (lock.download, lock.python, lock.device) == (wheel.stat().st_size, (3, 13), "cpu")
    assert lock.longest_path == len("tiny_package-1.0.dist-info/METADATA") and lock.disk > 100


def test_it_asks_for_the_pins_of_pyproject_and_for_that_platform(resolver: Resolver, tmp_path: Path):
    (tmp_path / TARGET.file_name).write_text("# old\nmpmath==1.3.0 --hash=sha256:00  # 1 bytes, BSD\n")
    resolver.lock(TARGET, tmp_path)
    asked = (tmp_path / "lock" / "work" / "asked.txt").read_text()
    assert "--python-version 3.13 --python-platform x86_64-manylinux_2_28 --only-binary :all:" in asked
    assert "torch==" in asked and "safetensors==" in asked and "\npip==" in asked
    assert "mpmath==1.3.0" in asked  # what an earlier lock chose stays
    assert "bpy==" not in asked and "pytest==" not in asked


def test_a_target_that_cannot_be_resolved_keeps_its_file(resolver: Resolver, tmp_path: Path):
    kept = tmp_path / TARGET.file_name
    kept.write_text("# old\n")
    (tmp_path / "lock" / "work").mkdir()
    (tmp_path / "lock" / "work" / "broken").touch()
    with pytest.raises(UserError, match="no solution found"):
        resolver.lock(TARGET, tmp_path)
    assert kept.read_text() == "# old\n"


def test_licences_are_read_as_wheels_state_them():
    assert licence_of("License-Expression: BSD-3-Clause\nLicense: something else\n") == "BSD-3-Clause"
    assert licence_of("License: MIT License\n") == "MIT License"
    assert licence_of("Classifier: License :: OSI Approved :: Apache Software License\n") == "Apache Software License"
    assert licence_of(f"License: {'a whole text ' * 40}\n") == "see the package"


def test_pins_of_a_file_that_is_not_there(tmp_path: Path):
    assert read_pins(tmp_path / "nowhere.txt") == {}
