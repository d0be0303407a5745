"""`python -m backend` as people run it: real processes, real files, exit codes and what is printed where."""

import itertools
import json
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
import types
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.cli import main
from backend.commands.tools import GROUPS, TOOLS, command_of
from backend.errors import UserError
from backend.generation.ours import Ours
from backend.motion.files import load_motion
from backend.packs.pack import WEIGHTS, find_pack, list_packs
from backend.serve.outputs import clipped, discard_stale, free_files, plan_files, prepare_folder
from tests.backend.client import PATIENCE, REAL, REPOSITORY, STAND_IN, environment


def run(*arguments, command=STAND_IN, **manners) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*command, *map(str, arguments)], cwd=REPOSITORY, env=environment(**manners), capture_output=True, text=True,
        encoding="utf-8", timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def record(path: Path, wave: np.ndarray | None = None, rate: int = 16_000, **format) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.3 * np.sin(np.arange(rate) / 20) if wave is None else wave, rate, **format)
    return path


def one_sentence(text: str) -> None:
    """Exactly one line, no traceback."""
    assert text.startswith("error: ") and text.count("\n") == 1 and text.rstrip().endswith("."), text


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


@pytest.mark.parametrize("arguments", [
    ["generate"], ["generate", "a.wav"], ["fly"],
    ["generate", "a", "-o", "x", "--fps", "fast"],
    ["generate", "a.wav", "-o", "x", "--nonsense"], ["train", "nothing"],
])  # fmt: skip
def test_bad_usage(arguments):
    done = run(*arguments, command=REAL)
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr and "Usage" in done.stderr


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


