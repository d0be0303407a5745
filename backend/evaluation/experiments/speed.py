"""Seconds from a recording to a motion file in a warm process, measured as by `bench`."""

from __future__ import annotations

import os
import sys

from ...commands.bench import SECONDS, measure_backend, spoken_instruction
from .context import Context, Progress


def measure_for_page(context: Context, on_progress: Progress) -> dict:
    """Median seconds of a warm request, and the load average before it."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    options = ["--device", context.device, "--pack", context.pack]
    rows = []
    runs = 5 if context.quick else 15
    for row in measure_backend([sys.executable, "-m", "backend"], options, spoken_instruction(), runs):
        rows.append(row)
        on_progress(len(rows), 8)
        if row.what.startswith("warm generate"):
            warm = row.value
    return {
        "motion_seconds": SECONDS, "warm_seconds": warm, "runs": runs, "load": load, "cores": os.cpu_count(),
        "rows": [{"what": row.what, "text": row.text} for row in rows],
    }  # fmt: skip
