"""Assemble a pack of trained parts: weights, `pack.json` and the model card (`card`).

`train encoder` writes its own two files; tokenizer and instruction model come from their runs; a part without a run stays as it is
in the pack. The card's numbers are read from the runs' files and kept in the pack's `training.json` (`provenance`), so that a
checkout without the runs can pack one part anew.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from ..data.tiers import licence_of, sorted_tiers, tiers_of_samples
from ..errors import UserError
from ..packs.files import saved_config
from ..packs.pack import WEIGHTS, Pack, bases_of, find_pack, sha256_of
from .card import card, note_speech
from .commands import Data, Name
from .provenance import PARTS, Provenance, rows_of

TOKENIZER, INSTRUCT = "tokenizer_refined", "instruct"  # runs of the parts that are copied
KEPT = ("counter.safetensors", "envelope.safetensors")  # parts with commands of their own, which put them into the pack
# Chosen on the training voices slt and rms, never on the held-out ones; rounds and temperature on typed probes. A masked
# transformer that learned from its draws needs no guidance.
DEFAULTS = {"guidance": 2.5, "rounds": 8, "temperature": 1.0, "residual_temperature": 0.5, "keep": 0.1}


def assemble(
    name: str, data: Path, runs: Path, base: str | None = None, settings: dict[str, int | float] | None = None, *,
    weights: Path | None = None, tokenizer: str = TOKENIZER, instruct: str = INSTRUCT, recipe: dict[str, str] | None = None,
) -> Path:  # fmt: skip
    """Copy weights and write pack.json, training.json and README.md; returns the pack's folder.

    Args:
        name: of the pack.
        data: folder made by `data build`.
        runs: folder of the runs. A part without a run stays as it is in the pack, or is the base's.
        base: pack or folder of weights that has the other parts; files with the same bytes are not kept twice.
        settings: of the generator; those not given are the pack's own, else `DEFAULTS`.
        weights: folder of the packs, by default the shipped ones.
        tokenizer, instruct: names of the runs of these parts.
        recipe: name and SHA-256 of the recipe that the pack is made by.

    Raises OSError, and UserError where a part is missing."""
    weights = weights or WEIGHTS
    folder, bases = weights / name, bases_of(weights, base)
    folder.mkdir(parents=True, exist_ok=True)
    chosen = {"tokenizer": runs / tokenizer, "instruct": runs / instruct}
    sources = {part: _source(part, chosen.get(part), (folder, *bases)) for part in PARTS}
    history, grounds = Provenance.read(folder), Provenance.read(bases[0]) if bases else Provenance()
    for part, path in sources.items():
        found = rows_of(runs, part)
        known = grounds.sha256.get(part)  # a folder of weights alone has no history
        if known and (path.parent in bases or any(row["init_sha256"] == known for row in found)):
            history.take(part, grounds)
        history.update(part, sha256_of(path), found)
    tiers = sorted_tiers({*history.tiers, *tiers_of_samples(data)})
    for path in sources.values():
        if path.parent not in (folder, *bases):
            shutil.copyfile(path, folder / path.name)
    for place in bases:
        _share(folder, place)
    pack = Pack(name, folder, licence_of(tiers), (), (), bases=bases)
    names = [path.name for path in sources.values()] + [file for file in KEPT if pack.path(file).is_file()]
    files = {file: pack.path(file) for file in (*names, "encoder.json")}
    encoder = json.loads(files["encoder.json"].read_text(encoding="utf-8"))
    sizes = {part: saved_config(files[f"{part}.safetensors"]) for part in chosen}
    described = {
        "name": name, "licence": pack.licence, "tiers": tiers, "vocabulary": sorted(encoder["words"]),
        "files": names, **({"base": base} if base else {}), "sha256": {file: sha256_of(path) for file, path in files.items()},
        **sizes, "use_sound": sizes["instruct"].get("sound", True),
        "defaults": _settings(folder) | (settings or {}), **({"recipe": recipe} if recipe else {}),
    }  # fmt: skip
    (folder / "pack.json").write_text(json.dumps(described, indent=1), encoding="utf-8")
    note_speech(history, data)
    history.write(folder)
    (folder / "README.md").write_text(card(described, history, data), encoding="utf-8")
    return folder


def _source(part: str, run: Path | None, folders: tuple[Path, ...]) -> Path:
    """The part's file: its run's, else that of the first folder that has one."""
    files = [place / f"{part}.safetensors" for place in (*([run] if run else []), *folders)]
    for file in files:
        if file.exists():
            return file
    raise UserError("no_part", f"{files[0]} is missing.", f"Train the {part} first, or say with --runs where its run is.")


def _settings(folder: Path) -> dict[str, int | float]:
    """The generator's settings of the pack in a folder, else `DEFAULTS`."""
    card = folder / "pack.json"
    return DEFAULTS | (json.loads(card.read_text(encoding="utf-8")).get("defaults", {}) if card.exists() else {})


def _share(folder: Path, ground: Path) -> None:
    """Remove files that the base has with the same bytes; the encoder's two go together."""
    for group in (("encoder.safetensors", "encoder.json"), ("tokenizer.safetensors",), ("instruct.safetensors",)):
        own = [file for file in group if (folder / file).exists() and (ground / file).exists()]
        if own and all(sha256_of(folder / file) == sha256_of(ground / file) for file in own):
            for file in own:
                (folder / file).unlink()


def add_to_pack(folder: Path, file: str, data: bytes, *, weights: bool) -> None:
    """Write a file into a finished pack; pin its SHA-256 there and in packs based on it.

    Args:
        folder: the pack's.
        weights: whether the file is listed among the weights.

    Raises OSError, UserError."""
    _replace(folder / file, data)
    pin = {file: sha256_of(folder / file)}
    for listing in sorted(folder.parent.glob("*/pack.json"), key=lambda listing: listing.parent != folder):  # its own first
        pack = find_pack(listing.parent.name, folder.parent)
        own = listing.parent == folder
        if not own and (pack.path(file).parent != folder or file not in pack.sha256):
            continue
        described = json.loads(listing.read_text(encoding="utf-8"))
        described["sha256"] |= pin
        if own and weights:
            described["files"] = [*(name for name in described["files"] if name != file), file]
        _replace(listing, json.dumps(described, indent=1).encode())


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def command(
    name: Name = "open",
    data: Data = Path(".data"),
    runs: Annotated[Path, typer.Option(help="Folder of the runs.")] = Path(".runs"),
    base: Annotated[str | None, typer.Option(help="Pack or folder of weights that has the other parts, such as ear.")] = None,
    guidance: Annotated[float | None, typer.Option(help="Of the generator; 1 after `train instruct --drawn`.")] = None,
) -> None:
    """Assemble a pack of the trained parts."""
    print(assemble(name, data, runs, base, None if guidance is None else {"guidance": guidance}))
