"""The command line, `python -m backend ...`: names, options and help of the commands.

Nothing heavy is imported before a command runs, so that ``--help`` and the server's first word come at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from backend.commands.exit_codes import OK, STOPPED, code_of, path_error
from backend.commands.options import (
    Device,
    FollowVoice,
    Force,
    FrameRate,
    Guidance,
    Json,
    Pack,
    Seconds,
    Seed,
    Variations,
    Without,
    ours_without,
)
from backend.commands.tools import GROUPS, ToolGroup
from backend.errors import UserError
from backend.generation.ours import EVERYTHING, Ours


class Commands(TyperGroup):
    """The commands below and the groups of tools. What a command returns is the exit code."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name in GROUPS:
            self.add_command(ToolGroup(name))

    def invoke(self, context: Any) -> None:
        """Run the command that was called and end with its exit code."""
        context.exit(super().invoke(context) or 0)


app = typer.Typer(
    cls=Commands,
    name="python -m backend",
    help="Spoken instructions to motion: SMPL-X keyframes from a recording.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def loader(context: typer.Context, device: str, pack: str, ours: Ours = EVERYTHING) -> Callable:
    """A function that loads the generator: the real one, or what `main` was given."""
    from backend.serve.loading import check_device, load_generator

    check_device(device)
    load = context.obj or load_generator
    return lambda: load(device=device, pack=pack, ours=ours)


def licence_of(pack: str) -> str:
    """The licence of a pack's weights, "" where they are missing; a non-commercial one is told."""
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
    audio: Annotated[list[Path] | None, typer.Argument(help="Recordings: wav, mp3, m4a, mp4 ... up to 10 min each.")] = None,
    text: Annotated[list[str] | None, typer.Option(help="An instruction in words instead; may be given several times.")] = None,
    seed: Seed = None,
    seconds: Seconds = None,
    variations: Variations = 1,
    guidance: Guidance = None,
    fps: FrameRate = 30.0,
    motion: Annotated[Path | None, typer.Option(help="Motion file (see convert) to go on from, or to make a range of.")] = None,
    first: Annotated[int | None, typer.Option(help="First frame of the range, from 0, at the frame rate of --fps.")] = None,
    last: Annotated[int | None, typer.Option(help="Last frame of the range; all others stay as they are.")] = None,
    fixed: Annotated[
        list[int] | None, typer.Option(help="Frame of the range whose pose the result leads through; may be given several times.")
    ] = None,
    force: Force = False,
    follow: FollowVoice = 0.5,
    body: Annotated[
        Path | None, typer.Option(metavar="SMPLX_FILE", help="Also write joints on this SMPL-X body (.npz) as NAME_body.npz.")
    ] = None,
    betas: Annotated[str | None, typer.Option(help="Ten numbers with commas, the body's shape. Default: fitted.")] = None,
    vertices: Annotated[bool, typer.Option("--vertices", help="Write the body's vertices, too.")] = False,
    without: Without = None,
    device: Device = "auto",
    pack: Pack = "open",
    as_json: Json = False,
) -> int:
    """Make motion files from recordings of spoken instructions (or from typed ones)."""
    from backend.commands import generate as command
    from backend.commands.bodies import Bodies
    from backend.serve.jobs import Settings
    from backend.serve.sources import Spoken, Typed
    from backend.version import version

    try:
        settings = Settings(seed, seconds, variations, guidance, fps, motion, first, last, force, tuple(fixed or ()), follow)
        sources = [*map(Spoken, audio or []), *map(Typed, text or [])]
        if not sources:
            raise UserError("no_instruction", "There is nothing to generate from.", "Give a recording, or --text \"walk forward\".")
        load = loader(context, device, pack, ours_without(without))
        bodies = Bodies(body, betas, vertices=vertices) if body else None
        made_by = {"model": f"{pack} {version()}", "licence": licence_of(pack)}
        return command.generate(sources, output, settings, load, **made_by, bodies=bodies, as_json=as_json)
    except UserError as error:
        if as_json:
            command.print_failure(error)
        raise
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return STOPPED


