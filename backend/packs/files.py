"""A network's weights to a safetensors file and back, and the device to put them on.

Weights are stored as fp16 and used as fp32, so what is measured is what ships. The folders such files come in are packs (`pack`).
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from ..errors import UserError
from .tensors import damaged_weights, read_tensors
from .whole_files import write_whole

# running averages of the codebooks, as large as these; only training needs them
TRAINING_ONLY = (".embed_avg", ".cluster_size")


def save_module(path: Path, module: nn.Module, config: dict) -> None:
    """Write a module's weights as fp16, its sizes in the header.

    Integers and flags stay as they are. Raises OSError.
    """
    tensors = {
        name: (value.half() if value.is_floating_point() else value).cpu().contiguous().clone()
        for name, value in module.state_dict().items()
        if not name.endswith(TRAINING_ONLY)
    }
    write_whole(path, save(tensors, metadata={"config": json.dumps(config)}))


def saved_config(path: Path) -> dict:
    """The sizes in the header of a file of `save_module`. UserError where there are none."""
    try:
        with safe_open(path, framework="pt") as file:
            return json.loads((file.metadata() or {})["config"])
    except OSError as error:
        raise UserError("bad_weights", f"The weights {path} cannot be read.", "Is that the right folder?") from error
    except (SafetensorError, KeyError, ValueError) as error:
        raise damaged_weights(path, "their header states no sizes") from error


def load_module(path: Path, module: nn.Module) -> nn.Module:
    """Fill a module from a file of `save_module`, in eval mode and fp32.

    UserError where the file is missing or does not fit.
    """
    try:
        tensors = read_tensors(path)
        kept = {name: value for name, value in module.state_dict().items() if name.endswith(TRAINING_ONLY)}
        module.load_state_dict(kept | {k: v.float() if v.is_floating_point() else v for k, v in tensors.items() if k not in kept})
    except OSError as error:
        raise UserError("bad_weights", f"The weights {path} cannot be read.", "Install the extension again.") from error
    except RuntimeError as error:  # other names or shapes
        raise damaged_weights(path, "they do not fit the network") from error
    return module.eval().requires_grad_(False)


def grow_rows(rows: torch.Tensor, count: int) -> torch.Tensor:
    """A table with one row per word class, grown to ``count`` classes for a longer word list.

    Old words and CTC's blank keep their rows, ``<unk>`` moves to the end, and new words start as the average word (`audio.words`).
    """
    new = rows[1:-1].mean(0, keepdim=True).expand(count - len(rows), *rows.shape[1:])
    return torch.cat([rows[:-1], new, rows[-1:]])


def load_parts(path: Path, module: nn.Module, word_tables: tuple[str, ...] = ()) -> list[str]:
    """Copy into a module every tensor of a file that the module has in the same shape.

    The file is one of `save_module`. Tensors named in ``word_tables`` have a row per word class and may be of a shorter word list
    (`grow_rows`). Returns the names of the module's children in which some tensor was not copied.
    """
    tensors, state = read_tensors(path), module.state_dict()
    for name in word_tables:
        if name in tensors and name in state and len(tensors[name]) < len(state[name]):
            tensors[name] = grow_rows(tensors[name].float(), len(state[name]))
    fitting = {k: v.float() for k, v in tensors.items() if k in state and v.shape == state[k].shape}
    module.load_state_dict(fitting, strict=False)
    return sorted({name.split(".")[0] for name in state if name not in fitting})


def device_named(name: str) -> torch.device:
    """``auto``, ``cpu`` or ``cuda``. Raises UserError where CUDA is asked for and there is none."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError("no_cuda", "No CUDA device is available here.", "Use --device cpu, or leave it on auto.")
    return torch.device(name)
