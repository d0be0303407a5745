"""The list of takes: the chosen one, its file on disk, adding and removing.

`audio_path` of the scene's settings is read and written through here, so that the list of takes is the one truth.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tempfile
import wave
from pathlib import Path

import bpy

from ..runtime.configuration import cache_folder

# What the backend reads and people have; it reads more, and tells by the contents. A test holds `serve/sources.py` to the same.
SOUNDS = (
    ".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".ogg", ".oga", ".opus", ".spx", ".mp3", ".mp2", ".m4a", ".m4b",
    ".m4r", ".aac", ".ac3", ".eac3", ".dts", ".amr", ".awb", ".3ga", ".wma", ".caf", ".aif", ".aiff", ".aifc", ".au",
    ".snd", ".mka", ".weba", ".ape", ".wv", ".tta", ".voc", ".gsm", ".g722",
)  # fmt: skip
VIDEOS = (
    ".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".wmv", ".asf", ".3gp", ".3g2", ".flv", ".mpg", ".mpeg", ".mts",
    ".m2ts", ".ogv",
)  # fmt: skip
SUFFIXES = SOUNDS + VIDEOS
_HEAD = 1 << 16  # bytes within which the samples of a wav begin


class AudioMissingError(Exception):
    """The recording cannot be found. The text and ``hint`` are sentences for the user."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def active_take(settings: bpy.types.PropertyGroup) -> bpy.types.PropertyGroup | None:
    """The chosen take."""
    index = settings.take_index
    return settings.takes[index] if 0 <= index < len(settings.takes) else None


def choose_recording(settings: bpy.types.PropertyGroup, _context: bpy.types.Context) -> None:
    """Update of the chosen take: clear the typed instruction, which would win over it."""
    settings.typed = ""


def get_path(settings: bpy.types.PropertyGroup) -> str:
    """Path of the chosen recording, as Blender writes it: relative ones begin with //."""
    take = active_take(settings)
    return take.sound.filepath if take is not None and take.sound is not None else settings.loose_path


def set_path(settings: bpy.types.PropertyGroup, path: str) -> None:
    """Choose the take with this path; add one if there is none and the file exists."""
    settings.loose_path, settings.take_index = path, -1
    if path and Path(bpy.path.abspath(path)).is_file():
        add_take(settings, bpy.path.abspath(path))


def same_path(one: str, other: str) -> bool:
    """Whether two of Blender's paths are the same file."""
    return Path(bpy.path.abspath(one)) == Path(bpy.path.abspath(other))


def add_take(settings: bpy.types.PropertyGroup, path: str, seconds: float = 0.0) -> bpy.types.PropertyGroup:
    """Choose the take of a file; add it if there is none.

    Args:
        settings: `scene.voice_to_motion`.
        path: absolute path of an existing sound file.
        seconds: its length; 0 where unknown.
    """
    for index, take in enumerate(settings.takes):
        if take.sound is not None and same_path(take.sound.filepath, path):
            settings.take_index = index
            return take
    sound = bpy.data.sounds.load(path, check_existing=True)
    if bpy.data.is_saved and bpy.context.preferences.filepaths.use_relative_paths:
        with contextlib.suppress(ValueError):  # another drive, on Windows
            sound.filepath = bpy.path.relpath(path)
    return add_sound(settings, sound, Path(path).stem, seconds or length_of(path))


def add_sound(
    settings: bpy.types.PropertyGroup, sound: bpy.types.Sound, name: str, seconds: float = 0.0
) -> bpy.types.PropertyGroup:
    """Choose the take of a Sound data-block; add it if there is none."""
    for index, take in enumerate(settings.takes):
        if take.sound == sound:
            settings.take_index = index
            return take
    name = _free_name(settings, name)
    take = settings.takes.add()
    take.sound, take.name, take.seconds = sound, name, seconds
    settings.take_index = len(settings.takes) - 1
    return take


def remove_take(settings: bpy.types.PropertyGroup, index: int, delete_file: bool = False) -> str:
    """Remove a take from the list, and its Sound from the .blend if nothing else uses it.

    Returns:
        Why the file could not be deleted, in one sentence; else empty.
    """
    sound = settings.takes[index].sound
    path = Path(bpy.path.abspath(sound.filepath)) if sound is not None else None
    settings.takes.remove(index)
    settings.take_index = min(settings.take_index, len(settings.takes) - 1)
    if sound is not None and sound.library is None and sound.users <= int(sound.use_fake_user):
        bpy.data.sounds.remove(sound)
    if delete_file and path is not None:
        try:
            path.unlink()
        except OSError as error:
            return f"{path.name} could not be deleted: {error.strerror or error}"
    return ""


def _free_name(settings: bpy.types.PropertyGroup, wanted: str) -> str:
    taken = {take.name for take in settings.takes}
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def length_of(path: str) -> float:
    """Seconds of a sound file; 0 where neither Python nor Blender's player can tell.

    Not every build of Blender has a player.
    """
    with contextlib.suppress(OSError, EOFError, wave.Error):
        with Path(path).open("rb") as file:
            head = bytearray(file.read(_HEAD))
        head[4:8] = b"\xff\xff\xff\x7f"  # the size of the whole, which a recorder that streams does not know
        start = io.BytesIO(head)
        with wave.open(start) as stream:
            frame = stream.getnchannels() * stream.getsampwidth()
        there = max(0, Path(path).stat().st_size - start.tell()) // frame
        frames = min(stream.getnframes() or there, there)  # a recorder that streams states no length, or the largest
        return frames / max(1, stream.getframerate())
    with contextlib.suppress(Exception):  # aud.error, and whatever an aud built for another numpy raises
        import aud

        sound = aud.Sound.file(path)
        return max(0.0, sound.length / sound.specs[0])
    return 0.0


def audio_file(settings: bpy.types.PropertyGroup) -> Path:
    """The chosen recording as a file for the backend; one that is only packed goes to the cache.

    Raises:
        AudioMissingError: there is no such file and nothing packed.
        OSError: the packed recording cannot be written.
    """
    take = active_take(settings)
    return sound_file(take.sound) if take is not None and take.sound is not None else _existing(settings.loose_path)


def sound_file(sound: bpy.types.Sound) -> Path:
    """The same for any sound of the .blend. Raises as `audio_file` does."""
    path = bpy.path.abspath(sound.filepath, library=sound.library)
    if sound.packed_file is None or Path(path).is_file():
        return _existing(path)
    data = sound.packed_file.data
    # Named by its contents, so that it is written once and never confused with another take of the same name.
    target = cache_folder() / f"{Path(path).stem}-{hashlib.sha256(data).hexdigest()[:12]}{Path(path).suffix or '.wav'}"
    if not target.is_file():
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).replace(target)
    return target


def _existing(path: str) -> Path:
    absolute = Path(bpy.path.abspath(path))
    if not absolute.is_file():
        raise AudioMissingError(f"The audio file does not exist: {absolute}", "Record or load another one.")
    return absolute


def note_heard(settings: bpy.types.PropertyGroup, name: str, heard: str) -> None:
    """Store the words that were heard with the take named ``name``."""
    take = settings.takes.get(name) if name and heard else None
    if take is not None:
        take.heard = heard
