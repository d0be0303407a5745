"""The whole way of an offline pack, with tiny packages: locked, packed by build.py's code, carried to where there is no network,
set up there by the extension's own set-up, and used. The real pack goes the same way by hand: see `offline_setup.py`."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from backend.packaging.runtime_pack import build_runtime_pack, read_lock

VISIT = Path(__file__).with_name("offline_setup.py")
LOCK = "linux-x86_64-py311-cpu"
# Stands for the backend: as long as the package of the pack can be imported, it writes what a motion file's place holds.
BACKEND = """import json, pathlib, sys
import tiny_package
out = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
out.mkdir(parents=True)
motion = out / "motion.npz"
motion.write_text(tiny_package.WORDS)
result = {"files": [str(motion)], "heard": "walk"}
print(json.dumps({"ok": True, "device": "cpu", "results": [result]}, indent=2))
"""
WITHOUT_NETWORK = ["unshare", "-n"]
can_unplug = pytest.mark.skipif(
    sys.platform != "linux"
    or shutil.which("unshare") is None
    or subprocess.run([*WITHOUT_NETWORK, "true"], capture_output=True, check=False).returncode != 0,
    reason="no network namespaces here: that takes Linux and root",
)


def make_wheel(folder: Path) -> Path:
    """One pure wheel with a proper RECORD, which the set-up checks."""
    folder.mkdir()
    path = folder / "tiny_package-1.0-py3-none-any.whl"
    info = "tiny_package-1.0.dist-info"
    files = {
        "tiny_package.py": "WORDS = 'a motion'\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-package\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))
    return path


@can_unplug
@pytest.mark.slow
def test_a_pack_made_with_a_network_is_set_up_and_used_without_one(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    root = tmp_path / "root"
    locks = root / "addon" / "runtime" / "locks"
    shutil.copytree(repository / "addon" / "runtime", locks.parent, ignore=shutil.ignore_patterns("__pycache__", "locks", "*.ogg"))
    locks.mkdir()
    # pip itself is the one real package: the set-up installs with the pip of the pack.
    whole = (repository / "addon" / "runtime" / "locks" / f"{LOCK}.txt").read_text()
    wheel = make_wheel(tmp_path / "store")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lines = [*re.findall(r"^# .*$", whole, re.M), re.search(r"^pip==.*$", whole, re.M)[0]]
    lines.append(f"tiny-package==1.0 --hash=sha256:{digest}  # {wheel.stat().st_size} bytes, MIT")
    text = "\n".join(lines) + "\n"
    (locks / f"{LOCK}.txt").write_text(re.sub(r"(download|disk)-bytes: \d+", r"\1-bytes: 2000000", text))
    (root / "blender_manifest.toml").write_text('version = "1.2.3"\n')
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    pack = build_runtime_pack(root, read_lock(root, LOCK), Path(sys.executable), tmp_path, tmp_path / "cache")

    extension = tmp_path / "extension.zip"
    with zipfile.ZipFile(extension, "w") as archive:
        for path in (root / "addon").rglob("*"):
            archive.write(path, path.relative_to(root / "addon"))
        archive.writestr("backend/__init__.py", "")
        archive.writestr("backend/__main__.py", BACKEND)
    command = [*WITHOUT_NETWORK, sys.executable, str(VISIT), str(extension), str(pack), str(tmp_path / "machine")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "network: none" in done.stdout
    assert (tmp_path / "machine" / "runtime" / "ready.json").is_file()
    assert (tmp_path / "machine" / "motions" / "motion.npz").read_text() == "a motion"


def test_it_says_that_there_is_a_network_instead_of_proving_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import importlib.util

    spec = importlib.util.spec_from_file_location("offline_setup", VISIT)
    visit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(visit)
    monkeypatch.setattr(visit, "reachable", lambda: "1.1.1.1")
    monkeypatch.setattr(sys, "argv", ["offline_setup.py", "a.zip", "b.zip", str(tmp_path / "machine")])
    assert visit.main() == 2
    assert not (tmp_path / "machine").exists()
