"""What the tokenizer costs: joint errors and foot skate of held-out clips, reconstructed.

Joint errors are seen from the character; the drift of the path is given beside them. Clips are of the test split.
"""

from __future__ import annotations

import numpy as np
import torch

from ...data.corpus import load_corpus
from ...motion.contacts import foot_skate
from ...motion.features import from_features
from ..motion_statistics import part_errors
from .context import Context, Progress


@torch.inference_mode()
def measure_for_page(context: Context, on_progress: Progress) -> dict:
    """Frame-weighted means over the clips. Raises UserError where `data build` has not been run."""
    corpus, tokenizer = load_corpus(context.data, "test"), context.generator.tokenizer
    device = context.generator.device
    rows, frames = [], []
    chosen = range(0, len(corpus), 5 if context.quick else 1)
    for number, index in enumerate(chosen, start=1):
        features = np.array(corpus.features(index))
        features = features[: len(features) // 4 * 4]
        if len(features) < 8:
            continue
        rebuilt = tokenizer.decode(tokenizer.encode(torch.from_numpy(features)[None].to(device)))[0].cpu().numpy()
        real, made = from_features(features), from_features(rebuilt)
        path = np.linalg.norm(real.pelvis - made.pelvis, axis=-1)
        skates = {"foot_skate_real": foot_skate(real.positions()), "foot_skate": foot_skate(made.positions())}
        rows.append(part_errors(real, made) | {"path_mm": float(path.mean() * 1000)} | skates)
        frames.append(len(features))
        on_progress(number, len(chosen))
    means = {name: float(np.average([row[name] for row in rows], weights=frames)) for name in rows[0]}
    return {"mpjpe_mm": means, "clips": len(rows), "frames": int(sum(frames))}
