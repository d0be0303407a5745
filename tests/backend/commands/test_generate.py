"""`generate` as people run it: exit codes, what is printed where, and which files are there afterwards."""

import itertools
import json
import os
import signal
import struct
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from backend.cli import main
from backend.errors import UserError
from backend.generation.ours import Ours
from backend.motion.files import load_motion
from backend.packs.pack import WEIGHTS
from tests.backend.client import PATIENCE, REAL, REPOSITORY, STAND_IN
from tests.backend.command import one_sentence, record, run


def test_generate_many_with_unicode_and_spaces(tmp_path):
    """One call for all that succeeds: formats, colliding names, variations, JSON, replaced files, noise on stdout."""
    inputs = [
        record(tmp_path / "meine Aufnahmen" / "geh vorwärts.wav", subtype="PCM_24"),
        record(tmp_path / "two" / "walk.flac", rate=44_100),
        record(tmp_path / "three" / "walk.ogg", rate=48_000),
        record(tmp_path / "three" / "Walk.wav", np.full((8000, 2), 0.1) * np.sin(np.arange(8000) / 9)[:, None]),
        record(tmp_path / "four" / "走.mp3", rate=44_100),
    ]
    out = tmp_path / "neuer Ordner" / "ü"
    out.mkdir(parents=True)
    (out / "walk_1.npz").write_text("an older file")
    done = run("generate", *inputs, "-o", out, "--seed", 7, "--variations", 2, "--fps", 25, "--seconds", 1, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["ok"] and [Path(result["audio"]) for result in document["results"]] == inputs
    names = [[Path(file).name for file in result["files"]] for result in document["results"]]
    assert names == [
        [f"{stem}_{k}.npz" for k in (1, 2)] for stem in ("geh vorwärts", "walk", "three-walk", "Walk-2", "走")
    ]
    assert sorted(path.name for path in out.iterdir()) == sorted(itertools.chain(*names))
    for result in document["results"]:
        assert result["ok"] and result["heard"] == "sway gently" and result["seeds"] == [7, 8]
        assert result["frames"] == [25, 25] and result["fps"] == 25.0 and result["seconds"]["total"] > 0
        for file in result["files"]:
            assert len(load_motion(file)) == 25


BAD = {
    "missing": lambda path: None,
    "empty": lambda path: path.touch(),
    "no samples": lambda path: record(path, np.zeros(0)),
    "silent": lambda path: record(path, np.zeros(16_000)),
    "text": lambda path: path.write_text("not a recording " * 500),
    "short": lambda path: record(path, np.ones(100)),
    "nan": lambda path: record(path, np.full(16_000, np.nan), subtype="FLOAT"),
    "folder": lambda path: path.mkdir(),
}


def three_hours(path: Path) -> Path:
    """A wav that takes no room on disk."""
    size = 3 * 3600 * 16_000 * 2
    head = (
        b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    )
    path.write_bytes(head + b"data" + struct.pack("<I", size))
    os.truncate(path, 44 + size)
    return path


@pytest.mark.parametrize("kind", [*BAD, "three hours"])
def test_bad_recordings_are_one_sentence_and_exit_2(tmp_path, kind):
    path = tmp_path / "mit Leerzeichen ü.wav"
    (BAD | {"three hours": three_hours})[kind](path)
    done = run("generate", path, "-o", tmp_path / "out")
    assert done.returncode == 2 and done.stdout == ""
    one_sentence(done.stderr)
    assert path.name in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_bad_one_does_not_stop_the_others(tmp_path):
    good, bad = record(tmp_path / "a.wav"), tmp_path / "none.wav"
    done = run("generate", bad, good, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.npz"]
    assert 'a.wav: heard "sway gently", 60 frames at 30 fps, seed' in done.stdout
    assert f"error: {bad}: " in done.stderr and "1 of 2 instructions done" in done.stderr


@pytest.mark.parametrize("out", ["/proc/motions", "/dev/null/motions", "file/below"])
def test_output_folders_that_cannot_be_written(tmp_path, out):
    (tmp_path / "file").write_text("a file")
    done = run("generate", record(tmp_path / "a.wav"), "-o", tmp_path / out)
    assert done.returncode == 2
    one_sentence(done.stderr)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "file"]


@pytest.mark.parametrize("option", [
    ("--seconds", "99"), ("--seconds", "0.1"), ("--seconds", "nan"), ("--variations", "0"), ("--variations", "9"),
    ("--guidance", "-1"), ("--guidance", "11"), ("--fps", "0"), ("--fps", "241"), ("--seed", "-5"),
    ("--seed", "4294967296"), ("--device", "tpu"), ("--device", "../x"),
])  # fmt: skip
def test_options_out_of_range(tmp_path, option):
    done = run("generate", tmp_path / "a.wav", "-o", tmp_path / "out", *option)
    assert done.returncode == 2 and "between" in done.stderr + "between" * (option[0] == "--device")
    one_sentence(done.stderr)
    assert not (tmp_path / "out").exists()


def test_errors_as_json(tmp_path):
    done = run("generate", tmp_path / "none.wav", "-o", tmp_path / "out", "--json")
    assert done.returncode == 2 and json.loads(done.stdout)["results"][0]["code"] == "missing_audio"
    done = run("generate", tmp_path / "none.wav", "-o", tmp_path / "out", "--json", "--fps", "0")
    assert done.returncode == 2 and json.loads(done.stdout)["code"] == "bad_option"


@pytest.mark.parametrize(("manner", "code", "status"), [
    ("load", "missing_pack", 1), ("generate", "nothing_heard", 2), ("bug", "internal", 1),
])  # fmt: skip
def test_failures_of_the_models(tmp_path, manner, code, status):
    done = run("generate", record(tmp_path / "a.wav"), "-o", tmp_path / "out", "--json", fail=manner)
    assert done.returncode == status
    document = json.loads(done.stdout)
    assert not document["ok"] and document["results"][0]["code"] == code and document["results"][0]["hint"]
    assert not (tmp_path / "out").exists() and ("Traceback" in done.stderr) == (manner == "bug")


def test_what_is_no_instruction(tmp_path):
    """Refused, with the nearest motions and nothing written, unless it is forced."""
    audio, out = record(tmp_path / "a.wav"), tmp_path / "out"
    done = run("generate", audio, "-o", out, fail="understand")
    assert done.returncode == 2 and not done.stdout and not out.exists()
    assert "\nerror: Did not understand; heard: “sway gently”. The nearest" in done.stderr and "--force" in done.stderr
    done = run("generate", audio, tmp_path / "none.wav", "-o", out, "--json", fail="understand")
    refused, missing = json.loads(done.stdout)["results"]
    assert done.returncode == 2 and refused["code"] == "not_understood" and missing["code"] == "missing_audio"
    assert refused["nearest"] == ["walk forward", "sway"] and refused["confidence"] == 0.2 and refused["heard"] == "sway gently"
    done = run("generate", audio, "-o", out, "--json", "--force", fail="understand")
    assert done.returncode == 0 and json.loads(done.stdout)["results"][0]["confidence"] == 0.9
    assert (out / "a.npz").exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_leaves_nothing(tmp_path, how):
    command = [*STAND_IN, "generate", record(tmp_path / "a.wav"), "-o", tmp_path / "out", "--guidance", "10"]
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE}
    # whoever started the tests in the background had them ignore SIGINT, and that is inherited
    heed = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
    with subprocess.Popen(command, cwd=REPOSITORY, preexec_fn=heed, **pipes) as process:  # noqa: PLW1509
        limit = time.monotonic() + PATIENCE
        while not (tmp_path / "out").exists() and time.monotonic() < limit:
            time.sleep(0.01)
        time.sleep(0.5)
        process.send_signal(how)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and b"stopped" in err and b"Traceback" not in err and b"a.npz" not in out
    assert not (tmp_path / "out").exists()


