"""PocketSphinx with a language model of our sentences.

A well-known small recogniser, as one would put it in front of a text model, given our language. The trigram is counted on
sentences of `backend.language.captions`; pronunciations are from its own dictionary or, for the few words missing there, from
flite's letter-to-sound rules.
"""

from __future__ import annotations

import random
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from backend.data.speech.voices import phones_of
from backend.language.captions import REGISTERS, sentences, vocabulary
from backend.language.english import normalise
from backend.language.sampling import sample_instruction

SENTENCES = 30_000  # for counting the trigram
_PHONES = {"ax": "AH", "pau": ""}  # where flite's names of phones are not those of PocketSphinx's dictionary


class SphinxRecogniser:
    """A loaded recogniser. Not thread-safe: one recording at a time.

    Attributes:
        spelled_out: words of ours that its dictionary lacks, pronounced by flite's rules.
    """

    def __init__(self, sentences_counted: int = SENTENCES) -> None:
        from pocketsphinx import Decoder

        self.spelled_out: tuple[str, ...] = ()
        with tempfile.TemporaryDirectory(prefix="sphinx-") as folder:  # read at once, kept in memory
            model, words = Path(folder) / "motion.arpa", Path(folder) / "motion.dict"
            model.write_text(language_model(sentences_counted), encoding="utf-8")
            lines, self.spelled_out = pronunciations()
            words.write_text("\n".join(lines) + "\n", encoding="utf-8")
            self._decoder = Decoder(lm=str(model), dict=str(words), loglevel="FATAL", samprate=16000)

    def hear(self, wave: np.ndarray) -> str:
        """The words of a recording, (N,) float32 mono at 16 kHz; "" where it hears none."""
        samples = (np.clip(wave, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        self._decoder.start_utt()
        self._decoder.process_raw(samples, no_search=False, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return found.hypstr if found is not None else ""


def language_model(count: int, seed: int = 3) -> str:
    """A trigram in ARPA format, counted on ``count`` sentences and every word of the vocabulary."""
    import io

    from pocketsphinx.lm import ArpaBoLM

    rng = random.Random(f"sphinx {seed}")
    lines = [normalise(sentences(sample_instruction(rng), rng, REGISTERS[number % 2])[0]) for number in range(count)]
    model = ArpaBoLM(text="\n".join([*lines, *vocabulary()]), add_start=True)
    model.compute()
    text = io.StringIO()
    model.write(text)
    return text.getvalue()


@cache
def pronunciations() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Lines of a dictionary of our vocabulary, and the words that flite had to pronounce."""
    from pocketsphinx import get_model_path

    known: dict[str, list[str]] = {}
    for line in Path(get_model_path("en-us/cmudict-en-us.dict")).read_text(encoding="utf-8").splitlines():
        known.setdefault(line.split()[0].partition("(")[0], []).append(line)
    missing = tuple(word for word in vocabulary() if word not in known)
    lines = [line for word in vocabulary() for line in known.get(word, ())]
    for word, phones in phones_of(missing).items():
        lines.append(f"{word} {' '.join(filter(None, (_PHONES.get(phone, phone.upper()) for phone in phones)))}")
    return tuple(lines), missing
