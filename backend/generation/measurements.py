"""Measurements of a motion: how far, how fast and how much the limbs move.

Plain kinematics in the body's heading frame, the same for every action. Which values are right is `envelope`'s matter.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from ..motion.body import default_body
from ..motion.features import ROOT_DIMS, body_rotations
from ..motion.kinematics import forward_kinematics
from ..motion.motion import FPS
from ..motion.skeleton import INDEX

BODY = 22  # joints
EDGE = 0.05  # share of the frames below the low value, and above the high one
STEP = 9  # frames over which the speed of the root is averaged: sway within a step is no pace


@cache
def _offsets() -> Tensor:
    return torch.from_numpy(default_body().offsets[:BODY].copy())


GROUPS = ("upper", "upper_sums", "lower", "lower_sums")  # sums grow with the length of a motion, the others do not


def measure_motion(features: Tensor) -> dict[str, Tensor]:
    """Measurements of features (T, 140), T >= 2, by `GROUPS`, one axis each.

    Of every signal: a low and a high value and the root of its mean speed; among the sums the root of its path length, of the root
    joint its net turn and way, and the duration."""
    upper, lower = body_signals(features)
    root = features[:, ROOT_DIMS]
    net = torch.cat([root[:, :3].sum(0), root[:, :1].abs().sum(0), root.new_tensor([len(root) / FPS])])
    return {
        "upper": _range_and_speed(upper), "upper_sums": _travel(upper),
        "lower": _range_and_speed(lower), "lower_sums": torch.cat([_travel(lower), net]),
    }  # fmt: skip


def body_signals(features: Tensor) -> tuple[Tensor, Tensor]:
    """Signals (T, *) of the upper and of the lower body.

    Positions in metres, cosines of bends, speeds in m/s and rad/s."""
    frames = len(features)
    centre = features.new_zeros(frames, 3)
    places, turns = forward_kinematics(body_rotations(features), centre, _offsets().to(features))
    height = features[:, 3:4]

    def at(joint: str) -> Tensor:
        return places[:, INDEX[joint]]

    head, hands = at("head"), [at("left_wrist"), at("right_wrist")]
    upper = [head, _distance(*hands), _facing(turns, "spine3", "head"), _facing(turns, "pelvis", "spine3")]
    lower = [at("neck"), _distance(at("left_ankle"), at("right_ankle")), turns[:, 0, :, 1], height]
    for side, wrist in zip(("left", "right"), hands, strict=True):
        elbow, shoulder = at(f"{side}_elbow"), at(f"{side}_shoulder")
        upper += [wrist, elbow, wrist - shoulder, wrist - elbow, _distance(wrist, head), (shoulder - at("neck"))[:, 1:2]]
        upper.append(F.cosine_similarity(wrist - elbow, elbow - shoulder)[:, None])
        ankle, knee, hip = (at(f"{side}_{joint}") for joint in ("ankle", "knee", "hip"))
        lower += [ankle, knee, ankle - hip, height + at(f"{side}_foot")[:, 1:2]]
        lower.append(F.cosine_similarity(ankle - knee, knee - hip)[:, None])
    upper += [_speed(place) for place in (head, *hands)]
    lower += [_speed(at("left_ankle")), _speed(at("right_ankle"))]
    pace = FPS * F.avg_pool1d(features[:, :3].T, STEP, stride=1, padding=STEP // 2, count_include_pad=False).T
    lower += [pace, torch.linalg.vector_norm(pace[:, 1:], dim=-1, keepdim=True)]
    return torch.cat(upper, dim=-1), torch.cat(lower, dim=-1)


def _distance(one: Tensor, other: Tensor) -> Tensor:
    return torch.linalg.vector_norm(one - other, dim=-1, keepdim=True)


def _facing(turns: Tensor, below: str, above: str) -> Tensor:
    """(T, 3) where the front of a joint points, seen from another."""
    return (turns[:, INDEX[below]].transpose(-1, -2) @ turns[:, INDEX[above]])[..., 2]


def _speed(place: Tensor) -> Tensor:
    """(T, 1) m/s; the first frame has the second's."""
    speed = FPS * torch.linalg.vector_norm(place.diff(dim=0), dim=-1, keepdim=True)
    return torch.cat([speed[:1], speed])


def _range_and_speed(values: Tensor) -> Tensor:
    """(3 C,) of signals (T, C): low, high, and the root of the mean speed."""
    ordered, last = values.sort(dim=0).values, len(values) - 1
    edge = int(EDGE * last)
    return torch.cat([ordered[edge], ordered[last - edge], (FPS * values.diff(dim=0).abs().mean(0)).sqrt()])


def _travel(values: Tensor) -> Tensor:
    """(C,) of signals (T, C)."""
    return values.diff(dim=0).abs().sum(0).sqrt()
