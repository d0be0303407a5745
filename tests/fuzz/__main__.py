"""Fuzzing from the repository root: `python -m tests.fuzz [--cases N] [--seed S] TARGET...`.

Prints one line per target: cases, crashes, hangs, peak RSS. Exit code 1 where anything was found; ``--first NUMBER --cases 1``
reproduces a finding.
"""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.runner import TARGETS, fuzz


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="+", choices=[*TARGETS, "all"], metavar="TARGET", help=", ".join([*TARGETS, "all"]))
    parser.add_argument("--cases", type=int, default=2000, help="for each target (default 2000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--seed", type=int, default=0, help="of the cases")
    options = parser.parse_args()
    bad = False
    for target in TARGETS if "all" in options.targets else options.targets:
        report = fuzz(target, options.cases, options.seed, options.first)
        print(report.line(), flush=True)
        for finding in report.findings:
            print(f"  {finding}", flush=True)
        bad |= bool(report.findings)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
