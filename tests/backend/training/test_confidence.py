"""Fitting a confidence: its threshold keeps what it promises, the pack stays whole, and the command runs from end to end."""

import json
import random
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.cli import main
from backend.data.speech import not_instructions as others
from backend.data.speech.speakers import HELD_OUT_VOICES, by_name
from backend.data.speech.speaking import build_test_speech
from backend.data.speech.voices import available, say_all
from backend.errors import UserError
from backend.evaluation import confidence as measuring
from backend.evaluation.confidence import Scores, auroc, auroc_with_interval
from backend.generation.confidence import FILE, LIMIT, SPOKEN, TYPED, ConfidenceModel, Logistic
from backend.packs import pack as packs
from backend.packs.pack import WEIGHTS, find_pack, verify_pack
from backend.training import confidence
from backend.training.pack import add_to_pack

needs_pack = pytest.mark.skipif(not (WEIGHTS / "open" / "pack.json").exists(), reason="the pack of weights is not there yet")
SHARED = Path(__file__).parents[4] / "shared" / "data"


def rows(rng: np.random.Generator, count: int, middle: float, width: float = 1.0) -> confidence.Rows:
    return [dict(zip(SPOKEN, rng.normal(middle, width, 3), strict=True)) for _ in range(count)]


def test_threshold_lets_instructions_pass() -> None:
    """Nearly all where the two are mixed; where there is room, the threshold lies where little else slips through."""
    rng = np.random.default_rng(0)
    instructions = rows(rng, 500, 0.0)
    for distance, least, most in ((1.0, 0.96, 0.98), (6.0, 0.99, 1.0)):
        kinds = [rows(rng, 400, -distance), rows(rng, 50, -distance)]
        function = confidence.fit(instructions, kinds, SPOKEN)
        passing = np.mean([function(row) >= LIMIT for row in instructions])
        slipping = np.mean([function(row) >= LIMIT for kind in kinds for row in kind])
        assert least <= passing <= most
        assert slipping > 0.2 if distance < 2 else slipping == pytest.approx(confidence.SLIPPING, abs=0.01)


def test_kinds_count_alike() -> None:
    """Twenty noises are not drowned by a thousand sentences."""
    rng = np.random.default_rng(1)
    apart = [{"phones": 0.0, "doubt": -9.0, "wording": 0.0} for _ in range(20)]
    function = confidence.fit(rows(rng, 300, 0.0, 0.5), [rows(rng, 1000, -3.0, 0.5), apart], SPOKEN)
    assert not any(function(row) >= LIMIT for row in apart)


