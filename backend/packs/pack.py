"""Packs of weights: which are installed, under which licence, and which words they know.

A pack is a folder ``backend/weights/<name>/`` with ``pack.json``, ``*.safetensors`` and a model card. Files that packs share lie in
one folder (the ear has its own), which ``pack.json`` names as its base; a base may have a base. The SHA-256 of all files is pinned.
Only the JSON and the hashes are read here; `generation.pipeline` loads the networks.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from backend.errors import UserError, system_reason

WEIGHTS = Path(__file__).parents[1] / "weights"
HOW_TO_GET = (
    "Take the released extension or a complete checkout, or train it: python -m backend data build, "
    "then python -m backend train tokenizer, encoder, instruct and pack."
)
REINSTALL = "Install the extension again, or take a complete checkout."
LARGEST_CARD = 4 * 2**20  # bytes of pack.json
MOST_BASES = 3
PACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
NONCOMMERCIAL = "noncommercial"  # the tier of data whose licences forbid commercial use
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")  # no separator: nothing outside the pack's folder
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Pack:
    """What ``pack.json`` says about itself.

    Attributes:
        name: folder name.
        folder: where its files are.
        licence: of the weights.
        vocabulary: words the audio encoder can spell, sorted.
        files: names of the weight files; all exist.
        sha256: of every file that is loaded, by name.
        tiers: of the data it was trained on (`backend.data.build`).
        bases: folders with the files that its own lacks, the nearest first.
    """

    name: str
    folder: Path
    licence: str
    vocabulary: tuple[str, ...]
    files: tuple[str, ...]
    sha256: dict[str, str] = field(default_factory=dict)
    tiers: tuple[str, ...] = ()
    bases: tuple[Path, ...] = ()

    @property
    def noncommercial(self) -> bool:
        """Whether its training data forbids commercial use."""
        return NONCOMMERCIAL in self.tiers

    def path(self, file: str) -> Path:
        """The path of one of its files."""
        places = [folder / file for folder in (self.folder, *self.bases)]
        return next((place for place in places if place.is_file()), places[-1])


def find_pack(name: str = "open", weights: Path | None = None) -> Pack:
    """Look up a pack. UserError names the file that is missing, or damaged where it is JSON."""
    if not PACK_NAME.fullmatch(name):
        raise UserError("unknown_pack", f"{name!r} is not a name of a pack of weights.", "python -m backend info lists them.")
    folder = (weights or WEIGHTS) / name
    card = folder / "pack.json"
    try:
        with card.open("rb") as stream:
            text = stream.read(LARGEST_CARD + 1)
    except OSError:
        raise UserError("missing_pack", f"The weights {card} are missing.", HOW_TO_GET) from None
    try:
        if len(text) > LARGEST_CARD:
            raise ValueError("it is too large")
        about = json.loads(text)
        licence = str(about.get("licence") or "not stated")
        words = about.get("vocabulary") or about.get("encoder", {}).get("words") or ()
        vocabulary = tuple(sorted({str(word) for word in words}))
        files = tuple(str(file) for file in about.get("files") or ()) or found_weights(folder)
        sha256 = {str(file): str(value) for file, value in (about.get("sha256") or {}).items()}
        tiers, bases = tuple(map(str, about.get("tiers") or ())), bases_of(folder.parent, about.get("base"))
        for file in (*files, *sha256):
            if not FILE_NAME.fullmatch(file):
                raise ValueError(f"{file[:40]!r} is no name of a file")
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise UserError("damaged_pack", f"{card} is damaged ({error}).", HOW_TO_GET) from None
    pack = Pack(name, folder, licence, vocabulary, files, sha256, tiers, bases)
    for file in files or ("*.safetensors",):
        if not files or not pack.path(file).is_file():
            raise UserError("missing_pack", f"The weights {pack.path(file)} are missing.", HOW_TO_GET)
    return pack


def bases_of(weights: Path, name: object) -> tuple[Path, ...]:
    """Folders of a base, its base, and so on. ValueError or TypeError for an invalid name."""
    found: list[Path] = []
    while name is not None and len(found) < MOST_BASES:
        if not PACK_NAME.fullmatch(name):
            raise ValueError(f"{str(name)[:40]!r} is not a name of a pack")
        found.append(weights / name)
        card = found[-1] / "pack.json"
        name = json.loads(card.read_bytes()[:LARGEST_CARD]).get("base") if card.is_file() else None
    return tuple(found)


def verify_pack(pack: Pack) -> None:
    """Compare a pack's files with the SHA-256 in its card. Raises UserError ``damaged_pack``."""
    for file in pack.files:
        if not SHA256.fullmatch(pack.sha256.get(file, "")):
            raise UserError("damaged_pack", f"{pack.folder / 'pack.json'} does not state the SHA-256 of {file}.", REINSTALL)
    try:
        actual = {file: sha256_of(pack.path(file)) for file in pack.sha256}
    except OSError as error:
        why = system_reason(error)
        raise UserError("damaged_pack", f"The weights in {pack.folder} cannot be read: {why}.", REINSTALL) from None
    for file, value in pack.sha256.items():
        if actual[file] != value:
            raise UserError(
                "damaged_pack", f"{pack.path(file)} is damaged: it is not the file this version was made with.", REINSTALL
            )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def found_weights(folder: Path) -> tuple[str, ...]:
    """Names of the weight files in a folder, sorted."""
    return tuple(sorted(path.name for path in folder.glob("*.safetensors")))


def list_packs(weights: Path | None = None) -> list[Pack]:
    """All packs by name, without damaged ones (`find_pack` says what is wrong with one)."""
    packs = []
    for card in sorted((weights or WEIGHTS).glob("*/pack.json")):
        try:
            packs.append(find_pack(card.parent.name, weights))
        except UserError:
            continue
    return packs
