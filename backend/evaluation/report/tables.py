"""The tables of the page, one function an experiment: results in, Markdown out."""

from __future__ import annotations

from statistics import mean

import numpy as np

from ..bars import number
from . import explanations

METRICS = {
    "r_precision_1": "R-precision top 1", "r_precision_2": "top 2", "r_precision_3": "top 3", "mm_distance": "MM-Dist",
    "fid": "FID", "diversity": "diversity", "multimodality": "multimodality",
}  # fmt: skip
SOURCES = {
    "real": "real motions (test clips)", "audio": "motion from speech (held-out voices)", "text": "motion from text",
    "shuffled": "real motions, sentences shuffled",
}  # fmt: skip
MEASURES = {
    "foot_skate_m_s": "foot skate, m/s", "penetration_m": "depth below the floor, m", "jerk_m_s3": "jerk, m/s³",
    "liveliness_m_s": "speed of the joints, m/s", "dynamic_range_m": "reach of hands and feet, m",
}  # fmt: skip
# real values below which a ratio says nothing: a person who stands does not slide at all
LEAST = {"foot_skate_m_s": 0.02, "penetration_m": 0.001}
ERRORS = {
    "all": "22 joints", "lower": "legs", "upper": "trunk, head, arms", "hands": "wrists", "path_mm": "place of the pelvis",
}  # fmt: skip
TRIED = {
    "original, words, whole": "whole, original sentences", "oral, words, whole": "whole, oral sentences",
    "original, words, kind": "kind, original", "oral, words, kind": "kind, oral",
    "original, words and sound, kind": "kind, original, with sound", "oral, words and sound, kind": "kind, oral, with sound",
}  # fmt: skip


