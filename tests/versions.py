"""The table of Blender versions and what was tested in each: `python -m tests.versions [FOLDER]` writes addon/docs/versions.md.

FOLDER (default .cache/versions) has what the tests wrote there when they ran: `BLENDER.json` of a Blender without a window, one
`window-SUITE-SESSION.txt` of each session in a window. `build.py test` has them written; groups are in tests/addon/groups.py.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.addon.groups import GROUPS, groups_of

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / ".cache" / "versions"
PAGE = ROOT / "addon" / "docs" / "versions.md"
HEAD = """# Tested in these versions of Blender

Written by the tests (`python -m tests.versions`, after `build.py test`), not by hand. A number is how many tests of that group
passed there, *window* that a session in a real Blender window passed. "3 left out" did not apply to that version or machine;
– was not run there. All of it on Linux.

"""


@dataclass
class Column:
    """One Blender.

    Attributes:
        counts: group -> passed, failed, skipped.
        sessions: group -> whether its session in a window held.
    """

    counts: dict[str, list[int]] = field(default_factory=dict)
    sessions: dict[str, bool] = field(default_factory=dict)

    def cell(self, group: str) -> str:
        """What the table says of a group."""
        parts = []
        if group in self.counts:
            passed, failed, skipped = self.counts[group]
            parts.append(f"**{failed} failed**" if failed else f"{passed}")
            if skipped:
                parts[-1] += f", {skipped} left out"
        if group in self.sessions:
            parts.append("window" if self.sessions[group] else "**window failed**")
        return ", ".join(parts) or "–"


def columns(folder: Path) -> dict[str, Column]:
    """Version of Blender -> what is known of it, oldest first."""
    found: dict[str, Column] = {}
    for path in sorted(folder.glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        column = found.setdefault(told["blender"], Column())
        for file, counts in told["files"].items():
            for group in groups_of(file):
                before = column.counts.setdefault(group, [0, 0, 0])
                before[:] = [a + b for a, b in zip(before, counts, strict=True)]
    for path in sorted(folder.glob("window-*.txt")):
        log = path.read_text(encoding="utf-8")
        version = re.search(r"Blender (\d+\.\d+\.\d+)", log)
        held = log.rstrip().endswith("all checks held")
        if version:
            column = found.setdefault(version[1], Column())
            for group in groups_of(path.stem.split("-", 2)[2]):
                column.sessions[group] = column.sessions.get(group, True) and held
    return dict(sorted(found.items(), key=lambda item: tuple(map(int, item[0].split(".")))))


def table(found: dict[str, Column]) -> str:
    """The page."""
    lines = [["", *(f"Blender {version}" for version in found)], ["---"] * (len(found) + 1)]
    lines += [[group, *(column.cell(group) for column in found.values())] for group in GROUPS]
    return HEAD + "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    results = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    if not columns(results):
        sys.exit(f"There are no results in {results}: run `python3 build.py test` first.")
    PAGE.write_text(table(columns(results)), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")
