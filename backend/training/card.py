"""The model card of a pack: its data, their licence, its recipe and how it was trained.

Everything is read from the data folder and the pack's provenance, which also holds what people have to add.
"""

from __future__ import annotations

import platform
from pathlib import Path
from textwrap import fill

import torch

from ..data.corpus import read_jsonl
from ..data.speech.speakers import by_name
from ..data.tiers import LICENCES
from ..packs.pack import NONCOMMERCIAL
from .provenance import PARTS, Provenance, table

SPEECH = {
    "speech": "instructions, synthetic voices",
    "speech_rare": "instructions with rare words, synthetic voices",
    "speech_words": "single words, synthetic voices",
    "speech_kokoro": "instructions, neural voices",
    "speech_people": "read speech of people: LibriSpeech (CC BY 4.0), written down by Whisper",
}
ENGINES = {
    "flite": "flite", "festival": "festival", "espeak": "espeak-ng", "rhvoice": "RHVoice", "pico": "SVOX Pico",
    "kokoro": "Kokoro-82M (Apache-2.0)",
}  # fmt: skip
FREE = "Free for everybody, commercial use too."
RESTRICTED = """**Not for commercial use.** Motion of the Bandai-Namco-Research-Motiondataset
(Bandai Namco Research Inc., github.com/BandaiNamcoResearchInc/Bandai-Namco-Research-Motiondataset, CC BY-NC 4.0; retargeted
and cut by us) is in them. They are for research and other non-commercial work, must be credited, and are in no extension
zip. HDM05's motion, which is in them as well, is CC BY-SA 3.0: give both licences with whatever you make of these weights."""


def card(pack: dict, history: Provenance, data: Path) -> str:
    """The model card as Markdown."""
    samples = read_jsonl(data / "samples.jsonl")
    clips = [row for row in read_jsonl(data / "motions" / "index.jsonl") if row["accepted"]]
    clips += [row | {"tier": "authored"} for row in read_jsonl(data / "authored" / "index.jsonl")]
    kinds = sorted({action.split(".")[0].split("@")[0].split("*")[0]
                    for row in samples for step in row["key"].split(">") for action in step.split("+")})  # fmt: skip
    lines = [
        f"# Weights `{pack['name']}`",
        "",
        f"Licence of the weights: **{pack['licence']}**. {RESTRICTED if NONCOMMERCIAL in pack['tiers'] else FREE}",
        "",
        "CMU asks for credit (mocap.cs.cmu.edu, created with funding from NSF EIA-0196217) and that the data itself is not",
        "resold; GDQuest's animations are CC BY 4.0. No SMPL-X, AMASS, HumanML3D or BEAT2 data is in them. Neither paper's",
        "published numbers are ours.",
        *(["", f"Parts that are not in this folder are those of `{pack['base']}`."] if "base" in pack else []),
        "",
        "## Data",
        "",
        "| tier | clips | minutes | licence |",
        "| --- | ---: | ---: | --- |",
        *(_tier_row(tier, [row for row in clips if row["tier"] == tier]) for tier in pack["tiers"]),
        "",
        f"Of these, {len(samples)} motions for instructions were composed. The speech:",
        "",
        "| speech | utterances | different texts | speakers |",
        "| --- | ---: | ---: | ---: |",
        *(_row(what, history.speech[name]) for name, what in SPEECH.items() if name in history.speech),
        "",
        f"The synthetic speakers are identities of {', '.join(history.engines)}. The voices awb and ked, and every",
        "recording of an instruction by a person, are held out.",
        "",
        "## Vocabulary",
        "",
        f"{len(pack['vocabulary'])} words. Kinds of motion: {', '.join(kinds)}.",
        "",
        "What is not in the list is not understood; the nearest words are heard instead.",
        "",
        "## Training",
        "",
        *_recipe(pack.get("recipe")),
        "",
        "A run's own numbers follow; a run with `--init` started from the weights of an earlier one.",
        "",
        *table(history.rows),
        "",
        f"Hardware: {platform.machine()} CPU, one or two threads a run, shared with other work; no GPU. PyTorch",
        f"{torch.__version__}. Validation clips are of other subjects; validation sentences and identities are not in",
        "training. A rerun gives equivalent weights, not the same bytes.",
        "",
        *(line for part in PARTS for note in history.notes.get(part, ()) for line in (fill(note, 128), "")),
        "## Numbers",
        "",
        "All of them, with what they mean and what they miss: `backend/docs/EVALUATION.md`, which names the pack it is of.",
        "",
    ]
    return "\n".join(lines)


def _recipe(recipe: dict[str, str] | None) -> list[str]:
    """What to run to make the pack again."""
    if recipe is None:
        return ["These weights are older than the recipes in `backend/training/recipes/`; the runs below led to them."]
    name, *rest = recipe["name"].split()
    return [
        f"Made by `python -m backend train recipe {' '.join([name, *rest])} --shared FOLDER`: every stage, option and seed is in",
        f"`backend/training/recipes/{name}.toml`, SHA-256 `{recipe['sha256']}`.",
    ]


def _tier_row(tier: str, rows: list[dict]) -> str:
    return f"| {tier} | {len(rows)} | {sum(row['frames'] for row in rows) / 1800:.1f} | {LICENCES[tier]} |"


def _row(what: str, numbers: list[int]) -> str:
    return f"| {what} | {' | '.join(map(str, numbers))} |"


def note_speech(history: Provenance, data: Path) -> None:
    """Note the corpora of speech in ``data``; of a lost or smaller one the old numbers stay."""
    heard = ["speech", *(name for row in history.rows for name in row.get("corpora") or ())]
    found = {name: rows for name in heard if (rows := read_jsonl(data / name / "utterances.jsonl"))}
    for name, rows in found.items():
        here = [len(rows), len({row["text"] for row in rows}), len({row["voice"] for row in rows})]
        history.speech[name] = max(here, history.speech.get(name, [0]))
    voices = {row["voice"] for rows in found.values() for row in rows}
    spoke = {ENGINES[voice.engine] for name, voice in by_name().items() if name in voices}
    history.engines = sorted({*history.engines, *spoke})
