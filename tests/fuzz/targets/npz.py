"""Motion files, for both readers: damaged zips, and whole zips with lying npy headers."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from random import Random

import numpy as np

from backend.errors import UserError
from backend.motion.files import load_motion, save_motion
from backend.motion.motion import Motion
from tests.fuzz.addon import addon
from tests.fuzz.mutate import INTERESTING, damaged

KINDS = ("<f4", "<f8", "<f2", ">f4", "|O", "<i8", "<U8", "<U999999999", "|S4", "<c16", "<M8[s]", "|V8", "<g", "?", "x", "<f4,<f4")
NUMBERS = (*INTERESTING, -1, 3, 4, 55, 165, 36_000, 2**64)


class Target:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "case.npz"
        self.addon = addon("motion.files")
        rotations = np.zeros((4, 55, 4), np.float32)
        rotations[..., 3] = 1.0
        motion = Motion(rotations, np.tile(np.float32([0, 0.95, 0]), (4, 1)))
        save_motion(self.path, motion, seed=5, heard="walk", model="open 0.1.0")
        packed = self.path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            self.entries = {name: archive.read(name) for name in archive.namelist()}
        self.seeds = [packed, self.zipped(self.entries, zipfile.ZIP_STORED)]

    @staticmethod
    def zipped(entries: dict[str, bytes], method: int) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
        return buffer.getvalue()

    def case(self, rng: Random) -> bytes:
        how = rng.random()
        if how < 0.4:
            return damaged(rng, rng.choice(self.seeds), self.seeds)
        entries = dict(self.entries)
        for _ in range(rng.choice((1, 1, 2))):
            name = rng.choice(("poses", "trans", "pelvis_rest", "mocap_frame_rate", "heard", "seed", "up_axis")) + ".npy"
            entries[name] = self.npy(rng) if how < 0.8 else damaged(rng, entries[name], [self.npy(rng)])
        if rng.random() < 0.1:
            del entries[rng.choice(list(entries))]
        if rng.random() < 0.05:
            entries |= {f"../{number}.npy": b"" for number in range(rng.choice((1, 100)))}
        return self.zipped(entries, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)))

    def npy(self, rng: Random) -> bytes:
        """A made-up header and some numbers."""
        shape = tuple(rng.choice(NUMBERS) for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 33))))
        if rng.random() < 0.4:
            shape = rng.choice(((4, 165), (4, 3), (3,), ()))
        kind = rng.choice(KINDS) if rng.random() < 0.6 else "<f4"
        header = f"{{'descr': {kind!r}, 'fortran_order': {rng.random() < 0.2}, 'shape': {shape!r}, }}"
        if rng.random() < 0.15:
            header = damaged(rng, header.encode()).decode("latin1")
        if rng.random() < 0.02:
            header = rng.choice(("(", "-", "[{", "lambda:")) * rng.choice((10, 5000, 20_000))
        version = rng.choice((b"\x01\x00",) * 8 + (b"\x02\x00", b"\x03\x00"))
        text = header.encode("utf-8").ljust(117) + b"\n"
        length = len(text) if rng.random() < 0.95 else rng.choice(INTERESTING)
        size = 2 if version[0] == 1 else 4
        raw = rng.choice((bytes(4 * 165 * 4), rng.randbytes(4 * 165 * 4), b"\0\0\xf0A" * 3, b"", bytes(200_000)))
        return b"\x93NUMPY" + version + (length % 256**size).to_bytes(size, "little") + text + raw

    def run(self, content: bytes) -> None:
        self.path.write_bytes(content)
        try:
            motion = load_motion(self.path)
        except UserError as error:
            assert error.message.endswith(".") and "\n" not in error.message
        else:
            assert np.isfinite(motion.rotations).all() and np.isfinite(motion.pelvis).all()
        try:
            data = self.addon.load_motion(self.path)
        except self.addon.MotionFileError as error:
            assert str(error).endswith(".") and "\n" not in str(error)
        else:
            assert np.isfinite(data.rotations).all() and np.isfinite(data.pelvis).all() and 1 <= data.fps <= 1000
            assert -(2**63) <= data.seed < 2**64 and all(len(text) <= 16_384 for text in (data.heard, data.model, data.audio))
