"""Setting up the motion backend by the add-on's operators: leave to go online, the page in every state, packs, what is used
afterwards. The set-up itself is tested in `tests/runtime`, whose small world this borrows.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

SMALL = Path(__file__).resolve().parents[2] / "runtime" / "conftest.py"


@pytest.fixture(scope="module")
def small():
    """`tests/runtime/conftest.py` as a module."""
    spec = importlib.util.spec_from_file_location("runtime_world", SMALL)
    module = importlib.util.module_from_spec(spec)
    sys.modules["runtime_world"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def configuration(extension, blender, tmp_path):
    """`runtime.configuration` with a folder of this test's own, and nothing going on before and after."""
    module = extension("runtime.configuration")
    settings = module.add_on_preferences()
    settings.runtime_path = str(tmp_path / "plätze")
    settings.runtime_device, settings.runtime_python, settings.python_path = "AUTO", "", ""
    module.forget_state()
    task = extension("runtime.task").task
    task.message = task.hint = task.note = ""
    yield module
    task.shutdown()
    settings.runtime_path = settings.runtime_python = ""
    module.forget_state()


@pytest.fixture
def finish(extension):
    """A function that looks at the process until it is through, as Blender's timer does."""

    def wait(seconds: float = 90.0):
        tick = extension("operators.runtime").tick
        longest, end = 0.0, time.monotonic() + seconds
        while time.monotonic() < end:
            started = time.thread_time()
            again = tick()
            longest = max(longest, time.thread_time() - started)
            if again is None:
                return longest
            time.sleep(0.02)
        raise AssertionError("still not done")

    return wait


class Page:
    """A layout that remembers what was drawn."""

    def __init__(self, drawn=None):
        self.drawn = [] if drawn is None else drawn

    def __getattr__(self, name):
        if name in ("row", "column", "box", "split"):
            return lambda **_: Page(self.drawn)
        if name in ("label", "operator", "prop", "progress"):
            return lambda *words, **more: self.drawn.append((name, *words, *more.values()))
        raise AttributeError(name)


@pytest.fixture
def page(extension, configuration, blender):
    """A function that draws the preferences and returns all their text."""

    class Context:
        preferences = SimpleNamespace(system=SimpleNamespace(ui_scale=1.0))  # without a window Blender says 0
        region = type("Region", (), {"width": 4000})

    def draw() -> str:
        layout = Page()
        extension("panels.installation").draw_backend(layout, Context, configuration.add_on_preferences())
        return "\n".join(str(part) for entry in layout.drawn for part in entry)

    return draw


def fake_runtime(configuration, **facts):
    """A folder that looks like a finished runtime."""
    folder = configuration.runtime_folder()
    folder.python.parent.mkdir(parents=True)
    folder.python.write_text("")
    lock = next(iter(configuration.lock_files().values()))
    about = {"format": 1, "lock": lock.path.name, "lock_sha256": lock.sha256, "device": "cpu", "torch": "2.0", "bytes": 10**9}
    folder.sentinel.write_text(json.dumps({**about, **facts}))
    configuration.forget_state()
    return folder


def test_nothing_is_downloaded_without_leave(blender, configuration, page):
    assert not blender.app.online_access
    assert not blender.ops.voice_to_motion.set_up_runtime.poll()
    text = page()
    words = ("Not Set Up Yet", "PyTorch", "Python's package index", "Licences", "MIT", "Disk Space", "not allowed to go online")
    for word in words:
        assert word in text, word
    assert str(configuration.runtime_folder().root) in text.replace("\n", "")
    with pytest.raises(RuntimeError, match="not allowed to go online"):
        blender.ops.voice_to_motion.set_up_runtime()
    assert not configuration.runtime_folder().root.exists()


def test_with_leave_the_button_can_be_pressed(blender, configuration, page):
    system = blender.context.preferences.system
    system.use_online_access = True
    try:
        assert blender.app.online_access
        assert blender.ops.voice_to_motion.set_up_runtime.poll()
        assert "not allowed" not in page()
    finally:
        system.use_online_access = False


def test_set_up_use_move_and_remove_by_the_buttons(extension, blender, configuration, finish, page, small, tmp_path, monkeypatch):
    if tuple(int(part) for part in importlib.metadata.version("pip").split(".")[:2]) < (24, 1):
        pytest.skip("the pip here cannot tell its progress; the locked one, which a set-up uses, can")
    index = small.make_index(tmp_path / "index")
    world = small.make_world(tmp_path / "world", index)
    for name, value in (("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", str(index)), ("PIP_CONFIG_FILE", os.devnull)):
        monkeypatch.setenv(name, value)
    options = {"lock": world.lock.path, "python": sys.executable, "backend": world.base, "example": world.base, "product": "1"}
    monkeypatch.setattr(configuration, "setup_options", lambda lock: {"folder": configuration.runtime_folder().root, **options})
    monkeypatch.setattr(configuration, "lock_files", lambda: {world.lock.path.name: world.lock})
    blender.context.preferences.system.use_online_access = True
    try:
        assert blender.ops.voice_to_motion.set_up_runtime() == {"FINISHED"}
        assert not blender.ops.voice_to_motion.set_up_runtime.poll(), "one set-up at a time"
        assert "Cancel" in page() or "cancel_runtime" in page()
        assert finish() < 0.05, "Blender had to wait"
    finally:
        blender.context.preferences.system.use_online_access = False
    task = extension("runtime.task").task
    assert (task.message, configuration.runtime_state().kind) == ("", "ready")
    assert configuration.backend_python() == configuration.runtime_folder().python
    text = page()
    assert "Ready" in text and "2.0+cpu" in text and "heard “walk”" in text

    old = configuration.runtime_folder().root
    assert blender.ops.voice_to_motion.move_runtime(directory=str(tmp_path / "other disk")) == {"FINISHED"}
    finish()
    assert task.message == "" and not old.exists()
    assert configuration.runtime_folder().root.parent == tmp_path / "other disk" and configuration.runtime_state().kind == "ready"
    assert configuration.backend_python() == configuration.runtime_folder().python

    assert blender.ops.voice_to_motion.remove_runtime() == {"FINISHED"}
    finish()
    assert configuration.runtime_state().kind == "absent" and not configuration.runtime_folder().root.exists()
    assert "removed" in page()


