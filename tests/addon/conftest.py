"""One Blender for all add-on tests: the extension is installed from its zip, as a user's Blender would do it.

Traps handled here: settings go to a temporary folder that has to be named before bpy is imported;
read_factory_settings would disable the extension, so tests start from read_homefile; and bpy 4.2 and 4.5 crash or hang
on exit with classes still registered, so the extension is disabled at the end.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import inspect
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

# Before bpy is imported, here and nowhere later: mathutils, which tests import, exists only once bpy is there.
RESOURCES = tempfile.mkdtemp(prefix="voice-to-motion-test-")
os.environ["BLENDER_USER_RESOURCES"] = RESOURCES
import bpy  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
MODULE = "bl_ext.user_default.voice_to_motion"
PEER = Path(__file__).with_name("peer.py")


@pytest.fixture(scope="session")
def extension():
    """The installed and enabled extension: a function from a module's name to the module."""
    archive = os.environ.get("VOICE_TO_MOTION_ZIP")
    if not archive:
        sys.path.insert(0, str(ROOT))
        from backend.packaging.extension import build_extension

        archive = str(build_extension(ROOT, Path(RESOURCES) / "zip"))
    done = bpy.ops.extensions.package_install_files(repo="user_default", filepath=archive, enable_on_install=True)
    assert done == {"FINISHED"}
    assert MODULE in bpy.context.preferences.addons, "the extension did not get enabled"
    yield lambda name="": importlib.import_module(f"{MODULE}.{name}" if name else MODULE)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    bpy.ops.preferences.addon_disable(module=MODULE)
    shutil.rmtree(RESOURCES, ignore_errors=True)


@pytest.fixture
def blender(extension, monkeypatch):
    """An empty scene with the extension enabled, and no backend running before or after."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    session = extension("link.session").session
    monkeypatch.delenv("VOICE_TO_MOTION_PYTHON", raising=False)
    session.clear_message()
    session.heard = session.note = ""
    yield bpy
    session.shutdown(wait=0.0)
    extension("takes.recorder").recorder.__init__()


@pytest.fixture
def scene(blender):
    return blender.context.scene


@pytest.fixture
def character(blender, scene):
    assert blender.ops.voice_to_motion.create_character() == {"FINISHED"}
    return scene.voice_to_motion.character


@pytest.fixture
def audio(tmp_path):
    """A second of a 440 Hz tone, in a path with a space and an umlaut."""
    import math
    import struct
    import wave

    path = tmp_path / "spoken wörds.wav"
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(2)
        stream.setframerate(16000)
        stream.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i * 0.17))) for i in range(16000)))
    return path


@pytest.fixture
def ready(scene, character, audio):
    """Audio and character chosen: Generate can be pressed."""
    scene.voice_to_motion.audio_path = str(audio)
    return scene.voice_to_motion


@pytest.fixture
def session(extension, blender):
    return extension("link.session").session


@pytest.fixture
def failing():
    """A function that calls an operator and returns the message of its report of the kind ERROR."""

    def call(operator, **arguments) -> str:
        with pytest.raises(RuntimeError) as error:
            operator(**arguments)
        return str(error.value)

    return call


@pytest.fixture
def peer(extension, monkeypatch, tmp_path):
    """A function that makes the add-on start peer.py with a behaviour instead of the real backend."""
    names = (
        "generate", "regenerate", "record", "takes", "microphones", "instructions", "direct", "reasons", "motion_files",
        "export_motion",
    )  # fmt: skip
    modules = [extension(f"operators.{name}") for name in names]
    for module in (*modules, extension("takes.audio")):
        if hasattr(module, "cache_folder"):
            monkeypatch.setattr(module, "cache_folder", lambda: tmp_path)

    def use(behaviour: str) -> None:
        command = lambda: ([sys.executable, str(PEER), "serve", behaviour], tmp_path)  # noqa: E731
        for module in modules:
            monkeypatch.setattr(module, "backend_command", command)

    return use


@pytest.fixture
def wait_until():
    """A function that steps until something is true."""

    def wait(condition, seconds: float = 10.0, pause: float = 0.005):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            time.sleep(pause)
        raise AssertionError(f"still not so after {seconds} s")

    return wait


class Button:
    """An operator's methods on an instance that Blender did not make; without a window, Blender never calls `invoke`."""

    def __init__(self, operator: type, **values: object) -> None:
        self.__dict__.update(values)
        self._operator = operator
        self.reports: list[str] = []

    def report(self, kinds: set[str], text: str) -> None:
        self.reports.append(text)

    def __getattr__(self, name: str) -> object:
        value = inspect.getattr_static(self._operator, name)
        return value.__get__(self, self._operator) if hasattr(value, "__get__") else value


