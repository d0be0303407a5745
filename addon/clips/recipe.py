"""A clip's recipe: with what its keys were made, so that they can be computed again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache

from ..tweak.pipeline import Tweaks
from ..tweak.trajectory import Spot


@dataclass(frozen=True)
class Recipe:
    """What keys follow from besides raw result and hand edits; JSON in ``clip.written``.

    Attributes:
        before, after: data path -> the values one and two frames outside the clip, where there is something to join.
        stands: how the bones above the pelvis stand for this motion; those it does not name are at rest.
        held: those of them that are keyed so throughout, because other keys would move them; empty text is the root bone.
        lead, tail: frames of the motion before and after the keyed ones. They say where it comes from and goes to.
        hold: frames before the clip over which the character holds its pose.
        trims: frames left out at the start and at the end.
    """

    tweaks: Tweaks
    fps: float
    start: int
    length: int
    blend_in: int
    blend_out: int
    before: dict[str, list] = field(default_factory=dict)
    after: dict[str, list] = field(default_factory=dict)
    lead: int = 0
    tail: int = 0
    stands: dict[str, list[float]] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    hold: int = 0
    trims: tuple[int, int] = (0, 0)

    @property
    def shown(self) -> slice:
        """The rows of the motion that are keyed."""
        return slice(self.lead, self.lead + self.length)

    @property
    def last(self) -> int:
        """The last keyed frame."""
        return self.start + self.length - 1

    @property
    def keys_carriers(self) -> bool:
        """Whether it keys bones above the pelvis."""
        return bool(self.held) or self.tweaks.root == "ROOT"

    def as_text(self) -> str:
        """JSON; `from_text` reads it."""
        # Not `asdict` of everything: it copies the long lists number by number.
        return json.dumps({**vars(self), "tweaks": asdict(self.tweaks)})

    @classmethod
    @lru_cache(maxsize=64)
    def from_text(cls, text: str) -> Recipe | None:
        """The recipe in a text; None where there is none yet, or it cannot be read.

        It is shared: never write to its lists."""
        try:
            data = json.loads(text)
            tweaks = data["tweaks"]
            if data.pop("root_rests", False):  # of files from before `held`
                data["held"] = [""]
            for name in ("start", "end", "home"):
                tweaks[name] = Spot(**tweaks[name]) if tweaks.get(name) else None
            return cls(**{**data, "tweaks": Tweaks(**tweaks)})
        except (ValueError, KeyError, TypeError):
            return None
