"""How confident the model is that it understood an instruction, from 0 to 1.

Below `LIMIT` no motion is made. Every sound gives some words and every word some meaning, so neither tells by itself whether there
was an instruction. For a recording three measures do, combined by a logistic function that `training.confidence` fits and keeps in
the pack. For a typed text the probability of its meaning does. What to offer instead is `suggestions`' matter.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from rapidfuzz.distance import Levenshtein

from ..audio.ctc import greedy_decode
from ..audio.encoder import AudioEncoder, EncoderOutput
from ..audio.words import BLANK
from ..errors import NotUnderstood, UserError
from ..language.account import AccountedWord, unknown_words
from ..packs.pack import REINSTALL, Pack

if TYPE_CHECKING:
    from .transcript import Transcript

FILE = "confidence.json"
LIMIT = 0.5  # fitting shifts the logistic function so that this is the threshold
SPOKEN = ("phones", "doubt", "wording")
TYPED = ("meaning",)
NO_WORD = -5.0  # nats: the doubt where no frame is a word's


class Logistic(msgspec.Struct, frozen=True):
    """1 / (1 + exp(-(offset + sum of weights x measures)))."""

    offset: float
    weights: dict[str, float]

    def __call__(self, measures: dict[str, float]) -> float:
        total = self.offset + sum(weight * measures[name] for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))


class ConfidenceModel(msgspec.Struct, frozen=True):
    """The two functions of a pack."""

    spoken: Logistic
    typed: Logistic

    def __post_init__(self) -> None:
        for function, measures in ((self.spoken, SPOKEN), (self.typed, TYPED)):
            numbers = [function.offset, *function.weights.values()]
            if not all(map(math.isfinite, numbers)) or not set(function.weights) <= set(measures):
                raise ValueError("its weights are not of this version")

    @classmethod
    def from_pack(cls, pack: Pack) -> ConfidenceModel | None:
        """The model in a verified pack; None if it has none. Raises UserError ``damaged_pack``."""
        path = pack.path(FILE)
        if FILE not in pack.sha256:  # one that lies there from weights before these says nothing about these
            return None
        return read_confidence_model(path)

    def of_speech(self, measures: dict[str, float]) -> float:
        """Confidence in the words of a recording, from its `speech_measures`; 0 without words."""
        return self.spoken(measures) if measures else 0.0

    def of_text(self, sureness: float) -> float:
        """Confidence in a typed text, from the log-probability of its least likely clause."""
        return self.typed({"meaning": sureness})


def read_confidence_model(path: Path) -> ConfidenceModel:
    """Raises UserError ``damaged_pack``."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ConfidenceModel)
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise UserError("damaged_pack", f"{path} is damaged ({error}).", REINSTALL) from None


def speech_measures(encoder: AudioEncoder, speech: EncoderOutput, heard: str) -> dict[str, float]:
    """What tells a spoken instruction from other sounds; empty if no word was heard.

    - ``phones``: distance of the phones of the words from the phones heard, 0..1 (normalised edit distance). A closed vocabulary
      puts its nearest word in place of any other; the phones do not fit then.
    - ``doubt``: mean log-probability of the best word where there is one.
    - ``wording``: log-probability per word of the word sequence under the language model; 0 without one."""
    if not heard:
        return {}
    length = int(speech.lengths[0])
    words = speech.word_logits[0, :length].float().log_softmax(-1).cpu()
    best = words.max(-1)
    spoken = best.values[best.indices != BLANK]
    phones = greedy_decode(speech.phone_logits[0, :length].float().cpu().numpy())
    classes = encoder.words.encode(heard)
    wording = 0.0
    if encoder.language is not None:
        said = [*classes, BLANK]
        wording = sum(encoder.language.score(classes[:number], word) for number, word in enumerate(said)) / len(said)
    return {
        "phones": Levenshtein.normalized_distance(phones, encoder.words.encode_phones(heard)),
        "doubt": float(spoken.mean()) if len(spoken) else NO_WORD,
        "wording": wording,
    }


def refusal(
    said: np.ndarray | str, transcript: Transcript, confidence: float, nearest: tuple[str, ...],
    problem: str, words: list[AccountedWord],
) -> NotUnderstood:  # fmt: skip
    """The error that tells what was heard, or which typed words are unknown, and what works.

    ``problem``: why it is no instruction, such as "asks something"; ``words``: the account of it."""
    hint = f"The nearest it can do: {_quoted(nearest)}." if nearest else "Describe a movement, for example “walk forward”."
    heard = transcript.text
    rest = (hint, heard, round(confidence, 4), nearest)
    if not isinstance(said, str):
        if not heard:
            return NotUnderstood("not_understood", "Did not understand: no words were heard.", *rest)
        return NotUnderstood("not_understood", f"Did not understand; heard: “{heard}”.", *rest)
    unknown = unknown_words(words)
    if unknown and not problem.startswith(("asks", "seems", "only")):
        return NotUnderstood("not_understood", f"Did not understand “{said[:60]}”; not known: {_quoted(unknown[:8])}.", *rest)
    if problem:
        return NotUnderstood("not_understood", f"“{said[:60]}” is no instruction: it {problem}.", *rest)
    return NotUnderstood("not_understood", f"Did not understand “{said[:60]}”.", *rest)


def _quoted(texts: tuple[str, ...]) -> str:
    return ", ".join(f"“{text}”" for text in texts)
