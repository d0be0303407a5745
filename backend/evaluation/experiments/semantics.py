"""R-precision, FID and others of real motion, motion from speech and text, shuffled pairs.

Where the protocol differs from Guo et al. 2022: sentences and real motions are of the test split (`held_out`), one generated
motion a sentence is as long as the real one, and R-precision is the mean of 20 random pool assignments. Intervals are 95 % over
sentences (1.96 standard errors; bootstrap for FID and diversity), not over repeats: they cover another choice of sentences, and
are wider.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...language.instruction import Instruction
from ...motion.features import to_features
from ..evaluator import embed_motions, embed_sentences, related
from ..held_out import HeldOut, held_out_rows
from ..metrics import TOPS, deal_pools, diversity, fid, spread_of_takes, top_hits
from ..probes.runner import HELD_OUT
from .context import Context, Progress

DEALINGS, BOOTSTRAPS = 20, 40
SOURCES = ("real", "audio", "text", "shuffled")


def measure_for_page(context: Context, on_progress: Progress) -> dict:
    """{source: {metric: {"value", "half"}}} and the numbers of sentences. Raises UserError."""
    rows, evaluator = context.test_rows, context.evaluator
    spoken = context.speak(rows.texts, [HELD_OUT[i % len(HELD_OUT)] for i in range(len(rows))])
    many, takes = (6, 6) if context.quick else (20, 10)
    total, done = 2 * (len(rows) + many * (takes - 1)), 0

    def step() -> None:
        nonlocal done
        done += 1
        on_progress(done, total)

    texts, real = embed_sentences(evaluator, rows.texts), embed_motions(evaluator, rows.motions)
    again = embed_motions(evaluator, held_out_rows(context.data, "test", len(rows), take=1).motions)  # real against real
    vectors, spreads = {"real": real, "shuffled": real}, {}
    for source, given in (("audio", spoken), ("text", rows.texts)):
        vectors[source] = embed_motions(evaluator, generated(context, given, rows, range(len(rows)), 0, step))
        repeats = [vectors[source][:many]]
        for take in range(1, takes):
            repeats.append(embed_motions(evaluator, generated(context, given, rows, range(many), take, step)))
        spreads[source] = spread_of_takes(np.stack(repeats, axis=1), np.random.default_rng(3))
    table = {}
    for source in SOURCES:
        own = np.roll(texts, len(texts) // 2, axis=0) if source == "shuffled" else texts
        table[source] = scores(vectors[source], own, rows.keys, again if source in ("real", "shuffled") else real)
        if source in spreads:
            table[source]["multimodality"] = over_rows(spreads[source])
    return {
        "table": table, "sentences": len(rows), "keys": len(set(rows.keys)), "dealings": DEALINGS,
        "takes": {"sentences": many, "takes": takes}, "space": evaluator.config.space,
        "ratio_top_3": table["audio"]["r_precision_3"]["value"] / table["real"]["r_precision_3"]["value"],
        "audio_below_text_points": 100 * (table["text"]["r_precision_3"]["value"] - table["audio"]["r_precision_3"]["value"]),
    }  # fmt: skip


def generated(context: Context, given: list, rows: HeldOut, which: range, take: int, step: Callable[[], None]) -> list[np.ndarray]:
    """Features of generated motions, as long as the real ones; ``take`` numbers the seeds."""
    found = []
    for i in which:
        answer = context.generator.generate(
            given[i], seed=1000 * take + i, seconds=min(len(rows.motions[i]) / 30, 10.0), force=True
        )
        found.append(to_features(answer.motions[0]))
        step()
    return found


def scores(vectors: np.ndarray, texts: np.ndarray, keys: list[str], reference: np.ndarray) -> dict[str, dict[str, float]]:
    """Every metric of one source; FID is to ``reference``."""
    parsed = {key: Instruction.parse(key) for key in keys}

    def alike(first: str, second: str) -> bool:
        return related(parsed[first], parsed[second])

    dealt = [pool for seed in range(DEALINGS) for pool in deal_pools(keys, np.random.default_rng([9, seed]), alike)]
    found = top_hits(vectors, texts, dealt)
    result = {f"r_precision_{top}": over_rows(found[:, i]) for i, top in enumerate(TOPS)}
    result["mm_distance"] = over_rows(np.linalg.norm(vectors - texts, axis=-1))
    rng = np.random.default_rng(4)
    result["fid"] = bootstrapped(lambda chosen: fid(vectors[chosen], reference), len(vectors), rng)
    result["diversity"] = bootstrapped(lambda chosen: diversity(vectors[chosen], np.random.default_rng(5)), len(vectors), rng)
    return result


def over_rows(values: np.ndarray) -> dict[str, float]:
    """Mean over sentences with half the width of its 95 % interval; nan is left out."""
    there = values[~np.isnan(values)]
    return {"value": float(there.mean()), "half": float(1.96 * there.std(ddof=1) / np.sqrt(len(there)))}


def bootstrapped(measure: Callable[[np.ndarray], float], count: int, rng: np.random.Generator) -> dict[str, float]:
    """A number of a whole set with its bootstrapped interval."""
    spread = np.std([measure(rng.integers(count, size=count)) for _ in range(BOOTSTRAPS)], ddof=1)
    return {"value": measure(np.arange(count)), "half": float(1.96 * spread)}
