"""From a recording or a text to motion: transcribe, find steps, compose tokens, decode.

The command line and the server call this. A pack is loaded once and answers any number of requests. A request reports its progress
and can be cancelled between any two network calls. Reading audio and writing motion files are others' jobs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..audio.encoder import AudioEncoder, load_encoder
from ..audio.features import SAMPLE_RATE
from ..audio.prosody import Manner
from ..errors import Cancelled
from ..language.account import AccountedWord
from ..language.rewriting import Known
from ..model.audio_to_motion import InstructConfig, Sampling
from ..model.closed_condition import ClosedInstructModel
from ..model.fast_layers import use_bfloat16
from ..model.instruct import InstructModel
from ..model.tokenizer import FRAMES_PER_TOKEN, MotionTokenizer, TokenizerConfig
from ..motion.edits import Edit
from ..motion.features import CONTACT_DIMS, from_features, to_features
from ..motion.motion import FPS, Motion
from ..motion.planting import plant_feet
from ..motion.smoothing import smooth_features
from ..packs.files import device_named, load_module
from ..packs.pack import find_pack, verify_pack
from ..packs.tensors import build_network, config_of
from .asked import Reached, reached, spans_of, warp_to_asked
from .confidence import LIMIT, ConfidenceModel, refusal
from .count_check import count_check_of
from .edit_context import EditContext, edit_context_of, insert_motion
from .envelope import Envelope
from .follow_voice import FOLLOWED, follow_voice
from .ours import EVERYTHING, Ours
from .rejection_sampling import checks_of
from .repetition_counter import RepetitionCounter
from .steps import Step, steps_of, token_counts
from .suggestions import suggest_instructions
from .transcript import Transcript, transcribe, transcript_of_text
from .understanding import UnderstoodInstruction, understand
from .windows import PlannedStep, compose

Progress = Callable[[str, float], None]
OnHeard = Callable[[str, float | None, Sequence[AccountedWord]], None]


@dataclass
class Generation:
    """The answer to one request: a motion for each variation, and how it came about.

    Motions have 30 frames/s, or the frame rate of the motion that was edited. ``meaning`` is the key of what was understood.
    ``confidence``, 0..1, is that it was an instruction; None if the pack cannot tell. ``reached`` has, of every motion, the numbers
    that were asked for and what it came to; ``words`` what became of every content word."""

    motions: list[Motion]
    heard: str
    meaning: str
    seeds: list[int]
    timings: dict[str, float] = field(default_factory=dict)
    confidence: float | None = None
    reached: list[list[Reached]] = field(default_factory=list)
    words: list[AccountedWord] = field(default_factory=list)


class Generator:
    """A loaded pack of weights, with the switches of `Ours`. Serves one request at a time."""

    def __init__(
        self, pack: dict, encoder: AudioEncoder, tokenizer: MotionTokenizer, model: InstructModel | ClosedInstructModel,
        device: torch.device,
        judge: ConfidenceModel | None = None, counter: RepetitionCounter | None = None, envelope: Envelope | None = None,
        ours: Ours = EVERYTHING,
    ) -> None:  # fmt: skip
        self.pack, self.device, self.judge, self.ours = pack, device, judge, ours
        self.sampling = config_of(Sampling, pack.get("defaults"))
        self.encoder, self.tokenizer, self.model, self.counter = encoder, tokenizer, model, counter
        for module in (encoder, tokenizer, model, *([counter] if counter else [])):
            module.to(device).eval()
        use_bfloat16([model.masked.body, model.residual.body], device)
        self.envelope = envelope.to(device) if envelope else None
        classes = model.classes
        self.known = Known.of(tuple(encoder.words.words), tuple(classes.kinds), bool(classes.styles), model.reads_text)

    @classmethod
    def load(cls, pack: str = "open", device: str = "auto", ours: Ours = EVERYTHING, *, weights: Path | None = None) -> Generator:
        """Load a pack by name from a folder of packs, by default the shipped ones.

        Raises UserError where it is missing, damaged, or the device is not there."""
        place, found = device_named(device), find_pack(pack, weights)
        verify_pack(found)
        description = json.loads((found.folder / "pack.json").read_text(encoding="utf-8"))
        encoder = load_encoder(found.path("encoder.safetensors").parent)
        networks = []
        instruct = InstructModel if (description.get("instruct") or {}).get("controls") else ClosedInstructModel
        for part, network, kind in (("tokenizer", MotionTokenizer, TokenizerConfig), ("instruct", instruct, InstructConfig)):
            path, sizes = found.path(f"{part}.safetensors"), config_of(kind, description.get(part))
            networks.append(load_module(path, build_network(partial(network, sizes), path)))
        tokenizer, model = networks
        ours_of_pack = (ConfidenceModel.from_pack(found), RepetitionCounter.from_pack(found), Envelope.from_pack(found))
        return cls(description, encoder, tokenizer, model, place, *ours_of_pack, ours)

    @torch.inference_mode()
    def generate(
        self,
        wave: np.ndarray | str,
        *,
        seed: int,
        seconds: float | None = None,
        variations: int = 1,
        guidance: float | None = None,
        edit: Edit | None = None,
        force: bool = False,
        follow: float = FOLLOWED,
        on_progress: Progress | None = None,
        on_heard: OnHeard | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Generation:
        """Motion for a spoken or typed instruction.

        Args:
            wave: (N,) float32 mono at 16 kHz; or the instruction as text.
            seed: of the first variation; the following ones count up. Same seed, device and versions: same motion.
            seconds: length of the motion, shared out among the steps. None takes the seconds that were said, or else lengths
                drawn by the model. A range of ``edit`` has its own.
            guidance: classifier-free guidance, 1 = none; None takes the pack's default.
            edit: the motion to continue, or of which to generate a range anew; the result has its frame rate.
            on_progress: gets (phase, fraction of the whole request).
            follow: how much the motion follows the manner of a recorded voice, 0 to 1.
            force: generate something even if no instruction was understood.
            on_heard: gets the recognised words and the confidence in them if they were spoken; and again, before anything is
                composed, with the account of every content word.
            cancelled: asked between network calls.

        Raises:
            Cancelled: ``cancelled()`` said so.
            UserError: no word of a text is known, or there are too many steps.
            NotUnderstood: the confidence is below `LIMIT`, or the words are no instruction that can be done.
        """
        sampling = self.sampling if guidance is None else replace(self.sampling, guidance=guidance)
        timings: dict[str, float] = {}

        def tell(phase: str, fraction: float) -> None:
            if cancelled is not None and cancelled():
                raise Cancelled
            if on_progress is not None:
                on_progress(phase, fraction)

        tell("hearing", 0.0)
        with _timed(timings, "hearing"):
            if isinstance(wave, str):
                transcript = transcript_of_text(self.encoder, wave, self.model.reads_text, self.known)
            else:
                transcript = transcribe(self.encoder, wave, self.pack.get("use_sound", True))
        spoken = self.judge.of_speech(transcript.measures) if self.judge and not isinstance(wave, str) else None
        if on_heard is not None:
            on_heard(transcript.text, spoken, ())
        self._refuse_unsure(spoken, wave, transcript, force)
        with _timed(timings, "hearing"):
            steps = steps_of(self.model, transcript, self.ours)
            understanding = understand(transcript, steps, self.known)
        steps = steps if force else understanding.steps
        typed = self.judge.of_text(min(step.sureness for step in steps)) if self.judge and isinstance(wave, str) else None
        self._refuse_unsure(typed, wave, transcript, force, understanding)
        confidence = typed if spoken is None else spoken
        confidence = None if confidence is None else confidence * understanding.trust
        if on_heard is not None:
            on_heard(transcript.text, confidence, understanding.words)

        made, seeds = [], [seed + i for i in range(variations)]
        for number, own_seed in enumerate(seeds):

            def report(phase: str, fraction: float, number: int = number) -> None:
                tell(phase, 0.05 + 0.95 / variations * (number + fraction))

            made.append(self._make_motion(steps, own_seed, seconds, edit, sampling, report, timings, (transcript.manner, follow)))
        meaning = ">".join(step.meaning.key for step in steps if step.meaning)
        motions, numbers = [motion for motion, _ in made], [of for _, of in made]
        return Generation(motions, transcript.text, meaning, seeds, timings, confidence, numbers, understanding.words)

    @torch.inference_mode()
    def hear(self, wave: np.ndarray) -> tuple[str, float | None]:
        """The words in a recording (N,) at 16 kHz, and the confidence in them (None: unknown)."""
        transcript = transcribe(self.encoder, wave, self.pack.get("use_sound", True))
        return transcript.text, self.judge.of_speech(transcript.measures) if self.judge else None

    def _refuse_unsure(
        self, confidence: float | None, said: np.ndarray | str, transcript: Transcript, force: bool,
        understanding: UnderstoodInstruction | None = None,
    ) -> None:  # fmt: skip
        """Raise NotUnderstood for too low a confidence, or words that are no instruction."""
        problem = understanding.problem if understanding else ""
        if confidence is None or force or (confidence >= LIMIT and not problem):
            return
        nearest = suggest_instructions(self.model, self.encoder, self.judge, transcript)
        raise refusal(said, transcript, confidence, nearest, problem, understanding.words if understanding else [])

    def _make_motion(
        self,
        steps: list[Step],
        seed: int,
        seconds: float | None,
        edit: Edit | None,
        sampling: Sampling,
        report: Progress,
        timings: dict[str, float],
        voice: tuple[Manner, float],
    ) -> tuple[Motion, list[Reached]]:
        """One variation, and the numbers that it came to.

        ``report`` gets the phase and the fraction of this motion."""
        generator = torch.Generator().manual_seed(seed % 2**63)
        with _timed(timings, "composing"):
            gesture = self.ours.body_parts and all(step.gesture for step in steps)
            context = edit_context_of(edit, self.tokenizer, gesture) if edit else EditContext()
            frames = context.frames or (round(seconds * FPS) if seconds is not None else None)
            planned = self._planned(steps, generator, frames)
            tokens, counts = compose(
                self.model, self.tokenizer, [of for _, of in planned], generator, sampling,
                before=context.before, after=context.after, legs=context.legs, fixed=context.fixed,
                report=lambda phase, fraction: report(phase, 0.95 * fraction),
            )  # fmt: skip
        report("decoding", 0.95)
        with _timed(timings, "decoding"):
            before, after = (0 if end is None else end.shape[1] for end in (context.before, context.after))
            frames = frames or FRAMES_PER_TOKEN * (tokens.shape[1] - before - after)
            steps = [step for step, _ in planned]
            spans = spans_of(counts, before, FRAMES_PER_TOKEN * before + frames)
            free = self.ours.controls and not after  # a range has to arrive where the motion behind it begins
            made = self._decode(tokens, steps if free else [], spans if free else [])
            numbers = self._reached(made, steps, spans)
            motion = insert_motion(edit, context, made, frames) if edit else made.slice(0, frames)
            if edit is None:
                motion = follow_voice(motion, *voice, keeps_length=seconds is not None or any(step.seconds for step in steps))
        report("decoding", 1.0)
        return motion, numbers

    def _reached(self, motion: Motion, steps: list[Step], spans: list[tuple[int, int]]) -> list[Reached]:
        """What became of the numbers that were asked for; nothing where there are none."""
        if not any(step.asked for step in steps):
            return []
        features = to_features(motion)
        counted = [self._counted(features[first:last], step) for step, (first, last) in zip(steps, spans, strict=True)]
        return reached(features, steps, spans, counted)

    def _counted(self, features: np.ndarray, step: Step) -> float | None:
        """Repetitions in features (T, 140) of a step; None where none were asked or can be counted."""
        check = count_check_of(self.counter, step.meaning) if "repetitions" in step.asked and len(features) else None
        shares = check.shares(torch.from_numpy(features).to(self.device), 0) if check else None
        return None if shares is None else float(round(float(shares.sum())))

    def _planned(self, steps: list[Step], generator: torch.Generator, frames: int | None) -> list[tuple[Step, PlannedStep]]:
        """The steps with their lengths and what is judged in each, without those of length 0."""
        counts = token_counts(self.model, steps, generator, frames)
        return [
            (step, PlannedStep(
                step.condition, count, self.ours.body_parts and step.gesture, self.ours.body_parts and step.simultaneous,
                checks_of(self.counter, self.envelope, step.meaning, self.ours), free=frames is None and step.seconds is None,
            ))
            for step, count in zip(steps, counts, strict=True) if count
        ]  # fmt: skip

    def _decode(self, tokens: Tensor, steps: list[Step], spans: list[tuple[int, int]]) -> Motion:
        """The motion of tokens (1, L, P, Q): no tremor, the path as ``steps`` asked, planted feet."""
        decode = self.tokenizer.decode_whole if self.ours.quiet_ends else self.tokenizer.decode
        features = decode(tokens)[0].cpu().numpy()
        features = smooth_features(features) if self.ours.smoothing else features
        features = warp_to_asked(features, steps, spans)
        motion = from_features(features)
        return plant_feet(motion, features[:, CONTACT_DIMS]) if self.ours.planting else motion

    def warm_up(self) -> None:
        """Run once on a second of noise, so that the first real request is as fast as the others."""
        noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE).astype(np.float32) * 0.01
        self.generate(noise, seed=0, seconds=1.0, force=True)
        understand(transcript_of_text(self.encoder, "walk", self.model.reads_text, self.known), [], self.known)  # reads the tables


@contextmanager
def _timed(timings: dict[str, float], stage: str):
    """Add the seconds of a block to ``timings[stage]``."""
    started = time.perf_counter()
    yield
    timings[stage] = timings.get(stage, 0.0) + time.perf_counter() - started
