"""Exit codes of real processes, and one sentence instead of a traceback, where the disk is full or a path cannot be used."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from backend.commands.exit_codes import code_of, path_error
from backend.errors import DiskError, UserError
from backend.packs.whole_files import npz_bytes, write_whole
from tests.backend.client import PATIENCE, REAL, REPOSITORY, STAND_IN, environment
from tests.backend.command import one_sentence, record, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs limits of POSIX")
FULL = Path("/dev/full")
SAID = "a library prints while loading\nand another one writes to descriptor 1\n"  # by the stand-in


def limited(*arguments, size: int = 3500, **pipes) -> subprocess.CompletedProcess:
    """`generate` of the stand-in where no file gets larger than ``size`` bytes, as on a full disk."""
    begin = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY)); "
    begin += "sys.argv = sys.argv[2:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | pipes
    return subprocess.run(
        [sys.executable, "-c", begin, str(size), STAND_IN[1], *map(str, arguments)], cwd=REPOSITORY, env=environment(),
        text=True, timeout=PATIENCE, check=False, **given,
    )  # fmt: skip


@pytest.mark.parametrize("variations", ["1", "8"])
def test_a_full_disk_is_one_sentence_and_exit_1(tmp_path, variations):
    audio = record(tmp_path / "a.wav")
    done = limited("generate", audio, "-o", tmp_path / "out", "--seconds", "20", "--variations", variations)
    assert done.returncode == 1 and done.stdout == ""
    one_sentence(done.stderr.removeprefix(SAID))
    assert "file too large" in done.stderr and not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments", [("info", "--json"), ("info",), ("--help",), ("doctor",), ("doctor", "--json")])
def test_a_full_disk_behind_stdout(arguments):
    if not FULL.exists():
        pytest.skip("this system has no /dev/full")
    with FULL.open("w") as full:
        done = subprocess.run(
            [*REAL, *arguments], cwd=REPOSITORY, stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False
        )
    assert done.returncode == 1
    one_sentence(done.stderr)


def test_a_full_disk_behind_the_results_and_the_log(tmp_path):
    if not FULL.exists():
        pytest.skip("this system has no /dev/full")
    audio = record(tmp_path / "a.wav")
    with FULL.open("w") as full:
        for pipes in ({"stdout": full}, {"stdout": full, "stderr": full}):
            done = limited("generate", audio, "-o", tmp_path / "out", size=1 << 30, **pipes)
            assert done.returncode == 1
            if done.stderr:
                one_sentence(done.stderr.removeprefix(SAID))


def test_tools_that_save_arrays_on_a_full_disk(tmp_path):
    """numpy's own error has no number; it is told from others all the same."""
    code = (
        "import resource, sys, numpy as np, backend.cli as cli\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3500, resource.RLIM_INFINITY))\n"
        f"cli.app = lambda **_: np.save({str(tmp_path / 'a.npy')!r}, np.zeros(10_000))\n"
        "sys.exit(cli.main([]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    one_sentence(done.stderr)


@pytest.mark.skipif(os.geteuid() != 0 if hasattr(os, "geteuid") else True, reason="needs root to mount a small disk")
def test_a_small_disk_keeps_what_fitted(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        texts = [word for number in range(40) for word in ("--text", f"walk {number}")]
        done = run("generate", *texts, "-o", disk, "--seconds", "0.5")
        kept = [path.name for path in disk.iterdir()]
        assert done.returncode == 1 and 0 < len(kept) < 40 and all(name.endswith(".npz") for name in kept)
        assert f"{len(kept)} of 40 instructions done" in done.stderr and "Traceback" not in done.stderr
        assert "ignored" not in done.stderr and done.stderr.count("error: ") == 1
    finally:
        subprocess.run(["umount", disk], check=True)


def test_one_wins_over_two():
    bad, full = UserError("silent_audio", "It is silent."), DiskError("cannot_write", "It is full.")
    assert [code_of(errors) for errors in ([], [bad], [full], [bad, full])] == [0, 2, 1, 1]
    assert path_error(OSError("no number")) is None and path_error(FileNotFoundError(2, "no such file", "x")) is None
    assert code_of([path_error(PermissionError(13, "Permission denied", "/root/x"))]) == 2


def test_whole_files(tmp_path):
    path = tmp_path / "a.npz"
    write_whole(path, npz_bytes({"x": np.arange(5)}))
    assert np.load(path)["x"].tolist() == [0, 1, 2, 3, 4]
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / "folder.npz", b"x")
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.npz", "folder.npz"]


@pytest.mark.parametrize("arguments", [["info"], ["doctor"], ["data", "build"], ["generate", "--text", "walk", "-o", "x"]])
def test_ctrl_c_while_a_command_is_imported(arguments, tmp_path):
    """As early as Python lets a program of ours answer: the import of the command line is interrupted."""
    code = (
        "import signal, sys, importlib.abc\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # tests in the background ignore it
        "class Stop(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'backend.cli': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Stop())\n"
        f"sys.argv[1:] = {arguments!r}\n"
        "from backend.__main__ import main; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 130 and done.stderr == "stopped\n"
