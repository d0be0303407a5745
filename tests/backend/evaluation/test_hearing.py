"""PocketSphinx with our language model hrecognisers what a synthetic voice says; the tables around it count rightly."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from backend.errors import NotUnderstood
from backend.evaluation import cascade, hearing, sphinx
from backend.evaluation.probes import PROBES
from backend.language.captions import vocabulary
from tests.backend.motion import source_rigs as rigs

spoken = pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")


@pytest.fixture(scope="module")
def ear() -> sphinx.SphinxRecogniser:
    return sphinx.SphinxRecogniser(sentences_counted=1500)


@spoken
def test_every_word_is_pronounced():
    lines, spelled_out = sphinx.pronunciations()
    assert {line.split()[0].partition("(")[0] for line in lines} == set(vocabulary())
    assert 0 < len(spelled_out) < 0.07 * len(lines)  # "macarena", "breaststroke", ...
    by_word = {line.split()[0]: line.split()[1:] for line in lines}
    assert by_word["walk"] == ["W", "AO", "K"]
    assert by_word["kneels"] == ["N", "IY", "L", "Z"]  # flite's


@spoken
def test_it_hrecognisers_a_clear_sentence(ear):
    from backend.data.speech.voices import say

    assert ear.hear(say("walk forward and then jump three times", "slt")) == "walk forward and then jump three times"
    assert len(ear.hear(np.zeros(16_000, dtype=np.float32)).split()) <= 1  # it has no idea of silence


def test_sentences_are_no_probes_twice_and_the_same_each_time():
    texts = hearing.sentences_to_hear(60)
    assert texts == hearing.sentences_to_hear(60)
    assert sum(group == "grammar" for group, _ in texts) >= 55
    assert {text for group, text in texts if group == "probes"} == {probe.text for probe in PROBES}


class Parrot:
    """Hrecognisers everything; or, hard of hearing, loses the first word of noisy recordings."""

    def __init__(self, hard: bool) -> None:
        self.hard, self.asked = hard, 0

    def hear(self, wave):
        self.asked += 1
        said = "walk forward slowly" if wave[0] == 0 else "sit down"
        return said.partition(" ")[2] if self.hard and len(wave) > 3 else said


def test_words_and_seconds_are_counted(monkeypatch, capsys):
    def speak(texts, voices):
        return [np.array([texts.index(text) % 2, 0, 0], dtype=np.float32) for text in texts]

    monkeypatch.setattr(hearing, "degraded", lambda wave, name, seed: wave if name == "clean" else np.pad(wave, (0, 1)))
    recognisers = {"ours": Parrot(False), "PocketSphinx": Parrot(True)}
    texts = [("grammar", "walk forward, slowly"), ("probes", "sit down")]
    found = hearing.compare(recognisers, texts, ("a", "b"), ("clean", "noise"), speak=speak)
    assert [one.asked for one in recognisers.values()] == [9, 9]  # eight recordings, and one to warm up
    table = hearing.as_dict(found)
    assert table["recordings"] == 8
    assert table["conditions"]["clean"]["PocketSphinx"]["word_error_rate"] == 0.0
    noisy = table["conditions"]["noise"]["PocketSphinx"]
    assert noisy["word_error_rate"] == pytest.approx(2 / 5)
    assert (noisy["grammar"], noisy["probes"], noisy["sentences_right"]) == (pytest.approx(1 / 3, abs=1e-3), 0.5, 0.0)
    assert table["conditions"]["noise"]["ours"]["word_error_rate"] == 0.0
    hearing.show(found)
    assert "PocketSphinx" in capsys.readouterr().out


class Stands:
    """Stands there, whatever is said; remembers what that was."""

    def __init__(self) -> None:
        self.asked: list = []

    def generate(self, wave, *, seed):
        self.asked.append(wave)
        return SimpleNamespace(motions=[rigs.posed(40, {})], heard="", meaning="", seeds=[seed], timings={"hearing": 0.02})


def test_cascade_hands_on_the_words_and_refuses_silence():
    generator = Stands()
    way = cascade.Cascade(Parrot(False), generator)
    answer = way.generate(np.array([1.0, 0, 0]), seed=3)
    assert answer.heard == "sit down" and 0.02 < answer.timings["hearing"] < 1.0
    assert generator.asked == ["sit down"]
    silent = cascade.Cascade(SimpleNamespace(hear=lambda wave: ""), generator)
    with pytest.raises(NotUnderstood):
        silent.generate(np.zeros(3), seed=0)


def test_both_ways_answer_the_same_requests(capsys):
    probes = [probe for probe in PROBES if probe.key in ("stand", "sit")][:4]
    ways = {"end to end": Stands(), "cascade": Stands()}
    speak = lambda texts, voices: [np.zeros(3, dtype=np.float32) for _ in texts]  # noqa: E731
    reports, seconds, understood = cascade.compare(ways, ("a", "b"), (0, 1), probes=probes, speak=speak)
    assert [len(way.asked) for way in ways.values()] == [17, 17]  # 4 probes, 2 voices, 2 seeds; and one to warm up
    assert all(len(kept) == 16 for kept in seconds.values())
    assert all(kept == [0.02] * 16 for kept in understood.values())
    table = cascade.as_dict(
        reports, {"end to end": [0.1] * 16, "cascade": [0.35] * 16}, {"end to end": [0.02] * 9, "cascade": [0.1] * 16}
    )
    assert table["cascade"]["times_the_first"] == 3.5 and table["cascade"]["hearing_times_the_first"] == 5.0
    stands = sum(probe.key == "stand" for probe in probes) / len(probes)
    assert table["end to end"]["by_condition"]["clean"]["mean"] == pytest.approx(stands)
    cascade.show(table)
    assert "3.50 times the first" in capsys.readouterr().out
