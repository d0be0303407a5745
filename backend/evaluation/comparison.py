"""``python -m backend evaluate hearing``: how many words our encoder and PocketSphinx get wrong, and how long they take.

Both hear the same recordings: sentences of the training grammar that were drawn for this, and the probes' instructions, which
were not, spoken by voices that neither was trained with, clean, with noise and in a room. Both know the same words. Counting is
jiwer's; the recognisers are `backend.audio.encoder` (beam search) and `sphinx`; worsening is `conditions`'.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from backend.language.captions import STYLES, normalise, sample_instruction, sentences

from .conditions import NAMES, worsened
from .files import write_json
from .probes import PROBES
from .probes.runner import HELD_OUT, Speak, sound_seed, spoken

EARS = ("ours", "PocketSphinx")


class Ear(Protocol):
    """A recogniser: our encoder, or `sphinx.SphinxEar`."""

    def hear(self, wave: np.ndarray) -> str: ...


@dataclass(frozen=True)
class Heard:
    """One recording as one recogniser heard it; ``group`` is "grammar" or "probes", ``length`` and ``seconds`` are seconds."""

    ear: str
    condition: str
    group: str
    voice: str
    said: str
    heard: str
    length: float
    seconds: float


def sentences_to_hear(count: int) -> list[tuple[str, str]]:
    """(group, text): ``count`` sentences of the grammar, half of them oral, and all of the probes'."""
    words = random.Random("hearing")
    drawn = [sentences(sample_instruction(words), words, STYLES[number % 2])[0] for number in range(count)]
    texts = [("grammar", text) for text in drawn] + [("probes", probe.text) for probe in PROBES]
    return list(dict.fromkeys(texts))


def compare(
    ears: dict[str, Ear],
    texts: Sequence[tuple[str, str]],
    voices: Sequence[str] = HELD_OUT,
    conditions: Sequence[str] = NAMES,
    on_progress: Callable[[int, int], None] | None = None,
    speak: Speak | None = None,
) -> list[Heard]:
    """Let every recogniser hear every sentence by every voice under every condition; `as_dict` sums it up.

    Each is warmed up by one recording that does not count; they take turns, so that a busy machine is busy for all.
    UserError where a speech engine is missing.
    """
    asked = [(group, text, voice) for voice in voices for group, text in texts]
    waves = spoken([text for _, text, _ in asked], [voice for _, _, voice in asked], speak)
    for ear in ears.values():
        ear.hear(waves[0])
    found: list[Heard] = []
    for condition in conditions:
        for (group, text, voice), wave in zip(asked, waves, strict=True):
            worse = worsened(wave, condition, sound_seed(text, voice))
            for name, ear in ears.items():
                started = time.perf_counter()
                heard = ear.hear(worse)
                seconds = time.perf_counter() - started
                found.append(Heard(name, condition, group, voice, normalise(text), heard, len(worse) / 16_000, seconds))
            if on_progress is not None:
                on_progress(len(found) // len(ears), len(asked) * len(conditions))
    return found


def wrong(found: Iterable[Heard]) -> float:
    """Word error rate over recordings."""
    import jiwer

    pairs = [(item.said, normalise(item.heard)) for item in found]
    return float(jiwer.wer([said for said, _ in pairs], [heard for _, heard in pairs]))


def as_dict(found: Sequence[Heard]) -> dict:
    """By condition and recogniser: word error rates of all, by group and by voice; and seconds a recording."""
    table: dict = {"recordings": len({(h.condition, h.voice, h.said) for h in found}), "conditions": {}}
    for condition in dict.fromkeys(item.condition for item in found):
        row = table["conditions"][condition] = {}
        for ear in dict.fromkeys(item.ear for item in found):
            mine = [item for item in found if item.condition == condition and item.ear == ear]
            row[ear] = {
                "word_error_rate": round(wrong(mine), 4),
                **{g: round(wrong([h for h in mine if h.group == g]), 4) for g in dict.fromkeys(h.group for h in mine)},
                **{v: round(wrong([h for h in mine if h.voice == v]), 4) for v in dict.fromkeys(h.voice for h in mine)},
                "sentences_right": round(float(np.mean([h.said == normalise(h.heard) for h in mine])), 4),
                "seconds": round(float(np.mean([h.seconds for h in mine])), 4),
                "seconds_of_speech": round(float(np.mean([h.length for h in mine])), 3),
            }
    return table


def show(found: Sequence[Heard]) -> None:
    """Print a row a condition and recogniser; the voices are in the JSON."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Words heard wrong", title_justify="left", box=SIMPLE)
    for heading in ("condition", "recogniser", "all", "grammar", "probes", "right", "seconds"):
        table.add_column(heading, justify="left" if heading in ("condition", "recogniser") else "right", no_wrap=True)
    for condition, ears in as_dict(found)["conditions"].items():
        for ear, row in ears.items():
            rates = (row.get(name) for name in ("word_error_rate", "grammar", "probes", "sentences_right"))
            cells = ("" if rate is None else f"{rate:.1%}" for rate in rates)
            table.add_row(condition, ear, *cells, f"{row['seconds']:.2f} of {row['seconds_of_speech']:.1f}")
    Console().print(table)


def main(argv: list[str] | None = None) -> int:
    """Command line of ``evaluate hearing``; exit code 0, or 2 for bad usage."""
    parser = argparse.ArgumentParser(prog="python -m backend evaluate hearing", description=__doc__.splitlines()[0])
    parser.add_argument("--pack", default="open", help="whose encoder (default: open)")
    parser.add_argument("--voices", nargs="+", default=list(HELD_OUT), help="speakers (default: the held-out ones)")
    parser.add_argument("--condition", nargs="+", default=list(NAMES), choices=NAMES, help="how it is heard (default: all)")
    parser.add_argument("--sentences", type=int, default=60, help="of the grammar, beside all of the probes' (default: 60)")
    parser.add_argument("--only", type=int, metavar="N", help="only the first N sentences of all, to try it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rates and every recording here")
    options = parser.parse_args(argv)
    texts = sentences_to_hear(options.sentences)[: options.only]
    if not texts or options.sentences < 0:
        parser.error("there must be at least one sentence")
    if options.json and not options.json.parent.is_dir():
        parser.error(f"folder of {options.json} does not exist")

    from rich.progress import Progress

    from backend.audio.encoder import load_encoder
    from backend.packs.pack import find_pack

    from .sphinx import SphinxEar

    encoder = load_encoder(find_pack(options.pack).path("encoder.safetensors").parent)
    ears = dict(zip(EARS, (encoder.eval(), SphinxEar()), strict=True))
    with Progress(transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("hearing", total=None)
        found = compare(
            ears, texts, options.voices, list(dict.fromkeys(options.condition)),
            lambda done, total: progress.update(task, completed=done, total=total),
        )  # fmt: skip
    show(found)
    if options.json:
        write_json(as_dict(found) | {"all": [asdict(item) for item in found]}, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
