"""Measured controls: what can be asked of a motion in numbers, and what a motion came to.

A request may name any of them ("turn 90 degrees", "three steps", "two metres"); the rest stays unspecified. They are measured from
every motion, so that no label is needed, and again after generation. The network's side is `model.control_slots`, the words'
`language.numbers`.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor

from .body import default_body
from .features import CONTACT_DIMS, decode
from .kinematics import forward_kinematics
from .motion import FPS
from .skeleton import INDEX

# name -> centre and scale for networks
CONTROLS: dict[str, tuple[float, float]] = {
    "turn": (0.0, 90.0),  # of the whole, left positive, not wrapped
    "ahead": (0.5, 1.5),  # from start to end, as the character faced at the start
    "across": (0.0, 1.0),  # the same to the left
    "way": (1.0, 1.5),  # length of the pelvis' path over the floor
    "footfalls": (3.0, 3.0),
    "repetitions": (2.0, 1.5),  # known where they were counted
    "seconds": (3.5, 2.0),
    "lowest": (0.75, 0.25),  # height of the pelvis, 1 when standing
    "end_height": (0.85, 0.25),  # of the pelvis at the end
    "left_hand": (1.2, 0.4),  # highest point above the floor, metres
    "right_hand": (1.2, 0.4),
    "tempo": (2.4, 0.3),  # log of the ratio of limb acceleration to limb speed, 1/s
    "energy": (-0.7, 0.8),  # log of the root mean square of limb speeds, m/s
    "strength": (1.0, 0.5),  # of a style, known where one was given
}
LIMBS = ("head", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_knee", "right_knee", "left_ankle", "right_ankle")
SMOOTHED = 5  # frames over which the path is averaged: sway within a step is no way
STEPPED, LIFTED = 0.08, 0.03  # metres a foot has to travel or rise between two footfalls
STILL = 0.02  # m/s: slower limbs have no tempo


@cache
def _offsets() -> Tensor:
    return torch.from_numpy(default_body().offsets[:22].copy())


@torch.no_grad()
def measure_controls(features: np.ndarray) -> dict[str, float]:
    """Controls of features (T, 140), T >= 2: those that can be measured and have a value."""
    x = torch.from_numpy(np.ascontiguousarray(features, dtype=np.float32))
    rotations, pelvis = decode(x)
    places, _ = forward_kinematics(rotations, pelvis, _offsets().to(x))  # (T, 22, 3)
    floor = pelvis[:, [0, 2]]
    paced = floor.unfold(0, min(SMOOTHED, len(floor)), 1).mean(-1)
    found = {
        "turn": math.degrees(float(x[:, 0].sum())),
        "ahead": float(floor[-1, 1] - floor[0, 1]),
        "across": float(floor[-1, 0] - floor[0, 0]),
        "way": float(paced.diff(dim=0).norm(dim=-1).sum()),
        "footfalls": float(count_footfalls(places, x[:, CONTACT_DIMS] > 0.5)),
        "seconds": len(x) / FPS,
        "lowest": float(pelvis[:, 1].min()) / default_body().standing_pelvis_height,
        "end_height": float(pelvis[-1, 1]) / default_body().standing_pelvis_height,
        "left_hand": float(places[:, INDEX["left_wrist"], 1].max()),
        "right_hand": float(places[:, INDEX["right_wrist"], 1].max()),
    }
    local = places[:, [INDEX[name] for name in LIMBS]] - pelvis[:, None]
    speed = FPS * local.diff(dim=0)
    size = float(speed.square().sum(-1).mean().sqrt())
    found["energy"] = math.log(max(size, STILL))
    if size > STILL and len(speed) > 2:
        found["tempo"] = math.log(max(float((FPS * speed.diff(dim=0)).square().sum(-1).mean().sqrt()) / size, 1e-3))
    return found


def count_footfalls(places: Tensor, contacts: Tensor) -> int:
    """How often a foot is put down elsewhere, or lifted and put down.

    ``places`` (T, 22, 3) in metres, ``contacts`` (T, 4) of `features`."""
    number = 0
    for side, (ankle, ball) in (("left", (0, 2)), ("right", (1, 3))):
        foot = places[:, INDEX[f"{side}_ankle"]]
        planted = (contacts[:, ankle] | contacts[:, ball]).tolist()
        left_at = None  # the frame in which the foot was last planted
        for frame, now in enumerate(planted):
            if now and left_at is not None and frame - left_at > 1:
                between = foot[left_at : frame + 1]
                moved = float((between[-1] - between[0])[[0, 2]].norm())
                number += moved > STEPPED or float(between[:, 1].max() - between[0, 1]) > LIFTED
            left_at = frame if now else left_at
    return number


def normalised(values: dict[str, float], names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Values (C,) float32 for the networks, and which are known (C,) bool."""
    known = np.array([name in values for name in names], dtype=bool)
    scaled = [(values[name] - CONTROLS[name][0]) / CONTROLS[name][1] if name in values else 0.0 for name in names]
    return np.array(scaled, dtype=np.float32), known
