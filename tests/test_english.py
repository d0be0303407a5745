"""Docstrings begin with one short line that says what the thing is or does.

`python -m tests.test_english PATH...` lists the lines that are too long.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 90  # letters of a docstring's first line; quotes are not counted
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def first_lines(source: str) -> Iterator[tuple[int, str]]:
    """Line number and text of the first line of every docstring in a Python file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and not _is_operator(node) and ast.get_docstring(node):
            yield node.body[0].lineno, ast.get_docstring(node).splitlines()[0]


def _is_operator(node: ast.AST) -> bool:
    """Whether Blender shows the docstring as a tooltip, which is one paragraph in the user's language."""
    return isinstance(node, ast.ClassDef) and any(getattr(base, "attr", "") == "Operator" for base in node.bases)


def long_lines(*folders: Path) -> list[str]:
    """Place, length and text of each first line that is longer than `LONGEST`."""
    found = []
    for path in sorted(path for folder in folders for path in ([folder] if folder.is_file() else folder.rglob("*.py"))):
        for number, line in first_lines(path.read_text(encoding="utf-8")):
            if len(line) > LONGEST:
                found.append(f"{path.as_posix()}:{number}: {len(line)}: {line}")
    return found


def test_first_lines_of_docstrings_are_short():
    found = long_lines(ROOT / "addon", ROOT / "backend")
    assert not found, f"{len(found)} first lines are longer than {LONGEST} letters:\n" + "\n".join(found)


def test_a_long_first_line_is_found():
    source = f'"""Short."""\n\n\ndef long():\n    """{"x" * (LONGEST + 1)}\n\n    More.\n    """\n'
    assert [(number, len(line)) for number, line in first_lines(source)] == [(1, 6), (5, LONGEST + 1)]


if __name__ == "__main__":
    print(*long_lines(*(Path(argument) for argument in sys.argv[1:])), sep="\n")
