"""Rows of the model card: kept where training went on from a pack's weights, gone where it began from nothing."""

import json
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.packs.pack import WEIGHTS, find_pack, sha256_of
from backend.training.provenance import Provenance, rows_of, table, write_settings
from backend.training.training_loop import CHECKPOINT


def make_run(folder: Path, steps: int, init: Path | None = None, tiers: tuple[str, ...] | None = None) -> Path:
    """A run's folder as training leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_settings(folder / "config.json", {"batch": 4}, init, tiers)
    (folder / "validation.csv").write_text(f"step,seconds,loss,extra\n1,2.0,9,\n{steps},12.6,1.234567,\n")
    return folder


@pytest.fixture
def packed(tmp_path: Path) -> tuple[Provenance, Path]:
    """The history of weights whose run is gone, and these weights."""
    weights = tmp_path / "instruct.safetensors"
    weights.write_bytes(b"first")
    history = Provenance()
    history.update("instruct", sha(weights), rows_of(make_run(tmp_path / "old" / "instruct", 500).parent, "instruct"))
    history.notes["instruct"] = ["What was special."]
    return history, weights


def sha(path: Path) -> str:
    return sha256_of(path)


def test_a_row_says_how_a_run_ended(tmp_path: Path) -> None:
    make_run(tmp_path / "tokenizer_refined", 700)
    (tmp_path / "tokenizer_unfinished").mkdir()
    (row,) = rows_of(tmp_path, "tokenizer")
    assert row == {
        "part": "tokenizer", "run": "tokenizer_refined", "command": "decoder", "steps": 700, "seconds": 13, "init_sha256": None,
        "tiers": None, "validation": {"loss": 1.235},
    }  # fmt: skip
    assert table([row])[-1] == "| tokenizer_refined | `python -m backend train decoder` | 700 | 13 | loss 1.235 |"


def test_an_encoders_row_says_what_it_heard(tmp_path: Path) -> None:
    run = make_run(tmp_path / "encoder_2", 30)
    (run / "config.json").unlink()
    write_settings(run / "training.json", {"corpora": [".data/speech", "else/people", "else/people"]}, None)
    assert rows_of(tmp_path, "encoder")[0]["corpora"] == ["speech", "people"]


def test_training_on_keeps_the_earlier_rows(packed: tuple[Provenance, Path], tmp_path: Path) -> None:
    history, weights = packed
    run = make_run(tmp_path / "new" / "instruct", 80, weights)
    history.update("instruct", "b" * 64, rows_of(run.parent, "instruct"))
    assert [row["steps"] for row in history.rows] == [500, 80] and history.notes["instruct"]
    make_run(run, 90, weights)  # the same run, trained further, and packed again
    history.update("instruct", "c" * 64, rows_of(run.parent, "instruct"))
    assert [row["steps"] for row in history.rows] == [500, 90]


def test_training_from_nothing_does_not(packed: tuple[Provenance, Path], tmp_path: Path) -> None:
    history, _ = packed
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"of somebody else")
    for number, init in enumerate((None, other)):
        run = make_run(tmp_path / f"new{number}" / "instruct", 80, init)
        history.update("instruct", str(number) * 64, rows_of(run.parent, "instruct"))
        assert [row["steps"] for row in history.rows] == [80] and not history.notes


def test_the_same_weights_keep_their_rows_without_runs(packed: tuple[Provenance, Path], tmp_path: Path) -> None:
    history, weights = packed
    history.write(tmp_path)
    again = Provenance.read(tmp_path)
    again.update("instruct", sha(weights), [])
    assert again == history and len(again.rows) == 1


def test_new_weights_without_a_run_are_refused(packed: tuple[Provenance, Path]) -> None:
    with pytest.raises(UserError, match="no run of it is there"):
        packed[0].update("instruct", "d" * 64, [])


def test_what_the_weights_it_began_with_were_trained_on_stays(tmp_path: Path) -> None:
    """However often one trains on from them: through a pack, through a run, through a run that is resumed."""
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "pack.json").write_text(json.dumps({"tiers": ["authored", "noncommercial"]}))
    init = tmp_path / "pack" / "instruct.safetensors"
    for number in range(3):
        init.touch()
        run = make_run(tmp_path / str(number) / "instruct", 10, init, ("open", "sharealike"))
        init = run / "instruct.safetensors"
        (row,) = rows_of(run.parent, "instruct")
        assert row["tiers"] == ["open", "sharealike", "noncommercial", "authored"]
    (run / CHECKPOINT).touch()
    make_run(run, 20, None, ("open",))
    assert "noncommercial" in rows_of(run.parent, "instruct")[0]["tiers"]


def test_a_part_of_another_pack_comes_with_its_rows(packed: tuple[Provenance, Path]) -> None:
    mine = Provenance()
    mine.take("instruct", packed[0])
    assert mine == packed[0] and mine.tiers == []
    mine.take("instruct", Provenance())
    assert mine == Provenance()


def test_a_resumed_run_began_where_it_said(tmp_path: Path) -> None:
    weights = tmp_path / "encoder.safetensors"
    weights.write_bytes(b"first")
    file = tmp_path / "run" / "training.json"
    file.parent.mkdir()
    write_settings(file, {"steps": 1}, weights)
    began = json.loads(file.read_text())["init_sha256"]
    weights.write_bytes(b"what the run exported over it")
    (file.parent / CHECKPOINT).touch()
    write_settings(file, {"steps": 2}, weights)
    assert json.loads(file.read_text()) == {"steps": 2, "init": str(weights), "init_sha256": began}


def test_the_open_pack_knows_how_it_was_trained() -> None:
    history = Provenance.read(WEIGHTS / "open")
    for part, value in history.sha256.items():
        path = find_pack("open").path(f"{part}.safetensors")
        assert sha256_of(path) == value
    assert {row["part"] for row in history.rows} == {"encoder", "tokenizer", "instruct"} == history.sha256.keys()
