"""`evaluate all` keeps what is finished, repeats what is of another pack, and says what could not be measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.cli import main
from backend.errors import UserError
from backend.evaluation.experiments import run_all as running
from backend.evaluation.experiments.context import Context
from backend.evaluation.experiments.run_all import EXPERIMENTS, Experiment


class Counting(Experiment):
    """An experiment that counts how often it runs, or fails."""

    def function(self):
        def run(context: Context, tell) -> dict:
            if self.module == "fails":
                raise UserError("no_motion_data", "There is no data.", "Build it.")
            RUNS.append((self.name, context.quick))
            tell(1, 1)
            return {"value": len(RUNS)}

        return run


RUNS: list = []
TWO = (Counting("one", "", "works"), Counting("two", "", "works"))


@pytest.fixture(autouse=True)
def _fresh():
    RUNS.clear()


def run(target: Path, quick: bool = False, experiments=TWO) -> dict:
    context = Context(quick=quick)
    return running.run_all(context, target, experiments, lambda *_: None)


def test_finished_ones_are_skipped_and_a_quick_one_does_not_stand_for_a_whole_one(tmp_path: Path):
    target = tmp_path / "out" / "eval.json"
    run(target, quick=True)
    first = json.loads(target.read_text())
    assert [name for name, _ in RUNS] == ["one", "two"] and first["results"]["one"]["quick"]
    run(target, quick=True)
    assert len(RUNS) == 2
    run(target)
    assert len(RUNS) == 4
    assert run(target, quick=True)["results"]["two"] == {
        "quick": False,
        "seconds": pytest.approx(0.0, abs=1.0),
        "result": {"value": 4},
    }
    assert len(RUNS) == 4


def test_only_some_are_run_and_the_results_of_the_others_stay(tmp_path: Path):
    target = tmp_path / "eval.json"
    assert set(running.run_all(Context(), target, TWO, lambda *_: None, ["one"])["results"]) == {"one"}
    assert set(running.run_all(Context(), target, TWO, lambda *_: None, ["two"])["results"]) == {"one", "two"}
    assert [name for name, _ in RUNS] == ["one", "two"]
    run(tmp_path / "small.json", quick=True)
    mixed = running.run_all(Context(), tmp_path / "small.json", TWO, lambda *_: None, ["two"])["results"]
    assert mixed["one"]["quick"] and not mixed["two"]["quick"]


def test_after_a_change_of_the_code_they_are_measured_again(tmp_path: Path):
    target = tmp_path / "eval.json"
    run(target)
    report = running.run_all(Context(), target, TWO, lambda *_: None, ["two"], again=True)
    assert [name for name, _ in RUNS] == ["one", "two", "two"] and report["results"]["two"]["result"] == {"value": 3}


def test_another_pack_is_measured_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "eval.json"
    run(target)
    before = json.loads(target.read_text())["pack_sha256"]
    monkeypatch.setattr(
        running, "identity_of", lambda context: {"pack_sha256": "0" * 64, "evaluator_sha256": "", "quick": False}
    )
    assert run(target)["pack_sha256"] == "0" * 64 != before
    assert len(RUNS) == 4
    (tmp_path / "eval" / "one.json").write_text('{"half": ')  # as a full disk leaves it
    run(target)
    assert [name for name, _ in RUNS[4:]] == ["one"]


def test_what_cannot_be_measured_says_why_and_the_others_run(tmp_path: Path):
    target = tmp_path / "eval.json"
    report = run(target, experiments=(Counting("none", "", "fails"), *TWO))
    assert report["failed"] == {"none": "There is no data. Build it."} and set(report["results"]) == {"one", "two"}
    assert not (tmp_path / "eval" / "none.json").exists()


@pytest.mark.parametrize(("times", "code"), [(3.5, 0), (2.5, 1)])
def test_the_exit_code_says_whether_all_bars_hold(times: float, code: int, tmp_path: Path, monkeypatch, capsys):
    class Cascade(Experiment):
        def function(self):
            return lambda context, tell: {"ways": {"cascade": {"times_the_first": times}}}

    monkeypatch.setattr(running, "EXPERIMENTS", (Cascade("cascade", "cascade", ""),))
    assert running.command(tmp_path / "eval.json") == code
    assert ("MISSED" in capsys.readouterr().out) == bool(code)


def test_an_unknown_experiment_is_bad_usage(capsys):
    assert main(["evaluate", "all", "--only", "smell"]) == 2
    assert "probes" in capsys.readouterr().err  # what there is


def test_every_experiment_can_be_imported():
    assert len({experiment.name for experiment in EXPERIMENTS}) == len(EXPERIMENTS)
    assert all(callable(experiment.function()) for experiment in EXPERIMENTS)
