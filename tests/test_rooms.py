"""The rooms of the house and the direction of imports between them.

A room is a folder directly below `addon/` or `backend/`; a module that lies loose there is a room of its own. `MAY_IMPORT` is the
whole truth: an arrow that is not in it is a fault, and one that nobody needs any more has to leave it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# room -> rooms it imports from
MAY_IMPORT: dict[str, dict[str, str]] = {
    "addon": {
        "batch": "keys link motion scene takes translations",
        "character": "motion",
        "clips": "installation keys link motion rigs scene translations tweak",
        "entrance": "clips link operators panels preferences properties rigs runtime takes timeline translations",
        "ik": "character keys motion",
        "keys": "motion",
        "link": "translations",
        "motion": "installation",
        "operators": (
            "batch character clips ik installation keys link motion rigs runtime scene smplx takes timeline translations tweak"
        ),
        "panels": "batch clips ik installation link rigs runtime scene smplx takes timeline translations",
        "preferences": "installation panels runtime translations",
        "properties": "clips scene takes",
        "rigs": "keys motion",
        "runtime": "installation link",
        "smplx": "character motion",
        "takes": "link runtime",
        "timeline": "clips keys link motion rigs scene translations",
        "tweak": "installation motion",  # the table of styles lies with the backend
    },
    "backend": {
        "__main__": "cli commands",
        "audio": "errors packs",
        "cli": "commands errors generation packs serve version",
        "commands": "audio checks errors generation motion packs serve version",
        "data": "audio errors language model motion packaging packs",
        "evaluation": "audio commands data errors generation language model motion packs serve",
        "generation": "audio errors language model motion packs",
        "model": "audio language motion packs",
        "motion": "errors packs",
        "packaging": "errors",
        "packs": "errors",
        "serve": "audio errors generation motion packs version",
        "training": "audio data errors evaluation generation language model motion packs",
    },
}
LOOSE = {"addon": 5, "backend": 5}  # modules at most
NOT_FOR_REQUESTS = {"data", "training", "evaluation", "packaging"}  # never in the extension's zip
# The commands for developers, which say in one sentence that they need a checkout.
START = ("serve", "generation", "model", "audio", "language", "motion", "packs", "checks")


def modules(program: str) -> dict[str, Path]:
    """Dotted name -> file of every module of a program."""
    found = {}
    for path in sorted((ROOT / program).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(program: str) -> dict[str, set[str]]:
    """Module -> modules of the same program that it imports, at its top or inside a function."""
    known = modules(program)
    found: dict[str, set[str]] = {name: set() for name in known}
    for name, path in known.items():
        package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                above = package[: len(package) - node.level + 1] if node.level else []
                source = ".".join([*above, *([node.module] if node.module else [])])
                names = [f"{source}.{alias.name}" for alias in node.names]
                found[name] |= {each if each in known else source for each in names if each in known or source in known}
            elif isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names if alias.name in known}
    return found


def room_of(module: str) -> str:
    """`addon.clips.recipe` is in clips, `addon.preferences` in preferences, and `addon` itself in the entrance."""
    return module.split(".")[1] if "." in module else "entrance"


def arrows(program: str) -> dict[str, set[str]]:
    """Room -> other rooms it imports from."""
    found: dict[str, set[str]] = {}
    for module, others in imports(program).items():
        room = room_of(module)
        found.setdefault(room, set()).update(room_of(other) for other in others if room_of(other) != room)
    return found


@pytest.mark.parametrize("program", MAY_IMPORT)
def test_every_arrow_between_rooms_is_in_the_table_and_needed(program: str):
    allowed = {room: set(others.split()) for room, others in MAY_IMPORT[program].items()}
    found = {room: others for room, others in arrows(program).items() if others}
    assert found == {room: others for room, others in allowed.items() if others}


@pytest.mark.parametrize("program", MAY_IMPORT)
def test_the_table_has_no_circle(program: str):
    left = {room: set(others.split()) for room, others in MAY_IMPORT[program].items()}
    while left:
        ends = [room for room, others in left.items() if not others & left.keys()]
        assert ends, f"these rooms import each other in a circle: {sorted(left)}"
        for room in ends:
            del left[room]


@pytest.mark.parametrize("program", MAY_IMPORT)
def test_few_modules_lie_loose(program: str):
    loose = sorted(path.name for path in (ROOT / program).glob("*.py"))
    assert len(loose) <= LOOSE[program], loose


@pytest.mark.parametrize("program", MAY_IMPORT)
def test_every_room_says_what_lives_there_and_what_does_not(program: str):
    for folder in {path.parent for path in modules(program).values()}:
        said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
        assert len(said.splitlines()) >= 2, f"{folder.relative_to(ROOT)}/__init__.py"


def test_language_does_not_import_torch():
    code = "import pkgutil, sys, backend.language as room\n" + (
        "for module in pkgutil.iter_modules(room.__path__): __import__(f'backend.language.{module.name}')\n"
        "print(sum(name.startswith('backend.language.') for name in sys.modules), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    count, torch = done.stdout.split()
    assert int(count) == len(list((ROOT / "backend" / "language").rglob("*.py"))) - 1 and torch == "False"


@pytest.mark.parametrize("program", MAY_IMPORT)
def test_no_two_classes_of_a_program_have_one_name(program: str):
    found: dict[str, list[str]] = {}
    for module, path in modules(program).items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(module)
    assert not {name: places for name, places in found.items() if len(places) > 1}


def test_a_request_needs_nothing_of_training_or_evaluation():
    graph = imports("backend")
    reached, ahead = set(), [name for name in graph if room_of(name) in START]
    while ahead:
        module = ahead.pop()
        if module not in reached:
            reached.add(module)
            ahead += graph[module]
    assert not [module for module in reached if room_of(module) in NOT_FOR_REQUESTS]
