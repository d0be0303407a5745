"""A pack's files are what they were when the pack was made, or it is not loaded."""

import json
import shutil
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.packs import pack as packs
from backend.packs.pack import WEIGHTS, find_pack, sha256_of, verify_pack

needs_pack = pytest.mark.skipif(not (WEIGHTS / "open" / "pack.json").exists(), reason="the pack of weights is not there yet")


@pytest.fixture
def pack(tmp_path) -> Path:
    """A pack of two small files."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("a.safetensors", "encoder.json"):
        (folder / name).write_bytes(name.encode() * 100)
    rewrite(folder)
    return folder


def rewrite(folder: Path, **about) -> None:
    about = {"files": ["a.safetensors"]} | about
    if "sha256" not in about:
        about["sha256"] = {file: sha256_of(folder / file) for file in ("a.safetensors", "encoder.json")}
    (folder / "pack.json").write_text(json.dumps(about))


def problem(folder: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        verify_pack(find_pack(folder.name, folder.parent))
    assert "\n" not in caught.value.message and caught.value.hint
    return caught.value


def test_whole(pack):
    verify_pack(find_pack("mine", pack.parent))


@pytest.mark.parametrize("file", ["a.safetensors", "encoder.json"])
def test_one_changed_bit(pack, file):
    content = bytearray((pack / file).read_bytes())
    content[50] ^= 1
    (pack / file).write_bytes(content)
    assert problem(pack).code == "damaged_pack" and file in problem(pack).message


def test_a_file_that_is_gone(pack):
    (pack / "encoder.json").unlink()
    assert problem(pack).code == "damaged_pack"


@pytest.mark.parametrize("about", [
    {"sha256": {}}, {"sha256": {"a.safetensors": "0"}}, {"sha256": None}, {"sha256": [1]}, {"sha256": {"../../x": "0" * 64}},
    {"base": "../mine"}, {"base": "/"}, {"base": 5}, {"base": ""},
    {"files": ["../mine/a.safetensors"]}, {"files": ["/etc/passwd"]}, {"files": ["..\\x"]}, {"files": 5}, {"files": [".."]},
])  # fmt: skip
def test_cards_that_lie(pack, about):
    rewrite(pack, **about)
    assert problem(pack).code == "damaged_pack"


def test_files_of_a_base(pack):
    """What a pack has in common with another one lies there, and is pinned all the same."""
    other = pack.parent / "other"
    other.mkdir()
    (pack / "a.safetensors").rename(other / "a.safetensors")
    (other / "encoder.json").write_text("not taken: there is one in the pack")
    about = json.loads((pack / "pack.json").read_text())
    assert problem(pack).code == "missing_pack"
    rewrite(pack, **about, base="other")
    found = find_pack("mine", pack.parent)
    verify_pack(found)
    assert found.path("a.safetensors").parent == other and found.path("encoder.json").parent == pack
    (other / "a.safetensors").write_bytes(b"of a later version")
    assert "a.safetensors is damaged" in problem(pack).message
    rewrite(pack, **about, base="gone")
    assert problem(pack).code == "missing_pack"


def test_a_base_may_have_a_base(pack):
    for name, about in (("other", '{"base": "ear"}'), ("ear", "")):
        folder = pack.parent / name
        folder.mkdir()
        if about:
            (folder / "pack.json").write_text(about)
    (pack / "a.safetensors").rename(pack.parent / "ear" / "a.safetensors")
    sha256 = json.loads((pack / "pack.json").read_text())["sha256"]
    rewrite(pack, base="other", sha256=sha256)
    found = find_pack("mine", pack.parent)
    verify_pack(found)
    assert found.path("a.safetensors") == pack.parent / "ear" / "a.safetensors"
    (pack.parent / "other" / "pack.json").write_text('{"base": "mine"}')  # in a circle
    assert problem(pack).code == "missing_pack"
    (pack.parent / "other" / "pack.json").write_text('{"base": "../ear"}')
    assert problem(pack).code == "damaged_pack"


def test_a_card_without_end(pack, monkeypatch):
    monkeypatch.setattr(packs, "LARGEST_CARD", 1000)
    rewrite(pack, vocabulary=["a" * 2000])
    assert "too large" in problem(pack).message


@needs_pack
def test_the_shipped_pack_is_the_one_that_was_made():
    pack = find_pack("open")
    assert set(pack.sha256) - {"confidence.json"} == {*pack.files, "encoder.json"}
    verify_pack(pack)


@needs_pack
@pytest.mark.slow
def test_damaged_weights_are_not_loaded(tmp_path, monkeypatch):
    from backend.serve.loading import load_generator

    for name in ("ear", "open"):
        shutil.copytree(WEIGHTS / name, tmp_path / name)
    path = tmp_path / "open" / "instruct.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    monkeypatch.setattr("backend.packs.pack.WEIGHTS", tmp_path)
    with pytest.raises(UserError, match=r"instruct\.safetensors is damaged"):
        load_generator(device="cpu")