@pytest.fixture
def button(extension):
    """A function from the path of an operator's class in the add-on, and values of its properties, to a `Button`."""

    def make(path: str, **values: object) -> Button:
        module, _, name = path.rpartition(".")
        return Button(getattr(extension(module), name), **values)

    return make


class Stopwatch:
    """Processor time of pieces of work, in milliseconds of the machine on which the bars were set.

    Beside each piece a fixed one is measured, which takes `FIXED` there: on a processor that is slower, or shares its caches with
    other tests, both take longer.
    """

    FIXED = 1.0  # milliseconds, median

    def __init__(self) -> None:
        self.took: list[float] = []
        self._fixed: list[float] = []

    @contextlib.contextmanager
    def piece(self):
        """Measure one piece of work."""
        started = time.thread_time()
        numbers = {number: str(number) for number in range(4000)}
        floats = np.arange(30_000.0) + sum(map(len, numbers.values()))
        for _ in range(10):
            floats = np.sqrt(floats * floats + 1)
        between = time.thread_time()
        try:
            yield
        finally:
            self.took.append((time.thread_time() - between) * 1e3)
            self._fixed.append((between - started) * 1e3)

    @property
    def slowness(self) -> float:
        """How many times longer this machine takes; 1 on a faster one, which has to meet the bars as they are."""
        return max(1.0, statistics.median(self._fixed) / self.FIXED)

    @property
    def longest(self) -> float:
        return max(self.took) / self.slowness

    @property
    def shortest(self) -> float:
        return min(self.took) / self.slowness


@pytest.fixture
def stopwatch():
    """What is measured is not Python's garbage collector going through all that tests have left."""
    gc.collect()
    gc.freeze()
    yield Stopwatch()
    gc.unfreeze()


RESULTS = os.environ.get("VOICE_TO_MOTION_RESULTS")
_counts: dict[str, list[int]] = {}  # test file -> passed, failed, skipped


def pytest_runtest_logreport(report):
    if report.when == "call" or (report.when == "setup" and report.outcome != "passed"):
        file = report.nodeid.split("::")[0].removeprefix("tests/addon/")
        _counts.setdefault(file, [0, 0, 0])[("passed", "failed", "skipped").index(report.outcome)] += 1
    if RESULTS and report.when == "teardown":  # for tests/versions.py; files that were not run keep what was written of them before
        version = ".".join(map(str, bpy.app.version))
        path = Path(RESULTS) / f"{version}.json"
        before = json.loads(path.read_text()) if path.exists() else {"files": {}}
        path.write_text(json.dumps({"blender": version, "files": before["files"] | _counts}))


def pytest_sessionfinish(session, exitstatus):
    session.config.final_status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """End without Python's own tear-down on bpy 4.2: after some of these tests the module crashes in it (rc 139), although the
    extension has been disabled by then and everything has been tested and reported. Later bpy modules end well, and so
    does Blender with a window (`tests/gui` looks at that)."""
    if bpy.app.version < (4, 3) and hasattr(config, "final_status"):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.final_status)


@pytest.fixture
def q(extension):
    """Quaternion algebra."""
    return extension("motion.quaternions")


@pytest.fixture
def skeleton(extension):
    """The default body."""
    return extension("motion.body").default_body()


@pytest.fixture
def wild(extension, q):
    """A function that makes a motion nobody danced: smooth random turns of every joint."""

    def make(count=120, seed=0, size=0.5):
        random = np.random.default_rng(seed)
        smooth = extension("tweak.pose_filters").gaussian
        turns = smooth(random.normal(size=(count, 55, 3)), 6.0) * 4 * size
        path = smooth(random.normal(size=(count, 3)), 8.0).cumsum(axis=0) * 0.02 + (0.0, 0.95, 0.0)
        coordinates = extension("motion.coordinates")
        rotations = coordinates.continuous_signs(coordinates.quaternions_from_rotation_vectors(turns))
        return extension("motion.motion").Motion(rotations, path, 30.0)

    return make
