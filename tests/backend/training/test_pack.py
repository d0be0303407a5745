"""What `train pack` writes is a pack that loading accepts: files, sizes and the SHA-256 of each."""

import json
from pathlib import Path

import pytest

from backend import packs
from backend.errors import UserError
from backend.training import pack


@pytest.fixture
def assembled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack put together from runs whose weights are a few bytes; the card, which needs all training data, is left out."""
    monkeypatch.setattr(pack, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(pack, "card", lambda *_: "")
    for part, name in (("tokenizer", "tokenizer_refined"), ("instruct", "instruct")):
        run = tmp_path / "runs" / name
        run.mkdir(parents=True)
        (run / f"{part}.safetensors").write_bytes(part.encode())
        (run / "config.json").write_text(json.dumps({"model": {"width": 8}}))
    folder = tmp_path / "weights" / "mine"
    folder.mkdir(parents=True)
    (folder / "encoder.safetensors").write_bytes(b"encoder")
    (folder / "encoder.json").write_text(json.dumps({"words": ["walk"]}))
    return pack.assemble("mine", tmp_path / "data", tmp_path / "runs")


def test_it_is_accepted(assembled: Path) -> None:
    found = packs.find_pack("mine", assembled.parent)
    packs.verify(found)
    assert set(found.sha256) == {*found.files, "encoder.json"} and found.vocabulary == ("walk",)


def test_new_weights_need_a_new_pack(assembled: Path) -> None:
    (assembled / "instruct.safetensors").write_bytes(b"others")
    with pytest.raises(UserError, match=r"instruct\.safetensors is damaged"):
        packs.verify(packs.find_pack("mine", assembled.parent))
