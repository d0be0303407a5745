"""Lock files: what is written from uv's answer, and that a target which cannot be resolved keeps the file it had.

uv itself is played by a script (`conftest.py`); `tests/runtime/test_plan.py` looks at the files that ship.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from addon.runtime.locks import read_lock
from backend.errors import UserError
from backend.packaging.resolve import LINUX, Resolver, Target, read_pins
from backend.packaging.runtime_locks import RuntimeLocks, licence_of

TARGET = Target(LINUX, "3.13", "cpu")


@pytest.fixture
def locks(uv: Path, repository: Path) -> RuntimeLocks:
    """Those of the real pyproject.toml, resolved by a uv that knows one package."""
    return RuntimeLocks(repository / "pyproject.toml", Resolver(uv))


def test_what_it_writes_the_add_on_can_read(locks: RuntimeLocks, tmp_path: Path):
    lock = read_lock(locks.lock(TARGET, tmp_path))
    wheel = tmp_path / "lock" / "tiny_package-1.0-py3-none-any.whl"
    (package,) = lock.packages
    assert (package.name, package.version, package.licence) == ("tiny-package", "1.0", "MIT")
    assert package.sha256 == hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert (lock.download, lock.python, lock.device) == (wheel.stat().st_size, (3, 13), "cpu")
    assert lock.longest_path == len("tiny_package-1.0.dist-info/METADATA") and lock.disk > 100


def test_it_asks_for_the_pins_of_pyproject_and_for_that_platform(locks: RuntimeLocks, tmp_path: Path):
    (tmp_path / TARGET.file_name).write_text("# old\nmpmath==1.3.0 --hash=sha256:00  # 1 bytes, BSD\n")
    locks.lock(TARGET, tmp_path)
    asked = (tmp_path / "lock" / "work" / "asked.txt").read_text()
    assert "--python-version 3.13 --python-platform x86_64-manylinux_2_28 --only-binary :all:" in asked
    assert "torch==" in asked and "safetensors==" in asked and "\npip==" in asked
    assert "mpmath==1.3.0" in asked  # what an earlier lock chose stays
    assert "bpy==" not in asked and "pytest==" not in asked


def test_a_target_that_cannot_be_resolved_keeps_its_file(locks: RuntimeLocks, tmp_path: Path):
    kept = tmp_path / TARGET.file_name
    kept.write_text("# old\n")
    (tmp_path / "lock" / "work").mkdir()
    (tmp_path / "lock" / "work" / "broken").touch()
    with pytest.raises(UserError, match="no solution found"):
        locks.lock(TARGET, tmp_path)
    assert kept.read_text() == "# old\n"


def test_licences_are_read_as_wheels_state_them():
    assert licence_of("License-Expression: BSD-3-Clause\nLicense: something else\n") == "BSD-3-Clause"
    assert licence_of("License: MIT License\n") == "MIT License"
    assert licence_of("Classifier: License :: OSI Approved :: Apache Software License\n") == "Apache Software License"
    assert licence_of(f"License: {'a whole text ' * 40}\n") == "see the package"


def test_pins_of_a_file_that_is_not_there(tmp_path: Path):
    assert read_pins(tmp_path / "nowhere.txt") == {}
