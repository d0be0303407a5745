"""Every exception class of ours goes through pickle whole: what a worker process raises is what its caller reads."""

import ast
import importlib
import inspect
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from backend.errors import Cancelled, NotUnderstood, UserError

ROOT = Path(__file__).resolve().parents[2]


def exception_classes() -> list[type[Exception]]:
    """All of backend/, found in the source: a base that is an exception by its name, or one of those found."""
    written = [
        (path, node)
        for path in sorted((ROOT / "backend").rglob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    names, found = {"Exception", "BaseException"}, {}
    while True:
        new = {}
        for path, node in written:
            bases = {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}
            if (path, node.name) not in found and any(base in names or base.endswith("Error") for base in bases):
                new[path, node.name] = None
        if not new:
            break
        found |= new
        names |= {name for _, name in new}
    modules = [(".".join(path.relative_to(ROOT).with_suffix("").parts), name) for path, name in found]
    return [getattr(importlib.import_module(module), name) for module, name in modules]


def example(kind: type[Exception]) -> Exception:
    """One with an own value in every field."""
    if kind.__init__ is Exception.__init__ or not inspect.isfunction(kind.__init__):
        return kind("because")
    values = {"str": "some {}", "float": 0.25, "tuple[str, ...]": ("walk", "wave {}")}
    parameters = list(inspect.signature(kind).parameters.values())
    given = {p.name: values[p.annotation] for p in parameters}
    return kind(**{name: value.format(name) if isinstance(value, str) else value for name, value in given.items()})


@pytest.mark.parametrize("kind", exception_classes(), ids=lambda kind: kind.__name__)
def test_it_comes_back_as_it_was(kind: type[Exception]) -> None:
    error = example(kind)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        back = pickle.loads(pickle.dumps(error, protocol))
        assert type(back) is kind and str(back) == str(error)
        assert back.args == error.args and vars(back) == vars(error)


def test_the_known_ones_are_among_them() -> None:
    assert {"UserError", "NotUnderstood", "Cancelled", "NpzError", "BadRequest"} <= {kind.__name__ for kind in exception_classes()}


def refuse(sentence: str) -> None:
    """What a worker does here."""
    raise UserError("bad_clip", sentence, "Choose another one.")


def test_a_worker_s_sentence_reaches_its_caller() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, pytest.raises(UserError) as caught:
        pool.submit(refuse, "The clip is empty.").result()
    assert (caught.value.code, str(caught.value)) == ("bad_clip", "The clip is empty. Choose another one.")


def test_what_it_holds_besides() -> None:
    error = NotUnderstood("not_understood", "Did not understand.", "", "um", 0.1, ("walk forward",))
    assert pickle.loads(pickle.dumps(error)).nearest == ("walk forward",)
    assert isinstance(pickle.loads(pickle.dumps(Cancelled())), Cancelled)
