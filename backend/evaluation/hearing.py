"""`python -m backend evaluate hearing`: word error rates of our encoder and PocketSphinx.

Both hear the same recordings by voices that neither was trained with, clean, with noise and in a room: sentences drawn from the
training grammar, and the probes' hand-written instructions. Both know the same words. Ours is `backend.audio.encoder` with beam
search; noise and rooms are `acoustics`'.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Protocol

import numpy as np
import typer

from backend.commands.options import JsonFile, Pack
from backend.language.captions import REGISTERS, sentences
from backend.language.english import normalise
from backend.language.sampling import sample_instruction

from . import bars
from .acoustics import CONDITIONS, degraded
from .command_line import EVERY_CONDITION, EVERY_VOICE, Conditions, Voices, exit_code, progress_bar
from .probes import PROBES
from .probes.runner import HELD_OUT, Speak, sound_seed, spoken
from .results import write_json
from .word_errors import word_error_rate

if TYPE_CHECKING:
    from .experiments.context import Context

RECOGNISERS = ("ours", "PocketSphinx")


class Recogniser(Protocol):
    """Our encoder, or `sphinx.SphinxRecogniser`."""

    def hear(self, wave: np.ndarray) -> str: ...


@dataclass(frozen=True)
class HearingTrial:
    """What one recogniser heard in one recording.

    Attributes:
        group: where the sentence is from, "grammar" or "probes".
        length: of the recording, seconds.
        seconds: that the recogniser took.
    """

    recogniser: str
    condition: str
    group: str
    voice: str
    said: str
    heard: str
    length: float
    seconds: float


def sentences_to_hear(count: int) -> list[tuple[str, str]]:
    """(group, text) of ``count`` sentences of the grammar, half oral, and of all probes."""
    words = random.Random("hearing")
    drawn = [sentences(sample_instruction(words), words, REGISTERS[number % 2])[0] for number in range(count)]
    texts = [("grammar", text) for text in drawn] + [("probes", probe.text) for probe in PROBES]
    return list(dict.fromkeys(texts))


def compare(
    recognisers: dict[str, Recogniser],
    texts: Sequence[tuple[str, str]],
    voices: Sequence[str] = HELD_OUT,
    conditions: Sequence[str] = CONDITIONS,
    on_progress: Callable[[int, int], None] | None = None,
    speak: Speak | None = None,
) -> list[HearingTrial]:
    """Every sentence by every voice under every condition, heard by every recogniser.

    Each is warmed up by one recording that does not count. They take turns, so that a busy machine is busy for all.
    Raises UserError where a speech engine is missing.
    """
    asked = [(group, text, voice) for voice in voices for group, text in texts]
    waves = spoken([text for _, text, _ in asked], [voice for _, _, voice in asked], speak)
    for recogniser in recognisers.values():
        recogniser.hear(waves[0])
    found: list[HearingTrial] = []
    for condition in conditions:
        for (group, text, voice), wave in zip(asked, waves, strict=True):
            recording = degraded(wave, condition, sound_seed(text, voice))
            for name, recogniser in recognisers.items():
                started = time.perf_counter()
                heard = recogniser.hear(recording)
                seconds = time.perf_counter() - started
                found.append(HearingTrial(name, condition, group, voice, normalise(text), heard, len(recording) / 16_000, seconds))
            if on_progress is not None:
                on_progress(len(found) // len(recognisers), len(asked) * len(conditions))
    return found


def wrong(found: Iterable[HearingTrial]) -> float:
    """Word error rate over recordings."""
    return word_error_rate((item.said, normalise(item.heard)) for item in found)


def as_dict(found: Sequence[HearingTrial]) -> dict:
    """Word error rates and seconds by condition and recogniser, also by group and by voice."""
    table: dict = {"recordings": len({(h.condition, h.voice, h.said) for h in found}), "conditions": {}}
    for condition in dict.fromkeys(item.condition for item in found):
        row = table["conditions"][condition] = {}
        for recogniser in dict.fromkeys(item.recogniser for item in found):
            mine = [item for item in found if item.condition == condition and item.recogniser == recogniser]
            row[recogniser] = {
                "word_error_rate": round(wrong(mine), 4),
                **{g: round(wrong([h for h in mine if h.group == g]), 4) for g in dict.fromkeys(h.group for h in mine)},
                **{v: round(wrong([h for h in mine if h.voice == v]), 4) for v in dict.fromkeys(h.voice for h in mine)},
                "sentences_right": round(float(np.mean([h.said == normalise(h.heard) for h in mine])), 4),
                "seconds": round(float(np.mean([h.seconds for h in mine])), 4),
                "seconds_of_speech": round(float(np.mean([h.length for h in mine])), 3),
            }
    return table


def show(found: Sequence[HearingTrial]) -> None:
    """Print a row for each condition and recogniser; the voices are in the JSON."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Words heard wrong", title_justify="left", box=SIMPLE)
    for heading in ("condition", "recogniser", "all", "grammar", "probes", "right", "seconds"):
        table.add_column(heading, justify="left" if heading in ("condition", "recogniser") else "right", no_wrap=True)
    for condition, recognisers in as_dict(found)["conditions"].items():
        for recogniser, row in recognisers.items():
            rates = (row.get(name) for name in ("word_error_rate", "grammar", "probes", "sentences_right"))
            cells = ("" if rate is None else f"{rate:.1%}" for rate in rates)
            table.add_row(condition, recogniser, *cells, f"{row['seconds']:.2f} of {row['seconds_of_speech']:.1f}")
    Console().print(table)


def measure_for_page(context: Context, on_progress: Callable[[int, int], None]) -> dict:
    """The experiment of `evaluate all`; see `as_dict`. Raises UserError without a speech engine."""
    texts = sentences_to_hear(60)[:: 8 if context.quick else 2]  # PocketSphinx takes most of the time
    recognisers = dict(zip(RECOGNISERS, (context.generator.encoder, context.sphinx), strict=True))
    found = compare(recognisers, texts, HELD_OUT, CONDITIONS, on_progress, speak=context.speak)
    return as_dict(found) | {"sentences": len(texts)}


def command(
    pack: Pack = "open",
    voice: Voices = EVERY_VOICE,
    condition: Conditions = EVERY_CONDITION,
    sentences: Annotated[int, typer.Option(min=0, help="Sentences of the grammar, beside all of the probes'.")] = 60,
    only: Annotated[int | None, typer.Option(min=1, help="Only the first so many sentences of all, to try it.")] = None,
    json: JsonFile = None,
) -> int:
    """Count the words our encoder and PocketSphinx get wrong. Exit code 1 if a bar is missed."""
    from backend.audio.encoder import load_encoder
    from backend.packs.pack import find_pack

    from .sphinx import SphinxRecogniser

    encoder = load_encoder(find_pack(pack).path("encoder.safetensors").parent)
    recognisers = dict(zip(RECOGNISERS, (encoder.eval(), SphinxRecogniser()), strict=True))
    with progress_bar("hearing") as tell:
        found = compare(recognisers, sentences_to_hear(sentences)[:only], voice, list(dict.fromkeys(map(str, condition))), tell)
    show(found)
    if json:
        write_json(as_dict(found) | {"all": [asdict(item) for item in found]}, json)
    return exit_code(bars.tell({"hearing": as_dict(found)}))
