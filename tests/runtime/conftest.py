"""A world in small for the set-up: a few tiny wheels instead of gigabytes, a folder as package index, a backend of ten lines.

pip, the virtual environment, the processes and the locks are the real ones. `runtime` is imported as its own process
imports it, from the folder `addon`, so no Blender is needed.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "addon"))  # last: its folder smplx must not hide the package of that name

from runtime.folder import RuntimeFolder, State, read_state  # noqa: E402
from runtime.locks import Lock, read_lock  # noqa: E402
from runtime.machine import platform_name  # noqa: E402

BACKEND = """
import json, sys, time
from pathlib import Path
if "--json" not in sys.argv: raise SystemExit("no --json")
import alpha, torch  # as installed
out = Path(sys.argv[sys.argv.index("-o") + 1])
out.mkdir(parents=True)
time.sleep(float(Path(__file__).with_name("seconds").read_text()))
(out / "motion.npz").write_bytes(b"x")
print("a warning of some library {")
print(json.dumps({"ok": True, "device": "cpu", "results": [{"files": [str(out / "motion.npz")], "heard": "walk"}]}, indent=2))
"""


def wheel(folder: Path, name: str, version: str, files: dict[str, bytes]) -> Path:
    """Write a wheel with a right RECORD."""
    info = f"{name}-{version}.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in files.items())
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, data in files.items():
            archive.writestr(inside, data)
        archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
    return path


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def make_index(folder: Path) -> Path:
    """A folder of wheels: pip itself (the installed one, packed again) and three of ours, one with a local version."""
    folder.mkdir()
    pip = importlib.metadata.distribution("pip")
    files = {str(file): Path(pip.locate_file(file)).read_bytes() for file in pip.files if str(file).startswith("pip/")}
    wheel(folder, "pip", pip.version, {name: data for name, data in files.items() if not name.endswith(".pyc")})
    wheel(folder, "alpha", "1.0", {"alpha.py": b"VALUE = 1\n"})
    heavy = random.Random(5).randbytes(6_000_000)
    wheel(folder, "torch", "2.0+cpu", {"torch/__init__.py": b"", "torch/heavy.bin": heavy})
    wheel(folder, "gamma_ray", "3.1", {f"gamma_ray/part{number}.py": b"# \n" * 500 for number in range(60)})
    return folder


@pytest.fixture(scope="session")
def index(tmp_path_factory) -> Path:
    """One for all tests; not to be changed."""
    return make_index(tmp_path_factory.mktemp("wheels") / "index")


def write_lock(path: Path, index: Path) -> Lock:
    """A lock file, as `build.py lock` writes them, of everything in the index."""
    lines = ["# torch-build: cpu", "# longest-path: 40"]
    wheels = sorted(index.glob("*.whl"))
    size = sum(wheel.stat().st_size for wheel in wheels)
    lines += [f"# download-bytes: {size}", f"# disk-bytes: {size}"]
    for file in wheels:
        name, version = file.name.split("-")[:2]
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        lines.append(f"{name.replace('_', '-')}=={version} --hash=sha256:{sha256}  # {file.stat().st_size} bytes, MIT")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_lock(path)


@dataclass
class World:
    """One runtime folder, in a path with a space and an umlaut, and what it is set up from."""

    base: Path
    index: Path
    lock: Lock

    @property
    def folder(self) -> RuntimeFolder:
        return RuntimeFolder(self.base / "späce in it" / "runtime")

    def with_index(self, name: str, **versions: tuple[str, bytes]) -> None:
        """Go on with a copy of the index in which some packages are another version or hold another module."""
        folder = self.base / name
        shutil.copytree(self.index, folder)
        for package, (version, module) in versions.items():
            for old in folder.glob(f"{package}-*.whl"):
                old.unlink()
            wheel(folder, package, version, {f"{package}.py": module})
        self.index = folder

    def lock_again(self) -> None:
        """Lock what the index holds now."""
        self.lock = write_lock(self.lock.path, self.index)

    def state(self) -> State:
        return read_state(self.folder, [self.lock.sha256])

    def start(self, work: str = "set-up", **options: object) -> subprocess.Popen:
        """Start the process that Blender starts."""
        values = {
            "folder": self.folder.root,
            "lock": self.lock.path,
            "python": sys.executable,
            "backend": self.base,
            "example": self.base / "example.ogg",
            "product": "0.1.0",
            **options,
        }
        command = [sys.executable, "-m", "runtime", work]
        for name, value in values.items():
            command += [f"--{name}", str(value)]
        variables = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index), "PIP_CONFIG_FILE": os.devnull}
        return subprocess.Popen(
            command, cwd=ROOT / "addon", env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def run(self, work: str = "set-up", **options: object) -> list[dict]:
        """All events of a whole run; the last says how it ended."""
        process = self.start(work, **options)
        guard = threading.Timer(60, process.kill)
        guard.start()
        events = [json.loads(line) for line in process.stdout]
        process.wait()
        guard.cancel()
        process.stdin.close()
        return events

    def installed(self) -> dict[str, str]:
        """What the environment's own Python finds."""
        code = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
        done = subprocess.run([self.folder.python, "-I", "-c", code], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)


def make_world(base: Path, index: Path) -> World:
    """A backend of ten lines, and a lock of everything in the index."""
    (base / "backend").mkdir(parents=True)
    (base / "backend" / "__init__.py").write_text("")
    (base / "backend" / "__main__.py").write_text(BACKEND)
    (base / "backend" / "seconds").write_text("0")
    name = f"{platform_name()}-py{sys.version_info[0]}{sys.version_info[1]}-cpu.txt"
    return World(base, index, write_lock(base / name, index))


@pytest.fixture
def world(tmp_path: Path, index: Path) -> World:
    """Nothing is set up yet."""
    return make_world(tmp_path / "world", index)


@pytest.fixture(scope="session")
def finished(tmp_path_factory, index: Path) -> World:
    """A set-up that has ended well; not to be changed."""
    world = make_world(tmp_path_factory.mktemp("finished") / "world", index)
    events = world.run()
    assert events[-1]["event"] == "result", events[-1]
    return world


@pytest.fixture
def ready(world: World, finished: World) -> World:
    """The same with a copy of that runtime: it may lie anywhere."""
    shutil.copytree(finished.folder.root, world.folder.root, symlinks=True)
    assert world.state().kind == "ready"
    return world