def grid(heads: list[str], rows: list[list[str]], aligned: str = "---:") -> str:
    """A Markdown table; the first column is of names, the others of numbers."""
    lines = [" | ".join(heads), " | ".join(["---", *[aligned] * (len(heads) - 1)]), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def probes(result: dict) -> str:
    """Shares by condition, and by kind."""
    found = result["conditions"]
    rows = []
    for name, part in found.items():
        compositions = part["compositions"]
        shares = [part["share"], *part["by_voice"].values(), compositions["then"], compositions["while"]]
        cells = [f"{100 * value:.1f} %" for value in shares]
        cells[0] = f"{100 * part['share']:.1f} ± {100 * part['half']:.1f} %"
        rows.append([name, *cells, f"{100 * part['word_error_rate']:.1f} %", str(part["trials"])])
    kinds = [
        [kind, *("/".join(map(str, part["by_kind"][kind])) if kind in part["by_kind"] else "–" for part in found.values())]
        for kind in found["clean"]["by_kind"]
    ]
    worst = [f"“{text}” {passed}/{tried}" for text, passed, tried in found["clean"]["worst"] if tried > 1]
    failing = f"\nFailing most (clean): {', '.join(worst)}.\n" if worst else ""  # one trial says nothing about an instruction
    heads = ["", "passed", *(f"voice {voice}" for voice in result["voices"]), "“then”", "“while”", "words wrong", "trials"]
    return f"""\
{result["probes"]} spoken instructions of {result["kinds"]} kinds.

{grid(heads, rows)}

![Probes](evaluation/probes.png)
{failing}
{explanations.PROBES}
Passed of tried, by kind:

{grid(["", *found], kinds)}
"""


def hearing(result: dict) -> str:
    """Words heard wrong, by recogniser and condition."""
    rows = []
    for condition, ears in result["conditions"].items():
        for ear, row in ears.items():
            rates = (row.get(name) for name in ("word_error_rate", "grammar", "probes", "sentences_right"))
            cells = ["–" if rate is None else f"{100 * rate:.1f} %" for rate in rates]
            rows.append([f"{condition}, {ear}", *cells, f"{row['seconds']:.2f} s for {row['seconds_of_speech']:.1f} s"])
    heads = ["", "words wrong", "in sentences of the grammar", "in the probes", "sentences correct", "time"]
    return f"""\
{result["sentences"]} sentences by both held-out voices.

{grid(heads, rows)}

![Words heard wrong](evaluation/hearing.png)

{explanations.HEARING}"""


def cascade(result: dict) -> str:
    """Probes passed and seconds, end to end and by the cascade."""
    rows = []
    for way, found in result["ways"].items():
        parts = found["by_condition"]
        passed = [f"{100 * parts[name]['mean']:.1f} %" if name in parts else "–" for name in ("clean", "noise")]
        times = [f"{found['median_seconds']:.2f} s", f"{found['times_the_first']:.2f} x"]
        times += [f"{found['hearing_seconds']:.3f} s", f"{found['hearing_times_the_first']:.2f} x", str(found["requests"])]
        rows.append([way, *passed, *times])
    heads = ["", "passed, clean", "passed, 10 dB noise", "median seconds a request", "times the first", "until understood",
             "times the first", "requests"]  # fmt: skip
    return f"""\
{result["probes"]} of the probes by both held-out voices, one seed.

{grid(heads, rows)}

{explanations.CASCADE}"""


def confidence(result: dict) -> str:
    """AUROC, wrong refusals, and what is wrongly accepted."""
    rows = [[name, f"{value:.3f} ({low:.3f} to {high:.3f})"] for name, (value, low, high) in result["auroc"].items()]
    value, low, high = result["typed"]["auroc"]
    rows.append(["typed: everyday sentences", f"{value:.3f} ({low:.3f} to {high:.3f})"])
    refused = [[name, f"{100 * part:.1f} %", f"{100 * result['refused of those heard rightly'][name]:.1f} %"]
               for name, part in result["refused instructions"].items()]  # fmt: skip
    passed = [[name, f"{100 * part:.1f} %"] for name, part in result["let through"].items()]
    return f"""\
{grid(["instructions against", "AUROC"], rows)}

{grid(["wrongly refused", "of all", "of those heard correctly"], refused)}

{grid(["wrongly accepted", ""], passed)}

{explanations.CONFIDENCE}"""


def semantics(result: dict) -> str:
    """R-precision, FID and others by source of motion."""

    def cell(entry: dict | None) -> str:
        return f"{entry['value']:.3f} ± {entry['half']:.3f}" if entry else "–"

    rows = [[title, *(cell(result["table"][source].get(metric)) for metric in METRICS)] for source, title in SOURCES.items()]
    takes = result["takes"]
    return f"""\
{result["sentences"]} sentences for {result["keys"]} different instructions, with real motions composed from clips of the test
split; multimodality is of {takes["sentences"]} of them with {takes["takes"]} motions each.

{grid(["", *METRICS.values()], rows)}

![R-precision by source](evaluation/semantics.png)

{explanations.SEMANTICS}"""


def ratio(entry: dict, measure: str) -> float:
    """Generated over real; nan where the real value is close to zero."""
    return entry["ratio"] if entry["real"] >= LEAST.get(measure, 0.0) else float("nan")


def motion_quality(result: dict) -> str:
    """Generated against real, by group of kinds."""
    groups = result["groups"]
    ratios = [[group, *(f"{ratio(found[m], m):.2f}".replace("nan", "–") for m in MEASURES)] for group, found in groups.items()]
    walks, own = groups["walks"], []
    for measure, title in MEASURES.items():
        entry = walks[measure]
        sides = (f"{number(entry[side])} ± {number(entry[f'{side}_half'])}" for side in ("real", "generated"))
        own.append([title, *sides])
    counts = walks["motions"]
    return f"""\
Generated motions answer typed text; real ones are performances from clips that no model was trained on. Ratios are of medians,
generated over real; “–” where the real value is close to zero:

{grid(["", *(title.partition(",")[0] for title in MEASURES.values())], ratios)}

Walks in their own units ({counts["generated"]} generated, {counts["real"]} real):

{grid(["", "real", "generated"], own)}

![Generated over real](evaluation/motion_quality.png)

{explanations.MOTION_QUALITY}"""


def reconstruction(result: dict) -> str:
    """What the tokenizer costs."""
    means = result["mpjpe_mm"]
    table = grid(["mean error, mm", *ERRORS.values()], [["tokenizer", *(f"{means[name]:.0f}" for name in ERRORS)]])
    return f"""\
{result["clips"]} whole clips of the test split ({result["frames"] / 30:.0f} s), encoded and decoded; nothing is generated.

{table}

Foot skate {means["foot_skate"]:.3f} m/s; {means["foot_skate_real"]:.3f} m/s in the clips themselves.

{explanations.RECONSTRUCTION}"""


def speed(result: dict) -> str:
    """Seconds of a request."""
    load = "" if result["load"] is None else f"; load average before the start {result['load']:.1f} on {result['cores']} cores"
    rows = [[row["what"], row["text"]] for row in result["rows"]]
    return f"""\
Median of {result["runs"]} warm requests{load}.

{grid(["what", "measured"], rows, "---")}

{explanations.SPEED}"""


def ablations(report: dict) -> str:
    """Variants of the condition and of the training text."""
    setting, counts = report["setting"], report["setting"]["utterances"]
    rows = []
    for variant in dict.fromkeys(row["variant"] for row in report["runs"]):
        runs = [row for row in report["runs"] if row["variant"] == variant]
        cells = []
        for tried in TRIED:
            share = mean(row[tried] for row in runs)
            total = counts[tried.partition(",")[0]] * len(runs)
            cells.append(f"{share:.1f} ± {196 * np.sqrt(share / 100 * (1 - share / 100) / total):.1f}")
        rows.append([variant, *cells, f"{runs[0]['parameters'] / 1e6:.2f} M"])
    seeds = len({row["seed"] for row in report["runs"]})
    size = f"{setting['steps']} steps of {setting['batch']} rows, width {setting['width']}, trainings a row: {seeds}"
    return f"""\
Networks trained for this, none of the pack's, on features of the encoder with the SHA-256 `{setting["encoder_sha256"]}`.
{size}; tried on {counts["original"]} original and {counts["oral"]} oral utterances. Read right, %:

{grid(["", *TRIED.values(), "size of the condition network"], rows)}

![Ablations](evaluation/ablations.png)

{explanations.ABLATIONS}"""
