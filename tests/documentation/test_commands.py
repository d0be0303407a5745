"""Every command in the pages is run: here, where that takes seconds, or by the test or CI step that is named for it.

A command of a page that is in neither table fails the first test, so that nobody writes one that nobody has tried.
"""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend.commands.tools import TOOLS, command_of
from tests.documentation.pages import ROOT, commands

MOTION = ROOT / "tests" / "addon" / "rigs" / "walk_then_wave.npz"
RECORDING = ROOT / "addon" / "examples" / "walk_forward_then_wave.ogg"
PYTHON = ".venv/bin/python"
# Run by `test_it_runs`, each in a folder of its own, with the recordings it names; what it has to say or to leave there.
RUN = {
    f"{PYTHON} -m backend info": "CC BY-SA 3.0",
    f"{PYTHON} -m backend doctor": "Python",
    f"{PYTHON} -m backend generate take1.wav take2.flac -o motions --seed 7 --seconds 5 --variations 3": "motions/*.npz",
    f'{PYTHON} -m backend generate --text "walk forward, then turn around, then sit down, then wave" -o motions': "motions/"
    "walk_forward_then_turn_around_then_sit_down_then_wave.npz",
    f'{PYTHON} -m backend generate --text "sit down" --motion walk.npz -o motions': "motions/sit_down.npz",
    f'{PYTHON} -m backend generate --text "wave" --motion walk.npz --first 60 --last 119 -o motions': "motions/wave.npz",
    ".venv/bin/ruff check .": "",
    "python3 build.py setup": "",
    "python3 build.py repo": "Wrote dist/repo/index.json",
}
DATA, TRAINING, EVALUATION = "tests/backend/data/sources", "tests/backend/training", "tests/backend/evaluation"
PACKING = "tests/backend/packaging"
VOICES = "tests/backend/data/speech/test_voices.py::"
# Run elsewhere: by a step of .ci/run or of `build.py test`, or by a test, as file::function.
COVERED = {
    "python3 build.py demo": "tests/demo/test_demo.py::test_the_demo_writes_what_the_readme_promises",
    "python3 build.py test": ".ci/run: python3 build.py test",
    "python3 build.py build": ".ci/run: python3 build.py build",
    "python3 build.py test --quick": "tests/test_build.py::"
    "test_a_failed_group_says_at_its_end_which_test_failed_and_where_its_log_is",
    "python3 build.py lock": f"{PACKING}/test_runtime_locks.py::test_what_it_writes_the_add_on_can_read",
    "python3 build.py runtime-pack --lock windows-x86_64-py313-cpu": f"{PACKING}/test_runtime_pack.py::"
    "test_the_archive_holds_every_wheel",
    f"{PYTHON} -m pytest tests/backend -m 'not slow'": "build.py: backends = [",
    ".venvs/bpy-4.2/bin/python -m pytest tests/addon": 'build.py: "tests/addon"]',
    f"{PYTHON} -m pytest tests/addon/rigs": 'build.py: "tests/addon"]',
    f"{PYTHON} -m pytest tests/backend/data": "build.py: backends = [",
    f"{PYTHON} -m tests.fuzz --cases 100000 all": "tests/fuzz/test_fuzz.py::test_nothing_is_found",
    f"{PYTHON} -m tests.cycles --cycles 500": "tests/test_cycles.py::test_nothing_leaks",
    "bash tests/gui/run.sh dist/voice_to_motion-VERSION.zip sid": 'build.py: ["bash", str(GUI_TEST), str(archive), "trixie",',
    f"{PYTHON} -m tests.versions": "tests/documentation/test_versions.py::test_what_tests_and_sessions_wrote_is_in_the_table",
    # Hours: their parts are tested, and `test_its_options_exist` sees that the command is spelled right.
    f"{PYTHON} -m backend data build --shared FOLDER": f"{DATA}/test_convert.py::test_every_clip_is_made_or_refused_with_a_reason",
    f"{PYTHON} -m backend train recipe ear --shared FOLDER": f"{TRAINING}/test_recipe_runner.py::test_the_encoder_in_tiny",
    f"{PYTHON} -m backend train recipe open --shared FOLDER": f"{TRAINING}/test_recipe_runner.py::"
    "test_a_killed_run_goes_on_where_it_was",
    f"{PYTHON} -m backend train recipe open --shared FOLDER --smoke": f"{TRAINING}/test_recipe_runner.py::test_open_in_tiny",
    f"{PYTHON} -m backend train recipe research --shared FOLDER": f"{TRAINING}/test_recipe.py::"
    "test_every_option_fits_its_function_and_none_is_missing",
    f"{PYTHON} -m backend evaluate probes --pack NAME --seeds 3": f"{EVALUATION}/test_runner.py::"
    "test_every_probe_voice_and_seed_is_asked_once",
    f"{PYTHON} -m backend train evaluator": f"{EVALUATION}/test_evaluator.py::"
    "test_it_learns_to_tell_apart_and_masks_what_means_the_same",
    f"{PYTHON} -m backend evaluate ablations --steps 700": f"{TRAINING}/test_ablations.py::test_every_variant_is_trained_once",
    f"{PYTHON} -m backend evaluate all --json out/eval.json --quick": f"{EVALUATION}/test_run_all.py::"
    "test_finished_ones_are_skipped_and_a_quick_one_does_not_stand_for_a_whole_one",
    f"{PYTHON} -m backend evaluate probes --seeds 5 --condition clean --condition noise --condition reverb --json "
    "out/probes.json": f"{EVALUATION}/test_runner.py::test_conditions_are_told_apart_and_a_refusal_is_a_failure",
    f"{PYTHON} -m backend evaluate hearing --json out/hearing.json": f"{EVALUATION}/test_hearing.py::"
    "test_words_and_seconds_are_counted",
    f"{PYTHON} -m backend evaluate cascade --condition clean --condition noise --json out/cascade.json": f"{EVALUATION}/"
    "test_hearing.py::test_both_ways_answer_the_same_requests",
    f"{PYTHON} -m backend evaluate report --json out/eval.json": f"{EVALUATION}/test_report.py::test_it_writes_page_and_plots",
    f"{PYTHON} -m backend batch recordings -o motions": "tests/backend/commands/test_batch.py::test_every_file_is_accounted_for",
    f"{PYTHON} -m backend convert dance.bvh joints.npy -o motions": "tests/backend/commands/test_convert.py::test_many_at_once",
    f"{PYTHON} -m backend generate take1.wav -o motions --pack NAME": "tests/backend/commands/test_generate.py::"
    "test_the_real_thing",
}
EVERY = sorted({command.line for command in commands()})


