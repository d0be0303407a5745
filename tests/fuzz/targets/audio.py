"""Recordings in every readable format, damaged, cut, spliced and with lying headers."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from random import Random

import numpy as np
import soundfile

from backend.audio.reading import LONGEST, SAMPLE_RATE, SHORTEST, read_instruction
from backend.errors import UserError
from tests.backend.audio.recordings import write
from tests.fuzz.mutate import INTERESTING, damaged

FORMATS = (
    ("WAV", "PCM_16"), ("WAV", "PCM_U8"), ("WAV", "PCM_24"), ("WAV", "FLOAT"), ("WAV", "ULAW"), ("WAV", "IMA_ADPCM"),
    ("WAV", "MS_ADPCM"), ("WAV", "GSM610"), ("WAVEX", "PCM_16"), ("RF64", "PCM_16"), ("W64", "PCM_16"), ("FLAC", "PCM_16"),
    ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16"), ("AU", "PCM_16"),
    ("CAF", "PCM_16"), ("CAF", "ALAC_16"), ("VOC", "PCM_16"), ("NIST", "PCM_16"), ("SVX", "PCM_16"), ("HTK", "PCM_16"),
    ("AVR", "PCM_16"), ("MAT4", "PCM_16"), ("MAT5", "PCM_16"), ("PVF", "PCM_16"), ("IRCAM", "PCM_16"), ("WVE", "ALAW"),
    ("MPC2K", "PCM_16"), ("PAF", "PCM_16"), ("SDS", "PCM_16"), ("XI", "DPCM_16"),
)  # fmt: skip
# By FFmpeg: file and encoder
OTHERS = (
    "a.m4a aac", "a.mov alac", "a.webm libopus", "a.mka flac", "a.wma wmav2", "a.3gp libopencore_amrnb", "a.amr libopencore_amrnb",
    "a.aac aac", "a.ac3 ac3", "a.mp2 mp2", "a.flv nellymoser", "a.ts aac", "a.avi pcm_s16le", "a.wv wavpack", "a.tta tta",
    "a.caf alac", "a.nut pcm_s16le", "a.rm ac3", "a.mpg mp2",
)  # fmt: skip
COMMON = 16  # the first are the common ones: half of all cases
RATES = (*INTERESTING, 3999, 4000, 8000, 44_100, 768_000, 768_001)
ENDINGS = (".wav", ".flac", ".mp3", ".ogg", ".raw", ".aiff", "", ".sd2")


class Target:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rate = 8000
        time = np.arange(int(0.3 * rate)) / rate
        wave = 0.3 * np.sin(2 * np.pi * 300 * time) * np.sin(2 * np.pi * 3 * time)
        self.seeds = []
        for container, coding in FORMATS:
            for channels in (1, 2):
                buffer = io.BytesIO()
                try:
                    samples = np.repeat(wave[:, None], channels, axis=1)
                    soundfile.write(buffer, samples, rate, format=container, subtype=coding)
                except (soundfile.LibsndfileError, ValueError):
                    continue  # not in this build, or only mono
                self.seeds.append(buffer.getvalue())
        for form in OTHERS:
            name, codec = form.split()
            rate = {"libopencore_amrnb": 8000, "nellymoser": 16_000}.get(codec, 48_000)
            self.seeds.append(write(folder / name, codec, rate, video="mpeg4" if name == "a.mov" else "").read_bytes())

    def case(self, rng: Random) -> tuple[str, bytes]:
        name = "case" + (rng.choice(ENDINGS) if rng.random() < 0.1 else ".wav")
        if rng.random() < 0.25:
            return name, self.wav(rng)
        some = rng.choice((self.seeds, self.seeds[: 2 * COMMON], self.seeds[-len(OTHERS) :]))
        return name, damaged(rng, rng.choice(some), self.seeds)

    @staticmethod
    def wav(rng: Random) -> bytes:
        """A made-up wav with wrong numbers in its header."""

        def lie(truth: int, size: int) -> int:
            return (truth if rng.random() < 0.7 else rng.choice(RATES)) % 256**size

        coding = lie(rng.choice((1, 3, 6, 7, 0x11, 2, 0x31, 0x55, 0xFFFE)), 2)
        channels, bits = lie(rng.choice((1, 2, 8, 1024, 1025, 65_535)), 2), lie(rng.choice((8, 16, 24, 32, 64)), 2)
        rate = lie(8000, 4)
        data = rng.choice((bytes(4000), rng.randbytes(6000), b"\0\0\x80\x7f" * 1500, b"\0\0\xc0\xff" * 1500, b""))
        frame = lie(channels * bits // 8, 2)
        head = struct.pack("<HHIIHH", coding, channels, rate, lie(rate * frame, 4), frame, bits)
        if rng.random() < 0.3:
            head += struct.pack("<H", lie(22, 2)) + rng.randbytes(rng.choice((2, 22, 64)))
        chunks = [b"fmt " + struct.pack("<I", lie(len(head), 4)) + head, b"data" + struct.pack("<I", lie(len(data), 4)) + data]
        if rng.random() < 0.4:
            kind = rng.choice((b"LIST", b"fact", b"PEAK", b"cue ", b"smpl", b"bext", b"inst", b"ds64", b"acid", b"id3 "))
            extra = rng.randbytes(rng.choice((0, 4, 30, 700)))
            chunks.insert(rng.randrange(3), kind + struct.pack("<I", lie(len(extra), 4)) + extra)
        body = b"WAVE" + b"".join(chunks)
        return rng.choice((b"RIFF",) * 6 + (b"RIFX", b"RF64")) + struct.pack("<I", lie(len(body), 4)) + body

    def run(self, made: tuple[str, bytes]) -> None:
        name, content = made
        path = self.folder / name
        path.write_bytes(content)
        try:
            wave = read_instruction(path)
        except UserError as error:
            assert str(error).strip() and "\n" not in error.message and error.message.endswith("."), error.message
        else:
            assert wave.dtype == np.float32 and wave.ndim == 1 and np.isfinite(wave).all() and np.abs(wave).max() <= 1.0
            assert SHORTEST - 0.01 <= len(wave) / SAMPLE_RATE <= LONGEST + 0.01
