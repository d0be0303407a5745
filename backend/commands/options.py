"""Options that several commands have, as annotations for typer."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from backend.generation.ours import NAMES, Ours

Seed = Annotated[int | None, typer.Option(help="Same seed, same motion. Default: a random one.")]
Seconds = Annotated[float | None, typer.Option(help="Length of the motion, 0.5 to 40. Default: predicted.")]
Variations = Annotated[int, typer.Option(help="Motions per recording, 1 to 8.")]
Guidance = Annotated[float | None, typer.Option(help="How strictly to follow the words, 0 to 10.")]
FrameRate = Annotated[float, typer.Option(help="Frames per second of the files, 1 to 240.")]
Force = Annotated[bool, typer.Option("--force", help="Make a motion of what is no instruction, too.")]
FollowVoice = Annotated[
    float, typer.Option("--follow-voice", help="How much pace and size follow how it was said, 0 to 1; typed text is neutral.")
]
Addition = StrEnum("Addition", {name.upper(): name.replace("_", "-") for name in NAMES})

Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Pack = Annotated[str, typer.Option(help="Pack of weights; info lists them with their licences.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the results here, too.")]
Without = Annotated[
    list[Addition] | None,
    typer.Option(metavar="NAME", help=f"Leave out what we add to the paper's model (repeatable): {', '.join(Addition)}."),
]


def ours_without(additions: Sequence[str] | None) -> Ours:
    """The switches of a generator that leaves some of our additions out."""
    return Ours.without(*(str(name).replace("-", "_") for name in additions or ()))
