"""The set-up as Blender runs it: whole, interrupted at any moment, damaged afterwards, refused with a reason."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path

import pytest
from runtime.exclusive import exclusive
from runtime.folder import folder_size

EVERYTHING = {"alpha": "1.0", "torch": "2.0+cpu", "gamma_ray": "3.1"}


def listing(folder: str) -> set[str]:
    return {path.name for path in Path(folder).iterdir() if path.name != "__pycache__"}


def test_a_set_up_installs_tests_and_writes_the_sentinel_last(world):
    own = sysconfig.get_paths()["purelib"]
    before = listing(own)
    assert world.state().kind == "absent"
    events = world.run()
    assert events[-1]["event"] == "result", events[-1]
    phases = [event["phase"] for event in events if event["event"] == "progress"]
    order = ["checking", "environment", "downloading", "installing", "testing"]
    assert list(dict.fromkeys(phases)) == order
    state = world.state()
    assert state.kind == "ready"
    assert (state.facts["torch"], state.facts["device"], state.facts["heard"]) == ("2.0+cpu", "cpu", "walk")
    assert state.facts["bytes"] == folder_size(world.folder.venv) > 6_000_000
    assert world.installed().items() >= EVERYTHING.items()
    assert sorted(path.name for path in world.folder.root.iterdir()) == ["ready.json", "setup.lock", "setup.log", "venv"]
    assert listing(own) == before, "the Python it was made with was changed"


def test_again_on_a_whole_runtime_installs_nothing(ready):
    heavy = ready.folder.site_packages / "torch" / "heavy.bin"
    stamp = heavy.stat().st_mtime_ns
    events = ready.run()
    assert events[-1]["event"] == "result" and events[-1]["repaired"] == []
    assert heavy.stat().st_mtime_ns == stamp


def test_repair_replaces_what_is_damaged_and_only_that(ready):
    packages = ready.folder.site_packages
    (packages / "alpha.py").unlink()
    (packages / "gamma_ray" / "part7.py").write_text("")
    stamp = (packages / "torch" / "heavy.bin").stat().st_mtime_ns
    events = ready.run()
    assert events[-1]["event"] == "result", events[-1]
    assert sorted(events[-1]["repaired"]) == ["alpha", "gamma_ray"]
    assert (packages / "alpha.py").read_text() == "VALUE = 1\n"
    assert (packages / "torch" / "heavy.bin").stat().st_mtime_ns == stamp


def kill_in(world, phase: str, delay: float) -> None:
    """Start a set-up and kill it without warning some moments into a phase."""
    process = world.start()
    for line in process.stdout:
        event = json.loads(line)
        if event.get("phase") == phase or event["event"] != "progress":
            break
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()


# Some moments of each phase; `kill_twenty_times.py` does the same with the real packages.
KILLS = [
    ("installing", 0.4),
    *(
        pytest.param(phase, delay, marks=pytest.mark.slow)
        for phase, delay in (("environment", 0.05), ("downloading", 0.6), ("testing", 0.05))
    ),
]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is Unix's")
@pytest.mark.parametrize(("phase", "delay"), KILLS)
def test_killed_at_any_moment_it_goes_on_when_started_again(world, phase, delay):
    (world.base / "backend" / "seconds").write_text("0.3")
    kill_in(world, phase, delay)
    assert world.state().kind in ("absent", "partial", "ready")
    with exclusive(world.folder.lock, wait=5.0):  # whatever it had started is gone as well
        pass
    events = world.run()
    assert events[-1]["event"] == "result", events[-1]
    assert world.state().kind == "ready"
    assert world.installed().items() >= EVERYTHING.items()
    assert not list(world.folder.root.glob("*.partial"))


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is Unix's")
def test_a_finished_download_of_a_killed_pip_is_not_fetched_again(world):
    """pip keeps it in its temporary folder until all is there; the index forbids nothing here, but need not allow a cache."""
    temporary = world.folder.temporary / "pip-unpack-x7"
    temporary.mkdir(parents=True)
    world.folder.wheels.mkdir()
    for file in world.index.glob("*.whl"):
        shutil.copy(file, temporary)
    (temporary / "alpha-1.0-py3-none-any.whl").write_bytes(b"PK half of it")
    empty = world.base / "nothing"
    empty.mkdir()
    shutil.copy(next(world.index.glob("alpha-*.whl")), empty)
    world.index = empty
    events = world.run()
    assert events[-1]["event"] == "result", events[-1]


def test_cancelling_stops_at_once_and_keeps_the_downloads(world):
    (world.base / "backend" / "seconds").write_text("30")
    process = world.start()
    kinds = []
    for line in process.stdout:
        event = json.loads(line)
        kinds.append(event["event"])
        if event.get("phase") == "testing":
            asked = time.monotonic()
            process.stdin.write("cancel\n")
            process.stdin.flush()
            break
    kinds += [json.loads(line)["event"] for line in process.stdout]
    assert process.wait(5) == 1 and time.monotonic() - asked < 4
    assert kinds[-1] == "cancelled"
    assert world.state().kind == "partial" and list(world.folder.wheels.glob("*.whl"))
    with exclusive(world.folder.lock, wait=0.5):
        pass


def test_it_ends_with_the_blender_that_started_it(world):
    (world.base / "backend" / "seconds").write_text("30")
    process = world.start()
    next(line for line in process.stdout if json.loads(line).get("phase") == "testing")
    process.stdin.close()  # as the system does when Blender is gone
    assert process.wait(5) == 1
    process.stdout.close()


def test_two_at_once_do_not_collide(world):
    world.folder.root.mkdir(parents=True)
    with exclusive(world.folder.lock):
        events = world.run()
    assert events[-1]["code"] == "busy" and "Another Blender" in events[-1]["message"]
    assert not world.folder.venv.exists()
    assert world.run()[-1]["event"] == "result"


def test_a_wheel_that_is_not_what_was_locked_is_not_installed(world):
    world.with_index("other", alpha=("1.0", b"import os  # not ours\n"))
    events = world.run()
    assert events[-1]["event"] == "error" and events[-1]["code"] == "download", events[-1]
    assert "alpha" not in world.installed()
    assert world.state().kind == "partial"


def test_a_test_that_fails_leaves_no_sentinel_and_says_why(world):
    (world.base / "backend" / "__main__.py").write_text("raise SystemExit('the network is upside down')")
    events = world.run()
    assert events[-1]["code"] == "self_test" and "upside down" in events[-1]["message"]
    assert str(world.folder.log) in events[-1]["hint"] and "upside down" in world.folder.log.read_text()
    assert world.state().kind == "partial"


def test_a_change_of_the_lock_is_noticed_and_only_the_difference_installed(ready):
    ready.with_index("newer", alpha=("1.1", b"VALUE = 2\n"))
    ready.lock_again()
    assert ready.state().kind == "outdated"
    stamp = (ready.folder.site_packages / "torch" / "heavy.bin").stat().st_mtime_ns
    assert ready.run()[-1]["event"] == "result"
    assert ready.state().kind == "ready" and ready.installed()["alpha"] == "1.1"
    assert (ready.folder.site_packages / "torch" / "heavy.bin").stat().st_mtime_ns == stamp


def test_a_python_that_has_gone_is_said_and_repaired(ready):
    ready.folder.python.unlink()
    ready.folder.python.symlink_to("/nowhere/python3")
    state = ready.state()
    assert state.kind == "broken" and "is gone" in state.reason
    assert ready.run()[-1]["event"] == "result"
    assert ready.state().kind == "ready"


@pytest.mark.parametrize("what", ["{", "[]", '{"format": 1}', "\udcff"])
def test_a_damaged_sentinel_counts_as_broken(world, what):
    world.folder.root.mkdir(parents=True)
    world.folder.sentinel.write_bytes(what.encode("utf-8", "surrogateescape"))
    assert world.state().kind == "broken"


def test_a_folder_of_somebody_else_is_left_alone(world):
    (world.folder.venv / "letters").mkdir(parents=True)
    events = world.run()
    assert events[-1]["code"] == "folder"
    assert (world.folder.venv / "letters").exists()


def test_what_cannot_be_a_python_is_refused_before_anything_is_made(world, tmp_path):
    (tmp_path / "no_python").write_text("hello")
    events = world.run(python=tmp_path / "no_python")
    assert events[-1]["code"] == "python" and not world.folder.venv.exists()


def test_no_space_is_said_before_anything_is_made(world):
    text = world.lock.path.read_text().replace("# disk-bytes: ", "# disk-bytes: 9000000")
    world.lock.path.write_text(text)
    events = world.run()
    assert events[-1]["code"] == "disk" and "GB" in events[-1]["message"] and not world.folder.venv.exists()


def test_a_failing_check_leaves_a_working_runtime_usable(ready, tmp_path):
    events = ready.run(python=tmp_path / "nothing")
    assert events[-1]["code"] == "python"
    assert ready.state().kind == "ready"


def test_removing_takes_all_of_ours_and_nothing_else(ready):
    (ready.folder.root / "notes.txt").write_text("theirs")
    assert ready.run("remove")[-1] == {"event": "result"}
    assert [path.name for path in ready.folder.root.iterdir()] == ["notes.txt"]
    (ready.folder.root / "notes.txt").unlink()
    assert ready.run("remove")[-1] == {"event": "result"}
    assert ready.state().kind == "absent"


def test_moving_takes_it_along_and_tests_it_there(ready, tmp_path):
    facts = ready.state().facts
    old = ready.folder.root
    events = ready.run("move", target=tmp_path / "elsewhere" / "new place")
    assert events[-1]["event"] == "result", events[-1]
    assert not old.exists()
    moved = ready.folder.__class__(tmp_path / "elsewhere" / "new place")
    assert json.loads(moved.sentinel.read_text())["finished"] == facts["finished"]
    done = subprocess.run(
        [moved.python, "-I", "-c", "import alpha; print(alpha.VALUE)"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"


def test_a_move_that_fails_leaves_the_runtime_where_it_was(ready, tmp_path):
    (ready.base / "backend" / "__main__.py").write_text("raise SystemExit('not here')")
    events = ready.run("move", target=tmp_path / "new")
    assert events[-1]["code"] == "self_test"
    assert ready.state().kind == "ready" and not (tmp_path / "new" / "venv").exists()


def test_moving_to_another_disk_copies_and_then_removes(ready, tmp_path):
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system to write to")
    with tempfile.TemporaryDirectory(dir=memory) as other:
        old = ready.folder.root
        events = ready.run("move", target=Path(other) / "runtime")
        assert events[-1]["event"] == "result", events[-1]
        assert "moving" in [event.get("phase") for event in events]
        assert not old.exists()
        names = sorted(path.name for path in (Path(other) / "runtime").iterdir())
        assert names == ["ready.json", "setup.lock", "setup.log", "venv"]
