"""Put one more part into a pack that is there already: the file, then its SHA-256 in every `pack.json` that uses it.

`train counter` and `train confidence` come after `train pack` and end here. Packs that have the pack as their base take the file
from its folder and pin its hash, too: with the old one they would be refused as damaged.
"""

import json
from pathlib import Path

from ..packs.pack import find_pack, hashes


def put_into(folder: Path, file: str, data: bytes, *, weights: bool) -> None:
    """Write ``data`` as ``file`` of the pack in ``folder``; ``weights`` are listed among its files. Raises OSError, UserError."""
    _replace(folder / file, data)
    pin = hashes(folder, [file])
    for card in sorted(folder.parent.glob("*/pack.json"), key=lambda card: card.parent != folder):  # its own first
        pack = find_pack(card.parent.name, folder.parent)
        own = card.parent == folder
        if not own and (pack.path(file).parent != folder or file not in pack.sha256):
            continue
        described = json.loads(card.read_text(encoding="utf-8"))
        described["sha256"] |= pin
        if own and weights:
            described["files"] = [*(name for name in described["files"] if name != file), file]
        _replace(card, json.dumps(described, indent=1).encode())


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
