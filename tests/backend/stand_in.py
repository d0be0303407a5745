"""A small deterministic generator for testing the process around the real one: the same calls, no networks.

Run as a script it is `python -m backend` with this generator in place of the trained one. The guidance is the time it
takes, and 10 an hour, for what has to be ended. The environment sets its manners: STAND_IN_LOAD (seconds loading takes),
STAND_IN_CHILD (start a child process that reads and prints), STAND_IN_FAIL (load, generate, bug; hang: heeds no cancel;
understand: nothing is an instruction, unless forced).
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ENDLESS = 10.0  # guidance
PHASES = ("hearing", "composing", "refining", "decoding")
if __name__ == "__main__":
    sys.path.insert(0, str(REPOSITORY))

from backend.errors import Cancelled, NotUnderstood, UserError  # noqa: E402  (the path has to be set first)


@dataclass
class SwayGeneration:
    motions: list
    heard: str
    seeds: list[int]
    timings: dict[str, float] = field(default_factory=dict)
    confidence: float | None = 0.9
    words: list = field(default_factory=list)
    reached: list = field(default_factory=list)


class SwayGenerator:
    """Sways by an angle that depends on the seed, for as long as asked."""

    device = "cpu"

    def __init__(self, pack: str) -> None:
        self.pack = pack

    @classmethod
    def load(cls, pack: str = "open", device: str = "auto", ours: object = None) -> "SwayGenerator":
        import torch  # noqa: F401  (as the real one's module does: not while the first recording is read)

        time.sleep(float(os.environ.get("STAND_IN_LOAD", "0")))
        print("a library prints while loading")  # must not reach whoever reads the protocol
        os.write(1, b"and another one writes to descriptor 1\n")
        if os.environ.get("STAND_IN_FAIL") == "load":
            raise UserError("missing_pack", f"The weights {pack}.safetensors are missing.", "Train them.")
        return cls(pack)

    def warm_up(self) -> None:
        print("warm")

    def hear(self, wave) -> tuple[str, float | None]:
        """Takes a tenth of a second; what is quieter than a voice has no words."""
        time.sleep(0.1)
        return ("sway gently" if abs(wave).max() > 0.05 else ""), 0.9

    def generate(
        self,
        wave,
        *,
        seed,
        seconds=None,
        variations=1,
        guidance=None,
        edit=None,
        force=False,
        follow=0.5,
        on_progress=None,
        on_heard=None,
        cancelled=None,
    ):
        """Takes as many seconds as ``guidance`` says."""
        if os.environ.get("STAND_IN_CHILD"):
            child = "print('a child prints'); input()"
            subprocess.run([sys.executable, "-c", child], check=False, stderr=subprocess.DEVNULL)
        fail = os.environ.get("STAND_IN_FAIL", "")
        if fail == "generate":
            raise UserError("nothing_heard", "No words were understood.", "Speak closer to the microphone.")
        if fail == "bug":
            raise ZeroDivisionError("a bug")
        from backend.generation.asked import Reached
        from backend.language.account import DONE, UNKNOWN, AccountedWord

        words = AccountedWord("sway", DONE), AccountedWord("gently", UNKNOWN)
        if on_heard:
            on_heard("sway gently", 0.2 if fail == "understand" else 0.9, () if fail == "understand" else words)
        if fail == "understand" and not force:
            said = "Did not understand; heard: “sway gently”."
            raise NotUnderstood("not_understood", said, "The nearest: walk.", "sway gently", 0.2, ("walk forward", "sway"))
        if fail == "hang":
            time.sleep(600)
        began, total = time.perf_counter(), 3600.0 if guidance == ENDLESS else guidance or 0.0
        steps = max(3, int(total / 0.02))
        for number, phase in enumerate(PHASES):
            for step in range(steps):
                if cancelled and cancelled():
                    raise Cancelled
                on_progress(phase, (number + (step + 1) / steps) / len(PHASES))
                time.sleep(total / len(PHASES) / steps)
        loudness = 0.5 if isinstance(wave, str) else float(abs(wave).max())
        motions = [sway(round((seconds or 2.0) * 30), seed + k, loudness) for k in range(variations)]
        if edit:
            motions = [edited(edit, motion) for motion in motions]
        seeds = [seed + k for k in range(variations)]
        timings = {"composing": time.perf_counter() - began}
        numbers = [[Reached(0, "turn", 90.0, 88.0)]] * variations
        return SwayGeneration(motions, "sway gently", seeds, timings, 0.9, list(words), numbers)


def sway(frames: int, seed: int, width: float):
    """The spine going left and right, (frames, 55, 4) rotations in a `Motion`."""
    import numpy as np

    from backend.motion.motion import Motion

    half = 0.15 * np.sin(np.arange(frames) / 10 + seed % 1000) * width
    rotations = np.zeros((frames, 55, 4), np.float32)
    rotations[..., 3] = 1.0
    rotations[:, 3, 2], rotations[:, 3, 3] = np.sin(half), np.cos(half)
    return Motion(rotations, np.tile(np.float32([0.0, 0.95, 0.0]), (frames, 1)), 30.0)


def edited(edit, made):
    """As an edit wants it: its range, or all behind its last pose, taken from the motion ``made`` over and over."""
    import numpy as np

    from backend.motion.motion import Motion

    given = edit.motion
    if edit.first is None:
        rotations, pelvis = made.rotations.copy(), np.repeat(given.pelvis[-1:], len(made), axis=0)
        rotations[0] = given.rotations[-1]
    else:
        window = np.arange(edit.first, edit.last + 1)
        rotations, pelvis = given.rotations.copy(), given.pelvis
        rotations[window] = made.rotations[window % len(made)]
    return Motion(rotations, pelvis, given.fps)


if __name__ == "__main__":
    from backend.cli import main

    sys.exit(main(load=SwayGenerator.load))
