"""Packs are found by name, listed, and refused where they are not whole."""

import json
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.packs.pack import find_pack, list_packs


def make_pack(weights: Path, **about) -> Path:
    folder = weights / "mine"
    folder.mkdir(parents=True)
    (folder / "pack.json").write_text(json.dumps({"licence": "CC-BY-4.0"} | about))
    (folder / "a.safetensors").write_bytes(b"weights")
    return folder


def test_packs(tmp_path):
    make_pack(tmp_path, encoder={"words": ["walk", "a", "walk"]})
    pack = find_pack("mine", tmp_path)
    assert (pack.licence, pack.vocabulary, pack.files) == ("CC-BY-4.0", ("a", "walk"), ("a.safetensors",))
    assert list_packs(tmp_path) == [pack]


@pytest.mark.parametrize(("name", "about", "code", "named"), [
    ("other", {}, "missing_pack", "pack.json"), ("../mine", {}, "unknown_pack", "../mine"),
    ("", {}, "unknown_pack", "''"),
    ("mine", {"files": ["a.safetensors", "b.safetensors"]}, "missing_pack", "b.safetensors"),
    ("mine", {"encoder": 5}, "damaged_pack", "pack.json"),
])  # fmt: skip
def test_packs_that_are_not_whole(tmp_path, name, about, code, named):
    make_pack(tmp_path, **about)
    with pytest.raises(UserError) as caught:
        find_pack(name, tmp_path)
    assert caught.value.code == code and named in caught.value.message and caught.value.hint
