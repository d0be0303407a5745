"""`python -m backend evaluate sealed`: a sealed set, once, at the end.

Every run is written into tests/sealed/SEALED.json with its date and number, and a file that is not the sealed one is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
import typer

from backend.commands.options import Device, JsonFile, Pack
from backend.data.speech.speakers import SEALED_VOICES
from backend.evaluation.command_line import Progress, progress_bar
from backend.evaluation.results import write_json
from backend.packs.pack import find_pack, sha256_of

from .answers import ask
from .judging import judge
from .prompts import SealedPrompt, read_prompts, unspeakable
from .results import TYPED, SealedTrial, show, summary
from .seal import begin_run, end_run, open_sealed, read_seal

Speak = Callable[[Sequence[str], Sequence[str]], list[np.ndarray]]  # (texts, voice names) -> waves at 16 kHz


class SealedSet(StrEnum):
    """The sets."""

    VOICE = "voice"
    ASKS = "asks"


def run(
    generator: Any, prompts: Sequence[SealedPrompt], voices: Sequence[str], on_progress: Progress | None = None, *,
    seed: int = 0, speak: Speak | None = None,
) -> list[SealedTrial]:  # fmt: skip
    """Ask every sentence as text, then by every voice those that can be said in English.

    ``speak`` replaces the synthesis in tests. Raises UserError where an engine is missing, before anything is asked."""
    if speak is None:
        from backend.data.speech.voices import say_all

        speak = say_all
    known = set(generator.model.classes.kinds)
    silent = set(unspeakable(prompts))
    sayable = [prompt for prompt in prompts if prompt.text not in silent and prompt.sort != "german"]
    pairs = [(prompt, voice) for voice in voices for prompt in sayable]
    waves = speak([prompt.text for prompt, _ in pairs], [voice for _, voice in pairs]) if pairs else []
    questions: list[tuple[SealedPrompt, str, np.ndarray | str]] = [(prompt, TYPED, prompt.text) for prompt in prompts]
    questions += [(prompt, voice, wave) for (prompt, voice), wave in zip(pairs, waves, strict=True)]
    trials = []
    for prompt, voice, given in questions:
        answer = ask(generator, given, seed)
        trials.append(SealedTrial(prompt, voice, answer, judge(prompt, answer, known)))
        if on_progress is not None:
            on_progress(len(trials), len(questions))
    return trials


def command(
    sealed_set: Annotated[SealedSet, typer.Option("--set", help="Which set.")],
    voices: Annotated[bool, typer.Option("--voices", help="Also spoken, by the seven voices that nobody trains on.")] = False,
    pack: Pack = "open",
    device: Device = "auto",
    json: JsonFile = None,
) -> int:
    """Ask a sealed set and judge what is understood. Do it once: each run is written down."""
    from backend.generation.pipeline import Generator

    path = open_sealed(sealed_set)
    prompts = read_prompts(path)
    generator = Generator.load(pack, device)
    names = [voice.name for voice in SEALED_VOICES] if voices else []
    before = sum(run["set"] == sealed_set for run in read_seal()["runs"])
    number = begin_run(sealed_set, {"voices": names, "pack": pack, "pack_sha256": sha256_of(find_pack(pack).folder / "pack.json")})
    print(f"Run {number} of sealed sets; run {before + 1} of {path.name}.")
    with progress_bar("sealed set") as tell:
        trials = run(generator, prompts, names, tell)
    found = summary(trials)
    end_run(number, found)
    show(trials)
    if json:
        write_json(found | {"run": number, "trials": [trial.as_dict() for trial in trials]}, json)
    return 0
