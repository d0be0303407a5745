"""For testing the runner: fails at case 3, dies at 5, hangs at 8, raises SystemExit at 13."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from random import Random


class Target:
    def __init__(self, folder: Path) -> None:
        self.number = int(sys.argv[3]) - 1

    def case(self, rng: Random) -> int:
        self.number += 1
        return self.number

    def run(self, number: int) -> None:
        if number == 3:
            raise ZeroDivisionError
        if number == 5:
            os.abort()
        while number == 8:
            pass
        if number == 13:
            sys.exit(0)
