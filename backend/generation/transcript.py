"""A transcript: features and word posteriors of an instruction, and where each word is.

A recording goes through the audio encoder, a typed text through `audio.word_posteriors`; from there on they are alike. Where
clauses begin and end is `language.clauses`' matter, what they mean `model.instruct`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from ..audio.chunking import split_at_pauses
from ..audio.ctc import align_words
from ..audio.encoder import AudioEncoder, EncoderOutput
from ..audio.prosody import Manner, manner_of
from ..audio.voice_activity import Span, speech_spans
from ..audio.word_posteriors import typed_posteriors
from ..audio.words import split_words
from ..errors import UserError
from ..language.clauses import PAUSE
from ..language.pieces import MARK, Piece, pieces_of, told_text
from ..language.rewriting import Known, rewritten
from ..model.audio_to_motion import speech_batch
from ..model.text_stream import text_batch
from .confidence import speech_measures

FRAME = 0.04  # seconds a frame of the encoder
BADLY_HEARD = 0.5  # posterior of a word below which it may be another one


@dataclass(frozen=True)
class Transcript:
    """What was said.

    Attributes:
        features: (1, T, D) of the encoder; zeros where nothing was spoken.
        posteriors: (1, T, words + 1).
        silent: True where the model is to go by the words alone.
        words: the recognised words, and ``at`` first and last frame of each.
        pauses: seconds of silence before each word.
        measures: of a recording, what `confidence` judges it by.
        manner: how a recording was said; usual for typed text.
        typed: the text in the words that the model is told, with those that are not known.
        pieces: what was typed or heard, piece by piece, with what the model is told.
        piece_of: the piece that each word belongs to.
        spelled: typed words with their classes, 0 where unknown, for models that read text; else None.
    """

    features: Tensor
    posteriors: Tensor
    silent: bool
    words: list[str]
    at: list[tuple[int, int]]
    pauses: list[float]
    measures: dict[str, float] = field(default_factory=dict)
    manner: Manner = field(default_factory=Manner)
    typed: str = ""
    spelled: list[int] | None = None
    pieces: list[Piece] = field(default_factory=list)
    piece_of: list[int] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        return " ".join(self.words)

    def told(self, part: range) -> list[str]:
        """The words of consecutive words' pieces, those between them that are not known included."""
        if not self.typed or not part:
            return [self.words[i] for i in part]
        first, after = self.piece_of[part[0]], part[-1] + 1
        stop = max(self.piece_of[after], first + 1) if after < len(self.words) else len(self.pieces)
        return [word for piece in self.pieces[first:stop] for word in piece.told]

    def batch(self, part: range | None = None) -> dict[str, Tensor]:
        """The batch for `InstructModel.y_of`, of everything or of consecutive words."""
        if self.spelled is not None:
            words = range(len(self.words)) if part is None else part
            return text_batch([[self.spelled[i] for i in words]], [[self.words[i] for i in words]], self.posteriors.device)
        start, end = 0, self.features.shape[1]
        if part is not None:
            start = self.at[part[0] - 1][1] + 1 if part[0] else 0
            end = self.at[part[-1] + 1][0] if part[-1] + 1 < len(self.words) else end
            end = max(end, start + 1)  # words may share a frame
        return speech_batch(self.features[:, start:end], self.posteriors[:, start:end], self.silent)