def test_every_command_of_the_pages_is_run_by_something():
    unknown = [line for line in EVERY if line not in RUN and line not in COVERED]
    assert not unknown, f"run these in a test and say so in {Path(__file__).name}: {unknown}"
    assert len(EVERY) > 15  # the pages were found


def test_no_command_is_kept_here_that_no_page_has():
    assert not [line for line in [*RUN, *COVERED] if line not in EVERY]


@pytest.mark.parametrize("line", [line for line in COVERED if line in EVERY])
def test_what_covers_it_is_there(line: str):
    file, _, rest = COVERED[line].partition(":")
    path = ROOT / file
    assert path.is_file()
    text = path.read_text(encoding="utf-8")
    if rest.startswith(":"):
        names = {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
        assert rest[1:] in names
    else:
        assert rest.strip() in text


@pytest.mark.parametrize("line", [line for line in COVERED if " -m backend " in line and line in EVERY])
def test_its_options_exist(line: str):
    words = shlex.split(line)[3:]
    known = options_of(words[0], words[1])
    assert [word for word in words if word.startswith("-") and word not in known] == []


def options_of(command: str, tool: str) -> set[str]:
    """Options of a command; a tool's are asked for in this process, which imports torch only once."""
    if command in TOOLS:
        return {name for parameter in command_of(TOOLS[command][tool][0], tool).params for name in parameter.opts}
    done = subprocess.run(
        [sys.executable, "-m", "backend", command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", done.stdout))


@pytest.mark.slow
@pytest.mark.parametrize("line", [line for line in RUN if line in EVERY])
def test_it_runs(line: str, tmp_path: Path):
    words = shlex.split(line)
    place = ROOT
    if words[:3] == [PYTHON, "-m", "backend"]:
        words[0] = sys.executable
        if "take1.wav" in words:
            import soundfile

            samples, rate = soundfile.read(RECORDING)
            for name in ("take1.wav", "take2.flac"):
                soundfile.write(tmp_path / name, samples, rate)
        if "walk.npz" in words:
            shutil.copy(MOTION, tmp_path / "walk.npz")
        words = [str(tmp_path / word) if word in {"take1.wav", "take2.flac", "motions", "walk.npz"} else word for word in words]
    elif words[0].startswith(".venv/bin/"):
        words[0] = str(Path(sys.executable).with_name(Path(words[0]).name))
    done = subprocess.run(words, cwd=place, capture_output=True, text=True, timeout=300, check=False)
    # The doctor is asked how this machine is: a build machine without a sound card is one it has something to say about.
    assert done.returncode == 0 or (words[-1] == "doctor" and done.returncode == 1), done.stdout + done.stderr
    if RUN[line].endswith("*.npz"):
        assert len(list(tmp_path.glob(RUN[line]))) == 6
    else:
        assert RUN[line] in done.stdout


def test_the_shell_words_of_the_pages_are_programs_that_exist_here():
    for line in EVERY:
        program = shlex.split(line)[0]
        assert program.startswith(".venv") or shutil.which(program), f"{line}: there is no program {program}"
