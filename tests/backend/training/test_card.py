"""The model card: licence first, then what was really used, from the data folder and the history."""

import json
from pathlib import Path

import pytest

from backend.training.card import card, note_speech
from backend.training.provenance import Provenance

ROW = {"part": "encoder", "run": "encoder_5", "command": "encoder", "steps": 10, "seconds": 60, "init_sha256": None, "tiers": None,
       "corpora": ["speech", "speech_people"], "validation": {"wer_beam": 0.0312}}  # fmt: skip
PACK = {"name": "mine", "licence": "CC BY-SA 3.0", "tiers": ["open", "authored"], "vocabulary": ["walk", "bow"]}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    files = {
        "motions/index": [{"clip": "a", "tier": "open", "accepted": True, "frames": 1800},
                          {"clip": "b", "tier": "open", "accepted": False, "frames": 1800}],
        "authored/index": [{"name": "bow-00", "frames": 900}],
        "samples": [{"key": "walk.forward@slow>bow+wave.left*2", "sources": ["a", "bow-00"]}],
        "speech/utterances": [{"text": text, "voice": "slt-04"} for text in ("bow", "bow", "walk")],
        "speech_people/utterances": [{"text": "call me", "voice": "librispeech-1"}],
        "speech_kokoro/utterances": [{"text": "walk", "voice": "af_heart"}],
    }  # fmt: skip
    for name, rows in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_it_says_what_was_used(data: Path) -> None:
    history = Provenance(rows=[ROW], notes={"encoder": ["Somebody's remark."]})
    note_speech(history, data)
    text = card(PACK, history, data)
    assert text.startswith("# Weights `mine`\n\nLicence of the weights: **CC BY-SA 3.0**. Free for everybody")
    assert "| open | 1 | 1.0 |" in text and "| authored | 1 | 0.5 |" in text and "noncommercial" not in text
    assert "| instructions, synthetic voices | 3 | 2 | 1 |" in text
    assert "LibriSpeech (CC BY 4.0), written down by Whisper | 1 |" in text
    assert "identities of flite." in text and "Kokoro" not in text, "what the encoder was not trained on is not there"
    assert "Kinds of motion: bow, walk, wave." in text and "Somebody's remark." in text
    assert "| encoder_5 | `python -m backend train encoder` | 10 | 60 | wer_beam 0.0312 |" in text


def test_what_may_not_be_sold_is_said_first(data: Path) -> None:
    text = card(PACK | {"licence": "CC BY-NC 4.0", "tiers": ["open", "noncommercial"], "base": "open"}, Provenance(), data)
    top = text.split("## Data")[0]
    assert "**CC BY-NC 4.0**. **Not for commercial use.**" in top and "Bandai Namco Research" in top and "Free for" not in top
    assert "those of `open`" in top


def test_what_was_heard_is_remembered_where_the_speech_is_gone(data: Path) -> None:
    history = Provenance(rows=[ROW])
    note_speech(history, data)
    before = card(PACK, history, data)
    for name in ("speech", "speech_people"):
        (data / name / "utterances.jsonl").unlink()
    note_speech(history, data)
    assert card(PACK, history, data) == before
    other = Provenance()
    other.take("encoder", history)
    assert other.speech == history.speech and other.engines == ["flite"]


def test_the_recipe_is_named_with_its_hash(data: Path) -> None:
    recipe = {"name": "open", "sha256": "5" * 64}
    text = card(PACK | {"recipe": recipe}, Provenance(), data)
    assert "`python -m backend train recipe open --shared FOLDER`" in text
    assert f"`backend/training/recipes/open.toml`, SHA-256 `{recipe['sha256']}`" in text
    assert "older than the recipes" in card(PACK, Provenance(), data)
