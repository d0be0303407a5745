"""A run of a sealed set: the seal, what is asked by which voice, what is written down."""

from __future__ import annotations

import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from backend.cli import main
from backend.errors import NotUnderstood, UserError
from backend.evaluation.sealed import command, seal
from backend.evaluation.sealed.answers import answer_of, ask
from backend.evaluation.sealed.command import run
from backend.evaluation.sealed.prompts import read_prompts
from backend.evaluation.sealed.results import show, summary
from backend.evaluation.sealed.seal import begin_run, end_run, open_sealed, read_seal
from backend.generation.asked import Reached
from backend.language.account import AccountedWord
from backend.packs.pack import sha256_of

LINES = [
    {"text": "stroll on", "sort": "label", "steps": [[{"kinds": ["walk"]}]]},
    {"text": "klatsch mal", "sort": "german", "steps": [[{"kinds": ["clap"]}]]},
    {"text": "clap 3 times", "sort": "numbers", "steps": [[{"kinds": ["clap"], "count": 3}]]},
    {"text": "lovely weather", "sort": "no_instruction", "refuse": True},
]


class StandIn:
    """Strolls whatever it is given, and refuses the weather and whatever is silent."""

    def __init__(self) -> None:
        self.model = SimpleNamespace(classes=SimpleNamespace(kinds=["walk", "clap"]))
        self.asked: list = []

    def generate(self, given, *, seed):
        self.asked.append(given)
        if (isinstance(given, str) and "weather" in given) or (not isinstance(given, str) and not given.any()):
            raise NotUnderstood("not_understood", "Did not understand.", "Speak.", "lovely", 0.1, ())
        heard = given if isinstance(given, str) else "stroll"
        words, numbers = [AccountedWord(word, "done") for word in heard.split()], [[Reached(0, "way", 2.0, 2.1)]]
        return SimpleNamespace(meaning="walk.forward", heard=heard, confidence=0.95, reached=numbers, words=words)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "asks.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES))
    sets = {"asks": {"sha256": sha256_of(tmp_path / "asks.jsonl"), "sentences": len(LINES), "sealed": "2026-12-01"}}
    (tmp_path / seal.NAME).write_text(json.dumps({"sets": sets, "runs": []}))
    return tmp_path


def test_an_answer_and_a_refusal():
    answer = ask(StandIn(), "stroll on", 0)
    assert answer.meaning.key == "walk.forward" and answer.reached[0].got == 2.1 and answer.accounted() == {"stroll", "on"}
    refused = ask(StandIn(), "lovely weather", 0)
    assert refused.meaning is None and refused.heard == "lovely" and refused.confidence == 0.1
    assert answer_of(SimpleNamespace(meaning="", heard="", confidence=None, reached=[], words=[])).meaning.steps == ()


def test_a_file_that_was_changed_is_refused(folder):
    assert open_sealed("asks", folder).name == "asks.jsonl"
    with (folder / "asks.jsonl").open("a") as file:
        file.write("\n")
    with pytest.raises(UserError, match="not the file that was sealed on 2026-12-01"):
        open_sealed("asks", folder)
    with pytest.raises(UserError, match="no sealed set 'voice'"):
        open_sealed("voice", folder)
    (folder / seal.NAME).write_text("{}")
    with pytest.raises(UserError, match="cannot be read"):
        read_seal(folder)


def test_a_run_is_written_down_before_it_begins(folder):
    assert begin_run("asks", {"pack": "some"}, folder) == 1
    assert begin_run("voice", {"pack": "some"}, folder) == 2
    assert [each["result"] for each in read_seal(folder)["runs"]] == ["not finished"] * 2
    end_run(1, {"right": 0.5}, folder)
    first, second = read_seal(folder)["runs"]
    assert first["result"] == {"right": 0.5} and first["set"] == "asks" and first["pack"] == "some" and "UTC" in first["date"]
    assert second["result"] == "not finished"


def test_everything_is_typed_and_what_can_be_said_in_english_is_spoken(folder):
    prompts, generator, said, told = read_prompts(folder / "asks.jsonl"), StandIn(), [], []

    def speak(texts, voices):
        said.extend(zip(texts, voices, strict=True))
        return [np.full(8, "weather" not in text, dtype=np.float32) for text in texts]

    trials = run(generator, prompts, ("a", "b"), lambda done, total: told.append((done, total)), speak=speak)
    assert said == [(text, voice) for voice in "ab" for text in ("stroll on", "lovely weather")]
    assert [given for given in generator.asked if isinstance(given, str)] == [line["text"] for line in LINES]
    assert told[-1] == (8, 8)
    found = summary(trials)
    assert found["by_voice"]["typed"]["outcomes"] == {
        "done": 1, "told": 0, "refused rightly": 1, "partly, silent": 0, "wrong, silent": 2, "refused wrongly": 0,
    }  # fmt: skip
    assert found["by_voice"]["a"]["right"] == 1.0 and found["spoken_right"] == 1.0 and found["sentences"] == 4
    assert found["sure"] == 5 and found["sure_and_silent"] == 0.4  # of five motions at 0.95 two are wrong
    assert json.loads(json.dumps(trials[0].as_dict()))["reached"] == [{"step": 0, "name": "way", "asked": 2.0, "got": 2.1}]


def test_the_table_has_a_row_a_sort_and_a_voice(folder, capsys):
    show(run(StandIn(), read_prompts(folder / "asks.jsonl"), ()))
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("label", "german", "no_instruction", "typed", "all", "50.0%"))


def test_the_command_writes_run_and_results(folder, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command, "open_sealed", lambda name: open_sealed(name, folder))
    for name in ("begin_run", "end_run", "read_seal"):
        monkeypatch.setattr(command, name, partial(getattr(seal, name), folder=folder))
    monkeypatch.setattr("backend.generation.pipeline.Generator.load", lambda *_: StandIn())
    out = tmp_path / "out" / "asks.json"
    for number in (1, 2):
        assert main(["evaluate", "sealed", "--set", "asks", "--json", str(out)]) == 0
        assert f"Run {number} of sealed sets; run {number} of asks.jsonl" in capsys.readouterr().out
    runs = read_seal(folder)["runs"]
    assert [each["number"] for each in runs] == [1, 2] and runs[1]["result"]["right"] == 0.5 and len(runs[0]["pack_sha256"]) == 64
    assert len(json.loads(out.read_text())["trials"]) == 4


def test_the_command_refuses_another_file(folder, monkeypatch, capsys):
    (folder / "asks.jsonl").write_text("")
    monkeypatch.setattr(command, "open_sealed", lambda name: open_sealed(name, folder))
    assert main(["evaluate", "sealed", "--set", "asks"]) != 0
    assert "sealed on 2026-12-01" in capsys.readouterr().err
    assert not read_seal(folder)["runs"]
