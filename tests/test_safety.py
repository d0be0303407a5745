"""What must not be in the programs, read from their source: shells, pickles, code made from data, and network in the backend.

That the backend opens no connection while it works is `backend/test_no_network.py`'s matter.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*(ROOT / "addon").rglob("*.py"), *(ROOT / "backend").rglob("*.py"), ROOT / "build.py"])
SHELLS = {"system", "popen", "getoutput", "getstatusoutput", "spawnl", "spawnlp"}  # of os and subprocess
PICKLES = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal"}
NETWORK = {
    "socket", "socketserver", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "xmlrpc",
    "asyncio", "websockets", "huggingface_hub",
}  # fmt: skip
# The report asks for the computer's name to leave it out; the page of the set-up takes server names out of addresses. (What the
# set-up downloads, pip does, as a program.) The extension's builder and the data scripts run on a developer's machine and are not
# in the extension.
MAY_USE_THE_NETWORK = ("addon/runtime/report.py", "addon/runtime/sources.py", "backend/packaging/", "backend/data/")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def problems(tree: ast.AST, path: str) -> Iterator[str]:
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
            given = {keyword.arg: getattr(keyword.value, "value", None) for keyword in node.keywords}
            if given.get("shell"):
                yield f"{path}:{line} uses a shell"
            if owner in ("os", "subprocess", "commands") and name in SHELLS:
                yield f"{path}:{line} uses {owner}.{name}"
            if isinstance(node.func, ast.Name) and name in ("eval", "exec"):
                yield f"{path}:{line} uses {name}"
            if owner in ("np", "numpy") and name == "load" and given.get("allow_pickle") is not False:
                yield f"{path}:{line} loads with numpy and does not say allow_pickle=False"
            if owner == "torch" and name == "load":
                yield f"{path}:{line} uses torch.load"
            if owner == "tarfile" and name == "extractall":
                yield f"{path}:{line} unpacks an archive with its own paths"
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules = [node.module or ""]
        for module in {module.partition(".")[0] for module in modules}:
            if module in PICKLES:
                yield f"{path}:{line} imports {module}"
            if module in NETWORK and not path.startswith(MAY_USE_THE_NETWORK):
                yield f"{path}:{line} imports {module}"


def test_no_shell_no_pickle_no_network():
    assert len(SOURCES) > 80
    found = [line for path in SOURCES for line in problems(ast.parse(path.read_text(encoding="utf-8")), name_of(path))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("code", [
    "import subprocess; subprocess.run('ls', shell=True)", "import os; os.system('ls')", "eval('1')", "import pickle",
    "import numpy as np; np.load('x')", "import numpy as np; np.load('x', allow_pickle=True)", "import torch; torch.load('x')",
    "import socket", "from urllib.request import urlopen", "import os; os.popen('ls')",
])  # fmt: skip
def test_it_would_be_found(code):
    assert list(problems(ast.parse(code), "backend/x.py"))
