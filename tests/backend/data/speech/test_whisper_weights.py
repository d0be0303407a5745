"""Reading CTranslate2's file of arrays: what is asked for, exactly, or one clear sentence."""

import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.audio.whisper_stem import WhisperStem
from backend.data.speech import published
from backend.data.speech.whisper_weights import _CONVOLUTIONS, _LAYER, stem_weights
from backend.errors import UserError


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def array(name: str, values: np.ndarray) -> bytes:
    data = values.astype(np.float16).tobytes()
    shape = struct.pack("<B", values.ndim) + b"".join(struct.pack("<I", n) for n in values.shape)
    return text(name) + shape + struct.pack("<BI", 4, len(data)) + data


def model(folder: Path, layers: int, version: int = 6, without: str = "") -> Path:
    """A Whisper with the shapes of the stem, each array full of its own number."""
    shapes = {name: value.shape for name, value in WhisperStem(layers, 8).state_dict().items()}
    theirs = dict(_CONVOLUTIONS)
    for number in range(layers):
        theirs |= {f"encoder/layer_{number}/{old}": f"layers.{number}.{new}" for old, new in _LAYER.items()}
    arrays = [array(old, np.full(shapes[new], n)) for n, (old, new) in enumerate(theirs.items()) if old != without]
    arrays.append(array("decoder/embeddings", np.zeros((3, 2))))
    (folder / "whisper").mkdir()
    head = struct.pack("<I", version) + text("WhisperSpec") + struct.pack("<II", 3, len(arrays))
    (folder / "whisper" / "model.bin").write_bytes(head + b"".join(arrays))
    return folder


@pytest.fixture
def pin(monkeypatch) -> Callable[[Path], Path]:
    """Take the file in a folder for the published one."""

    def pinned(folder: Path) -> Path:
        data = (folder / "whisper" / "model.bin").read_bytes()
        monkeypatch.setitem(published.SHA256, "whisper/model.bin", hashlib.sha256(data).hexdigest())
        return folder

    return pinned


def test_the_stem_takes_everything_it_can_from_whisper(tmp_path, pin):
    stem = WhisperStem(2, 8)
    answer = stem.load_state_dict(stem_weights(2, pin(model(tmp_path, 2))), strict=False)
    assert answer.missing_keys == ["norm.weight", "norm.bias", "out.weight", "out.bias"] and not answer.unexpected_keys
    assert float(stem.convolutions[0].bias[0]) == 1.0  # the second array of the file
    assert all(bool((value == value.flatten()[0]).all()) for name, value in stem.state_dict().items() if "layers" in name)


@pytest.mark.parametrize("fault", [{"version": 5}, {"without": "encoder/layer_0/ffn/linear_1/bias"}])
def test_a_file_of_another_kind_is_refused(tmp_path, pin, fault):
    with pytest.raises(UserError, match="no Whisper of CTranslate2"):
        stem_weights(1, pin(model(tmp_path, 1, **fault)))


def test_a_file_that_ends_too_early_is_refused(tmp_path, pin):
    file = model(tmp_path, 1) / "whisper" / "model.bin"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(UserError, match="no Whisper of CTranslate2"):
        stem_weights(1, pin(tmp_path))


def test_a_file_that_is_not_the_published_one_is_refused_unread(tmp_path):
    with pytest.raises(UserError, match="not the file that its authors published") as error:
        stem_weights(1, model(tmp_path, 1))
    assert "data voices" in error.value.hint


def test_without_whisper_it_says_what_to_run(tmp_path):
    with pytest.raises(UserError) as error:
        stem_weights(1, tmp_path)
    assert "data voices" in error.value.hint
