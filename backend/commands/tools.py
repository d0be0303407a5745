"""The tools of a checkout, `python -m backend data|train|evaluate TOOL`.

A tool is a module with a function ``command`` whose parameters are annotated for typer and whose docstring is the help; it
returns an exit code, or None for 0. The extension's zip has none of the tools' folders; there the groups are not listed.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from backend.errors import UserError
from backend.serve.loading import be_patient, missing_package

BACKEND = Path(__file__).resolve().parents[1]

# group -> name -> (module with a function `command`, one line of help)
TOOLS = {
    "data": {
        "build": ("backend.data.build", "Turn open motion data and synthetic voices into training shards."),
        "voices": ("backend.data.speech.downloads", "Fetch the neural voices that training speaks with."),
        "speech": ("backend.data.speech.speaking", "Make a corpus of spoken instructions."),
        "people": ("backend.data.speech.people", "Transcribe what people read in LibriSpeech."),
        "annotate": ("backend.data.annotating.annotate", "Annotate motion clips with what they show."),
        "calibrate": ("backend.data.sources.calibrate", "Measure a rig map again on clips."),
    },
    "train": {
        "recipe": ("backend.training.recipe_runner", "Make a pack from the data: all stages of a recipe, resumable."),
        "tokenizer": ("backend.training.tokenizer", "Train the residual vector quantizers of the motion."),
        "encoder": ("backend.training.encoder", "Train the audio encoder that spells the words."),
        "narrow-encoder": ("backend.training.narrow_encoder", "Teach the tokenizer a small encoder for the pack."),
        "decoder": ("backend.training.decoder", "Refine the tokenizer's decoder on the samples; the codes stay."),
        "instruct": ("backend.training.instruct", "Train the instruction model: speech to motion."),
        "confidence": ("backend.training.confidence", "Fit how sure a pack is of having understood; after pack."),
        "counter": ("backend.training.counter", "Train what counts repetitions, into a pack; after pack."),
        "envelope": ("backend.training.envelope", "Find what every action's motions stay within, into a pack; after pack."),
        "draws": ("backend.training.draws", "Draw motions with a pack and keep the best, for instruct --drawn."),
        "evaluator": ("backend.training.evaluator", "Train the judge of motion against words."),
        "pack": ("backend.training.pack", "Put the trained parts together as a pack of weights."),
    },
    "evaluate": {
        "probes": ("backend.evaluation.probes.command", "Measure on the motion whether the body does what was said."),
        "sealed": ("backend.evaluation.sealed.command", "Ask a sealed set of sentences, once, at the end."),
        "hearing": ("backend.evaluation.hearing", "Count the words heard wrong, beside PocketSphinx."),
        "cascade": ("backend.evaluation.cascade", "Compare with a recogniser in front of the text model."),
        "all": ("backend.evaluation.experiments.run_all", "Run every experiment on a pack of weights."),
        "report": ("backend.evaluation.report.page", "Write EVALUATION.md and its plots from the results."),
        "ablations": ("backend.training.ablations", "Train small variants of the condition and compare them."),
    },
}
GROUPS = {  # group -> (folder in backend/ it needs, help)
    "data": ("data", "Make training data."),
    "train": ("training", "Train the models."),
    "evaluate": ("evaluation", "Measure the models."),
}


class Tool(TyperCommand):
    """A command that is listed with one line of help; its module is imported when it is called."""

    def __init__(self, name: str, module: str, about: str) -> None:
        super().__init__(name, help=about)
        self.module = module

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the module's own command, which the group then invokes."""
        return command_of(self.module, self.name).make_context(info_name, args, parent, **extra)


class ToolGroup(TyperGroup):
    """The tools of one group; hidden and refused where their folder is not installed."""

    def __init__(self, name: str, backend: Path = BACKEND) -> None:
        folder, about = GROUPS[name]
        tools = {tool: Tool(tool, *listed) for tool, listed in TOOLS[name].items()}
        hidden = not (backend / folder).is_dir()
        super().__init__(name=name, commands=tools, help=about, no_args_is_help=True, hidden=hidden)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Raises UserError ``missing_package`` in an installed extension."""
        if self.hidden:
            raise UserError(
                "missing_package", f"python -m backend {self.name} is not part of the extension.",
                "Run it in a checkout of the repository.",
            )  # fmt: skip
        return super().make_context(info_name, args, parent, **extra)


def command_of(module: str, name: str) -> TyperCommand:
    """The command of a tool's module. Raises UserError if a package it imports is missing."""
    be_patient()
    try:
        tool = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "backend").split(".")[0] == "backend":
            raise
        raise missing_package(error.name) from error
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(name)(tool.command)
    return typer.main.get_command(app)
