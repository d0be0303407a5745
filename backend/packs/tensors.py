"""Reading untrusted safetensors: sizes are checked before memory is taken; no code runs.

The format is a length, a JSON header and raw numbers. The sizes of file and header are bounded, the file is read once (not mapped:
truncating a mapped file kills the process), and a network is built only where it is no larger than its file. Hashes are compared
in `pack`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from backend.errors import UserError, shortened

MAX_BYTES = 512 * 2**20  # of a file; ours have up to 26 MB
MAX_HEADER = 2**20  # bytes; ours have 15 kB
MAX_TENSORS = 10_000
MAX_SIZE = 65_536  # of anything a config counts
# numbers of modules, which take time to build even on the meta device
MAX_MODULES = {"layers": 64, "residual_layers": 64, "blocks": 64, "depth": 16, "quantizers": 64, "heads": 256}
MAX_LIST = 10_000
MAX_NAME = 64  # letters of a name in a config
SPARE = 1_000_000  # numbers a network may have beyond its file: computed buffers

Config = TypeVar("Config")


def read_tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a file, copied into memory. Raises UserError ``bad_weights`` and OSError."""
    read_header(path)
    try:
        return load(path.read_bytes())
    except (SafetensorError, ValueError, RuntimeError, KeyError, TypeError) as error:
        raise damaged_weights(path, str(error)) from error


def read_header(path: Path) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a file's tensors. Raises UserError ``bad_weights`` and OSError."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise damaged_weights(path, f"it has more than {MAX_BYTES >> 20} MB")
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if not 0 < length <= min(MAX_HEADER, size - 8):
            raise damaged_weights(path, "its header has no possible length")
        raw = stream.read(length)
    try:
        header = json.loads(raw)
        shapes = {name: shape_of(about) for name, about in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged_weights(path, "its header cannot be read") from error
    if len(shapes) > MAX_TENSORS:
        raise damaged_weights(path, f"it has more than {MAX_TENSORS} tensors")
    return shapes


def shape_of(about: dict) -> tuple[int, ...]:
    """The shape in a tensor's header. Raises ValueError, KeyError or TypeError."""
    shape = tuple(about["shape"])
    if len(shape) > 8 or not all(type(size) is int and 0 <= size <= MAX_BYTES for size in shape):
        raise ValueError(f"impossible shape {shape}"[:100])
    return shape


def config_of(kind: type[Config], values: object) -> Config:
    """A config dataclass from untrusted JSON: known fields, bounded numbers.

    UserError ``damaged_pack`` for anything else.
    """
    known = {field.name: type(field.default) for field in fields(kind)}
    of_names = {field.name for field in fields(kind) if "str" in str(field.type)}
    checked = {}
    for name, value in values.items() if isinstance(values, dict) else [("", None)]:
        wanted = known.get(name)
        most = MAX_MODULES.get(name, MAX_SIZE)
        if wanted is int and type(value) is int and 1 <= value <= most:
            checked[name] = value
        elif wanted is float and type(value) in (int, float) and math.isfinite(value):
            checked[name] = float(value)
        elif type(value) is wanted is bool or (wanted is str and isinstance(value, str) and len(value) <= MAX_NAME):
            checked[name] = value
        elif wanted is tuple and isinstance(value, list) and len(value) <= MAX_LIST:
            names = all(isinstance(one, str) and len(one) <= MAX_NAME for one in value)
            if not (names if name in of_names else all(type(one) is int and 1 <= one <= MAX_SIZE for one in value)):
                raise bad_config(kind, name)
            checked[name] = tuple(value)
        else:
            raise bad_config(kind, name)
    return kind(**checked)


def build_network(make: Callable[[], nn.Module], path: Path) -> nn.Module:
    """Build a network whose sizes come from a file, unless it is larger than its weights.

    It is built on the meta device first, which takes no memory. Raises UserError ``bad_weights`` and OSError.
    """
    available = sum(math.prod(shape) for shape in read_header(path).values())
    try:
        with torch.device("meta"):
            needed = sum(value.numel() for value in make().state_dict().values())
    except (ValueError, RuntimeError, AssertionError, ArithmeticError, TypeError) as error:
        raise damaged_weights(path, f"there is no network of such sizes ({type(error).__name__})") from error
    if needed > 2 * available + SPARE:  # running averages are in the network but not in the file
        raise damaged_weights(path, "its network is larger than its weights")
    return make()


def bad_config(kind: type, name: str) -> UserError:
    """The error for a config that no network can be built from."""
    return UserError(
        "damaged_pack", f"The pack's sizes are damaged ({kind.__name__}: {name[:40]!r}).", "Install the extension again."
    )


def damaged_weights(path: Path, reason: str) -> UserError:
    """The error for a file that cannot be used."""
    return UserError(
        "bad_weights",
        f"The weights {shortened(path)} are damaged or made for another version: {reason[:200]}.",
        "Install the extension again.",
    )
