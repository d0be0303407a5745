"""The field's table, by our own evaluator: real motions, motions from speech and from text, and sentences shuffled.

Protocol, ours where it differs from Guo et al. 2022: sentences and real motions of the test split (`held_out`); a generated
motion is as long as the real one, one a sentence; R-precision is the mean of 20 dealings into pools of 32. Intervals are 95 %
over sentences (1.96 standard errors; bootstrap for FID and diversity), not over repeats: they say how much another set of
sentences would change the number, and are wider.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...language.instruction import Instruction
from ...motion.features import to_features
from ..evaluator import embed_motions, embed_sentences, related
from ..held_out import HeldOut, held_out
from ..metrics import TOPS, diversity, fid, hits, pools, spread_of_takes
from ..probes.runner import HELD_OUT
from .context import Context, Progress

DEALINGS, BOOTSTRAPS = 20, 40
SOURCES = ("real", "audio", "text", "shuffled")


def measure_for_page(context: Context, on_progress: Progress) -> dict:
    """{source: {metric: {"value", "half"}}} with the numbers of sentences and takes. Raises UserError."""
    rows, evaluator = context.test_rows, context.evaluator
    spoken = context.speak(rows.texts, [HELD_OUT[i % len(HELD_OUT)] for i in range(len(rows))])
    many, takes = (6, 6) if context.quick else (20, 10)
    total, done = 2 * (len(rows) + many * (takes - 1)), 0

    def step() -> None:
        nonlocal done
        done += 1
        on_progress(done, total)

    texts, real = embed_sentences(evaluator, rows.texts), embed_motions(evaluator, rows.motions)
    again = embed_motions(evaluator, held_out(context.data, "test", len(rows), take=1).motions)  # how near real comes to real
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
    """Features of motions for sentences or recordings, as long as the real ones; ``take`` numbers the seeds."""
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

    dealt = [pool for seed in range(DEALINGS) for pool in pools(keys, np.random.default_rng([9, seed]), alike)]
    found = hits(vectors, texts, dealt)
    result = {f"r_precision_{top}": over_rows(found[:, i]) for i, top in enumerate(TOPS)}
    result["mm_distance"] = over_rows(np.linalg.norm(vectors - texts, axis=-1))
    rng = np.random.default_rng(4)
    result["fid"] = bootstrapped(lambda chosen: fid(vectors[chosen], reference), len(vectors), rng)
    result["diversity"] = bootstrapped(lambda chosen: diversity(vectors[chosen], np.random.default_rng(5)), len(vectors), rng)
    return result


def over_rows(values: np.ndarray) -> dict[str, float]:
    """Mean of numbers, one a sentence, with the half width of its 95 % interval; nan counts as not there."""
    there = values[~np.isnan(values)]
    return {"value": float(there.mean()), "half": float(1.96 * there.std(ddof=1) / np.sqrt(len(there)))}


def bootstrapped(measure: Callable[[np.ndarray], float], count: int, rng: np.random.Generator) -> dict[str, float]:
    """A number of a whole set, with its interval from sets drawn with replacement."""
    spread = np.std([measure(rng.integers(count, size=count)) for _ in range(BOOTSTRAPS)], ddof=1)
    return {"value": measure(np.arange(count)), "half": float(1.96 * spread)}