@app.command()
def batch(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder with recordings, one instruction each.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the .npz files and the report; what others put there stays.")
    ],
    deep: Annotated[bool, typer.Option("--subfolders/--no-subfolders", help="Take the folders inside, too.")] = True,
    again: Annotated[bool, typer.Option("--again", help="Make what is done already once more.")] = False,
    seed: Seed = None,
    seconds: Seconds = None,
    variations: Variations = 1,
    guidance: Guidance = None,
    fps: FrameRate = 30.0,
    force: Force = False,
    follow: FollowVoice = 0.5,
    without: Without = None,
    device: Device = "auto",
    pack: Pack = "open",
    as_json: Json = False,
) -> int:
    """Make a motion file from each recording of a folder; go on where a run stopped."""
    from backend.commands import batch as command
    from backend.commands.generate import Worker, print_failure
    from backend.serve.jobs import Settings
    from backend.version import version

    try:
        settings = Settings(seed, seconds, variations, guidance, fps, force=force, follow=follow)
        options = command.BatchOptions(settings, (pack, *map(str, without or ())), deep, again)
        load = loader(context, device, pack, ours_without(without))
        worker = Worker(load, settings, f"{pack} {version()}", licence_of(pack))
        return command.batch(folder, output, options, worker, as_json=as_json)
    except UserError as error:
        if as_json:
            print_failure(error)
        raise
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return STOPPED


@app.command()
def convert(
    files: Annotated[list[Path], typer.Argument(help="SMPL-family .npz, joints .npy, .bvh, or .amc with its .asf.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A file ending in .npz or .bvh, or a folder for .npz files.")],
    fps: Annotated[float | None, typer.Option(help="Frames per second, 1 to 240. Default: each file's own.")] = None,
) -> int:
    """Turn motion files of others into ours, or any into BVH."""
    from backend.commands.convert import convert as run

    return run(files, output, fps)


@app.command()
def serve(context: typer.Context, device: Device = "auto", pack: Pack = "open") -> int:
    """Answer Blender: JSON messages on stdin and stdout, until stdin closes."""
    from backend.serve.server import serve as run
    from backend.version import version

    return run(loader(context, device, pack), model=f"{pack} {version()}", licence=licence_of(pack))


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
) -> int:
    """Check what this machine and installation lack. Exit code 1 if something failed."""
    from backend.commands.doctor import doctor as run

    return run(tuple(folder or ()), protocol, as_json=as_json)


@app.command()
def bench(
    audio: Annotated[Path | None, typer.Option(help="Recording to use. Default: the one in the repository.")] = None,
    runs: Annotated[int, typer.Option(help="Warm runs; the median counts.")] = 9,
    bpy_python: Annotated[Path | None, typer.Option(help="Python with the bpy module. Default: this one.")] = None,
    device: Device = "auto",
    pack: Pack = "open",
    as_json: Json = False,
) -> int:
    """Measure starting, generating and keying on this machine and print a table."""
    from backend.commands.bench import bench as run

    return run(audio, device, pack, runs, bpy_python, as_json=as_json)


def main(argv: list[str] | None = None, load: Callable | None = None) -> int:
    """Run a command line.

    Args:
        argv: arguments after ``python -m backend``; None takes the process's own.
        load: replaces `backend.serve.loading.load_generator`, called with device and pack.

    Returns:
        Exit code, as `backend.commands.exit_codes` lists them.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that is not UTF-8 must not make a sentence crash
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return run_app(argv, load)
    except UserError as error:
        found = error
    except OSError as error:
        found = path_error(error)
        if found is None:
            raise
        if error.filename is None:  # it may be stdout that is full, and Python will not succeed in flushing it either
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with contextlib.suppress(OSError):  # stderr may lead to the same full disk
        print(f"error: {found}", file=sys.stderr, flush=True)
    return code_of([found])


def run_app(argv: list[str] | None, load: Callable | None) -> int:
    """Run a command line and flush stdout, which may fail. Raises UserError and OSError."""
    try:
        app(args=argv, obj=load, prog_name="python -m backend")
        code = OK
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    sys.stdout.flush()
    return code
