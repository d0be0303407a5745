"""Weights: damaged files and lying headers, and now and then a whole pack with fitting hashes."""

from __future__ import annotations

import contextlib
import json
import math
from dataclasses import asdict
from pathlib import Path
from random import Random

import torch
from safetensors.torch import save

from backend.audio.encoder import AudioEncoder, EncoderConfig, save_encoder
from backend.audio.words import WordList, WordModel
from backend.errors import UserError
from backend.generation.pipeline import Generator
from backend.language.meaning import all_classes
from backend.model.instruct import InstructConfig, InstructModel
from backend.model.tokenizer import MotionTokenizer, TokenizerConfig
from backend.motion.controls import CONTROLS
from backend.packs import pack as packs
from backend.packs.files import save_module
from backend.packs.tensors import read_tensors
from tests.fuzz.mutate import INTERESTING, damaged

TYPES = ("F32", "F16", "BF16", "I64", "BOOL", "U8", "F64", "F8_E4M3", "F4", "I3", "", 5, None)
PARTS = ("encoder.safetensors", "tokenizer.safetensors", "instruct.safetensors", "encoder.json", "pack.json")
ENCODER = EncoderConfig(words=4, phones=6, width=16, blocks=1, heads=2, feed_forward=16, channels=2, phone_block=1)
TOKENIZER = TokenizerConfig(width=8, depth=1, code_dim=8, codes=8, layers=2)
INSTRUCT = InstructConfig(
    speech_width=16, words=4, width=16, layers=1, residual_layers=1, heads=2, memories=4, slots=2, codes=8, quantizers=2,
    controls=tuple(CONTROLS), **asdict(all_classes()),
)  # fmt: skip
WHOLE = 0.01  # share of cases that load a whole pack, which takes a hundred times as long


class Target:
    def __init__(self, folder: Path) -> None:
        torch.manual_seed(0)
        torch.set_num_threads(1)
        self.path = folder / "case.safetensors"
        packs.WEIGHTS = folder
        self.pack = folder / "open"
        words = WordList.make(["walk", "wave", "jump"], {"walk": ["w", "ao", "k"], "wave": ["w", "ey", "v"]})
        save_encoder(self.pack, AudioEncoder(ENCODER, words, WordModel.estimate([[1], [2], [3]], classes=5)))
        save_module(self.pack / "tokenizer.safetensors", MotionTokenizer(TOKENIZER), {})
        save_module(self.pack / "instruct.safetensors", InstructModel(INSTRUCT), {})
        self.card = {
            "name": "open", "licence": "CC0", "vocabulary": list(words.words), "files": list(PARTS[:3]),
            "tokenizer": asdict(TOKENIZER), "instruct": asdict(INSTRUCT),
            "use_sound": True,
            "defaults": {"guidance": 3.0, "rounds": 2, "temperature": 0.6, "residual_temperature": 0.5, "keep": 0.1},
        }  # fmt: skip
        self.originals = {name: (self.pack / name).read_bytes() for name in PARTS[:4]}
        tensors = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.zeros(4, dtype=torch.int64), "c": torch.zeros(0)}
        self.small = save(tensors, {"k": "v"})
        self.seeds = [self.small, *(self.originals[name] for name in PARTS[:3])]

    def case(self, rng: Random) -> dict | bytes:
        if rng.random() < WHOLE:
            return self.whole(rng)
        if rng.random() < 0.5:
            return damaged(rng, rng.choice((self.small, self.small, rng.choice(self.seeds))), self.seeds)
        return self.lying(rng)

    @staticmethod
    def lying(rng: Random) -> bytes:
        """A made-up header and some data."""
        numbers = (*INTERESTING, 2, 3, -1, 1.5, True, None, "3", 2**64)
        header, offset = {}, 0
        for number in range(rng.choice((0, 1, 1, 2, 5))):
            shape = [rng.choice((1, 2, 3)) for _ in range(rng.choice((0, 1, 2, 9)))]
            kind = rng.choice(("F32", "F32", rng.choice(TYPES)))
            begin, offset = offset, offset + 4 * math.prod(shape)
            about = {"dtype": kind, "shape": shape, "data_offsets": [begin, offset]}
            lie = rng.random()
            if lie < 0.2:
                about["shape"] = [rng.choice(numbers) for _ in range(rng.choice((1, 2, 3)))]
            elif lie < 0.4:
                about["data_offsets"] = [rng.choice(numbers) for _ in range(rng.choice((1, 2, 2, 2, 3)))]
            elif lie < 0.45:
                about = rng.choice((None, [], 5, "x", {}, {"shape": []}, {**about, "shape": 3}))
            header[rng.choice((f"t{number}", "", "__metadata__", "../x", "\0", "t" * 1000))] = about
        raw = json.dumps(header).encode()
        raw = damaged(rng, raw) if rng.random() < 0.2 else raw
        if rng.random() < 0.02:
            raw = rng.choice((b"[", b'{"a":', b'{"a":[')) * rng.choice((100, 50_000))
        length = len(raw) if rng.random() < 0.9 else rng.choice(INTERESTING)
        return length.to_bytes(8, "little") + raw + bytes(offset if rng.random() < 0.9 else rng.choice((0, 7, 5000)))

    def whole(self, rng: Random) -> dict:
        """A pack with one damaged part; its card gets the hashes of the damaged files."""
        part = rng.choice(PARTS)
        if part.endswith(".safetensors"):
            return {part: damaged(rng, self.originals[part], self.seeds)}
        described = self.card if part == "pack.json" else json.loads(self.originals[part])
        if rng.random() < 0.3:
            return {part: damaged(rng, json.dumps(described).encode())}
        described = json.loads(json.dumps(described))
        place = described[rng.choice([key for key, value in described.items() if isinstance(value, dict)])]
        if place:
            values = (*INTERESTING, -1, 0.5, True, None, "x", [], {}, [1] * 3000, math.nan, 64, 4096)
            place[rng.choice([*place, "other"])] = rng.choice(values)
        return {part: json.dumps(described).encode()}

    def run(self, made: dict | bytes) -> None:
        if isinstance(made, dict):
            return self.load(made)
        self.path.write_bytes(made)
        try:
            tensors = read_tensors(self.path)
        except UserError as error:
            assert error.message.endswith(".") and "\n" not in error.message
        else:
            assert sum(value.numel() * value.element_size() for value in tensors.values()) <= len(made)
        return None

    def load(self, changed: dict[str, bytes]) -> None:
        for name, content in (self.originals | changed).items():
            (self.pack / name).write_bytes(content)
        card = changed.get("pack.json")
        if card is None:
            card = json.dumps(self.card).encode()
        fitting = {name: packs.sha256_of(self.pack / name) for name in PARTS[:4]}
        with contextlib.suppress(ValueError, TypeError, RecursionError):  # a card that is no object any more
            about = json.loads(card)
            about["sha256"] = fitting
            card = json.dumps(about).encode()
        (self.pack / "pack.json").write_bytes(card)
        try:
            Generator.load("open", "cpu")
        except UserError as error:
            assert error.message.endswith(".") and "\n" not in error.message and len(error.message) < 1000, error.message
