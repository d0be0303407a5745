"""Makes every take of every gesture in `gestures` and writes them with an index."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend.language.instruction import Action
from backend.motion.files import save_motion
from backend.motion.motion import Motion

from .gestures import AUTHORED_GESTURES, TEMPO, variants

INDEX = "index.jsonl"
TAKES = 24


@dataclass(frozen=True)
class AuthoredClip:
    """One clip: a file-safe name, its motion and what it does.

    The motion has 30 fps, starts at the origin and faces +Z.
    """

    name: str
    motion: Motion
    key: str

    @property
    def split(self) -> str:
        """train, val or test, by the number of the take."""
        number = int(self.name.rsplit("-", 1)[1])
        return {10: "val", 11: "test"}.get(number % 12, "train")


@dataclass(frozen=True)
class _Plan:
    name: str
    key: str
    gesture: int
    speed: str
    count: int | None

    def make(self, seed: int) -> AuthoredClip:
        digest = hashlib.sha256(f"{seed}/{self.name}".encode()).digest()  # a take's own stream, whatever else exists
        rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
        tempo = float(rng.uniform(*TEMPO[self.speed]))
        return AuthoredClip(self.name, AUTHORED_GESTURES[self.gesture].perform(rng, tempo, self.count).motion(), self.key)


def _plans(takes: int) -> Iterator[_Plan]:
    for number, gesture in enumerate(AUTHORED_GESTURES):
        for key, speed, count, amount in variants(gesture, takes):
            stem = key.replace(".", "_").replace("@", "_").replace("*", "_x")
            # a third of the takes or less gets numbers spread over the splits of `AuthoredClip.split`
            for take in range(amount):
                yield _Plan(f"{stem}-{_spread(take, amount):02d}", key, number, speed, count)


def _spread(take: int, amount: int) -> int:
    """Take numbers 0, 1, ...; six to eleven takes end with 10 and 11."""
    return take if amount >= 12 or amount < 6 or take < amount - 2 else 10 + take - (amount - 2)


def authored_clips(
    seed: int = 0, takes_per_kind: int = TAKES, kinds: Collection[str] | None = None, *, plain: bool = False
) -> Iterator[AuthoredClip]:
    """Every authored clip, made on the fly; the same seed and number give the same clips.

    Args:
        takes_per_kind: takes of a plain key that has weight 1; speeds, counts and lesser gestures get a share of it.
        kinds: only these ("wave", "turn"); all when None.
        plain: without those that have a speed or a count.
    """
    for plan in _plans(takes_per_kind):
        if (kinds is None or Action.parse(plan.key).kind in kinds) and not (plain and (plan.speed or plan.count)):
            yield plan.make(seed)


def build_authored(out: Path, seed: int = 0, takes_per_kind: int = TAKES, kinds: Collection[str] | None = None) -> int:
    """Write the clips as motion files to ``out``, with `index.jsonl`.

    A row of the index has name, key, frames, seconds, split.

    Files already listed in an index of the same seed are kept, so an interrupted build goes on where it stopped; delete
    the folder after changing a gesture. Returns the number of clips.
    """
    out.mkdir(parents=True, exist_ok=True)
    known = _read_index(out / INDEX, seed)
    lines = []
    with (out / INDEX).open("a", encoding="utf-8") as index:
        for plan in _plans(takes_per_kind):
            if kinds is not None and Action.parse(plan.key).kind not in kinds:
                continue
            line = known.get(plan.name)
            if line is None or not (out / f"{plan.name}.npz").is_file():
                clip = plan.make(seed)
                save_motion(out / f"{clip.name}.npz", clip.motion, seed=seed, model="authored")
                line = {
                    "name": clip.name,
                    "key": clip.key,
                    "frames": len(clip.motion),
                    "split": clip.split,
                    "seed": seed,
                }
                index.write(json.dumps(line) + "\n")
            lines.append(line)
    temporary = out / f".{INDEX}"
    temporary.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    os.replace(temporary, out / INDEX)
    return len(lines)


def _read_index(path: Path, seed: int) -> dict[str, dict]:
    if not path.is_file():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}"))
    return {line["name"]: line for line in lines if line.get("seed") == seed}
