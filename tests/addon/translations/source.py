"""Which texts users see, read from the add-on's source without running it, and which of them cannot be translated."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TRANSLATING = {"iface_", "tip_", "rpt_"}
# What draws: these keywords of theirs are looked up by Blender as they stand.
DRAWING = {"label", "operator", "prop", "menu", "prop_search", "progress", "popover", "row", "column", "operator_menu_enum"}
SHOWN = {"text", "heading", "placeholder"}
# What says something: which argument it is.
SAYING = {"report": 1, "paragraph": 2, "note": 2, "alert": 2, "say": 0, "status_text_set": 0, "poll_message_set": 0}
WORD = re.compile("[A-Za-z]{2}")
# Raised between parts of ours, or by a mistake in the code; nobody reads them.
NOT_SHOWN = {"ValueError", "RuntimeError", "NotImplementedError", "TypeError", "KeyError", "AssertionError", "SystemExit"}


@functools.cache
def trees() -> dict[Path, ast.Module]:
    """The add-on's files."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "addon").rglob("*.py"))}


def template(node: ast.AST | None) -> str | None:
    """A literal with {} for what is only known when it runs; None where it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def all_texts() -> set[str]:
    """Every literal of add-on and backend: what a catalogue translates has to be among them."""
    found = set()
    for path in (*trees(), *sorted((ROOT / "backend").rglob("*.py"))):
        tree = trees().get(path) or ast.parse(path.read_text(encoding="utf-8"))
        found |= {text for node in ast.walk(tree) if (text := template(node))}
    return found


def labels() -> set[str]:
    """Names of panels, operators and properties, choices, and literal labels."""
    found = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "bl_label":
                found.add(template(node.value))
            elif isinstance(node, ast.Call):
                found |= set(_labels_of(node))
            elif isinstance(node, ast.Tuple) and (texts := [template(part) for part in node.elts[:3]])[2:]:
                # A choice: identifier, name, tooltip.
                found |= {texts[1]} if all(texts) and re.fullmatch("[A-Z_]+", texts[0]) and " " in texts[2] else set()
    return {text for text in found if text and WORD.search(text)}


def _labels_of(call: ast.Call) -> Iterator[str | None]:
    name = called(call)
    for keyword in call.keywords:
        if name.endswith("Property") and keyword.arg == "name":
            yield template(keyword.value)
        elif name in DRAWING and keyword.arg in SHOWN and not _as_it_is(call):
            for node in _branches(keyword.value):
                yield node.value if isinstance(node, ast.Constant) else None
    if name == "iface_":
        yield from (template(node) for node in _branches(call.args[0]))


def tooltips() -> set[str]:
    """Of commands, which are their docstrings, and of properties and choices."""
    found = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any(getattr(base, "attr", "") == "Operator" for base in node.bases):
                found.add(ast.get_docstring(node))
            elif isinstance(node, ast.Call) and called(node).endswith("Property"):
                found |= {template(keyword.value) for keyword in node.keywords if keyword.arg == "description"}
            elif isinstance(node, ast.Tuple) and (texts := [template(part) for part in node.elts[:3]])[2:]:
                found |= {texts[2]} if all(texts) and re.fullmatch("[A-Z_]+", texts[0]) and " " in texts[2] else set()
    return {text for text in found if text}


def messages() -> set[str]:
    """Sentences that are said: reports and lines of panels, reasons why a button is grey, errors of our own with their hints."""
    found = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found |= set(_said_by(node))
            elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and called(node.exc) not in NOT_SHOWN:
                found |= {template(branch) for argument in node.exc.args for branch in _branches(argument)}
            elif isinstance(node, ast.FunctionDef) and re.search("reason$|^gone$|^_?advice$", node.name):
                values = [each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value is not None]
                found |= {template(branch) for value in values for branch in _branches(value)}
    # Single words are codes of errors, and what consists of values has nothing to translate.
    return {text for text in found if text and " " in text.strip() and WORD.search(text.replace("Voice to Motion", ""))}


def _said_by(call: ast.Call) -> Iterator[str | None]:
    name = called(call)
    if name in SAYING:
        said = call.args[SAYING[name] : SAYING[name] + 1]
    elif name in TRANSLATING:
        said = call.args[:1]
    else:
        said = call.args if name in {"fail", "failed"} else []
    hints = [keyword.value for keyword in call.keywords if keyword.arg == "hint"]
    yield from (template(branch) for argument in (*said, *hints) for branch in _branches(argument))


def called(call: ast.Call) -> str:
    """The name of a function or method."""
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def untranslatable() -> list[str]:
    """Places that show a text Blender cannot look up: put together from parts, or with another number of values than {}."""
    found = []
    for path, tree in trees().items():
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            nodes = list(ast.walk(function))
            assigned = [node for node in nodes if isinstance(node, ast.Assign)]
            calls = [node for node in nodes if isinstance(node, ast.Call)]
            bad = {call.lineno for call in calls if _wrong_number(call)}
            bad |= {call.lineno for call in calls for shown in _shown(call) if not _whole(shown, assigned, called(call))}
            found += [f"{path.relative_to(ROOT).as_posix()}:{line}" for line in sorted(bad)]
    return sorted(set(found))


def _shown(call: ast.Call) -> Iterator[ast.AST]:
    name = called(call)
    if name in DRAWING and not _as_it_is(call):
        yield from (keyword.value for keyword in call.keywords if keyword.arg in SHOWN)
    elif name in SAYING and len(call.args) > SAYING[name]:
        yield call.args[SAYING[name]]


def _as_it_is(call: ast.Call) -> bool:
    return any(keyword.arg == "translate" and getattr(keyword.value, "value", True) is False for keyword in call.keywords)


def _branches(node: ast.AST) -> list[ast.AST]:
    """What ``a if b else c`` and ``a or b`` may come to."""
    if isinstance(node, ast.IfExp):
        return _branches(node.body) + _branches(node.orelse)
    if isinstance(node, ast.BoolOp):
        return [branch for value in node.values for branch in _branches(value)]
    return [node]


def _whole(node: ast.AST, assigned: list[ast.Assign], by: str) -> bool:
    """Whether what is shown is a literal, or translated before it was put together."""
    for branch in _branches(node):
        if isinstance(branch, ast.JoinedStr | ast.BinOp) and WORD.search(_own_words(branch)):
            return False
        # A finished sentence is recognized by our own functions only; `paragraph` and `say` call one.
        if isinstance(branch, ast.Call) and called(branch) in ({"format"} if by in {"paragraph", "say"} else {"str", "format"}):
            return False
        if isinstance(branch, ast.Name):
            values = [each.value for each in assigned if _assigns(each, branch.id)]
            if not all(_whole(value, assigned, by) for value in values if not isinstance(value, ast.Name)):
                return False
    return True


def _own_words(node: ast.AST) -> str:
    """Letters of a put-together text that stand outside of the calls that translate."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node.left, node.right]
        return " ".join(_own_words(part) for part in parts).replace("Voice to Motion", "")
    return ""


def _assigns(statement: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)


def _wrong_number(call: ast.Call) -> bool:
    if called(call) not in TRANSLATING or len(call.args) < 2:
        return False
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return False
    texts = [text for branch in _branches(call.args[0]) if (text := template(branch)) is not None]
    return any(text.count("{}") != len(call.args) - 1 for text in texts)
