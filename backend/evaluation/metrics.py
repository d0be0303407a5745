"""R-precision, MM-Dist, FID, diversity and multimodality of vectors of `evaluator`.

Definitions of Guo et al. 2022 on unit vectors: a motion's own sentence is ranked by distance among the 32 of its pool. Ours: no
pool holds two sentences of the same meaning, because their order would say nothing. Intervals are `experiments.semantics`'.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.linalg import sqrtm

POOL = 32
TOPS = (1, 2, 3)


def deal_pools(
    keys: Sequence[str], rng: np.random.Generator, alike: Callable[[str, str], bool] = str.__eq__, size: int = POOL
) -> list[np.ndarray]:
    """Row numbers in pools of ``size``, no two of a pool alike; incomplete pools are left out.

    Raises ValueError where not even one pool can be filled."""
    filled: list[list[int]] = []
    for row in rng.permutation(len(keys)).tolist():
        for pool in filled:
            if len(pool) < size and not any(alike(keys[row], keys[other]) for other in pool):
                pool.append(row)
                break
        else:
            filled.append([row])
    whole = [np.array(pool) for pool in filled if len(pool) == size]
    if not whole:
        raise ValueError(f"{len(keys)} rows do not fill a pool of {size} different ones")
    return whole


def top_hits(motions: np.ndarray, texts: np.ndarray, dealt: Sequence[np.ndarray]) -> np.ndarray:
    """(N, 3) how often the own sentence is among the nearest 1, 2, 3; nan for rows in no pool."""
    found, times = np.zeros((len(motions), len(TOPS))), np.zeros(len(motions))
    for rows in dealt:
        distance = np.linalg.norm(motions[rows][:, None] - texts[rows][None], axis=-1)
        rank = (distance < np.diagonal(distance)[:, None]).sum(axis=1)
        found[rows] += rank[:, None] < np.array(TOPS)
        times[rows] += 1
    return np.where(times[:, None] > 0, found / np.maximum(times, 1)[:, None], np.nan)


def r_precision(motions: np.ndarray, texts: np.ndarray, dealt: Sequence[np.ndarray]) -> tuple[float, ...]:
    """R-precision top 1, 2 and 3 over the rows that are in a pool."""
    return tuple(float(share) for share in np.nanmean(top_hits(motions, texts, dealt), axis=0))


def mm_distance(motions: np.ndarray, texts: np.ndarray) -> float:
    """MM-Dist: mean distance of a motion to its own sentence."""
    return float(np.linalg.norm(motions - texts, axis=-1).mean())


def fid(first: np.ndarray, second: np.ndarray) -> float:
    """Fréchet distance of vectors (N, d) and (M, d); biased upwards for small N or M."""
    mean = first.mean(0, dtype=np.float64) - second.mean(0, dtype=np.float64)
    one, two = (np.cov(vectors.astype(np.float64), rowvar=False) for vectors in (first, second))
    root = sqrtm(one @ two)
    return float(mean @ mean + np.trace(one + two - 2 * np.real(root)))


def diversity(motions: np.ndarray, rng: np.random.Generator, pairs: int = 300) -> float:
    """Mean distance of random disjoint pairs of motions, at most ``pairs``."""
    pairs = min(pairs, len(motions) // 2)
    chosen = rng.permutation(len(motions))
    return float(np.linalg.norm(motions[chosen[:pairs]] - motions[chosen[pairs : 2 * pairs]], axis=-1).mean())


def spread_of_takes(repeats: np.ndarray, rng: np.random.Generator, pairs: int = 10) -> np.ndarray:
    """Mean distance between takes, (instructions,), of vectors (instructions, takes, d).

    Its mean is multimodality."""
    takes = repeats.shape[1]
    distances = []
    for vectors in repeats:
        first = rng.integers(takes, size=pairs)
        second = (first + rng.integers(1, takes, size=pairs)) % takes  # never the same take
        distances.append(np.linalg.norm(vectors[first] - vectors[second], axis=-1).mean())
    return np.array(distances)