def test_a_failure_is_shown_with_what_to_do(blender, configuration, finish, page, monkeypatch, extension):
    monkeypatch.setattr(
        configuration, "setup_options", lambda lock: {"folder": configuration.runtime_folder().root, "lock": "/nowhere/lock.txt"}
    )
    blender.context.preferences.system.use_online_access = True
    try:
        blender.ops.voice_to_motion.set_up_runtime()
        finish()
    finally:
        blender.context.preferences.system.use_online_access = False
    assert "damaged" in extension("runtime.task").task.message
    assert "Install the extension again" in page().replace("\n", " ")


def test_cancelling_in_the_middle(blender, configuration, finish, page, extension):
    blender.context.preferences.system.use_online_access = True
    try:
        blender.ops.voice_to_motion.set_up_runtime()
        assert blender.ops.voice_to_motion.cancel_runtime() == {"FINISHED"}
        finish(20)
    finally:
        blender.context.preferences.system.use_online_access = False
    assert "Cancelled" in extension("runtime.task").task.message
    assert configuration.runtime_state().kind != "ready"
    assert "go on from here" in page()


@pytest.mark.parametrize(
    ("kind", "words"), [("partial", "Continue"), ("outdated", "Update"), ("broken", "Repair"), ("ready", "Remove")]
)
def test_every_state_has_its_page(configuration, page, kind, words):
    folder = fake_runtime(configuration, **({"lock_sha256": "0"} if kind == "outdated" else {}))
    if kind == "partial":
        folder.sentinel.unlink()
    if kind == "broken":
        folder.python.unlink()
    configuration.forget_state()
    assert configuration.runtime_state().kind == kind
    assert words in page()


def test_only_a_ready_runtime_is_used(extension, configuration, monkeypatch, tmp_path):
    error = extension("runtime.location").BackendNotFoundError
    with pytest.raises(error, match="not set up yet"):
        configuration.backend_python()
    folder = fake_runtime(configuration)
    assert configuration.backend_python() == folder.python
    folder.sentinel.unlink()
    configuration.forget_state()
    with pytest.raises(error, match="not finished"):
        configuration.backend_python()


@pytest.mark.parametrize(
    ("kind", "words"), [("partial", "not finished"), ("outdated", "needs other packages"), ("broken", "needs repair.*is gone")]
)
def test_a_runtime_that_cannot_be_used_says_why(extension, configuration, kind, words):
    folder = fake_runtime(configuration, **({"lock_sha256": "0"} if kind == "outdated" else {}))
    if kind == "partial":
        folder.sentinel.unlink()
    if kind == "broken":
        folder.python.unlink()
    configuration.forget_state()
    with pytest.raises(extension("runtime.location").BackendNotFoundError, match=words) as error:
        extension("runtime.configuration").backend_command()
    assert "at the top of the panel" in error.value.hint


def test_what_is_no_pack_for_here_is_refused(blender, configuration, failing, tmp_path):
    install = blender.ops.voice_to_motion.install_runtime_pack
    assert "No file was chosen" in failing(install, filepath="")
    assert "There is no file" in failing(install, filepath=str(tmp_path / "none.zip"))
    (tmp_path / "letter.zip").write_text("hello")
    assert "not a runtime pack" in failing(install, filepath=str(tmp_path / "letter.zip"))

    def pack(lock: str) -> str:
        path = tmp_path / f"{lock}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("runtime-pack.json", json.dumps({"format": 1, "lock": lock, "product": "1", "sha256": {}}))
        return str(path)

    assert "another version" in failing(install, filepath=pack("linux-x86_64-py39-cpu.txt"))
    other = "macos-arm64" if sys.platform != "darwin" else "windows-x86_64"
    assert f"is for {other}" in failing(install, filepath=pack(f"{other}-py311-cpu.txt"))
    machine = configuration.platform_name()
    if f"{machine}-py313-cuda.txt" in configuration.lock_files() and sys.version_info[:2] != (3, 13):
        assert "Made with Python" in failing(install, filepath=pack(f"{machine}-py313-cuda.txt"))
    assert not configuration.runtime_folder().root.exists()


def test_a_chosen_python_decides_the_packages(configuration, page, tmp_path):
    configuration.add_on_preferences().runtime_python = str(tmp_path / "no python")
    end = time.monotonic() + 20
    while configuration.package_choice() is None and time.monotonic() < end:
        time.sleep(0.02)
    assert "is no Python" in configuration.package_choice().reason
    assert "is no Python" in page().replace("\n", " ")


def test_the_example_recording_comes_with_the_extension(blender, scene):
    assert blender.ops.voice_to_motion.use_example() == {"FINISHED"}
    assert Path(scene.voice_to_motion.audio_path).stat().st_size > 1000
    assert scene.voice_to_motion.takes[0].name == "Example"
