"""Weights that are damaged or hostile: refused in one sentence, before they cost memory."""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import save, save_file

from backend.errors import UserError
from backend.packs.tensors import build_network, config_of, read_tensors


def header(about: dict, data: bytes = b"") -> bytes:
    raw = json.dumps(about).encode()
    return len(raw).to_bytes(8, "little") + raw + data


def one(shape: list, end: int, dtype: str = "F32") -> dict:
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": [0, end]}}


def test_what_was_saved_is_read(tmp_path):
    tensors = {"a": torch.arange(6.0).reshape(2, 3).half(), "b": torch.tensor([True]), "c": torch.zeros(0, 4)}
    save_file(tensors, tmp_path / "a.safetensors", metadata={"config": "{}"})
    again = read_tensors(tmp_path / "a.safetensors")
    assert again.keys() == tensors.keys() and all(torch.equal(again[name], tensors[name]) for name in tensors)


DAMAGED = {
    "empty": b"",
    "seven bytes": b"\1\0\0\0\0\0\0",
    "no header": (0).to_bytes(8, "little"),
    "header longer than the file": (500).to_bytes(8, "little") + b"{}",
    "header of exabytes": (2**62).to_bytes(8, "little") + b"{}",
    "no json": (3).to_bytes(8, "little") + b"{{{",
    "a list": header([]),
    "deeply nested": (200_000).to_bytes(8, "little") + b"[" * 200_000,
    "a shape of terabytes": header(one([2**40], 4), bytes(4)),
    "many sizes that multiply to terabytes": header(one([2**20, 2**20], 4), bytes(4)),
    "a negative size": header(one([-1], 4), bytes(4)),
    "a size that is true": header(one([True], 4), bytes(4)),
    "nine axes": header(one([1] * 9, 4), bytes(4)),
    "offsets outside": header(one([1], 40), bytes(4)),
    "bytes nobody owns": header(one([1], 4), bytes(400)),
    "a type nobody knows": header(one([1], 4, "F31"), bytes(4)),
    "no shape": header({"a": {"dtype": "F32", "data_offsets": [0, 4]}}, bytes(4)),
    "cut off": save({"a": torch.zeros(100)})[:-50],
    "a pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damage_is_one_sentence(tmp_path, content):
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_tensors(path)
    assert caught.value.code == "bad_weights" and "a.safetensors" in caught.value.message and "\n" not in caught.value.message


def test_a_file_of_many_gigabytes_is_not_read(tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(header(one([1], 4), bytes(4)))
    with path.open("r+b") as stream:
        stream.truncate(40 * 2**30)  # sparse: takes no disk
    with pytest.raises(UserError, match="more than 512 MB"):
        read_tensors(path)


@dataclass
class Sizes:
    width: int = 4
    layers: int = 2
    dropout: float = 0.0
    condition: str = "memory"
    classes: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    sound: bool = True


def test_sizes_from_json():
    values = {"width": 8, "layers": 3, "dropout": 1, "condition": "pooled", "classes": [3, 4], "kinds": ["walk", "run"],
              "sound": False}  # fmt: skip
    assert config_of(Sizes, values) == Sizes(8, 3, 1.0, "pooled", (3, 4), ("walk", "run"), False)


@pytest.mark.parametrize("values", [
    None, [], "x", 5, {"width": 0}, {"width": -1}, {"width": 10**9}, {"width": True}, {"width": 4.0}, {"width": "4"},
    {"layers": 10**6}, {"dropout": float("nan")}, {"condition": "x" * 100}, {"classes": [0]}, {"classes": ["1"]},
    {"kinds": [1]}, {"kinds": ["x" * 100]}, {"sound": 0}, {"sound": "no"},
    {"classes": [1] * 50_000}, {"classes": {"a": 1}}, {"depth": 2}, {"__class__": 1}, {"width": None},
])  # fmt: skip
def test_sizes_that_nobody_can_mean(values):
    with pytest.raises(UserError) as caught:
        config_of(Sizes, values)
    assert caught.value.code == "damaged_pack" and "\n" not in caught.value.message


def test_a_network_larger_than_its_file_is_not_built(tmp_path):
    path = tmp_path / "a.safetensors"
    save_file({"a": torch.zeros(100)}, path)
    assert build_network(lambda: torch.nn.Linear(5, 5), path).weight.device.type == "cpu"
    made = []

    def huge() -> torch.nn.Module:
        layer = torch.nn.Linear(60_000, 60_000)
        made.append(layer.weight.device.type)
        return layer

    with pytest.raises(UserError, match="larger than its weights"):
        build_network(huge, path)
    assert made == ["meta"]


def test_a_pack_that_asks_for_a_giant_is_refused_without_its_memory(tmp_path):
    """The whole loader in a process that may not take more than it honestly needs."""
    root = Path(__file__).parents[3]
    code = (
        "import sys, torch; from pathlib import Path; from backend.packs.tensors import build_network, config_of\n"
        "from backend.model.instruct import InstructConfig, InstructModel; from backend.errors import UserError\n"
        "try: build_network(lambda: InstructModel(config_of(InstructConfig, {'width': 65536, 'layers': 64})), Path(sys.argv[1]))\n"
        "except UserError as error: print(error.code)\n"
    )
    save_file({"a": torch.zeros(100)}, tmp_path / "a.safetensors")
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.safetensors"], cwd=root, capture_output=True, text=True, timeout=300,
        check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (4 * 2**30,) * 2),
    )  # fmt: skip
    assert done.stdout == "bad_weights\n", done.stderr
