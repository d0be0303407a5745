"""Reading recordings: any format of libsndfile as a mono wave at 16 kHz, or a UserError.

The length in the header is checked first, so three hours of audio are refused unread. Then samples are read in blocks up to the
limit, because a header may lie. Recordings of several instructions may be longer; they are resampled block by block to save memory.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from backend.errors import UserError, shortened, system_reason

SAMPLE_RATE = 16_000  # Hz, of every wave this file returns
SHORTEST, LONGEST = 0.2, 60.0  # seconds, of an instruction
LONGEST_SCENE = 600.0  # seconds, of a recording with several
RATES = (4_000, 768_000)  # Hz; anything else is damaged or hostile
CHANNELS = 64  # of the largest field recorders; a header may claim a thousand
BLOCK = 1 << 18  # samples read at once, of all channels together
SILENCE = 10 ** (-66 / 20)  # RMS of the loudest tenth of a second; a quiet room on a cheap microphone is near -60 dBFS
KNOWN = "wav, flac, ogg or mp3"
CONVERT = f"Convert it to {KNOWN} first."

# formats that users take for audio and libsndfile does not read: (offset, bytes, name)
SIGNATURES = (
    (4, b"ftyp", "an MPEG-4 file (m4a, aac, mp4 or mov)"),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM video"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file (wma, wmv)"),
    (8, b"AVI ", "an AVI video"),
    (0, b"\x00\x00\x01\xba", "an MPEG video"),
    (0, b"FLV\x01", "a Flash video"),
    (0, b"\xff\xf1", "a raw AAC stream"),
    (0, b"\xff\xf9", "a raw AAC stream"),
)
READABLE = (b"RIFF", b"RF64", b"OggS", b"fLaC", b"ID3", b"FORM")  # a refused file that begins like these is damaged


class SequentialSoundFile(soundfile.SoundFile):
    """A sound file that is only read from front to back.

    soundfile seeks after each read, which fails in FLAC of unknown length (written into a pipe) and is slow in MP3.
    """

    def seekable(self) -> bool:
        """Keeps soundfile from seeking."""
        return False


def read_instruction(path: str | Path) -> np.ndarray:
    """Read a recording of one instruction.

    Args:
        path: wav (8 to 32 bit or float), flac, ogg (vorbis or opus), mp3, aiff or any other format of libsndfile, of
            any sample rate from 4 kHz and any number of channels, which are averaged.

    Returns:
        (N,) float32 mono wave at 16 kHz, without DC offset, within -1..1.

    Raises:
        UserError: why the file cannot be used; codes ``missing_audio``, ``unreadable_audio``,
            ``unsupported_audio``, ``damaged_audio``, ``empty_audio``, ``short_audio``, ``long_audio`` and
            ``silent_audio``.
    """
    path = Path(path)
    check_file(path)
    wave, rate = read_mono(path)
    return prepare_wave(wave, rate, path.name)


def check_file(path: Path) -> None:
    """Raise UserError unless it is a regular, non-empty file; opening a pipe could block."""
    try:
        info = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise UserError("missing_audio", f"There is no file {shortened(path)}.", "Check the path of the recording.") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise UserError(
            "unreadable_audio", f"The path {shortened(path)} cannot be opened: {system_reason(error)}.", "Check the path."
        ) from None
    if stat.S_ISDIR(info.st_mode):
        raise UserError("unreadable_audio", f"{shortened(path)} is a folder, not a recording.", "Give the audio files inside it.")
    if not stat.S_ISREG(info.st_mode):
        raise UserError("unreadable_audio", f"{shortened(path)} is not a regular file.", f"Give a {KNOWN} file.")
    if info.st_size == 0:
        raise UserError("empty_audio", f"{path.name} is empty (0 bytes).", "Record it again.")


def read_part(path: str | Path, start: float, end: float) -> np.ndarray:
    """Read the part between two times (s) of a recording of up to `LONGEST_SCENE` seconds.

    Otherwise as `read_instruction`.
    """
    path = Path(path)
    check_file(path)
    if not (0.0 <= start < end and start < LONGEST_SCENE and end - start <= LONGEST):  # NaN is in no interval
        raise UserError("bad_option", f"There is no part from {start:g} to {end:g} s that could be an instruction.")
    kept, rate, position = [], SAMPLE_RATE, 0
    for block, rate in read_blocks(path, LONGEST_SCENE):
        first, last = round(start * rate) - position, round(end * rate) - position
        kept.append(block[max(0, first) : max(0, last)])
        position += len(block)
        if last <= len(block):
            break
    return prepare_wave(np.concatenate(kept or [np.zeros(0)]), rate, path.name)


def read_scene(path: str | Path, on_progress: Callable[[float], None] | None = None) -> np.ndarray:
    """Read a recording of several instructions, of up to `LONGEST_SCENE` seconds.

    Otherwise as `read_instruction`.

    Args:
        on_progress: called after each block with the share of `LONGEST_SCENE` that is read; an exception in it ends the reading.
    """
    path = Path(path)
    check_file(path)
    resampler, kept, count = None, [], 0
    for block, rate in read_blocks(path, LONGEST_SCENE):
        resampler = resampler or soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
        kept.append(resampler.resample_chunk(block.astype(np.float32)))
        count += len(block)
        if on_progress is not None:
            on_progress(min(1.0, count / rate / LONGEST_SCENE))
    if resampler is not None:
        kept.append(resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
    wave = np.concatenate(kept) if kept else np.zeros(0, dtype=np.float32)
    return prepare_wave(wave, SAMPLE_RATE, path.name, LONGEST_SCENE)


def read_mono(path: Path) -> tuple[np.ndarray, int]:
    """Read a recording of up to `LONGEST` seconds, channels averaged, at its own rate.

    Returns:
        ((N,) float64 samples, sample rate in Hz). Raises UserError as `read_instruction` does.
    """
    found = list(read_blocks(path, LONGEST))
    return (np.concatenate([block for block, _ in found]), found[0][1]) if found else (np.zeros(0), SAMPLE_RATE)


def read_blocks(path: Path, longest: float) -> Iterator[tuple[np.ndarray, int]]:
    """Blocks of (n,) float64 samples, channels averaged, each with the sample rate in Hz.

    Raises UserError as `read_instruction` does, also where there are more than ``longest`` seconds.
    """
    head = b""
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
            stream.seek(0)
            with SequentialSoundFile(stream) as sound:
                check_header(sound, path.name, longest)
                limit, size, count = int(longest * sound.samplerate), BLOCK // sound.channels, 0
                while len(block := sound.read(size, dtype="float64", always_2d=True)):  # (n, channels)
                    count += len(block)
                    if count > limit:
                        raise too_long_error(path.name, f"more than {longest:g} s", longest)
                    yield block.mean(axis=1), sound.samplerate
    except OSError as error:
        raise UserError(
            "unreadable_audio", f"{shortened(path)} cannot be read: {system_reason(error)}.", "Check its permissions."
        ) from None
    except (soundfile.LibsndfileError, TypeError):  # TypeError: soundfile's refusal of headerless .raw files
        raise unreadable_error(path.name, head) from None


def check_header(sound: soundfile.SoundFile, name: str, longest: float) -> None:
    """Raise UserError for an impossible rate, channel count or stated length."""
    if not RATES[0] <= sound.samplerate <= RATES[1]:
        raise UserError(
            "unsupported_audio",
            f"{name} has a sample rate of {sound.samplerate} Hz.",
            f"Between {RATES[0] // 1000} and {RATES[1] // 1000} kHz can be read; 16 kHz and more sound best.",
        )
    if sound.channels > CHANNELS:
        raise UserError(
            "unsupported_audio", f"{name} has {sound.channels} channels.", f"Export it with at most {CHANNELS}, best with one."
        )
    stated = sound.frames / sound.samplerate
    if longest < stated < 1e9:  # libsndfile gives an unknown length as 2**63 - 1 frames
        raise too_long_error(name, length_text(stated), longest)


def prepare_wave(wave: np.ndarray, rate: int, name: str, longest: float = LONGEST) -> np.ndarray:
    """Check samples and resample them to 16 kHz.

    Args:
        wave: (N,) samples at `rate` Hz.
        rate: sample rate in Hz.
        name: of the recording, for errors.
        longest: allowed seconds.

    Returns:
        (N,) float32 at 16 kHz without DC offset, within -1..1. UserError where it is damaged, too short, too long or silent.
    """
    if not len(wave):
        raise UserError("empty_audio", f"{name} contains no samples.", "Record it again.")
    if not np.isfinite(wave).all():
        raise UserError(
            "damaged_audio",
            f"{name} contains samples that are not numbers (NaN or infinite).",
            "Export it again, for example as 16-bit wav.",
        )
    if len(wave) < SHORTEST * rate:
        raise UserError(
            "short_audio",
            f"{name} is only {len(wave) / rate:.2f} s long.",
            f"An instruction takes at least {SHORTEST:g} s.",
        )
    if len(wave) > longest * rate + 1:  # resampling by blocks may add a sample
        raise too_long_error(name, length_text(len(wave) / rate), longest)
    wave = wave - wave.mean()
    wave = wave / max(1.0, np.abs(wave).max())  # float files may exceed full scale
    if loudest_rms(wave, rate) < SILENCE:
        raise UserError("silent_audio", f"{name} is silent.", "Check that the microphone was on and not muted.")
    if rate != SAMPLE_RATE:
        wave = np.clip(soxr.resample(wave, rate, SAMPLE_RATE), -1.0, 1.0)  # the filter may overshoot
    return wave.astype(np.float32)


def loudest_rms(wave: np.ndarray, rate: int) -> float:
    """RMS of the loudest 0.1 s of a wave (N,): high for a single short word, low for a click."""
    size = max(1, min(len(wave), rate // 10))
    energy = np.concatenate([[0.0], np.cumsum(wave**2)])
    return float(np.sqrt(max(0.0, (energy[size:] - energy[:-size]).max()) / size))


def unreadable_error(name: str, head: bytes) -> UserError:
    """The error for a file that libsndfile refuses, from its first bytes."""
    for offset, mark, what in SIGNATURES:
        if head[offset:].startswith(mark):
            return UserError("unsupported_audio", f"{name} is {what}, which cannot be read.", CONVERT)
    if head.startswith(READABLE):
        return UserError("damaged_audio", f"{name} is damaged or breaks off.", "Export or record it again.")
    return UserError("unsupported_audio", f"{name} is not an audio file that can be read.", f"Give a {KNOWN} file.")


def too_long_error(name: str, length: str, longest: float) -> UserError:
    """The error for a recording that is too long."""
    if longest > LONGEST:
        return UserError(
            "long_audio",
            f"{name} is {length} long; one with several instructions may have at most {longest / 60:g} min.",
            "Cut it into parts.",
        )
    return UserError(
        "long_audio",
        f"{name} is {length} long; an instruction may have at most {LONGEST:g} s.",
        "Cut out the part with the instruction.",
    )


def length_text(seconds: float) -> str:
    """A length for people, such as ``75 s``, ``12 min`` or ``3.0 h``."""
    if seconds < 120:
        return f"{seconds:.0f} s" if seconds >= 60.5 else f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
