"""What `train pack` writes is a pack that loading accepts: files, sizes and the SHA-256 of each, with and without runs."""

import json
from pathlib import Path

import pytest
import torch

from backend.errors import UserError
from backend.packs import pack as packs
from backend.packs.files import save_module
from backend.training import pack
from backend.training.provenance import write_settings

SIZES = {"width": 8}


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs whose networks have a few numbers, beside a folder of weights that has the encoder of a pack `mine`."""
    monkeypatch.setattr(pack, "WEIGHTS", tmp_path / "weights")
    for part, name in (("encoder", "encoder"), ("tokenizer", "tokenizer_refined"), ("instruct", "instruct")):
        run = tmp_path / "runs" / name
        run.mkdir(parents=True)
        (run / "validation.csv").write_text("step,seconds,loss\n7,9.5,0.5\n")
        (run / "config.json").write_text("{}")
        if part != "encoder":
            save_module(run / f"{part}.safetensors", torch.nn.Linear(1, 1), SIZES)
    folder = tmp_path / "weights" / "mine"
    folder.mkdir(parents=True)
    (folder / "encoder.safetensors").write_bytes(b"encoder")
    (folder / "encoder.json").write_text(json.dumps({"words": ["walk"]}))
    return tmp_path / "runs"


@pytest.fixture
def assembled(runs: Path) -> Path:
    return pack.assemble("mine", runs.parent / "data", runs)


def test_it_is_accepted(assembled: Path) -> None:
    found = packs.find_pack("mine", assembled.parent)
    packs.verify_pack(found)
    assert set(found.sha256) == {*found.files, "encoder.json"} and found.vocabulary == ("walk",)
    described = json.loads((assembled / "pack.json").read_text())
    assert described["tokenizer"] == described["instruct"] == SIZES


def test_new_weights_need_a_new_pack(assembled: Path) -> None:
    (assembled / "instruct.safetensors").write_bytes(b"others")
    with pytest.raises(UserError, match=r"instruct\.safetensors is damaged"):
        packs.verify_pack(packs.find_pack("mine", assembled.parent))


def test_it_is_packed_again_without_the_runs(assembled: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in assembled.iterdir()}
    pack.assemble("mine", tmp_path / "data", tmp_path / "gone")
    assert {path.name: path.read_bytes() for path in assembled.iterdir()} == before
    assert "| instruct | `python -m backend train instruct` | 7 | 10 | loss 0.5 |" in before["README.md"].decode()


def test_its_guidance_is_set_once_and_stays(assembled: Path, tmp_path: Path) -> None:
    def defaults(**options: float) -> dict[str, float]:
        pack.assemble("mine", tmp_path / "data", tmp_path / "gone", settings=options)
        return json.loads((assembled / "pack.json").read_text())["defaults"]

    assert defaults() == pack.DEFAULTS
    assert defaults(guidance=1.0) == defaults() == pack.DEFAULTS | {"guidance": 1.0}


def test_a_pack_on_a_base_has_only_what_differs(assembled: Path, tmp_path: Path) -> None:
    """And it is under the licence of what it was trained on, wherever it is shown; its base stays what it was."""
    weights, run = tmp_path / "weights", tmp_path / "research" / "instruct"
    run.mkdir(parents=True)
    write_settings(run / "config.json", {}, assembled / "instruct.safetensors", ["open", "noncommercial"])
    (run / "validation.csv").write_text("step,seconds,loss\n70,99,0.25\n")
    save_module(run / "instruct.safetensors", torch.nn.Linear(2, 2), SIZES)
    before = {path.name: path.read_bytes() for path in assembled.iterdir()}
    folder = pack.assemble("research", tmp_path / "data", run.parent, base="mine")
    assert {path.name for path in folder.iterdir()} == {"instruct.safetensors", "pack.json", "training.json", "README.md"}
    assert {path.name: path.read_bytes() for path in assembled.iterdir()} == before
    found = packs.find_pack("research", weights)
    packs.verify_pack(found)
    assert found.noncommercial and found.licence == "CC BY-NC 4.0" and not packs.find_pack("mine", weights).noncommercial
    assert "**Not for commercial use.**" in (folder / "README.md").read_text().split("## ")[0]
    rows = json.loads((folder / "training.json").read_text())["rows"]
    assert [(row["run"], row["steps"]) for row in rows if row["part"] == "instruct"] == [("instruct", 7), ("instruct", 70)]
    (assembled / "encoder.safetensors").write_bytes(b"another encoder")
    with pytest.raises(UserError, match=r"encoder\.safetensors is damaged"):
        packs.verify_pack(found)


def test_a_part_that_is_nowhere_is_named(runs: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"tokenizer\.safetensors is missing\. Train the tokenizer first"):
        pack.assemble("mine", tmp_path / "data", tmp_path / "gone")
    assert not (tmp_path / "weights" / "mine" / "pack.json").exists()
