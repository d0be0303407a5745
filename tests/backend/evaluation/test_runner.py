"""The runner speaks, asks, judges and reports; a stand-in generator answers with authored motion."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from backend.cli import main
from backend.data.authored import authored_clips
from backend.errors import NotUnderstood, UserError
from backend.evaluation.probes import PROBES, command, runner
from backend.evaluation.probes.results import Trial, held_bars, plain, sheets, show
from backend.evaluation.probes.runner import evenly_chosen, run_probes
from backend.evaluation.results import write_json
from backend.language.meaning import all_classes

KEYS = ("bow", "clap", "turn.left", "sit", "stand")
CHOSEN = [next(p for p in PROBES if p.key == key) for key in KEYS]


def speak(texts, voices):
    """Waves that only carry which text they say, in their first sample."""
    known = [probe.text for probe in CHOSEN]
    return [np.array([known.index(text), 0.0, 0.0], dtype=np.float32) for text in texts]


class Obedient:
    """Answers with the right motion, except that it never bows and mishears one sentence."""

    def __init__(self) -> None:
        self.motions = {}
        for clip in authored_clips(seed=3, takes_per_kind=1, kinds=[key.split(".")[0] for key in KEYS]):
            self.motions.setdefault(clip.key, clip.motion)
        self.asked: list[tuple[int, int]] = []

    def generate(self, wave, *, seed):
        number = int(wave[0])
        self.asked.append((number, seed))
        probe = CHOSEN[number]
        heard = "clap your pants" if probe.key == "clap" else probe.text
        motion = self.motions["stand" if probe.key == "bow" else probe.key]
        return SimpleNamespace(motions=[motion], heard=heard, seeds=[seed], timings={})


@pytest.fixture(scope="module")
def report():
    return run_probes(Obedient(), ("a", "b"), (4, 5), probes=CHOSEN, speak=speak)


def test_every_probe_voice_and_seed_is_asked_once():
    generator, told = Obedient(), []
    run_probes(generator, ("a", "b"), (4, 5), lambda done, total: told.append((done, total)), probes=CHOSEN, speak=speak)
    assert sorted(generator.asked) == sorted((n, s) for n in range(5) for s in (4, 5) for _ in "ab")
    assert told[-1] == (20, 20) and [done for done, _ in told] == list(range(1, 21))


def test_verdicts_means_and_words(report):
    assert report.mean == pytest.approx(0.8)
    assert report.by_kind()["bow"] == (0, 4)
    assert report.by_kind()["clap"] == (4, 4)
    words = sum(len(probe.text.split()) for probe in CHOSEN)
    assert report.word_error_rate == pytest.approx(1 / words)


def test_json_holds_every_trial(report, tmp_path):
    write_json(report.as_dict(), tmp_path / "probes.json")
    data = json.loads((tmp_path / "probes.json").read_text())
    assert data["mean"] == 0.8 and len(data["trials"]) == 20
    failed = next(trial for trial in data["trials"] if not trial["passed"])
    assert failed["text"] == "bow" and failed["measured"]["bows"] == 0 and "bows >= 1" in failed["threshold"]
    assert list(tmp_path.iterdir()) == [tmp_path / "probes.json"]


def test_table_is_printed(report, capsys):
    show(report)
    out = capsys.readouterr().out
    assert "bow" in out and "clean: 80.0% of 20 trials" in out


def test_sheets_show_failures_and_successes(report, tmp_path):
    sheets(report, tmp_path / "sheets", most=2)
    assert {path.name for path in (tmp_path / "sheets").iterdir()} == {"failed-1.png", "passed-1.png"}


def test_missing_engines_say_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError) as caught:
        run_probes(Obedient(), ("awb",), (0,), probes=CHOSEN[:1])
    assert "apt-get install flite" in caught.value.hint


def test_unknown_voice_is_one_sentence():
    with pytest.raises(UserError, match="no voice called 'nobody'"):
        run_probes(Obedient(), ("nobody",), (0,), probes=CHOSEN[:1])


@pytest.mark.parametrize("options", [["--seeds", "0"], ["--kind", "levitate"], ["--condition", "under water"], ["--bar", "101"]])
def test_bad_usage_ends_with_two(options):
    assert main(["evaluate", "probes", *options]) == 2


@pytest.mark.parametrize(("bar", "code"), [("79", 0), ("81", 1)])
def test_the_exit_code_says_whether_the_printed_bar_holds(bar, code, monkeypatch, capsys, tmp_path):
    """Four of the five typed probes pass: the stand-in never bows."""

    class ByText(Obedient):
        model = SimpleNamespace(classes=all_classes())

        def generate(self, text, *, seed):
            return super().generate(speak([text], [""])[0], seed=seed)

    monkeypatch.setattr("backend.generation.pipeline.Generator.load", lambda pack, device, ours: ByText())
    monkeypatch.setattr(command, "probes_of", lambda kinds: CHOSEN)
    file = tmp_path / "out" / "probes.json"
    assert main(["evaluate", "probes", "--typed", "--seeds", "2", "--bar", bar, "--json", str(file)]) == code
    said = "holds" if code == 0 else "MISSED"
    assert f"typed: 80.0 % passed, bar >= {bar} %: {said}" in capsys.readouterr().out
    trials = json.loads(file.read_text())["trials"]
    assert len(trials) == 10 and {trial["voice"] for trial in trials} == {"typed"}


def test_every_condition_has_its_own_bar(report, capsys):
    assert held_bars(report, {"clean": 80.0}) and not held_bars(report, {"clean": 80.1, "noise": 0.0})
    assert "noise" not in capsys.readouterr().out  # was not measured


def test_probes_are_chosen_evenly_over_kinds():
    kinds = {probe.kind for probe in PROBES}
    chosen = evenly_chosen(PROBES, 60)
    assert chosen == evenly_chosen(PROBES, 60) and len({probe.text for probe in chosen}) == 60
    assert len({probe.kind for probe in chosen}) == min(60, len(kinds))
    assert {probe.text for probe in evenly_chosen(PROBES, len(kinds))} >= {probe.text for probe in chosen} or len(kinds) <= 60
    assert {probe.text for probe in evenly_chosen(PROBES, 10_000)} == {probe.text for probe in PROBES}


class Deaf(Obedient):
    """Takes everything that is longer than what was said (a room rings on) for no instruction."""

    def generate(self, wave, *, seed):
        if len(wave) > 3:
            raise NotUnderstood("not_understood", "Did not understand.", "Say what to do.", "mumble", 0.1, ())
        return super().generate(wave, seed=seed)


def test_conditions_are_told_apart_and_a_refusal_is_a_failure(monkeypatch, tmp_path, capsys):
    def ring(wave, name, seed):
        seeds.append(seed)
        return wave if name == "clean" else np.pad(wave, (0, 3))

    seeds = []
    monkeypatch.setattr(runner.acoustics, "degraded", ring)
    report = run_probes(Deaf(), ("a",), (4, 5), probes=CHOSEN, speak=speak, conditions=("clean", "reverb"))
    assert len(report.trials) == 20 and len(seeds) == 10 and len(set(seeds)) == 5  # a sentence has one noise and one room
    assert report.under("clean").mean == pytest.approx(0.8) and report.under("reverb").mean == 0.0
    summary = report.as_dict()["by_condition"]
    assert summary["reverb"]["refused"] == 10 and summary["clean"]["refused"] == 0
    assert summary["reverb"]["word_error_rate"] == 1.0
    show(report)
    assert "reverb: 0.0% of 10 trials" in capsys.readouterr().out
    sheets(report, tmp_path)
    assert (tmp_path / "passed-1.png").exists()  # what was refused has no motion to draw


def test_kinds_of_composition():
    def trial(key):
        return Trial("k", "t", key, "v", 0, "", "", True, {}, "", 1)

    keys = ("walk.forward", "sit>wave", "walk.forward+wave", "stand+wave", "walk.forward+wave>bow")
    assert [trial(key).composition for key in keys] == ["", "then", "while", "", "then"]


def test_words_are_compared_plainly():
    assert plain("Walk forward, please!") == "walk forward please"
    assert plain("don't  stop") == "don't stop"
