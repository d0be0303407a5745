"""Options that several commands have, as annotations for typer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Pack = Annotated[str, typer.Option(help="Pack of weights; info lists them with their licences.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the results here, too.")]
