"""Decodes by FFmpeg, which PyAV brings along.

It reads what phones, browsers, recorders and editors write, and the sound of videos.

`av` is imported when a file needs it: it takes a tenth of a second and 40 MB of memory.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from backend.audio.channels import BLOCK, Block
from backend.audio.file_kinds import CONVERT, HEAD, KNOWN, damaged_error, is_protected, kind_of, unreadable_error
from backend.errors import UserError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

# Demuxers of recordings. Playlists and the like are not among them: those make FFmpeg open other files, or the network.
DEMUXERS = (
    "wav", "w64", "aiff", "au", "caf", "flac", "ogg", "mp3", "aac", "loas", "ac3", "eac3", "amr", "amrnb", "amrwb", "dts",
    "dtshd", "truehd", "mlp", "ape", "wv", "tta", "tak", "mpc", "mpc8", "oma", "dsf", "iff", "voc", "ircam", "nistsphere",
    "sox", "rso", "adx", "qcp", "xwma", "aea", "act", "dss", "pvf", "gsm", "g722", "qoa", "osq", "bonk", "rka", "spdif", "sbc",
    "aptx", "aptx_hd", "mov", "matroska", "avi", "asf", "flv", "mpeg", "mpegts", "rm", "wtv", "mxf", "nut", "dv", "gxf", "nsv",
)  # fmt: skip
# Formats that only their ending tells; everything else is known by its contents.
HEADERLESS = {".g722": "g722", ".gsm": "gsm", ".sbc": "sbc", ".msbc": "sbc", ".aptx": "aptx"}
# FFmpeg's sample formats: NumPy's, and the value of silence and of full scale above it
SAMPLE_TYPES = {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}
FULL_SCALE = {"u8": (128.0, 128.0), "s16": (0.0, 2.0**15), "s32": (0.0, 2.0**31), "s64": (0.0, 2.0**63)}



class Nameless:
    """An open file without its name.

    Both libraries would believe its ending: FFmpeg decodes noise out of any `.mp3`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.read, self.tell = stream.read, stream.tell

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; stay where a broken header leads before the beginning."""
        try:
            return self._stream.seek(offset, whence)
        except (OSError, ValueError):
            return self._stream.tell()


def by_ffmpeg(stream: BinaryIO, name: str) -> Iterator[Block]:
    """The blocks of a recording or of a video's sound, by FFmpeg.

    Raises UserError as `decoded`."""
    try:
        import av
    except ImportError:
        raise UserError(
            "missing_package",
            f"{name} needs the Python package av, which is not installed.",
            "In Blender press Repair in the add-on's preferences; in a checkout run: python3 build.py setup",
        ) from None
    stream.seek(0)
    if kind_of(name, stream.read(HEAD)):
        raise unreadable_error(name, stream)
    stream.seek(0)
    if is_protected(stream):
        raise UserError(
            "unsupported_audio", f"{name} is protected against copying (DRM).", "Export it without protection, or record it anew."
        )
    stream.seek(0)
    form = HEADERLESS.get(PurePath(name).suffix.lower())
    try:
        options = {"format_whitelist": ",".join(DEMUXERS)}
        container = av.open(Nameless(stream), format=form, options=options, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError):  # ValueError: PyAV's own, of numbers it does not know
        raise unreadable_error(name, stream) from None
    with container:
        if not container.streams:
            return
        sound = _default_sound(container, name)
        for other in container.streams:
            if other is not sound:
                other.discard = av.stream.Discard.all  # a video's pictures are skipped, not read
        try:
            yield from _blocks_of(_frames(container, sound), _duration(container, sound))
        except ValueError:
            raise damaged_error(name) from None


def _default_sound(container: InputContainer, name: str) -> AudioStream:
    """The stream that a player would play: of those that can be decoded the first default one.

    Where none is marked as default it is the first."""
    import av

    sounds = container.streams.audio
    if not sounds:
        raise UserError("unsupported_audio", f"{name} is a video without sound.", f"Give a {KNOWN}, in which somebody speaks.")
    usable = [sound for sound in sounds if sound.codec_context is not None]
    if not usable:
        raise UserError(
            "unsupported_audio", f"The sound in {name} is coded as {_coding(container)}, which cannot be read.", CONVERT
        )
    return next((sound for sound in usable if sound.disposition & av.stream.Disposition.default), usable[0])


def _coding(container: InputContainer) -> str:
    """The name or the number of the first sound's codec.

    Only FFmpeg's description of the file has it."""
    import av

    level = av.logging.get_level()
    av.logging.set_level(av.logging.INFO)
    try:
        described = re.search(r"Audio: (\w+)(?:.*?\((.{4}|\S+) / (0x[0-9A-F]+)\))?", container.dumps_format())
    finally:
        av.logging.set_level(level)
    name, tag, number = described.groups() if described else ("none", None, None)
    if name not in ("none", "unknown"):
        return name
    return tag if tag and re.fullmatch(r"[\w-]{4}", tag) else number or "something unknown"


def _duration(container: InputContainer, sound: AudioStream) -> float | None:
    """Seconds by the header, of formats that state them; FFmpeg guesses those of others."""
    format = container.format.name.split(",")[0]
    if format == "mov" and sound.duration:
        return float(sound.duration * sound.time_base)
    if format in ("matroska", "asf", "wav", "w64", "aiff", "caf", "flac") and container.duration and len(container.streams) == 1:
        return container.duration / 1e6
    return None


def _frames(container: InputContainer, sound: AudioStream) -> Iterator[AudioFrame]:
    """Every frame that can be decoded; damaged ones between are left out.

    Raises ValueError at the end where most could not: then the others are noise."""
    import av

    good = bad = 0
    with contextlib.suppress(av.error.FFmpegError):  # the end of what can be read
        for packet in container.demux(sound):
            try:
                yield from packet.decode()
                good += bool(packet.size)
            except av.error.FFmpegError:
                bad += 1
    if bad > good:
        raise ValueError(f"{bad} of {bad + good} packets cannot be decoded")


def _blocks_of(frames: Iterator[AudioFrame], stated: float | None) -> Iterator[Block]:
    """Frames joined to blocks, each of one rate and number of channels."""
    kept: list[np.ndarray] = []
    rate, size = 0, 0
    for frame in frames:
        samples = samples_of(frame)
        if kept and (frame.sample_rate != rate or samples.shape[1] != kept[0].shape[1] or size >= BLOCK):
            yield Block(np.concatenate(kept), rate, stated)
            kept, size = [], 0
        kept.append(samples)
        rate, size = frame.sample_rate, size + samples.size
    if kept:
        yield Block(np.concatenate(kept), rate, stated)


def samples_of(frame: AudioFrame) -> np.ndarray:
    """The samples (n, channels) of a frame as float64, full scale 1."""
    channels, form = frame.layout.nb_channels, frame.format
    dtype = np.dtype(SAMPLE_TYPES[form.name.removesuffix("p")])
    count = frame.samples * (1 if form.is_planar else channels)
    planes = [np.frombuffer(plane, dtype, count) for plane in frame.planes]
    samples = np.stack(planes, axis=1) if form.is_planar else planes[0].reshape(-1, channels)
    zero, full = FULL_SCALE.get(form.name.removesuffix("p"), (0.0, 1.0))
    return (samples.astype(np.float64) - zero) / full
