"""Put trained parts together as a pack: weights, `pack.json`, and the model card that says what it is made of.

The audio encoder's script writes its own two files; tokenizer and instruction model come from their runs, and a part without a run
stays as it lies in the pack. Numbers on the card are read from the runs' files, never typed, and kept in the pack's
`training.json` (`history`), so that a checkout without the runs can pack one part anew.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
from pathlib import Path
from textwrap import fill

import torch

from ..data.build import LICENCES, SHIPPED_TIERS
from ..data.corpus import read_jsonl
from ..errors import UserError
from ..model.weights import saved_config
from ..packs import WEIGHTS, hashes
from .history import History, rows_of, table

LICENCE = "CC BY-SA 3.0"  # HDM05's; the other sources ask for less
PARTS = ("encoder", "tokenizer", "instruct")
SOURCES = {"tokenizer": "tokenizer_refined", "instruct": "instruct"}  # runs of the parts that are copied
# chosen on the training voices slt and rms, never on the held-out ones
DEFAULTS = {"guidance": 2.5, "rounds": 12, "temperature": 0.6, "residual_temperature": 0.5, "keep": 0.1}
# Whether the encoder's features count beside its word posteriors. On utterances by validation voices the meaning is right in 77 %
# (clean) and 68 % (rough) with them and in 87 % and 77 % without: the corpus has too few voices for features to carry over.
USE_SOUND = False


def assemble(name: str, data: Path, runs: Path) -> Path:
    """Copy weights and write pack.json, training.json and README.md; returns the pack's folder.

    A part without a run stays as it lies in the pack. Raises OSError, and UserError where a part is missing."""
    folder = WEIGHTS / name
    folder.mkdir(parents=True, exist_ok=True)
    weights = {part: folder / f"{part}.safetensors" for part in PARTS}
    trained = {part: runs / run / f"{part}.safetensors" for part, run in SOURCES.items()}
    sources = weights | {part: path for part, path in trained.items() if path.exists()}
    for part, path in sources.items():
        if not path.exists():
            raise UserError("no_part", f"{path} is missing.", f"Train the {part} first, or say with --runs where its run is.")
    history = History.read(folder)
    for part, path in sources.items():
        history.update(part, hashes(path.parent, [path.name])[path.name], rows_of(runs, part))
    for part, path in sources.items():
        if path != weights[part]:
            shutil.copyfile(path, weights[part])
    encoder = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    pack = {
        "name": name, "licence": LICENCE, "tiers": [*SHIPPED_TIERS, "authored"], "vocabulary": sorted(encoder["words"]),
        "files": [path.name for path in weights.values()],
        "sha256": hashes(folder, (*(path.name for path in weights.values()), "encoder.json")),
        **{part: saved_config(weights[part]) for part in SOURCES},
        "use_sound": USE_SOUND, "defaults": DEFAULTS,
    }  # fmt: skip
    (folder / "pack.json").write_text(json.dumps(pack, indent=1), encoding="utf-8")
    history.write(folder)
    (folder / "README.md").write_text(card(name, pack, history, data), encoding="utf-8")
    return folder


def card(name: str, pack: dict, history: History, data: Path) -> str:
    """The model card as Markdown."""
    spoken, samples = read_jsonl(data / "speech" / "utterances.jsonl"), read_jsonl(data / "samples.jsonl")
    clips = [row for row in read_jsonl(data / "motions" / "index.jsonl") if row["accepted"]]
    authored = read_jsonl(data / "authored" / "index.jsonl")
    kinds = sorted({action.split(".")[0].split("@")[0].split("*")[0]
                    for row in samples for step in row["key"].split(">") for action in step.split("+")})  # fmt: skip
    words, voices = len({row["text"] for row in spoken}), len({row["voice"] for row in spoken})
    lines = [
        f"# Weights `{name}`",
        "",
        f"Licence of the weights: **{pack['licence']}**. Free for everybody, commercial use too. CMU asks for credit",
        "(mocap.cs.cmu.edu, created with funding from NSF EIA-0196217) and that the data itself is not resold; GDQuest's",
        "animations are CC BY 4.0. No SMPL-X, AMASS, HumanML3D or BEAT2 data is in them. Neither paper's published numbers",
        "are ours.",
        "",
        "## Data",
        "",
        "| tier | clips | minutes | licence |",
        "| --- | ---: | ---: | --- |",
        *(_tier_row(tier, [row for row in clips if row["tier"] == tier]) for tier in SHIPPED_TIERS),
        _tier_row("authored", authored),
        "",
        f"{len(spoken)} spoken instructions ({words} different sentences, {voices} synthetic speaker identities from flite,",
        f"festival and espeak-ng); {len(samples)} composed motion samples. The voices awb and ked and every recording of a",
        "person are held out.",
        "",
        "## Vocabulary",
        "",
        f"{len(pack['vocabulary'])} words. Kinds of motion: {', '.join(kinds)}.",
        "",
        "What is not in the list is not understood; the nearest words are heard instead.",
        "",
        "## Training",
        "",
        "The encoder was trained in stages, each started from the one before (`--init`); a run's own numbers follow.",
        "",
        *table(history.rows),
        "",
        f"Hardware: {platform.machine()} CPU, one or two threads a run, shared with other work; no GPU. PyTorch",
        f"{torch.__version__}. Seeds are in the configs. Validation clips are of other subjects; validation sentences and",
        "identities are not in training. A rerun of the commands gives equivalent weights, not the same bytes.",
        "",
        *(line for part in PARTS for note in history.notes.get(part, ()) for line in (fill(note, 128), "")),
        "## Numbers",
        "",
        "All of them, with what they mean and what they miss: `backend/docs/EVALUATION.md`, which names the pack it is of.",
        "",
    ]
    return "\n".join(lines)


def _tier_row(tier: str, rows: list[dict]) -> str:
    return f"| {tier} | {len(rows)} | {sum(row['frames'] for row in rows) / 1800:.1f} | {LICENCES[tier]} |"


def main(argv: list[str] | None = None) -> None:
    """``python -m backend train pack``"""
    parser = argparse.ArgumentParser(prog="python -m backend train pack", description=__doc__)
    parser.add_argument("--name", default="open")
    parser.add_argument("--data", type=Path, default=Path(".data"))
    parser.add_argument("--runs", type=Path, default=Path(".runs"))
    arguments = parser.parse_args(argv)
    print(assemble(arguments.name, arguments.data, arguments.runs))


if __name__ == "__main__":
    main()
