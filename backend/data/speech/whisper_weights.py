"""Whisper's encoder weights as plain arrays, from its CTranslate2 file.

The file holds a version and named arrays, each with shape, type and bytes. The encoder's are kept, under the names of
`audio.whisper_stem`.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from torch import Tensor

from ...errors import UserError
from .downloads import FOLDER, folder_of
from .published import check_published

VERSION = 6
_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_CONVOLUTIONS = {
    "encoder/conv1/weight": "convolutions.0.weight", "encoder/conv1/bias": "convolutions.0.bias",
    "encoder/conv2/weight": "convolutions.1.weight", "encoder/conv2/bias": "convolutions.1.bias",
}  # fmt: skip
_LAYER = {
    "self_attention/layer_norm/gamma": "attention_norm.weight", "self_attention/layer_norm/beta": "attention_norm.bias",
    "self_attention/linear_0/weight": "qkv.weight", "self_attention/linear_0/bias": "qkv.bias",
    "self_attention/linear_1/weight": "attention_out.weight", "self_attention/linear_1/bias": "attention_out.bias",
    "ffn/layer_norm/gamma": "feed_norm.weight", "ffn/layer_norm/beta": "feed_norm.bias",
    "ffn/linear_0/weight": "feed_in.weight", "ffn/linear_0/bias": "feed_in.bias",
    "ffn/linear_1/weight": "feed_out.weight", "ffn/linear_1/bias": "feed_out.bias",
}  # fmt: skip


def stem_weights(layers: int, folder: Path = FOLDER) -> dict[str, Tensor]:
    """Whisper's convolutions and first ``layers`` layers, for `WhisperStem`, float32.

    UserError where Whisper has not been fetched or the file is not the published one.
    """
    path = check_published(folder_of("whisper", folder), "model.bin")
    names = dict(_CONVOLUTIONS)
    for number in range(layers):
        names |= {f"encoder/layer_{number}/{theirs}": f"layers.{number}.{ours}" for theirs, ours in _LAYER.items()}
    try:
        with path.open("rb") as file:
            found = _arrays(file, names)
        missing = sorted(set(names.values()) - set(found))
        if missing:
            raise ValueError(f"it has no {missing[0]}")
    except (ValueError, KeyError, struct.error) as error:
        hint = "Delete its folder and fetch it again."
        raise UserError("bad_whisper", f"{path} is no Whisper of CTranslate2: {error}.", hint) from error
    return found


def _arrays(file: BinaryIO, names: dict[str, str]) -> dict[str, Tensor]:
    def number(kind: str) -> int:
        return struct.unpack("<" + kind, file.read(struct.calcsize(kind)))[0]

    def text() -> str:
        return file.read(number("H"))[:-1].decode()

    if (version := number("I")) != VERSION:
        raise ValueError(f"version {version} is not {VERSION}")
    text()  # the model's name
    number("I")  # its revision
    found = {}
    for _ in range(number("I")):
        name = text()
        shape = tuple(number("I") for _ in range(number("B")))
        kind, size = number("B"), number("I")
        data = file.read(size)
        if name in names:
            array = np.frombuffer(data, _TYPES[kind]).reshape(shape)
            found[names[name]] = torch.from_numpy(array.astype(np.float32))
    return found