def test_auroc_and_its_interval() -> None:
    assert auroc(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1.0
    assert auroc(np.array([1.0, 1.0]), np.array([1.0])) == 0.5
    assert auroc(np.array([1.0, 3.0]), np.array([2.0])) == 0.5
    rng = np.random.default_rng(0)
    one, few = (rng.normal(1.0, 1.0, 300), rng.normal(0.0, 1.0, 300))
    alone = auroc_with_interval(Scores(one, tuple(map(str, range(300)))), Scores(few, tuple(map(str, range(300)))))
    speakers = auroc_with_interval(Scores(one, tuple(str(i % 5) for i in range(300))), Scores(few, tuple(map(str, range(300)))))
    for value, low, high in (alone, speakers):
        assert low < value < high and value == pytest.approx(0.76, abs=0.05)
    assert alone[2] - alone[1] == pytest.approx(0.077, abs=0.02)  # Hanley and McNeil's formula gives 4 x 0.0195


def test_speakers_and_sentences_are_apart() -> None:
    assert not set(others.other_texts(True)) & set(others.other_texts(False))
    share = np.mean([others.for_fitting(str(number)) for number in range(1000)])
    assert 0.4 < share < 0.6


@needs_pack
def test_what_is_written_is_a_whole_pack(tmp_path: Path) -> None:
    for name in ("ear", "open"):
        shutil.copytree(WEIGHTS / name, tmp_path / name)
    card = json.loads((tmp_path / "open" / "pack.json").read_text())
    judge = ConfidenceModel(Logistic(1.0, {"phones": -2.0}), Logistic(0.5, {"meaning": 1.5}))
    text = confidence.to_file(judge, {"fitted": {"instructions": 5}})
    for _ in range(2):  # a second time replaces the first
        add_to_pack(tmp_path / "open", FILE, text, weights=False)
        pack = find_pack("open", tmp_path)
        verify_pack(pack)
        assert ConfidenceModel.from_pack(pack) == judge
    after = json.loads((tmp_path / "open" / "pack.json").read_text())
    assert set(after.pop("sha256")) == {*card.pop("sha256"), FILE} and after == card
    assert json.loads((tmp_path / "open" / FILE).read_text())["fitted"] == {"instructions": 5}
    assert not list((tmp_path / "open").glob("*.part"))


@needs_pack
@pytest.mark.skipif(FILE not in find_pack("open").sha256, reason="this pack has no confidence")
def test_what_is_typed_is_fitted_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after `train pack` of a new instruction model: the judgement of speech stays, and the pack is whole again."""
    for name in ("ear", "open"):
        shutil.copytree(WEIGHTS / name, tmp_path / name)
    for module in (packs, confidence):
        monkeypatch.setattr(module, "WEIGHTS", tmp_path)
    monkeypatch.setattr(measuring, "PROBES", measuring.PROBES[:9])
    card, file = tmp_path / "open" / "pack.json", tmp_path / "open" / FILE
    described, before = json.loads(card.read_text()), json.loads(file.read_text())
    del described["sha256"][FILE]
    card.write_text(json.dumps(described))
    confidence.add_confidence("open", tmp_path, tmp_path, None, limits=confidence.FitData(sentences=40), device="cpu")
    after, pack = json.loads(file.read_text()), find_pack("open", tmp_path)
    verify_pack(pack)
    assert ConfidenceModel.from_pack(pack) is not None and after["spoken"] == before["spoken"]
    assert after["fitted"]["typed instructions"] == 40 and after["fitted"]["read speech"] == before["fitted"]["read speech"]
    assert after["measured"]["auroc"] == before["measured"]["auroc"] and after["measured"]["typed"]["auroc"][0] > 0.7
    file.write_text(json.dumps(after | {"ear": "another"}))
    add_to_pack(tmp_path / "open", FILE, file.read_bytes(), weights=False)
    with pytest.raises(UserError, match="fitted with another audio encoder"):
        confidence.add_confidence("open", tmp_path, tmp_path, None, limits=confidence.FitData(sentences=40), device="cpu")


@needs_pack
@pytest.mark.slow
@pytest.mark.skipif(not all(available().values()), reason="the speech engines are not installed")
def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    """On a small folder of recordings: a judge that tells instructions from the rest ends in the pack."""
    for name in ("ear", "open"):
        shutil.copytree(WEIGHTS / name, tmp_path / "weights" / name)
    for module in (packs, confidence):
        monkeypatch.setattr(module, "WEIGHTS", tmp_path / "weights")
    texts, draw = others.other_texts(True), random.Random(0)
    shared, data = tmp_path / "shared", tmp_path / "data"
    _record(shared / "speech" / "librispeech", [(f"{speaker}-1-0", draw.choice(texts), "rms") for speaker in range(12)])
    _record(
        shared / "speech" / "commands_picovoice", [(f"order {i}", "a small coffee with milk please", "kal16") for i in range(2)]
    )
    folder = shared / "speech" / "noise_esc10"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(12):
        soundfile.write(folder / f"{number}.wav", 0.1 * rng.standard_normal(24_000), 16_000)
    build_test_speech(data / "speech_test", 6)
    build_test_speech(data / "speech", 20, seed=8)  # in the place of the validation split, which takes many shards to have
    listing = data / "speech" / "utterances.jsonl"
    listing.write_text(listing.read_text().replace('"split": "test"', '"split": "val"'))
    monkeypatch.setattr(others, "other_texts", lambda fitting: texts[:8] if fitting else texts[8:16])
    monkeypatch.setattr(confidence, "FitData", partial(confidence.FitData, instructions=30))
    monkeypatch.setattr(measuring, "PROBES", measuring.PROBES[:3])
    assert main(["train", "confidence", "--data", str(data), "--shared", str(shared), "--device", "cpu"]) == 0
    facts = json.loads(capsys.readouterr().out)
    pack = find_pack("open", tmp_path / "weights")
    verify_pack(pack)
    assert ConfidenceModel.from_pack(pack) is not None and set(facts["spoken"]["weights"]) == set(SPOKEN)
    assert set(facts["typed"]["weights"]) == set(TYPED)
    value, low, high = facts["measured"]["auroc"]["LibriSpeech and coffee orders"]
    assert 0.7 < low <= value <= high
    assert facts["fitted"]["instructions"] == 30 and facts["measured"]["counts"]["coffee orders"] == 2


def _record(folder: Path, spoken: list[tuple[str, str, str]]) -> None:
    folder.mkdir(parents=True)
    for (name, *_), wave in zip(spoken, say_all([s[1] for s in spoken], [by_name()[s[2]] for s in spoken]), strict=True):
        soundfile.write(folder / f"{name}.wav", wave, 16_000)


@needs_pack
@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "speech" / "librispeech").exists(), reason="the recordings are not there")
@pytest.mark.skipif(FILE not in find_pack("open").sha256, reason="this pack has no confidence")
def test_people_are_told_from_instructions() -> None:
    """The bar, on a part of the material: AUROC of held-out voices' instructions against people who give none."""
    from itertools import islice

    from backend.evaluation.probes.instructions import PROBES
    from backend.generation.pipeline import Generator

    generator = Generator.load("open", "cpu")
    people = [*islice(others.read_speech(SHARED, fitting=False, cut=False), 20), *islice(others.coffee_orders(SHARED), 20)]
    texts = list(dict.fromkeys(probe.text for probe in PROBES))[::4]
    said = say_all(texts, [HELD_OUT_VOICES[0]] * len(texts))
    confident, other = ([generator.hear(wave)[1] for wave in waves] for waves in (said, [wave for _, wave in people]))
    assert auroc(np.array(confident), np.array(other)) >= 0.9
