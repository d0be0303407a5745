"""The pages for users and developers, and what stands in them: commands, links, bold labels, tables, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "addon" / "docs").glob("*.md")), *sorted((ROOT / "backend" / "docs").glob("*.md"))]
_FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```\s*?$", re.M | re.S)


@dataclass(frozen=True)
class Command:
    """A line of a shell block, without its comment."""

    page: str
    line: str


def name_of(page: Path) -> str:
    """A page as tests call it."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Language and contents of every fenced block."""
    for match in _FENCE.finditer(page.read_text(encoding="utf-8")):
        yield match[1], match[2]


def commands() -> list[Command]:
    """Every shell command of every page, in order."""
    found = []
    for page in PAGES:
        for language, text in blocks(page):
            if language in {"text", "python", "json"}:
                continue
            for line in text.replace("\\\n", " ").splitlines():
                if command := re.sub(r"\s+#.*$", "", line).strip():
                    found.append(Command(name_of(page), command))
    return found


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Targets of links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(page))


def anchors(page: Path) -> set[str]:
    """What a link into the page may name: its headings, as git hosts spell them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def rows(page: Path) -> list[tuple[str, list[str]]]:
    """Rows of all tables: the heading they stand under, and their cells. Without the tables' own heads."""
    heading, found = "", []
    for line in prose(page).splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|"):
            if set(line) <= set("|-: "):
                found.pop()  # the line before it is the head
            else:
                found.append((heading, [cell.strip() for cell in line.strip("|").split(" | ")]))
    return found
