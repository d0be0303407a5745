"""The process that runs one fuzz target; `runner` starts it.

`python -m tests.fuzz.child TARGET SEED FIRST END FOLDER`. A target is a module in `tests.fuzz.targets` with a class
``Target(folder)``: ``case(rng)`` makes an input, ``run(input)`` gives it to the real code and raises where that neither accepts nor
refuses it. A failure is printed as one line beginning with "case"; the runner notices where the process ends instead.
"""

from __future__ import annotations

import faulthandler
import importlib
import mmap
import os
import random
import sys
import traceback
from pathlib import Path

from tests.fuzz.runner import STATE


def main() -> None:
    name, seed, first, end, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5])
    faulthandler.enable()
    os.chdir(folder)  # whatever a relative path in an input leads to
    with (folder / "state").open("r+b") as stream:
        state = mmap.mmap(stream.fileno(), STATE.size)
    target = importlib.import_module(f"tests.fuzz.targets.{name}").Target(folder)

    def loop() -> None:
        failures = 0
        for number in range(first, end):
            state[:] = STATE.pack(number, number, failures)
            made = target.case(random.Random(f"{seed}/{number}"))
            try:
                target.run(made)
            except BaseException as error:
                failures += 1
                where = "; ".join(f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)[-4:])
                print(f"case {number}: {type(error).__name__}: {str(error)[:300]!r} at {where}", flush=True)
        state[:] = STATE.pack(end, end, failures)

    getattr(target, "around", lambda inner: inner())(loop)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
