"""What an instruction means: actions and steps, with one canonical spelling, the key.

Motion clips are annotated with keys and sentences are generated from them, so keys connect motion and speech. The wording is in
`captions`, the table of kinds in `vocabulary`.

Key grammar: ``action = kind[.side][.direction][@speed][~style][*count]``, ``a+b`` = b while a, ``a>b`` = a, then b.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from .vocabulary import rows

SIDES = ("left", "right", "both")
DIRECTIONS = (
    "forward", "backward", "left", "right", "around", "up", "down", "circle", "circle-left", "circle-right",
    "forward-left", "forward-right", "backward-left", "backward-right", "place",
)  # fmt: skip
SPEEDS = ("slow", "fast")
STYLES = (
    "tired", "sad", "happy", "angry", "proud", "afraid", "careful",
    "sneaky", "drunk", "old", "child", "heavy", "robot", "zombie",
)  # fmt: skip
MAX_COUNT = 9

_ACTION = re.compile(
    r"(?P<kind>[a-z][a-z_0-9]*)(?P<attributes>(?:\.[a-z-]+)*)"
    r"(?:@(?P<speed>[a-z]+))?(?:~(?P<style>[a-z]+))?(?:\*(?P<count>\d+))?"
)
_SWAP = {"left": "right", "right": "left", "circle-left": "circle-right", "circle-right": "circle-left"} | {
    f"{way}-{side}": f"{way}-{other}" for way in ("forward", "backward") for side, other in (("left", "right"), ("right", "left"))
}


@cache
def directed_kinds() -> frozenset[str]:
    """Kinds whose ``.left`` and ``.right`` are directions; for all others they name the limb."""
    return frozenset(name for name, row in rows().items() if row.get("directed"))


@dataclass(frozen=True)
class Action:
    """One action: its kind, limb (side), direction, speed, count and style."""

    kind: str
    side: str = ""
    direction: str = ""
    speed: str = ""
    count: int = 1
    style: str = ""

    @property
    def key(self) -> str:
        text = self.kind + "".join(f".{part}" for part in (self.side, self.direction) if part)
        manner = (f"@{self.speed}" if self.speed else "") + (f"~{self.style}" if self.style else "")
        return text + manner + (f"*{self.count}" if self.count > 1 else "")

    @classmethod
    def parse(cls, text: str) -> Action:
        """Read one action. ValueError names the part that is not in the grammar."""
        match = _ACTION.fullmatch(text)
        if match is None:
            raise ValueError(f"not an action: {text!r}")
        kind, side, direction = match["kind"], "", ""
        for part in filter(None, match["attributes"].split(".")):
            if part in SIDES and not side and not (kind in directed_kinds() and part in DIRECTIONS):
                side = part
            elif part in DIRECTIONS and not direction:
                direction = part
            else:
                raise ValueError(f"unknown attribute {part!r} in {text!r}")
        speed, style, count = match["speed"] or "", match["style"] or "", int(match["count"] or 1)
        if speed and speed not in SPEEDS:
            raise ValueError(f"unknown speed {speed!r} in {text!r}")
        if style and style not in STYLES:
            raise ValueError(f"unknown style {style!r} in {text!r}")
        if not 1 <= count <= MAX_COUNT:
            raise ValueError(f"count out of 1..{MAX_COUNT} in {text!r}")
        return cls(kind, side, direction, speed, count, style)

    def mirrored(self) -> Action:
        """The same action with left and right exchanged."""
        return replace(self, side=_SWAP.get(self.side, self.side), direction=_SWAP.get(self.direction, self.direction))


@dataclass(frozen=True)
class Instruction:
    """Steps in order ("then"), each one action or two at once ("while": legs, upper body)."""

    steps: tuple[tuple[Action, ...], ...]

    @property
    def key(self) -> str:
        return ">".join("+".join(action.key for action in step) for step in self.steps)

    @property
    def single(self) -> bool:
        """Whether it is a single action."""
        return len(self.steps) == 1 and len(self.steps[0]) == 1

    @classmethod
    def parse(cls, key: str) -> Instruction:
        """Read a key. ValueError where it does not follow the grammar."""
        return cls(tuple(tuple(Action.parse(a) for a in step.split("+")) for step in key.split(">")))

    @classmethod
    def of(cls, *actions: Action) -> Instruction:
        """A sequence of single actions."""
        return cls(tuple((action,) for action in actions))

    def mirrored(self) -> Instruction:
        return Instruction(tuple(tuple(action.mirrored() for action in step) for step in self.steps))

    def then(self, other: Instruction) -> Instruction:
        return Instruction(self.steps + other.steps)
