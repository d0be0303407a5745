"""The probes by the held-out voices: clean, in noise and in a room.

A whole run has both voices speak every probe, with five seeds (two in noise and in a room). In a quick run each voice speaks every
other probe once (every fourth in noise and in a room).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from ..acoustics import CONDITIONS
from ..probes.instructions import PROBES, Probe
from ..probes.results import Trial, share, words_heard_wrong
from ..probes.runner import HELD_OUT, run_probes
from .context import Context, Progress

SEEDS = {"clean": 5, "noise": 2, "reverb": 2}
WORST = 15  # probes that are listed


def measure_for_page(context: Context, on_progress: Progress) -> dict:
    """Shares by condition, kind, voice and composition, and the worst probes. Raises UserError."""
    seeds = dict.fromkeys(CONDITIONS, 1) if context.quick else SEEDS
    parts = {name: asked(name, context.quick) for name in CONDITIONS}
    total = sum(len(probes) * len(voices) * seeds[name] for name in CONDITIONS for probes, voices in parts[name])
    found, before = {}, 0
    for name in CONDITIONS:
        trials: list[Trial] = []
        for probes, voices in parts[name]:
            trials += run_probes(
                context.generator, voices, range(seeds[name]), lambda done, _, b=before: on_progress(b + done, total),
                probes=probes, conditions=(name,), speak=context.speak,
            ).trials  # fmt: skip
            before += len(probes) * len(voices) * seeds[name]
        found[name] = summary(trials) | {"seeds": seeds[name]}
    return {"conditions": found, "probes": len(PROBES), "kinds": len({probe.kind for probe in PROBES}), "voices": list(HELD_OUT)}


def asked(condition: str, quick: bool) -> list[tuple[Sequence[Probe], Sequence[str]]]:
    """Which probes are spoken by which voices."""
    if not quick:
        return [(PROBES, HELD_OUT)]
    step = len(HELD_OUT) * (1 if condition == "clean" else 2)
    return [(PROBES[i::step], (voice,)) for i, voice in enumerate(HELD_OUT)]


def summary(trials: Sequence[Trial]) -> dict:
    """Shares of all trials, with a 95 % interval over probes."""
    kinds, voices, texts = grouped(trials, "kind"), grouped(trials, "voice"), grouped(trials, "text")
    chained, at_once = ([t for t in trials if t.composition == name] for name in ("then", "while"))
    each = np.array([np.mean(passed) for passed in texts.values()])
    worst = sorted(texts, key=lambda text: np.mean(texts[text]))[:WORST]
    return {
        "share": share(trials), "half": float(1.96 * each.std(ddof=1) / np.sqrt(len(each))), "trials": len(trials),
        "refused": sum(trial.refused for trial in trials), "word_error_rate": words_heard_wrong(trials),
        "by_kind": {kind: [sum(passed), len(passed)] for kind, passed in kinds.items()},
        "by_voice": {voice: float(np.mean(passed)) for voice, passed in voices.items()},
        "compositions": {
            "then": share(chained), "while": share(at_once), "both": share([*chained, *at_once]),
            "trials": len(chained) + len(at_once),
        },
        "worst": [[text, sum(texts[text]), len(texts[text])] for text in worst if not all(texts[text])],
    }  # fmt: skip


def grouped(trials: Sequence[Trial], field: str) -> dict[str, list[bool]]:
    """Verdicts by a field of the trials, in the order of the probes."""
    found = defaultdict(list)
    for trial in trials:
        found[getattr(trial, field)].append(bool(trial.passed))
    return dict(found)
