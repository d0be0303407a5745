"""Packs of weights: which are installed, under which licence, and which words they know.

A pack is a folder ``backend/weights/<name>/`` with ``pack.json``, ``*.safetensors`` and a model card. Only the JSON is
read here; loading the networks is `backend.model.pipeline`'s job.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from backend.errors import UserError

WEIGHTS = Path(__file__).parent / "weights"
HOW_TO_GET = (
    "Take the released extension or a complete checkout, or train it: python -m backend data build, "
    "then python -m backend train tokenizer, encoder and instruct."
)


@dataclass(frozen=True)
class Pack:
    """What ``pack.json`` says about itself.

    Attributes:
        name: folder name.
        folder: where its files are.
        licence: of the weights.
        vocabulary: words the audio encoder can spell, sorted.
        files: names of the weight files, all present.
    """

    name: str
    folder: Path
    licence: str
    vocabulary: tuple[str, ...]
    files: tuple[str, ...]


def find_pack(name: str = "open", weights: Path | None = None) -> Pack:
    """Look up one pack and see that it is whole. Raises UserError naming the file that is missing or damaged."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        raise UserError(
            "unknown_pack", f"{name!r} is not a name of a pack of weights.", "python -m backend info lists them."
        )
    folder = (weights or WEIGHTS) / name
    card = folder / "pack.json"
    try:
        text = card.read_text(encoding="utf-8")
    except OSError:
        raise UserError("missing_pack", f"The weights {card} are missing.", HOW_TO_GET) from None
    try:
        about = json.loads(text)
        licence = str(about.get("licence") or "not stated")
        words = about.get("vocabulary") or about.get("encoder", {}).get("words") or ()
        vocabulary = tuple(sorted({str(word) for word in words}))
        files = tuple(str(file) for file in about.get("files") or ()) or found_weights(folder)
    except (ValueError, AttributeError, TypeError) as error:
        raise UserError("damaged_pack", f"{card} is damaged ({error}).", HOW_TO_GET) from None
    for file in files or ("*.safetensors",):
        if not files or not (folder / file).is_file():
            raise UserError("missing_pack", f"The weights {folder / file} are missing.", HOW_TO_GET)
    return Pack(name, folder, licence, vocabulary, files)


def found_weights(folder: Path) -> tuple[str, ...]:
    """Names of the weight files in a folder, sorted."""
    return tuple(sorted(path.name for path in folder.glob("*.safetensors")))


def list_packs(weights: Path | None = None) -> list[Pack]:
    """All whole packs, sorted by name; damaged ones are left out (`find_pack` says what is wrong with one)."""
    packs = []
    for card in sorted((weights or WEIGHTS).glob("*/pack.json")):
        try:
            packs.append(find_pack(card.parent.name, weights))
        except UserError:
            continue
    return packs
