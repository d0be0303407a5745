"""A part put into a pack: whole and pinned there, and in the packs that take it from there."""

import json
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.packs.pack import find_pack, sha256_of, verify_pack
from backend.training.pack import add_to_pack

FILE = "counter.safetensors"


def card(folder: Path, **more) -> Path:
    folder.mkdir()
    file = folder / "pack.json"
    file.write_text(json.dumps({"licence": "x", "files": [], "sha256": {}} | more))
    return file


def test_a_part_is_pinned_wherever_it_is_used(tmp_path: Path) -> None:
    ground = tmp_path / "ground"
    card(ground)
    add_to_pack(ground, FILE, b"first", weights=True)
    pins = {FILE: sha256_of(ground / FILE)}
    card(tmp_path / "above", base="ground", files=[FILE], sha256=pins)
    card(tmp_path / "apart", base="ground")  # does not use it
    (tmp_path / "apart" / "other.safetensors").write_bytes(b"other")
    (own := tmp_path / "own").mkdir()
    (own / FILE).write_bytes(b"first")
    (own / "pack.json").write_text(json.dumps({"licence": "x", "base": "ground", "files": [FILE], "sha256": pins}))
    add_to_pack(ground, FILE, b"second", weights=True)
    for name in ("ground", "above", "own"):
        pack = find_pack(name, tmp_path)
        verify_pack(pack)
        assert pack.files == (FILE,)
    assert find_pack("above", tmp_path).sha256 != find_pack("own", tmp_path).sha256 == pins
    assert find_pack("apart", tmp_path).sha256 == {}
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_no_weights_is_pinned_and_not_listed(tmp_path: Path) -> None:
    card(tmp_path / "own")
    add_to_pack(tmp_path / "own", FILE, b"first", weights=True)
    add_to_pack(tmp_path / "own", "confidence.json", b"{}", weights=False)
    pack = find_pack("own", tmp_path)
    verify_pack(pack)
    assert "confidence.json" in pack.sha256 and "confidence.json" not in pack.files


def test_a_damaged_neighbour_is_said(tmp_path: Path) -> None:
    card(tmp_path / "own")
    card(tmp_path / "worse").write_text("[")
    with pytest.raises(UserError, match="worse"):
        add_to_pack(tmp_path / "own", FILE, b"first", weights=True)
    verify_pack(find_pack("own", tmp_path))
