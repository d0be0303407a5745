"""`python -m backend evaluate probes`: how often the body does what was said.

Exit code 0 where every condition's share of passed trials is at or above its bar, else 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backend.commands.options import Device, JsonFile, Pack, Without, ours_without
from backend.evaluation.bars import PROBES as BARS
from backend.evaluation.command_line import CLEAN, EVERY_VOICE, Conditions, Kinds, Seeds, Voices, exit_code, probes_of, progress_bar
from backend.evaluation.results import write_json
from backend.language.instruction import Instruction

from .results import held_bars, sheets, show
from .runner import evenly_chosen, run_probes, run_typed_probes


def command(
    pack: Pack = "open",
    device: Device = "auto",
    seeds: Seeds = 5,
    voice: Voices = EVERY_VOICE,
    kind: Kinds = None,
    count: Annotated[int | None, typer.Option(min=1, help="Only so many probes, spread evenly over the kinds.")] = None,
    condition: Conditions = CLEAN,
    typed: Annotated[bool, typer.Option("--typed", help="Give the text itself: no voices, no conditions.")] = False,
    bar: Annotated[float | None, typer.Option(min=0, max=100, help="Per cent that must pass. Default: what is promised.")] = None,
    without: Without = None,
    json: JsonFile = None,
    sheet: Annotated[Path | None, typer.Option(metavar="DIR", help="Draw failures and successes into this folder.")] = None,
) -> int:
    """Ask the probes of what the pack knows and measure whether the body does what was said."""
    from backend.generation.pipeline import Generator

    generator = Generator.load(pack, device, ours_without(without))
    probes = [probe for probe in probes_of(kind) if generator.model.classes.knows(Instruction.parse(probe.key))]
    probes = evenly_chosen(probes, count) if count else probes
    with progress_bar("probes") as tell:
        if typed:
            results = run_typed_probes(generator, range(seeds), tell, probes=probes)
        else:
            conditions = list(dict.fromkeys(map(str, condition)))
            results = run_probes(generator, voice, range(seeds), tell, probes=probes, conditions=conditions)
    show(results)
    if json:
        write_json(results.as_dict(), json)
    if sheet:
        sheets(results, sheet)
    bars = BARS if bar is None else dict.fromkeys(results.conditions(), bar)
    return exit_code(held_bars(results, bars))
