"""What a motion is made from: a recording, or a typed text.

The command line and the server use the same. How audio files are read is `audio.reading`'s matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.errors import UserError
from backend.serve.loading import import_torch

if TYPE_CHECKING:
    import numpy as np

LONGEST_TEXT = 500  # characters
# Endings of recordings: what people have. More is read, for a file's kind is told by its contents.
SUFFIXES = (
    ".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".ogg", ".oga", ".opus", ".spx", ".mp3", ".mp2", ".m4a", ".m4b",
    ".m4r", ".aac", ".ac3", ".eac3", ".dts", ".amr", ".awb", ".3ga", ".wma", ".caf", ".aif", ".aiff", ".aifc", ".au",
    ".snd", ".mka", ".weba", ".ape", ".wv", ".tta", ".voc", ".gsm", ".g722", ".mp4", ".m4v", ".mov", ".webm", ".mkv",
    ".avi", ".wmv", ".asf", ".3gp", ".3g2", ".flv", ".mpg", ".mpeg", ".mts", ".m2ts", ".ogv",
)  # fmt: skip


@dataclass(frozen=True)
class Spoken:
    """An instruction in a recording, or in the part of one between two times in seconds."""

    path: Path
    part: tuple[float, float] | None = None

    @property
    def file(self) -> Path:
        """What the motion files are called after."""
        return self.path

    def __str__(self) -> str:
        return str(self.path)

    def read(self, on_note: Callable[[str], None] | None = None) -> np.ndarray:
        """The wave, with a moment of silence around the words. Raises UserError if there are none.

        ``on_note`` gets a sentence where something is worth knowing about the recording."""
        from backend.audio.reading import LONGEST_SPEECH, SAMPLE_RATE, length_text, read_instruction, read_part

        if self.part is None:
            wave = read_instruction(self.path, on_note)  # what is wrong with a file is said before torch is waited for
        import_torch()
        from backend.audio.voice_activity import KEPT, only_speech, trim_silence

        if self.part is None:
            wave = trim_silence(wave)
            if len(wave) <= LONGEST_SPEECH * SAMPLE_RATE:
                return wave
            seconds = len(wave := only_speech(wave)) / SAMPLE_RATE
            if not seconds:
                raise UserError("no_speech", f"Nobody speaks in {self.path.name}.", "Give the part with the instruction.")
            if seconds > LONGEST_SPEECH:
                raise UserError(
                    "long_audio",
                    f"{self.path.name} has {length_text(seconds)} of speech; an instruction may have at most {LONGEST_SPEECH:g} s.",
                    "Cut out the part with the instruction, or direct along the timeline.",
                )
            return wave
        start, end = self.part
        return read_part(self.path, max(0.0, start - KEPT), end + KEPT)


@dataclass(frozen=True)
class Typed:
    """An instruction in words."""

    text: str

    @property
    def file(self) -> Path:
        """What the motion files are called after."""
        return Path("_".join(re.findall(r"[\w']+", self.text)) or "typed")

    def __str__(self) -> str:
        return f"“{self.text}”"

    def read(self, _on_note: Callable[[str], None] | None = None) -> str:
        """The text. Raises UserError where it is empty or no instruction any more."""
        hint = f"Describe a movement in 1 to {LONGEST_TEXT} characters."
        if not self.text.strip():
            raise UserError("bad_text", "The text is empty.", hint)
        if len(self.text) > LONGEST_TEXT:
            raise UserError("bad_text", "The text is too long.", hint)
        return self.text
