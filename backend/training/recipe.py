"""Recipes: TOML files with all stages of making a pack, every option and seed.

A stage calls a function of the backend, the one that its command calls too. Its options are checked against the function's
signature: an option that the function does not know is refused, and so is one that the recipe leaves out, so that nothing about a
pack is decided elsewhere. `recipe_runner` runs the stages.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import tomllib
import types
import typing
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from ..errors import UserError

RECIPES = Path(__file__).with_name("recipes")
HEAD, LOOP = "recipe", "loop"  # tables that are no stages: about the pack; options of every training loop
KEYS = {"call", "after", "cores", "minutes", "options", "smoke"}  # of a stage
# sizes of a network that follow from vocabulary and data
FOLLOWS = {"words", "phones", "speech_width", "kinds", "directions", "styles", "variants", "controls"}
MOST_CORES = 2


@dataclass(frozen=True)
class Stage:
    """One stage.

    Attributes:
        call: the function, such as ``training.tokenizer.train``.
        after: names of earlier stages that it needs.
        cores: processor cores that it uses.
        minutes: its budget; a training ends then with the learning rate annealed.
        options: arguments of the function, with places such as ``{data}`` in strings.
        left_out: why a smoke run does without it; empty where it runs.
    """

    name: str
    call: str
    after: tuple[str, ...]
    cores: int
    minutes: float
    options: dict[str, Any]
    left_out: str = ""


@dataclass(frozen=True)
class PackRecipe:
    """A recipe file.

    Attributes:
        name: of the file, without its ending.
        sha256: of the file.
        begins_with: shipped packs and folders of weights that the stages go on from.
        stages: in the order of the file.
        loop: options that all training loops share.
    """

    name: str
    sha256: str
    begins_with: tuple[str, ...]
    stages: tuple[Stage, ...]
    loop: dict[str, Any]

    def arguments(self, stage: Stage, places: dict[str, str]) -> tuple[Callable, dict[str, Any]]:
        """The stage's function and arguments. Raises UserError for a wrong or missing option."""
        function = _function(stage)
        return function, _Binder(self, stage, places).arguments(function)


def read_recipe(name: str, smoke: bool = False, folder: Path = RECIPES) -> PackRecipe:
    """Read ``name``.toml; ``smoke`` applies its small sizes. Raises UserError where it is bad."""
    path = folder / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.toml")))
        raise UserError("no_recipe", f"There is no recipe {name}.", f"Recipes: {known}.")
    content = path.read_bytes()
    try:
        tables = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError("bad_recipe", f"{path.name} is no TOML file: {error}.") from error
    head, loop = tables.pop(HEAD, {}), tables.pop(LOOP, {})
    stages: dict[str, Stage] = {}
    for stage, table in tables.items():
        stages[stage] = _stage(path.name, stage, table, smoke, set(stages))
    return PackRecipe(name, hashlib.sha256(content).hexdigest(), tuple(head.get("begins_with", ())), tuple(stages.values()), loop)


def _stage(file: str, name: str, table: dict[str, Any], smoke: bool, earlier: set[str]) -> Stage:
    if strange := sorted(table.keys() - KEYS):
        known = f"A stage has {', '.join(sorted(KEYS))}."
        raise UserError("bad_recipe", f"[{name}] of {file} has the unknown entry {strange[0]}.", known)
    if missing := sorted(KEYS - {"smoke", "after"} - table.keys()):
        raise UserError("bad_recipe", f"[{name}] of {file} does not say {missing[0]}.")
    after = tuple(table.get("after", ()))
    if unknown := [other for other in after if other not in earlier]:
        raise UserError("bad_recipe", f"[{name}] of {file} comes after {unknown[0]}, which is no earlier stage.")
    if not 1 <= table["cores"] <= MOST_CORES:
        raise UserError("bad_recipe", f"[{name}] of {file} asks for {table['cores']} cores; there are {MOST_CORES}.")
    options, small = deepcopy(table["options"]), deepcopy(table.get("smoke", {}))
    left_out = small.pop("left_out", "") if smoke else ""
    if smoke:
        _merge(options, small)
    return Stage(name, table["call"], after, table["cores"], table["minutes"], options, left_out)


def _merge(options: dict[str, Any], changes: dict[str, Any]) -> None:
    """Put changes into nested options."""
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(options.get(name), dict):
            _merge(options[name], value)
        else:
            options[name] = value


def _function(stage: Stage) -> Callable:
    module, _, name = stage.call.rpartition(".")
    try:
        return getattr(importlib.import_module(f"backend.{module}"), name)
    except (ModuleNotFoundError, AttributeError) as error:
        raise UserError("bad_recipe", f"[{stage.name}] calls {stage.call}, which is no function of the backend.") from error


class _Binder:
    """Turns a stage's options into the arguments of its function."""

    def __init__(self, recipe: PackRecipe, stage: Stage, places: dict[str, str]) -> None:
        self.recipe, self.stage, self.places = recipe, stage, places
        self.where = f"[{stage.name}] of {recipe.name}.toml"

    def arguments(self, function: Callable) -> dict[str, Any]:
        hints = typing.get_type_hints(function)
        parameters = {name: hints[name] for name in inspect.signature(function).parameters if not _is_callback(hints[name])}
        found = {name: Console() for name, hint in parameters.items() if _holds(hint, Console)}
        options = {name: hint for name, hint in parameters.items() if name not in found}
        return found | self._values(options, self.stage.options, f"{self.stage.call} knows", "")

    def _values(self, hints: dict[str, Any], given: dict[str, Any], knows: str, above: str) -> dict[str, Any]:
        """Values of options by name; ``above`` is the option they are part of."""
        if unknown := sorted(given.keys() - hints.keys()):
            known = f"{knows} {', '.join(hints)}."
            raise UserError("bad_recipe", f"{self.where} has the unknown option {above}{unknown[0]}.", known)
        found = {}
        for name, hint in hints.items():
            if name in given:
                found[name] = self._value(hint, given[name], f"{above}{name}")
            elif not _holds(hint, type(None)):
                raise UserError("bad_recipe", f"{self.where} does not say {above}{name}, which decides about the pack.")
        return found

    def _value(self, hint: Any, value: Any, name: str) -> Any:
        if is_dataclass(hint):
            if not isinstance(value, dict):
                raise UserError("bad_recipe", f"{self.where}: {name} must be a table.")
            if hint.__name__ == "LoopConfig":
                value = self.recipe.loop | {"minutes": self.stage.minutes} | value
            hints = typing.get_type_hints(hint)
            inner = {field.name: hints[field.name] for field in fields(hint) if field.name not in FOLLOWS}
            return hint(**self._values(inner, value, f"{hint.__name__} has", f"{name}."))
        try:
            return msgspec.convert(self._placed(value), hint, dec_hook=lambda kind, one: kind(one))
        except (msgspec.ValidationError, KeyError) as error:
            raise UserError("bad_recipe", f"{self.where}: {name} = {value!r} does not fit ({error}).") from error

    def _placed(self, value: Any) -> Any:
        """The value with the places in its strings filled in."""
        if isinstance(value, str):
            return value.format_map(self.places)
        if isinstance(value, dict):
            return {name: self._placed(one) for name, one in value.items()}
        return [self._placed(one) for one in value] if isinstance(value, list) else value


def _holds(hint: Any, kind: type) -> bool:
    """Whether a type is ``kind`` or a union with it."""
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return hint is kind or (union and kind in typing.get_args(hint))


def _is_callback(hint: Any) -> bool:
    """Whether a parameter only watches: a function, or none."""
    options = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    return any(typing.get_origin(option) is Callable for option in options)