def transcribe(encoder: AudioEncoder, wave: np.ndarray, use_sound: bool) -> Transcript:
    """The transcript of a recording, (N,) float32 mono at 16 kHz.

    Without ``use_sound`` only the words of the beam search count, whose language model corrects single frames. That is 89 instead
    of 86 % right meanings on clean validation recordings and 83 instead of 73 % on rough ones."""
    heard = [encoder.encode(piece) for piece in split_at_pauses(wave)]
    speech = heard[0] if len(heard) == 1 else _concatenated(heard)
    log_probs = speech.word_logits.float().log_softmax(-1)
    words = encoder.words_of(speech)[0].split()
    known = encoder.words.encode(" ".join(words))
    at = align_words(log_probs[0].cpu().numpy(), known)
    spans = speech_spans(wave)
    pauses = pauses_before(spans, at)
    measures = speech_measures(encoder, speech, " ".join(words))
    manner = manner_of(wave, len(encoder.words.encode_phones(" ".join(words))), spans)
    best = log_probs[0].exp().cpu()
    sure = [float(best[first : last + 1, word].max()) for word, (first, last) in zip(known, at, strict=True)]
    pieces = [Piece(word, (word,), unsure=own < BADLY_HEARD) for word, own in zip(words, sure, strict=True)]
    heard_as = {"pieces": pieces, "piece_of": list(range(len(words)))}
    if use_sound or not known:
        return Transcript(speech.features, log_probs.exp(), not use_sound, words, at, pauses, measures, manner, **heard_as)
    return Transcript(*_from_words(encoder, known), pauses, measures, manner, **heard_as)


def _concatenated(heard: list[EncoderOutput]) -> EncoderOutput:
    """The outputs for several pieces of a recording as one."""
    features, words, phones = (
        torch.cat([getattr(output, name) for output in heard], dim=1) for name in ("features", "word_logits", "phone_logits")
    )
    return EncoderOutput(features, torch.tensor([features.shape[1]], device=features.device), words, phones)


def pauses_before(spans: Sequence[Span], at: list[tuple[int, int]]) -> list[float]:
    """Seconds of silence before each word.

    From the spans of speech, and first and last frame of the words. Measured in the sound: an encoder trained with CTC may hold
    several words back and emit them together, late but never early, so gaps between its words are no pauses."""
    before = [0.0] * len(at)
    for one, other in pairwise(spans if len(at) > 1 else []):
        number = next((i for i, (first, _) in enumerate(at) if first * FRAME >= other.start), 0)
        if number:
            before[number] = max(before[number], other.start - one.end)
    return before


def transcript_of_text(encoder: AudioEncoder, text: str, spelled: bool = False, vocabulary: Known | None = None) -> Transcript:
    """The transcript of a typed text; unknown words only where the model reads them ``spelled``.

    With a ``vocabulary`` other words are told for those that it does not have (`language.rewriting`). Raises UserError
    ``no_known_word`` if none is known."""
    pieces = pieces_of(text) if vocabulary is None else rewritten(text, vocabulary)
    known, said, piece_of, pauses, marked = [], [], [], [], False
    for number, piece in enumerate(pieces):
        marked = marked or piece.how == MARK
        for word in piece.told:
            found = encoder.words.encode(word)
            found = found if spelled else [one for one in found if one < len(encoder.words.words)]
            pauses += [PAUSE if marked and pauses and i == 0 else 0.0 for i in range(len(found))]
            marked = marked and not found
            said += split_words(word)[: len(found)]
            piece_of += [number] * len(found)
            known += found
    if not any(word < len(encoder.words.words) for word in known):
        hint = "Describe a movement, for example “walk forward”."
        raise UserError("no_known_word", f"No word of “{text[:60]}” is known.", hint)
    transcript = Transcript(*_from_words(encoder, known), pauses, typed=told_text(pieces), pieces=pieces, piece_of=piece_of)
    if not spelled:
        return transcript
    classes = [word if word < len(encoder.words.words) else 0 for word in known]
    return replace(transcript, words=said, spelled=classes)


def _from_words(encoder: AudioEncoder, known: list[int]) -> tuple[Tensor, Tensor, bool, list[str], list[tuple[int, int]]]:
    """The first fields of a transcript of words that are certain, given as classes."""
    device = encoder.word_head.weight.device
    posteriors = torch.from_numpy(typed_posteriors(known, encoder.config.words + 1))[None].to(device)
    silence = posteriors.new_zeros(*posteriors.shape[:2], encoder.config.width)
    spikes = posteriors[0, :, 1:].sum(-1).nonzero()[:, 0].tolist()
    return silence, posteriors, True, encoder.words.decode(known).split(), [(t, t) for t in spikes]
