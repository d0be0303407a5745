"""EVALUATION.md: it is of the pack that ships, says when a bar is missed, and is written from results alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.evaluation import bars
from backend.evaluation.bars import Bar, number
from backend.evaluation.experiments.context import pack_sha256
from backend.evaluation.report import explanations
from backend.evaluation.report import page as writing
from backend.evaluation.report.tables import MEASURES, METRICS, SOURCES, TRIED
from tests.documentation.pages import links


def entry(value: float) -> dict:
    return {"value": value, "half": 0.01}


def results() -> dict:
    """Results as the experiments give them, with numbers that are told apart."""
    table = {source: {metric: entry(0.5) for metric in METRICS} for source in SOURCES}
    table["real"].pop("multimodality")
    measure = {"real": 1.0, "real_half": 0.1, "generated": 1.5, "generated_half": 0.1, "ratio": 1.5}
    group = {name: dict(measure) for name in MEASURES} | {"motions": {"real": 9, "generated": 8}}
    semantics = {
        "table": table, "sentences": 128, "keys": 90, "takes": {"sentences": 6, "takes": 6}, "ratio_top_3": 0.987,
        "audio_below_text_points": 2.5,
    }  # fmt: skip
    condition = {
        "share": 0.9, "half": 0.02, "trials": 40, "word_error_rate": 0.1, "by_kind": {"walk": [9, 10]}, "by_voice": {"awb": 0.91},
        "compositions": {"then": 0.7, "while": 0.8, "both": 0.75, "trials": 4}, "worst": [["hop", 1, 5]], "seeds": 1,
    }  # fmt: skip
    noisy = condition | {"by_kind": {"walk": [9, 10]}}
    probes = {
        "conditions": {"clean": condition | {"by_kind": {"jump": [1, 2], "walk": [9, 10]}}, "noise": noisy},
        "probes": 20,
        "kinds": 7,
        "voices": ["awb"],
    }
    row = {
        "word_error_rate": 0.07,
        "grammar": 0.1,
        "probes": 0.06,
        "sentences_right": 0.8,
        "seconds": 0.1,
        "seconds_of_speech": 2.0,
    }
    hearing = {"conditions": {"clean": {"ours": row, "PocketSphinx": row}}, "sentences": 12}
    way = {"by_condition": {"clean": {"mean": 0.5}}, "median_seconds": 1.5, "times_the_first": 3.25, "requests": 12}
    way |= {"hearing_seconds": 0.1, "hearing_times_the_first": 3.5}
    cascade = {"ways": {"end to end": way, "cascade": way}, "probes": 6}
    confidence = {
        "auroc": {"LibriSpeech and coffee orders": [0.95, 0.9, 0.99]}, "typed": {"auroc": [0.9, 0.8, 0.95]},
        "refused instructions": {"probes": 0.05}, "refused of those heard rightly": {"probes": 0.01}, "let through": {"noise": 0.1},
    }  # fmt: skip
    return {
        "probes": probes, "confidence": confidence, "hearing": hearing, "cascade": cascade, "semantics": semantics,
        "motion_quality": {"groups": {"walks": group, "arms": group | {"foot_skate_m_s": measure | {"real": 0.001}}}},
        "speed": {"load": 1.0, "cores": 2, "runs": 5, "rows": [{"what": "warm", "text": "0.6 s"}], "warm_seconds": 0.6},
    }  # fmt: skip


def report() -> dict:
    return {
        "pack": "open", "pack_sha256": "a" * 64, "evaluator_sha256": "b" * 64, "files": {"encoder.safetensors": "c" * 64},
        "machine": {"processor": "x86_64", "cores": 2, "device": "cpu", "system": "Linux", "torch": "2.13.0"},
        "results": {name: {"quick": name == "speed", "seconds": 1.0, "result": result} for name, result in results().items()},
        "failed": {"reconstruction": "There is no data."},
    }  # fmt: skip


def test_the_page_in_the_repository_is_of_the_pack_that_ships():
    text = writing.PAGE.read_text(encoding="utf-8")
    assert pack_sha256("open") in text, "measure again: python -m backend evaluate all, then evaluate report"
    said = [getattr(explanations, name) for name in dir(explanations) if name.isupper()]
    assert len(said) == 9 and all(words.strip() in text for words in [*said, writing.SEEN.read_text(encoding="utf-8")])
    assert all(f"## {title}\n" in text for title in writing.TITLES.values())
    assert all((writing.PAGE.parent / target).exists() for target in links(writing.PAGE) if not target.startswith("http"))


def test_bars_are_held_against_the_numbers():
    bar = Bar("walks", "foot skate", "<= 1.2 x", lambda r: r["ratio"], " x", most=1.2)
    assert bar.row({"walks": {"ratio": 1.1}}).endswith("| 1.10 x | <= 1.2 x | yes |")
    assert bar.row({"walks": {"ratio": 1.3}}).endswith("| **no** |")
    assert "not measured" in bar.row({})
    assert [number(v) for v in (0.01234, 1.2345, 12.345, 1234.5, 0)] == ["0.012", "1.23", "12.3", "1234", "0"]


def test_bars_that_were_measured_are_told(capsys):
    """One line each, and whether all hold: what the exit codes of `evaluate` go by."""
    ours = {"clean": {"ours": {"word_error_rate": 0.05}}, "noise": {"ours": {"word_error_rate": 0.16}}}
    assert not bars.tell({"hearing": {"conditions": ours}})
    clean, noise = capsys.readouterr().out.splitlines()
    assert clean.endswith("5.00 %, bar <= 6 %: holds") and noise.endswith("16.0 %, bar <= 15 %: MISSED")
    assert bars.tell({"hearing": {"conditions": {"clean": ours["clean"]}}}) and bars.tell({})


def test_it_writes_page_and_plots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    source, page, ablations = tmp_path / "eval.json", tmp_path / "EVALUATION.md", tmp_path / "ablations.json"
    source.write_text(json.dumps(report()))
    run = {"variant": "mean pooling", "seed": 0, "parameters": 1_000_000, **dict.fromkeys(TRIED, 40.0)}
    setting = {"steps": 5, "batch": 4, "width": 8, "encoder_sha256": "d" * 64, "utterances": {"original": 100, "oral": 100}}
    ablations.write_text(json.dumps({"setting": setting, "runs": [run, run | {"seed": 1, "oral, words, kind": 20.0}]}))
    monkeypatch.setattr(writing, "ABLATIONS", ablations)
    writing.command(source, page)
    text = page.read_text(encoding="utf-8")
    assert "`" + "a" * 64 + "`" in text and "Measured with `--quick` (fewer sentences, seeds and clips): speed." in text
    assert "| 0.987 x | >= 0.95 x | yes |" in text and "| 1.50 x | <= 1.2 x | **no** |" in text
    assert "| 90.0 % | >= 92 % | **no** |" in text and "| 90.0 % | >= 80 % | yes |" in text and "| walk | 9/10 | 9/10 |" in text
    assert "| jump | 1/2 | – |" in text and "Failing most (clean): “hop” 1/5." in text
    assert "| 7.00 % | <= 6 % | **no** |" in text and "| 3.25 x | >= 3 x | yes |" in text
    assert "| clean, ours | 7.0 % | 10.0 % | 6.0 % | 80.0 % |" in text
    assert "| cascade | 50.0 % | – | 1.50 s | 3.25 x | 0.100 s | 3.50 x | 12 |" in text
    assert "0.950 (0.900 to 0.990)" in text
    assert "| walks | 1.50 |" in text and "| arms | – | 1.50 |" in text
    assert "Not measured: There is no data." in text
    assert "| 30.0 ± " in text and text.count("| 40.0 ± ") == len(TRIED) - 1
    assert len(re.findall(r"± 0.010", text)) == 4 * len(METRICS) - 1
    pictures = [tmp_path / target for target in links(page)]
    assert len(pictures) == 5 and all(path.read_bytes()[:4] == b"\x89PNG" and path.stat().st_size < 100_000 for path in pictures)


def test_without_results_it_says_how_to_measure(tmp_path: Path):
    with pytest.raises(UserError, match="evaluate all"):
        writing.command(tmp_path / "none.json", tmp_path / "page.md")
    assert not (tmp_path / "page.md").exists()
