"""`python -m backend doctor`: the report of `backend.checks` as a table or as JSON.

Works without any package: `rich` draws the table where it is installed, and `main` reads the arguments where `typer` is not.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from backend.checks.check import FAILED, OK, Check
from backend.checks.report import as_dict, examine, is_healthy
from backend.version import version


def doctor(folders: tuple[Path, ...] = (), protocol: int | None = None, *, as_json: bool = False) -> int:
    """Examine and print; 0 when nothing failed, else 1."""
    checks = examine(folders, protocol)
    if as_json:
        print(json.dumps(as_dict(checks, version()), indent=2))
    else:
        print_table(checks)
    return 0 if is_healthy(checks) else 1


def print_table(checks: list[Check]) -> None:
    """For people."""
    try:
        from rich.console import Console
        from rich.table import Table
    except ImportError:
        for check in checks:
            print(f"{check.status:<8} {check.name:<20} {check.detail}")
            if check.fix:
                print(f"{'':<8} {'':<20} {check.fix}")
        return
    colours = {OK: "green", FAILED: "red"}
    table = Table(box=None, show_header=False)
    for check in checks:
        mark = f"[{colours.get(check.status, 'yellow')}]{check.status}[/]"
        table.add_row(mark, check.name, check.detail.replace("[", "\\["))
        if check.fix:
            table.add_row("", "", f"[bold]{check.fix}[/]")
    Console(soft_wrap=True, highlight=False).print(table)


def main(arguments: list[str]) -> int:
    """The command where `typer`, which reads the arguments otherwise, cannot be imported."""
    parser = argparse.ArgumentParser(prog="python -m backend doctor")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, action="append", default=[])
    parser.add_argument("--protocol", type=int)
    options = parser.parse_args(arguments)
    return doctor(tuple(options.folder), options.protocol, as_json=options.json)