def test_typed_instructions(tmp_path):
    """Text goes the same way as speech: several at once, names made of the words, and one that is no instruction."""
    done = run("generate", "--text", "walk forward, then wave!", "--text", " ", "--text", "a" * 501, "-o", tmp_path, "--json")
    results = json.loads(done.stdout)["results"]
    assert done.returncode == 2 and [result["ok"] for result in results] == [True, False, False]
    assert Path(results[0]["files"][0]).name == "walk_forward_then_wave.npz"
    assert {result["code"] for result in results[1:]} == {"bad_text"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["walk_forward_then_wave.npz"]


def test_nothing_to_generate_from(tmp_path):
    done = run("generate", "-o", tmp_path / "out")
    assert done.returncode == 2 and not (tmp_path / "out").exists()
    one_sentence(done.stderr)


def test_what_is_left_out_reaches_the_generator(tmp_path, capsys):
    asked = []

    def load(device: str, pack: str, ours: Ours) -> None:
        asked.append(ours)
        raise UserError("missing_pack", "There are no weights.", "Train them.")

    said = ["generate", "--text", "walk", "-o", str(tmp_path / "out")]
    assert main([*said, "--without", "counting", "--without", "body-parts"], load) == 1
    assert main(said, load) == 1
    assert asked == [Ours.without("counting", "body_parts"), Ours()]
    assert main([*said, "--without", "gravity"], load) == 2 and len(asked) == 2
    assert "rejection-sampling" in capsys.readouterr().err  # what there is to leave out


def test_a_pack_that_is_missing_is_one_sentence(tmp_path):
    done = run("generate", record(tmp_path / "a.wav"), "-o", tmp_path / "out", "--pack", "no-such", command=REAL)
    assert done.returncode == 1
    one_sentence(done.stderr)
    assert "no-such" in done.stderr and "train" in done.stderr and not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.skipif(not (WEIGHTS / "open" / "pack.json").exists(), reason="the pack of weights is not there yet")
def test_the_real_thing(tmp_path):
    """The shipped recording through the trained weights, twice: same seed, same motion."""
    from backend.commands.bench import spoken_instruction

    files = []
    for name in ("a", "b"):
        done = run("generate", spoken_instruction(), "-o", tmp_path / name, "--seed", 3, "--json", command=REAL)
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout)["results"][0]
        assert result["heard"] and {"hearing", "writing", "total"} <= set(result["seconds"])
        files.append(load_motion(result["files"][0]))
    assert np.array_equal(files[0].rotations, files[1].rotations) and len(files[0]) >= 15
    assert np.ptp(files[0].pelvis, axis=0).max() + np.ptp(files[0].positions(), axis=0).max() > 0.05  # it moves
