"""What the product can say to its user, read from the source without running it. Variable parts are written as ``…``."""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Words of these stand inside the sentences of others, or are for programs.
NOT_FOR_USERS = {"NpzError", "WireError"}
CODE_FIRST = {"UserError", "SetupError", "BadRequest", "NotUnderstood", "DiskError"}
# Called with a sentence, then shown in the panel.
SAYING = {"failed", "fail"}
# Called with a text that has {} for what is only known when it runs.
TRANSLATING = {"iface_", "tip_", "rpt_"}


@dataclass(frozen=True)
class Message:
    """One place in the source that says something; ``code`` is empty where the message has none."""

    path: str
    code: str
    text: str
    hint: str


@functools.cache
def collect() -> tuple[Message, ...]:
    """All of them, by file."""
    sources = [*sorted((ROOT / "addon").rglob("*.py")), *sorted((ROOT / "backend").rglob("*.py")), ROOT / "build.py"]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources}
    errors = {node.name for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and _is_error(node)}
    found = []
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (said := _said(node, errors - NOT_FOR_USERS)):
                found.append(Message(path.relative_to(ROOT).as_posix(), *said))
    return tuple(found)


def _is_error(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id.endswith(("Error", "Exception")) for base in node.bases)


def _said(call: ast.Call, errors: set[str]) -> tuple[str, str, str] | None:
    """Code, sentence and hint of a call that says something literal."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    texts = [text_of(argument) for argument in call.args]
    if name in CODE_FIRST:
        code, texts = (texts[0] if texts else ""), texts[1:]
    elif name in errors or name in SAYING:
        code = ""
    elif name == "_failed" or (name == "report" and call.args and _is_error_report(call.args[0])):
        code, texts = "", texts[1:]  # the first argument is Blender's
    else:
        return None
    text, hint = (*texts, "", "")[:2]
    if not text or not re.search(r"[A-Za-z]{2}", text):  # it passes on what was said elsewhere
        return None
    return code or "", text, hint or ""


def _is_error_report(kind: ast.AST) -> bool:
    return isinstance(kind, ast.Set) and getattr(kind.elts[0], "value", "") == "ERROR"


def text_of(node: ast.AST) -> str | None:
    """The literal in an expression, with … for what is only known when it runs; None where nothing is literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATING and node.args:
        text = (text_of(node.args[0]) or "").replace("{}", "…")
    elif isinstance(node, ast.BinOp):
        text = (text_of(node.left) or "…") + (text_of(node.right) or "…")
    else:
        return None
    return re.sub(r"\s+", " ", re.sub(r"…[\s…]*…", "…", text)).strip()
