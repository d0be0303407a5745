"""Decodes recordings block by block: libsndfile what it knows, FFmpeg everything else.

libsndfile reads wav, flac, ogg and mp3 and is loaded in milliseconds. FFmpeg also goes on where it stops at a damaged place.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

import soundfile

from backend.audio.channels import BLOCK, Block
from backend.audio.ffmpeg import Nameless, by_ffmpeg
from backend.audio.file_kinds import HEAD
from backend.audio.wav_repair import repaired
from backend.errors import UserError

MISREAD = (b"Creative Voice File",)  # libsndfile makes noise of two channels
UNKNOWN_SIZE = 0x7FFFF000  # bytes; recorders that write into a pipe state this or more, or 0


class SequentialSoundFile(soundfile.SoundFile):
    """A sound file that is only read from front to back.

    soundfile seeks after each read, which fails in FLAC of unknown length (written into a pipe) and is slow in MP3.
    """

    def seekable(self) -> bool:
        """Keeps soundfile from seeking."""
        return False


def decoded(stream: BinaryIO, name: str) -> Iterator[Block]:
    """The blocks of a recording.

    Args:
        stream: the open file.
        name: of the file, for errors; its ending tells formats without a signature, such as ``.g722``.

    Raises:
        UserError: why it cannot be read; codes ``unsupported_audio``, ``damaged_audio``, ``missing_package``.
    """
    count, stated, opened = 0, None, False
    head = stream.read(HEAD)
    with contextlib.suppress(soundfile.LibsndfileError):
        for block in () if head.startswith(MISREAD) else by_libsndfile(stream):
            count, stated = count + len(block.samples), block.stated
            yield block
        if count:
            return
        opened = not head.startswith(MISREAD)  # a header alone, or one that states no size
    before, problem = count, None  # the samples that libsndfile has read already
    try:
        for block in by_ffmpeg(stream, name):
            skipped, count = min(before, len(block.samples)), count + len(block.samples)
            before -= skipped
            if skipped < len(block.samples):
                yield Block(block.samples[skipped:], block.rate, stated or block.stated)
    except UserError as error:
        problem = error
    plain = repaired(stream) if not count else None
    with contextlib.suppress(soundfile.LibsndfileError):
        for block in by_libsndfile(plain) if plain is not None else ():
            count += len(block.samples)
            yield block
    if problem is not None and not count and not (opened and problem.code == "damaged_audio"):
        raise problem


def by_libsndfile(stream: BinaryIO) -> Iterator[Block]:
    """The blocks of a recording, by libsndfile. Raises LibsndfileError."""
    stream.seek(0)
    with SequentialSoundFile(Nameless(stream)) as sound:
        if _goes_on(sound, stream) and (plain := repaired(stream)) is not None:
            yield from by_libsndfile(plain)
            return
        size, stated = max(1, BLOCK // sound.channels), _stated_seconds(sound)
        while len(samples := sound.read(size, dtype="float64", always_2d=True)):
            yield Block(samples, sound.samplerate, stated)


def _goes_on(sound: soundfile.SoundFile, stream: BinaryIO) -> bool:
    """Whether behind the samples comes a second or more of what is no chunk.

    That is the sound that came after the header was written."""
    unknown = re.search(r"Unknown chunk marker \(\w+\) at position (\d+)\.", sound.extra_info)
    if sound.format not in ("WAV", "WAVEX") or not sound.frames or not unknown:
        return False
    at = stream.tell()
    rest = stream.seek(0, io.SEEK_END) - int(unknown[1])
    stream.seek(at)
    return rest >= sound.samplerate * sound.channels * 2


def _stated_seconds(sound: soundfile.SoundFile) -> float | None:
    """How long a file says that it is. libsndfile itself believes the size of the file more."""
    if sound.format == "MP3" or sound.frames >= 1e9 * sound.samplerate:  # estimated; unknown is 2**63 - 1 frames
        return None
    seconds = sound.frames / sound.samplerate
    lies = re.search(r"^\s*data\s*: (\d+) \(should be (\d+)\)", sound.extra_info, re.M)
    if lies and 0 < int(lies[2]) < int(lies[1]) < UNKNOWN_SIZE:
        seconds *= int(lies[1]) / int(lies[2])
    return seconds
