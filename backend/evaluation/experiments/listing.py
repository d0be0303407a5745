"""Which experiments there are, in the order in which they run and stand on the page. Modules are imported when they run."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Experiment:
    """One experiment: its name in files and options, what a progress bar calls it, and the module with its ``run``."""

    name: str
    title: str
    module: str

    def function(self) -> Callable:
        """``run(context, tell)`` of the module."""
        return importlib.import_module(f"{__package__}.{self.module}").run


EXPERIMENTS = (
    Experiment("probes", "probes", "probes"),
    Experiment("hearing", "words heard", "hearing"),
    Experiment("cascade", "cascade", "cascade"),
    Experiment("semantics", "real, speech, text, shuffled", "semantics"),
    Experiment("motion_quality", "motion quality", "motion_quality"),
    Experiment("reconstruction", "tokenizer", "reconstruction"),
    Experiment("confidence", "confidence", "confidence"),
    Experiment("speed", "speed", "speed"),
)
