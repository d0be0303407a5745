"""A small network that counts repetitions: it gives every frame its share of one. Ours.

Shares add up to the number of repetitions, of the whole and of any part, so they also tell where one begins and ends (`count_check`
cuts and copies there). It sees 1.3 seconds to either side and not the length of the motion: in all data length goes with number,
and a network that sees it counts seconds. It reads features, no tokens and no words, so it outlives the weights of the instruction
model. A pack works without it; numbers are then the instruction model's alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..language.instruction import Action
from ..motion.features import D
from ..packs.files import load_module, saved_config
from ..packs.pack import Pack
from ..packs.tensors import build_network, config_of

FILE = "counter.safetensors"
HALF = 2  # frames taken together: 15 a second tell claps apart
DEPTH = 4  # residual blocks of dilation 1, 2, 4, 8: a receptive field of 19 steps to either side, 1.3 s
# kinds whose repetitions in the data are known exactly and are alike; a blow with a sword, for one, is a whole routine
COUNTED = (
    "jump", "hop", "kick", "punch", "clap", "nod", "shrug", "bow", "squat", "jumping_jack", "push_up", "sit_up", "elbow_to_knee",
    "rotate_arms",
)  # fmt: skip
SEVERAL = frozenset({"clap", "nod", "jumping_jack", "push_up", "sit_up", "rotate_arms"})  # done a few times unless a number is said


@dataclass(frozen=True)
class CounterConfig:
    """Sizes. The kinds are `COUNTED`, in that order, as many as there were when it was trained."""

    width: int = 64
    depth: int = DEPTH
    kinds: int = len(COUNTED)

    def to_dict(self) -> dict[str, int]:
        return asdict(self)


class RepetitionCounter(nn.Module):
    """Shares of a repetition in features (B, T, 140), for a kind of action (B,), either side."""

    def __init__(self, config: CounterConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.register_buffer("mean", torch.zeros(D))
        self.register_buffer("std", torch.ones(D))
        self.register_buffer("sure", torch.ones(config.kinds, dtype=torch.bool))  # kinds that it counts well
        self.kind = nn.Embedding(config.kinds, width)
        self.begin = nn.Conv1d(D, width, 3, stride=HALF, padding=1)
        self.told = nn.ModuleList(nn.Linear(width, 2 * width) for _ in range(config.depth))
        self.wide = nn.ModuleList(nn.Conv1d(width, width, 3, padding=2**i, dilation=2**i) for i in range(config.depth))
        self.mix = nn.ModuleList(nn.Conv1d(width, width, 1) for _ in range(config.depth))
        self.end = nn.Sequential(nn.ReLU(), nn.Conv1d(width, width // 2, 5, padding=2), nn.ReLU(), nn.Conv1d(width // 2, 1, 1))
        nn.init.constant_(self.end[-1].bias, -3.0)  # most frames are no repetition

    @classmethod
    def from_pack(cls, pack: Pack) -> RepetitionCounter | None:
        """The counter of a verified pack; None if it has none.

        Raises UserError ``damaged_pack`` or ``bad_weights``."""
        if FILE not in pack.sha256:
            return None
        path = pack.path(FILE)
        return load_module(path, build_network(partial(cls, config_of(CounterConfig, saved_config(path))), path))

    def forward(self, features: Tensor, kind: Tensor) -> Tensor:
        """Shares (B, T) >= 0; T even."""
        asked = self.kind(kind)
        x = torch.relu(self.begin(((features - self.mean) / self.std).clamp(-8, 8).transpose(1, 2)))
        for told, wide, mix in zip(self.told, self.wide, self.mix, strict=True):
            scale, shift = told(asked)[..., None].chunk(2, dim=1)
            x = x + mix(torch.relu(wide(torch.relu(x * (1 + scale) + shift))))
        return F.softplus(self.end(x)[:, 0]).repeat_interleave(HALF, dim=1) / HALF

    def shares(self, features: Tensor, action: Action) -> Tensor:
        """Shares (B, T) of an action that it `counts`, in features (B, T, 140)."""
        return self(features, torch.full((len(features),), COUNTED.index(action.kind), device=features.device))

    def can_count(self, action: Action) -> bool:
        """Whether it counts an action well."""
        known = COUNTED[: self.config.kinds]
        return action.kind in known and bool(self.sure[known.index(action.kind)])


def has_exact_count(action: Action) -> bool:
    """Whether motions of an action in the data do it exactly ``action.count`` times."""
    return action.kind in COUNTED and (action.count > 1 or action.kind not in SEVERAL)
