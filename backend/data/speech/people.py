"""Read speech by real people, transcribed by Whisper, as a corpus for the speech encoder.

The shared LibriSpeech has no transcripts, so Whisper base (a few words in a hundred wrong) writes them. Most of the words are
not in our
vocabulary: the encoder learns their phones, from flite's lexicon, and that the words are unknown. Only the speakers of
`not_instructions`' fitting half are used; the rest stays for measuring. Run ``python -m backend data voices`` first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from ...audio.words import split_words
from ...errors import UserError
from .augment import load_noises
from .downloads import folder_of
from .not_instructions import read_speech
from .published import check_published
from .speaking import store, write_index
from .voices import phones_of

PRONOUNCED = "pronounced.json"  # beside the corpus: phones of words outside the vocabulary


def build_people(shared: Path, out: Path, seed: int = 0, on_progress: Callable[[int], None] | None = None) -> int:
    """Write the corpus and `PRONOUNCED`; returns the number of utterances.

    UserError where Whisper, faster-whisper or the recordings are missing.
    """
    write_down = _listener()
    rows, waves = [], []
    for speaker, wave in read_speech(shared, fitting=True, cut=False):
        text = " ".join(split_words(write_down(wave)))
        if not text:
            continue
        rows.append({"text": text, "key": "", "voice": f"librispeech-{speaker}", "style": "read", "split": "train"})
        waves.append(wave)
        if on_progress:
            on_progress(len(rows))
    out.mkdir(parents=True, exist_ok=True)
    words = sorted({word for row in rows for word in row["text"].split()})
    (out / PRONOUNCED).write_text(json.dumps(phones_of(words), indent=1), encoding="utf-8")
    store(out, 0, waves, rows, np.random.default_rng([seed, 5]), load_noises(shared / "speech" / "noise_esc10"))
    return write_index(out)


def _listener() -> Callable[[np.ndarray], str]:
    """A function from a wave (N,) float32 at 16 kHz to its transcript."""
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        hint = "Run: python3 build.py setup voices"
        raise UserError("no_listener", "Writing down what people say needs faster-whisper.", hint) from error
    folder = check_published(folder_of("whisper"), "model.bin").parent
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)

    def write_down(wave: np.ndarray) -> str:
        segments, _ = model.transcribe(wave, language="en", beam_size=5, condition_on_previous_text=False)
        return " ".join(segment.text for segment in segments)

    return write_down


def command(
    shared: Annotated[Path, typer.Option(help="Folder with speech/librispeech.")] = Path("../shared/data"),
    out: Annotated[Path, typer.Option(help="Folder of the corpus.")] = Path(".data/speech_people"),
) -> None:
    """Transcribe what people read in LibriSpeech, as a corpus for the speech encoder."""
    print(build_people(shared, out, on_progress=lambda n: print(n, flush=True) if n % 50 == 0 else None))
