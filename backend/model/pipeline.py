"""The whole way from a recording to motion: hear, understand, compose base tokens, refine, decode.

This is what the command line and the server call. It loads a pack once and answers any number of requests; a request can be
watched and cancelled between any two network calls. Reading audio files and writing motion files are others' jobs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch

from ..audio.encoder import AudioEncoder, load_encoder
from ..audio.features import SAMPLE_RATE, log_mel
from ..audio.word_stream import typed
from ..data import meaning as meanings
from ..errors import Cancelled, UserError
from ..motion.features import from_features
from ..motion.motion import FPS, Motion
from ..packs import find_pack, verify
from ..tensors import build, config_of
from .instruct import InstructConfig, InstructModel
from .speech_stream import likeliest_words
from .tokenizer import DOWN, MotionTokenizer, TokenizerConfig
from .weights import device_named, load_module

Progress = Callable[[str, float], None]


@dataclass
class Generation:
    """The answer to one request: motions (one per variation), what was heard, the meaning as a key, seeds and stage times."""

    motions: list[Motion]
    heard: str
    meaning: str
    seeds: list[int]
    timings: dict[str, float] = field(default_factory=dict)


class Generator:
    """A loaded pack of weights. Not thread-safe: one request at a time."""

    def __init__(
        self, pack: dict, encoder: AudioEncoder, tokenizer: MotionTokenizer, model: InstructModel, device: torch.device
    ) -> None:
        self.pack, self.device = pack, device
        self.encoder, self.tokenizer, self.model = encoder, tokenizer, model
        for module in (encoder, tokenizer, model):
            module.to(device).eval()

    @classmethod
    def load(cls, pack: str = "open", device: str = "auto") -> Generator:
        """Load a pack by name. Raises UserError where it is missing, damaged, or the device is not there."""
        place, found = device_named(device), find_pack(pack)
        verify(found)
        description = json.loads((found.folder / "pack.json").read_text(encoding="utf-8"))
        encoder = load_encoder(found.folder)
        networks = []
        for part, network, kind in (("tokenizer", MotionTokenizer, TokenizerConfig), ("instruct", InstructModel, InstructConfig)):
            path, sizes = found.folder / f"{part}.safetensors", config_of(kind, description.get(part))
            networks.append(load_module(path, build(partial(network, sizes), path)))
        tokenizer, model = networks
        return cls(description, encoder, tokenizer, model, place)

    @torch.inference_mode()
    def generate(
        self,
        wave: np.ndarray | str,
        *,
        seed: int,
        seconds: float | None = None,
        variations: int = 1,
        guidance: float | None = None,
        on_progress: Progress | None = None,
        on_heard: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Generation:
        """Motion for a spoken (or typed) instruction.

        Args:
            wave: (N,) float32 mono at 16 kHz; or the instruction as text.
            seed: of the first variation; the following ones count up. Same seed, device and versions: same motion.
            seconds: length of the motion, up to the 10 the model is trained on; None leaves it to the model.
            guidance: classifier-free guidance, 1 = none; None takes the pack's default.
            on_progress: gets (phase, fraction of the whole request).
            on_heard: gets the recognised words before anything is composed.
            cancelled: asked between network calls.

        Raises:
            Cancelled: ``cancelled()`` said so.
            UserError: a text of which no word is known.
        """
        guidance = float(self.pack["defaults"]["guidance"]) if guidance is None else guidance
        timings: dict[str, float] = {}

        def tell(phase: str, fraction: float) -> None:
            if cancelled is not None and cancelled():
                raise Cancelled
            if on_progress is not None:
                on_progress(phase, fraction)

        tell("hearing", 0.0)
        with _timed(timings, "hearing"):
            speech, heard = self._listen(wave) if isinstance(wave, np.ndarray) else self._read(wave)
            condition, numbers, _ = self.model.understand(speech)
        if on_heard is not None:
            on_heard(heard)
        meant = meanings.decode(numbers[0].tolist())

        motions, seeds = [], [seed + i for i in range(variations)]
        for number, own_seed in enumerate(seeds):
            share = 1 / variations

            def report(phase: str, fraction: float, number: int = number, share: float = share) -> None:
                within = {"composing": 0.8 * fraction, "refining": 0.8 + 0.15 * fraction, "decoding": 0.95 + 0.05 * fraction}
                tell(phase, 0.05 + 0.95 * share * (number + within[phase]))

            motions.append(self._one(condition, own_seed, seconds, guidance, report, timings))
        return Generation(motions, heard, meant.key if meant else "", seeds, timings)

    def _listen(self, wave: np.ndarray) -> tuple[dict[str, torch.Tensor], str]:
        """What `InstructModel.understand` needs of a recording, and the words in it."""
        mel = torch.from_numpy(log_mel(wave))[None].to(self.device)
        speech = self.encoder(mel, torch.tensor([mel.shape[1]], device=self.device))
        words = speech.word_logits.softmax(-1)
        return self._batch(speech.features, words, not self.pack.get("use_sound", True)), self.encoder.words_of(speech)[0]

    def _read(self, text: str) -> tuple[dict[str, torch.Tensor], str]:
        """The same of a typed text; words that are not in the vocabulary are left out."""
        words = self.encoder.words
        known = [word for word in words.encode(text) if words.decode([word])]
        if not known:
            hint = "Describe a movement, for example “walk forward”."
            raise UserError("no_known_word", f"No word of “{text[:60]}” is known.", hint)
        posteriors = torch.from_numpy(typed(known, self.encoder.config.words + 1))[None].to(self.device)
        silence = posteriors.new_zeros(*posteriors.shape[:2], self.encoder.config.width)
        return self._batch(silence, posteriors, True), words.decode(known)

    def _batch(self, features: torch.Tensor, words: torch.Tensor, silent: bool) -> dict[str, torch.Tensor]:
        likeliest, shares = likeliest_words(words)
        return {
            "speech": features, "words": likeliest, "shares": shares, "silent": torch.tensor([silent], device=self.device),
            "speech_padding": torch.zeros(features.shape[:2], dtype=torch.bool, device=self.device),
        }  # fmt: skip

    def _one(
        self,
        condition: torch.Tensor,
        seed: int,
        seconds: float | None,
        guidance: float,
        report: Progress,
        timings: dict[str, float],
    ) -> Motion:
        generator = torch.Generator().manual_seed(seed % 2**63)
        if seconds is None:
            count = self.model.draw_length(condition, generator)
            frames = int(count) * DOWN
        else:
            frames = round(seconds * FPS)
            count = torch.tensor([min(-(-frames // DOWN), self.model.config.longest)], device=self.device)
        with _timed(timings, "composing"):
            tokens = self.model.generate(condition, count, generator, guidance=guidance, report=report, **self._sampling())
        report("decoding", 0.0)
        with _timed(timings, "decoding"):
            features = self.tokenizer.decode(tokens)[0].cpu().numpy()
            motion = from_features(features[:frames])
        report("decoding", 1.0)
        return motion

    def _sampling(self) -> dict[str, float]:
        """The pack's settings of the sampling loops, apart from guidance, which a request may change."""
        return {name: value for name, value in self.pack["defaults"].items() if name != "guidance"}

    def warm_up(self) -> None:
        """Run once on a second of noise, so that the first real request is as fast as the others."""
        noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE).astype(np.float32) * 0.01
        self.generate(noise, seed=0, seconds=1.0)


@contextmanager
def _timed(timings: dict[str, float], stage: str):
    """Add the seconds of a block to ``timings[stage]``."""
    started = time.perf_counter()
    yield
    timings[stage] = timings.get(stage, 0.0) + time.perf_counter() - started
