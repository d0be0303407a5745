"""The report of a batch as a text: the summary, and a line for each file, problems first."""

from __future__ import annotations

import itertools

from .run import Batch, shown

LONGEST = 5_000  # lines; more make the text editor slow, and the report file has all


def report_text(batch: Batch) -> str:
    """Every file and what became of it; of very many, as many as a text editor bears."""
    lines = [batch.summary, *([batch.stopped] if batch.stopped else []), f"Folder: {shown(str(batch.folder))}"]
    lines += [f"Report: {batch.report.path}", ""]
    others = (item for item in batch.items if item.state not in ("failed", "refused"))
    for item in itertools.islice(itertools.chain(batch.problems, others), LONGEST):
        what = f"“{item.heard}” -> {item.action}" if item.state == "done" else item.message or item.action
        lines.append(f"{item.state:9} {shown(item.name)}  {what}".rstrip())
    if len(batch.items) > LONGEST:
        lines.append(f"... {len(batch.items) - LONGEST} more files are in {batch.report.path}")
    return "\n".join(lines) + "\n"
