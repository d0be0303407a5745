"""`batch` as people run it: every file is accounted for, and whatever ends a run, the next one goes on from there."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from backend.commands.batch_report import LOCK, NAME, BatchReport
from backend.commands.folder_files import list_files, what_it_is
from backend.errors import UserError
from backend.motion.files import load_motion
from tests.backend.client import PATIENCE, REPOSITORY, STAND_IN
from tests.backend.command import one_sentence, record, run

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs signals, links and limits of POSIX")


@pytest.fixture
def folder(tmp_path) -> Path:
    """Recordings of the same and of awkward names, and things that are none."""
    folder = tmp_path / "Aufnahmen ü 走"
    for name in ("take 10.wav", "take 2.wav", "take 2.flac", "a/take 2.wav", "b/take 2.wav", "a/" + "走" * 80 + ".wav"):
        record(folder / name)
    record(folder / "silent.wav", np.zeros(16_000))
    (folder / "notes.txt").write_text("no sound")
    (folder / "picture.PNG").write_bytes(b"\x89PNG")
    (folder / "README").write_text("no sound either " * 20)
    (folder / ".hidden.wav").touch()
    return folder


def report_of(out: Path) -> dict[str, dict]:
    lines = [json.loads(line) for line in (out / NAME).read_text().splitlines()]
    assert len({line["file"] for line in lines}) == len(lines)
    return {line["file"]: line for line in lines}


def results_of(out: Path) -> dict[str, int]:
    """Result -> when it was made; each must be a whole motion, and nothing else may be there."""
    files = [path for path in out.rglob("*") if path.is_file() and path.name not in (NAME, LOCK)]
    assert all(len(load_motion(path)) > 0 for path in files)
    return {path.relative_to(out).as_posix(): path.stat().st_mtime_ns for path in files}


def test_every_file_is_accounted_for(folder, tmp_path):
    out = tmp_path / "out"
    done = run("batch", folder, "-o", out, "--seconds", "1")
    assert done.returncode == 2 and "6 done, 1 refused, 3 other files, 1 hidden left out" in done.stderr, done.stderr
    assert str(out / NAME) in done.stderr and done.stdout.count("\n") == 6 and "Traceback" not in done.stderr
    report = report_of(out)
    assert list(report) == [
        "notes.txt", "picture.PNG", "README", "silent.wav", "take 2.flac", "take 2.wav", "take 10.wav",
        "a/take 2.wav", "a/" + "走" * 80 + ".wav", "b/take 2.wav",
    ]  # fmt: skip
    assert report["picture.PNG"]["message"] == "picture.PNG is a picture, not a recording."
    assert {name: line["outcome"] for name, line in report.items() if not name.endswith((".wav", ".flac"))} == dict.fromkeys(
        ("notes.txt", "picture.PNG", "README"), "not_audio"
    )
    assert report["silent.wav"]["outcome"] == "refused" and report["silent.wav"]["code"] == "silent_audio"
    files = [file for line in report.values() for file in line.get("files", []) if line["outcome"] == "done"]
    assert sorted(files) == sorted(results_of(out)) and len(files) == 6
    assert report["a/take 2.wav"]["files"] == ["a/take 2.npz"] and report["take 2.wav"]["heard"] == "sway gently"


def test_what_is_done_is_not_made_again_unless_it_has_changed(folder, tmp_path):
    out = tmp_path / "out"
    run("batch", folder, "-o", out, "--seconds", "1")
    first = results_of(out)
    done = run("batch", folder, "-o", out, "--seconds", "1", "--json")
    counts = json.loads(done.stdout)
    assert (counts["done"], counts["already"], counts["refused"], counts["not_audio"]) == (0, 6, 1, 3)
    assert results_of(out) == first and len(report_of(out)) == 10
    stamp = (folder / "take 10.wav").stat()
    record(folder / "take 10.wav", 0.4 * np.sin(np.arange(16_000) / 20))  # as many bytes, and the same time
    os.utime(folder / "take 10.wav", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    (out / "take 2-2.npz").unlink()
    (out / "b" / "take 2.npz").write_bytes((out / "b" / "take 2.npz").read_bytes()[:500])
    (folder / "take 2.flac").rename(folder / "take 3.flac")
    done = run("batch", folder, "-o", out, "--seconds", "1", "--json")
    assert json.loads(done.stdout)["done"] == 4 and json.loads(done.stdout)["already"] == 2
    second = results_of(out)
    changed = {name for name in second if second[name] != first.get(name)}
    assert changed == {"take 10.npz", "take 2-2.npz", "b/take 2.npz", "take 3.npz"}
    done = run("batch", folder, "-o", out, "--seconds", "2", "--json")
    assert json.loads(done.stdout)["done"] == 6 and set(results_of(out)) == set(second)
    assert json.loads(run("batch", folder, "-o", out, "--seconds", "2", "--again", "--json").stdout)["done"] == 6


def test_files_of_others_are_not_replaced(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    record(folder / "a.wav")
    out.mkdir()
    (out / "a.npz").write_text("of somebody else")
    assert run("batch", folder, "-o", out).returncode == 0
    assert (out / "a.npz").read_text() == "of somebody else" and report_of(out)["a.wav"]["files"] == ["a-2.npz"]


def test_results_beside_or_inside_the_recordings(tmp_path):
    """They are never taken for recordings themselves."""
    record(tmp_path / "a.wav")
    for out in (tmp_path, tmp_path / "motions"):
        for done in (1, 0):
            counts = json.loads(run("batch", tmp_path, "-o", out, "--json").stdout)
            assert counts["ok"] and counts["done"] == done and counts["not_audio"] == (2 if out != tmp_path else 0)


def begin(folder: Path, out: Path, seconds: str) -> subprocess.Popen:
    heed = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731  (tests in the background ignore it)
    command = [*STAND_IN, "batch", folder, "-o", out, "--guidance", seconds]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=REPOSITORY, preexec_fn=heed, **pipes)  # noqa: PLW1509


@POSIX
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_goes_on_where_it_was_stopped(tmp_path, how):
    folder, out = tmp_path / "in", tmp_path / "out"
    for number in range(8):
        record(folder / f"{number}.wav")
    with begin(folder, out, "0.3") as process:
        limit = time.monotonic() + PATIENCE
        while len(list(out.glob("*.npz"))) < 3 and time.monotonic() < limit:
            time.sleep(0.01)
        process.send_signal(how)
        printed, said = process.communicate(timeout=PATIENCE)
    kept = results_of(out) if how != signal.SIGKILL else {path.name: path.stat().st_mtime_ns for path in out.glob("*.npz")}
    assert 3 <= len(kept) < 8 and "Traceback" not in said
    if how != signal.SIGKILL:
        assert process.returncode == 130 and "not reached" in said and "goes on from here" in said
        assert len(kept) - 1 <= printed.count("\n") <= len(kept)
    counts = json.loads(run("batch", folder, "-o", out, "--guidance", "0.3", "--json").stdout)
    assert counts["ok"] and counts["done"] + counts["already"] == 8 and counts["already"] >= len(kept) - 1
    made = results_of(out)
    assert len(made) == 8 and not list(out.glob(".*")), "nothing half written, no second copy"
    assert sum(made[name] == when for name, when in kept.items()) >= len(kept) - 1
    assert list(report_of(out)) == [f"{number}.wav" for number in range(8)]


@POSIX
def test_two_at_once_in_one_folder(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    record(folder / "a.wav")
    with begin(folder, out, "10") as process:
        limit = time.monotonic() + PATIENCE
        while not (out / NAME).exists() and process.poll() is None and time.monotonic() < limit:
            time.sleep(0.01)
        second = run("batch", folder, "-o", out)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert second.returncode == 2 and "Another batch is at work" in second.stderr
    one_sentence(second.stderr)
    assert run("batch", folder, "-o", out).returncode == 0


@POSIX
@pytest.mark.skipif(os.geteuid() != 0 if hasattr(os, "geteuid") else True, reason="needs root to mount a small disk")
def test_a_disk_that_fills_up(tmp_path):
    """Exit code 1, one sentence, what fitted is kept; with more room the rest is made."""
    folder, disk = tmp_path / "in", tmp_path / "disk"
    for number in range(30):
        record(folder / f"{number}.wav")
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        done = run("batch", folder, "-o", disk, "--seconds", "0.5")
        kept = results_of(disk)
        assert done.returncode == 1 and 0 < len(kept) < 30 and done.stderr.count("error: ") == 1, done.stderr
        assert "no space left" in done.stderr and "Traceback" not in done.stderr and "ignored" not in done.stderr
        assert f"{len(kept)} done, {30 - len(kept)} not reached" in done.stderr
        assert run("batch", folder, "-o", disk, "--seconds", "0.5").returncode == 1  # still full
        subprocess.run(["mount", "-o", "remount,size=1M", disk], check=True)
        done = run("batch", folder, "-o", disk, "--seconds", "0.5")
        assert done.returncode == 0 and f"{30 - len(kept)} done, {len(kept)} done already" in done.stderr, done.stderr
        assert len(results_of(disk)) == 30 and len(report_of(disk)) == 30
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize(("given", "said"), [
    ("none", "There is no folder"), ("file.wav", "is no folder"), ("empty", "There are no files"), ("\0", "no folder"),
])  # fmt: skip
def test_folders_that_cannot_be_used(tmp_path, given, said):
    (tmp_path / "empty").mkdir()
    record(tmp_path / "file.wav")
    from backend.cli import main

    if "\0" in given:
        assert main(["batch", given, "-o", str(tmp_path / "out")]) == 2
        return
    done = run("batch", tmp_path / given, "-o", tmp_path / "out")
    assert done.returncode == 2 and said in done.stderr and not (tmp_path / "out").exists()
    one_sentence(done.stderr)


@pytest.mark.parametrize("out", ["/proc/motions", "file.wav/below", "file.wav"])
def test_outputs_that_cannot_be_written(tmp_path, out):
    record(tmp_path / "file.wav")
    done = run("batch", tmp_path, "-o", tmp_path / out)
    assert done.returncode == 2
    one_sentence(done.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["file.wav"]


def test_failures_here_end_it_and_refusals_do_not(tmp_path):
    folder = tmp_path / "in"
    for name in ("a.wav", "b.wav"):
        record(folder / name)
    done = run("batch", folder, "-o", tmp_path / "out", fail="load")
    assert done.returncode == 1 and done.stderr.count("are missing. Train them.") == 2 and "1 failed, 1 not reached" in done.stderr
    done = run("batch", folder, "-o", tmp_path / "out", "--json", fail="bug")
    assert done.returncode == 1 and json.loads(done.stdout)["failed"] == 2
    done = run("batch", folder, "-o", tmp_path / "out", fail="understand")
    report = report_of(tmp_path / "out")
    assert done.returncode == 2 and {line["outcome"] for line in report.values()} == {"refused"}
    assert report["a.wav"]["nearest"] == ["walk forward", "sway"] and report["a.wav"]["heard"] == "sway gently"


@POSIX
def test_links_in_circles_and_folders_that_cannot_be_read(tmp_path):
    for name in ("a/1.wav", "b/2.wav", "outside/3.wav"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).touch()
    (tmp_path / "in" / "outside").rename(tmp_path / "outside")
    (tmp_path / "in" / "a" / "up").symlink_to("..")
    (tmp_path / "in" / "again").symlink_to("b")
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "outside")
    (tmp_path / "in" / "circle").symlink_to("circle")
    assert list_files(tmp_path / "in").names == ["circle", "a/1.wav", "b/2.wav", "linked/3.wav"]
    assert list_files(tmp_path / "in", deep=False).names == ["circle"]
    os.mkfifo(tmp_path / "pipe.wav")
    assert "pipe" in what_it_is(tmp_path / "pipe.wav") and what_it_is(tmp_path / "in" / "a" / "1.wav") == ""


def test_a_hundred_thousand_files_are_listed_in_order(tmp_path):
    for number in range(100_000):
        os.close(os.open(tmp_path / f"{number}.txt", os.O_CREAT))
    assert list_files(tmp_path).names == [f"{number}.txt" for number in range(100_000)]


def test_a_report_that_was_cut_off_or_edited(tmp_path):
    """What can be read counts; names that lead elsewhere do not."""
    lines = [
        {"file": "a.wav", "outcome": "done", "files": ["../a.npz"]},
        {"file": "b.wav", "outcome": "done", "files": ["/b.npz"]},
        {"file": "c.wav", "outcome": "unfinished", "files": ["c-7.npz"]},
        ["no entry"],
        {"file": 3, "files": []},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines) + '{"file": "d.wav", "outco'
    (tmp_path / NAME).write_text(text)
    with BatchReport(tmp_path) as report:
        assert [report.results_of(name, 1) for name in ("a.wav", "b.wav", "c.wav")] == [["a.npz"], ["b.npz"], ["c-7.npz"]]
        assert report.was_stopped("c.wav") and not report.is_done("a.wav", "")
        with pytest.raises(UserError) as raised, BatchReport(tmp_path):
            pass
        assert raised.value.code == "batch_running"
        report.add({"file": "d.wav", "outcome": "refused"})
        report.finish(["d.wav", "c.wav"])
    assert list(report_of(tmp_path)) == ["d.wav", "c.wav"] and not (tmp_path / LOCK).exists()
