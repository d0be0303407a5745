"""What the commands of `evaluate` share: options, a progress bar, exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from .acoustics import Condition
from .probes import PROBES, Probe
from .probes.runner import HELD_OUT

HELD, MISSED = 0, 1  # exit codes: every printed bar holds, or one does not
Progress = Callable[[int, int], None]  # (done, in all)

Voices = Annotated[list[str], typer.Option("--voice", help="Speaker; may be given several times.")]
Seeds = Annotated[int, typer.Option(min=1, help="Seeds per instruction and voice.")]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Only this kind of probe, as in the table; repeatable.")]
Conditions = Annotated[list[Condition], typer.Option("--condition", help="How it is heard; may be given several times.")]
EVERY_VOICE, CLEAN, EVERY_CONDITION = list(HELD_OUT), [Condition.CLEAN], list(Condition)  # defaults


def probes_of(kinds: Sequence[str] | None) -> list[Probe]:
    """The probes of some kinds, or all. Raises typer.BadParameter for an unknown kind."""
    known = list(dict.fromkeys(probe.kind for probe in PROBES))
    for kind in kinds or ():
        if kind not in known:
            raise typer.BadParameter(f"There is no kind {kind!r}. There are: {', '.join(known)}.")
    return [probe for probe in PROBES if not kinds or probe.kind in kinds]


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """A bar on a terminal that is gone when it ends; nothing where stderr is a file."""
    from rich.progress import Progress as Bar

    with Bar(transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def exit_code(holds: bool) -> int:
    """The exit code for whether every printed bar holds."""
    return HELD if holds else MISSED
