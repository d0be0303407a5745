"""Builds everything training reads: ``python -m backend data build``. Each step resumes.

Steps: retarget clips to SMPL-X, author gestures, speak instructions, build the tokenizer's corpus, compose the motion model's
samples, and print a table with licences. Each step has its own file.

``--research`` comes afterwards and makes a second folder, ``OUT/research``, with samples of the noncommercial tier. Nothing of
that tier gets into the first folder.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ..errors import UserError
from .authored import build_authored
from .authored.build import TAKES
from .corpus import build_corpus, read_jsonl
from .samples import MOST, WRITTEN, KnownSamples, build_samples
from .sources.convert import retarget_all
from .speech.speakers import ENGINES
from .speech.speaking import build_speech
from .tiers import LICENCES, RESEARCH_TIERS, SHIPPED_TIERS

UTTERANCES = 18_000


def build(
    shared: Path, out: Path, utterances: int, seed: int, console: Console,
    engines: tuple[str, ...] = ENGINES, written: int = WRITTEN, takes: int = TAKES, most: int = MOST,
    authored_kinds: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Run all steps. UserError where the shared data or a speech engine is missing.

    ``takes`` are those of an authored gesture, of all kinds or of ``authored_kinds``, ``most`` the motions of a single action; see
    `build_samples` for ``written``.
    """
    build_motions(shared, out, seed, console, takes, authored_kinds)
    with _steps(console) as step:
        noises = shared / "speech" / "noise_esc10"
        speaking = step("spoken instructions (shards)")
        build_speech(out / "speech", utterances, seed, noises=noises, engines=engines, on_progress=speaking)
        composing = step("motions for instructions (keys)")
        build_samples(out, SHIPPED_TIERS, seed, progress=composing, written=written, most=most)
    summary(out, console)


def build_motions(
    shared: Path, out: Path, seed: int, console: Console, takes: int = TAKES, authored_kinds: tuple[str, ...] = ()
) -> None:
    """The steps that need no speech: retarget, author, and the tokenizer's corpus.

    UserError where the data is missing.
    """
    if not (shared / "motion" / "clips.jsonl").exists():
        raise UserError(
            "no_shared_data", f"{shared} holds no motion/clips.jsonl.", "Say where the data folder is with --shared."
        )
    out.mkdir(parents=True, exist_ok=True)
    with _steps(console) as step:
        retarget_all(shared, out / "motions", SHIPPED_TIERS, progress=step("clips to SMPL-X"))
        authored = step("authored gestures")
        authored(build_authored(out / "authored", seed, takes, authored_kinds or None), None)
        build_corpus(out)


def build_research(
    shared: Path, base: Path, seed: int, console: Console, written: int = WRITTEN, most: int = MOST
) -> Path:
    """Make ``base``/research with the noncommercial tier, and return it.

    Speech and authored gestures are shared.

    UserError where ``base`` or the shared data is missing.
    """
    out = base / "research"
    (out / "motions").mkdir(parents=True, exist_ok=True)
    for name in ("speech", "authored", "motions"):
        if not (base / name).is_dir():
            raise UserError("no_data", f"{base} holds no {name}.", "Run `python -m backend data build` first.")
    for folder in (base / "authored", *base.glob("speech*")):
        if not (out / folder.name).is_symlink():  # gigabytes, and the same
            (out / folder.name).symlink_to(os.path.relpath(folder, out), target_is_directory=True)
    rows = {row["clip"]: row for folder in (out, base) for row in read_jsonl(folder / "motions" / "index.jsonl")}
    for clip in (row["clip"] for row in rows.values() if row["tier"] in SHIPPED_TIERS and row["accepted"]):
        shutil.copy2(base / "motions" / f"{clip}.npz", out / "motions")
    (out / "motions" / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows.values()), encoding="utf-8")
    with _steps(console) as step:
        retarget_all(shared, out / "motions", RESEARCH_TIERS, progress=step("noncommercial clips to SMPL-X"))
        known = KnownSamples(base, SHIPPED_TIERS, RESEARCH_TIERS) if (base / "samples.jsonl").exists() else None
        composing = step("motions for instructions (keys)")
        build_samples(out, RESEARCH_TIERS, seed, progress=composing, known=known, written=written, most=most)
    summary(out, console)
    return out


@contextmanager
def _steps(console: Console) -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """A function that makes a progress bar of a name, which is then told (done, total)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:

        def step(name: str) -> Callable[[int, int], None]:
            task = bar.add_task(name, total=None)
            return lambda done, total: bar.update(task, completed=done, total=total)

        yield step


def summary(out: Path, console: Console) -> None:
    """Print clips, minutes, sentences, speakers and licences."""
    motions: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])
    for row in read_jsonl(out / "motions" / "index.jsonl"):
        if row["accepted"]:
            motions[row["tier"]][0] += 1
            motions[row["tier"]][1] += row["frames"] / 30 / 60
    for row in read_jsonl(out / "authored" / "index.jsonl"):
        motions["authored"][0] += 1
        motions["authored"][1] += row["frames"] / 30 / 60
    table = Table(title="Motion")
    for column in ("tier", "clips", "minutes", "licence"):
        table.add_column(column, justify="right" if column in ("clips", "minutes") else "left")
    for tier, (clips, minutes) in sorted(motions.items()):
        table.add_row(tier, str(int(clips)), f"{minutes:.1f}", LICENCES.get(tier, ""))
    console.print(table)
    spoken = read_jsonl(out / "speech" / "utterances.jsonl")
    samples = read_jsonl(out / "samples.jsonl")
    table = Table(title="Speech and samples")
    for column in ("what", "number"):
        table.add_column(column, justify="right" if column == "number" else "left")
    for what, number in {
        "utterances": len(spoken), "different sentences": len({row["text"] for row in spoken}),
        "speaker identities": len({row["voice"] for row in spoken}),
        "hours of speech": f"{sum(r['frames'] for r in spoken) / 360_000:.1f}",
        "instruction keys spoken": len({row["key"] for row in spoken}), "motion samples": len(samples),
        "hours of motion samples": f"{sum(r['frames'] for r in samples) / 108_000:.1f}",
    }.items():  # fmt: skip
        table.add_row(what, str(number))
    console.print(table)


def command(
    shared: Annotated[Path, typer.Option(help="Folder with motion/ and speech/.")] = Path("../shared/data"),
    out: Annotated[Path, typer.Option(help="Folder for what is made.")] = Path(".data"),
    utterances: Annotated[int, typer.Option(help="Spoken sentences.")] = UTTERANCES,
    seed: Annotated[int, typer.Option(help="Same seed, same samples.")] = 0,
    research: Annotated[
        bool, typer.Option("--research", help="Make OUT/research with the noncommercial tier: its weights are CC BY-NC 4.0.")
    ] = False,
) -> None:
    """Turn open motion data and synthetic voices into training samples."""
    if research:
        print(build_research(shared, out, seed, Console()))
    else:
        build(shared, out, utterances, seed, Console())