def test_help_is_quick():
    """Half a second of processor time, which does not depend on what else the machine is doing; it takes about 0.15."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*REAL, "--help"], cwd=REPOSITORY, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5
    heavy = "import sys, backend.cli; assert not {'torch', 'numpy', 'rich.table'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", heavy], cwd=REPOSITORY, check=True)


def test_info():
    done = run("info", "--json", command=REAL)
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["version"] != "unknown" and facts["packages"]["torch"] and facts["device"] and facts["cores"] >= 1
    assert [pack["name"] for pack in facts["packs"]] == [pack.name for pack in list_packs()]
    done = run("info", command=REAL)
    assert done.returncode == 0 and "torch" in done.stdout
    for pack in list_packs():
        assert pack.name in done.stdout and pack.licence in done.stdout


def test_tools_are_listed_without_importing_them():
    """Names and one line of each, from the table; a name that is nearly right is suggested."""
    for group, tools in TOOLS.items():
        done = run(group, "--help", command=REAL)
        assert done.returncode == 0 and all(name in done.stdout for name in tools)
        assert tools and all(about.split()[0] in done.stdout for _, about in tools.values())
    listing = "import sys; from backend.cli import main; main(['evaluate', '--help']); assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", listing], cwd=REPOSITORY, check=True, capture_output=True)
    assert "probes" in run("evaluate", "probs", command=REAL).stderr


@pytest.mark.parametrize(("group", "tool"), [(group, tool) for group, tools in TOOLS.items() for tool in tools])
def test_every_tool_has_a_command(group, tool):
    """Its module can be imported, and its options are those of a function."""
    module, about = TOOLS[group][tool]
    command = command_of(module, tool)
    assert command.name == tool and about.endswith(".")


def test_what_a_tool_returns_is_the_exit_code(monkeypatch, capsys):
    module = types.ModuleType("backend.evaluation.a_tool")

    def command(code: int, twice: bool = False) -> int | None:
        return code * (1 + twice) or None

    module.command = command
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(TOOLS["evaluate"], "a-tool", (module.__name__, "Returns a number."))
    assert [main(["evaluate", "a-tool", *options]) for options in (["0"], ["1"], ["3", "--twice"], ["x"])] == [0, 1, 6, 2]
    assert "Usage: python -m backend evaluate a-tool" in capsys.readouterr().err


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


def test_the_extension_has_no_tools_and_says_so(tmp_path):
    """A copy of the backend without the folders that are not in the zip."""
    left_out = shutil.ignore_patterns("data", "training", "evaluation", "packaging", "weights", "docs", "__pycache__")
    shutil.copytree(REPOSITORY / "backend", tmp_path / "backend", ignore=left_out)
    shutil.copy(REPOSITORY / "blender_manifest.toml", tmp_path)

    def installed(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([*REAL, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)

    listed = installed("--help")
    assert listed.returncode == 0 and "generate" in listed.stdout
    assert not any(about in listed.stdout for _, about in GROUPS.values())
    for arguments in (["train", "pack", "--name", "x"], ["evaluate", "--help"], ["data"]):
        done = installed(*arguments)
        assert done.returncode == 1 and "checkout" in done.stderr and arguments[0] in done.stderr
        one_sentence(done.stderr)


def test_a_console_that_is_not_utf_8(tmp_path):
    done = subprocess.run(
        [*STAND_IN, "generate", tmp_path / "走 ü.wav", "-o", tmp_path / "out"], cwd=REPOSITORY, capture_output=True,
        env=environment() | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and "走 ü.wav" in done.stderr.decode("utf-8")


def test_names_never_collide(tmp_path):
    recordings = [
        Path(folder) / name for folder in ("/a", "/b", "/a") for name in ("x.wav", "X.flac", "x_1.wav", "x-2.wav")
    ]
    for variations in (1, 3):
        plan = plan_files(recordings, tmp_path, variations)
        names = [path.name.casefold() for paths in plan for path in paths]
        assert len(plan) == len(recordings) and len(set(names)) == len(names) == variations * len(recordings)
    assert plan_files([Path("/a/x.wav")], tmp_path, 1) == [[tmp_path / "x.npz"]]


def test_long_names_stay_legal(tmp_path):
    recording = Path("/" + "ordner" * 40) / ("走" * 83 + ".wav")
    for paths in [*plan_files([recording] * 3, tmp_path, 8), free_files(recording, tmp_path, 2**31 - 1, 8)]:
        for path in paths:
            path.touch()
    assert len(list(tmp_path.iterdir())) == 32
    assert clipped("走" * 83) == "走" * 36


def test_prepare_folder_tells_what_it_made(tmp_path):
    assert prepare_folder(tmp_path) == []
    assert prepare_folder(tmp_path / "a" / "b") == [tmp_path / "a" / "b", tmp_path / "a"]
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_leftovers_of_a_killed_process_go_after_an_hour(tmp_path):
    old, young, other = (tmp_path / name for name in (".unfinished-a", ".unfinished-b", "unfinished"))
    for folder in (old, young, other):
        folder.mkdir()
        (folder / "0.npz").touch()
    for folder in (old, other):
        os.utime(folder, (time.time() - 4000,) * 2)
    discard_stale(tmp_path)
    assert not old.exists() and young.exists() and other.exists()


def make_pack(weights: Path, **about) -> Path:
    folder = weights / "mine"
    folder.mkdir(parents=True)
    (folder / "pack.json").write_text(json.dumps({"licence": "CC-BY-4.0"} | about))
    (folder / "a.safetensors").write_bytes(b"weights")
    return folder


def test_packs(tmp_path):
    make_pack(tmp_path, encoder={"words": ["walk", "a", "walk"]})
    pack = find_pack("mine", tmp_path)
    assert (pack.licence, pack.vocabulary, pack.files) == ("CC-BY-4.0", ("a", "walk"), ("a.safetensors",))
    assert list_packs(tmp_path) == [pack]


@pytest.mark.parametrize(("name", "about", "code", "named"), [
    ("other", {}, "missing_pack", "pack.json"), ("../mine", {}, "unknown_pack", "../mine"),
    ("", {}, "unknown_pack", "''"),
    ("mine", {"files": ["a.safetensors", "b.safetensors"]}, "missing_pack", "b.safetensors"),
    ("mine", {"encoder": 5}, "damaged_pack", "pack.json"),
])  # fmt: skip
def test_packs_that_are_not_whole(tmp_path, name, about, code, named):
    make_pack(tmp_path, **about)
    with pytest.raises(UserError) as caught:
        find_pack(name, tmp_path)
    assert caught.value.code == code and named in caught.value.message and caught.value.hint


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
