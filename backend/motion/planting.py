"""Foot planting: holds standing feet in place, moving each leg as little as that takes.

For each foot an offset o(t) over the floor is computed. While the foot stands, o takes its slide s(t) away; while it does not, o
returns to zero; and o never bends sharply:

    minimise  sum_t w(t) |o(t+1) - o(t) + s(t)|^2 + m |o(t)|^2 + |o(t-1) - 2 o(t) + o(t+1)|^2.

This is one linear system with five diagonals. The last term spreads every change over the neighbouring frames, so the foot is let
go and caught without a jerk. A foot that stands on heel and ball could still slide by turning, so an angle that holds its
direction is computed first in the same way. The whole body follows what both feet share, so that legs stretch less; the legs
follow by inverse kinematics (`two_bone`). Offsets swing about zero: the motion faces as it did and goes about as far.

The weight w says how likely the foot stands, from what the network says of its contacts, from height and from speed. The add-on's
twin (`addon/tweak/foot_lock.py`) is told yes or no instead, and holds a foot to a place d(t) instead of against a slide.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import roma
import torch
from scipy.linalg import solveh_banded
from scipy.ndimage import gaussian_filter1d

from .body import default_body
from .kinematics import forward_kinematics
from .motion import Motion
from .skeleton import INDEX
from .two_bone import reach_with_leg

LEGS = 12  # joints up to the balls of the feet
GLIDE = 0.12  # seconds within which a free foot returns to its own path
GRIP = 0.01  # seconds within which a standing foot is stopped
FOLLOW = 0.15  # seconds; how gradually the body follows its feet
LOW = ((0.10, 0.16), (0.045, 0.09))  # metres: ankles and balls as low as the first may stand, as high as the second do not
SLOW = (0.6, 0.6)  # m/s of a foot that may stand, and what share of the body's own speed is added to it
SAID = (0.05, 0.3)  # what a network says of a contact: at the first the foot is in the air, from the second on it stands
FURTHEST = 0.25  # metres, and radians of turn: the most that a foot is moved


def plant_feet(motion: Motion, contacts: np.ndarray) -> Motion:
    """The motion with its standing feet held in place.

    Args:
        contacts: (T, 4) what a network says of left and right ankle, left and right ball: about 0 in the air, 1 on the floor.
    """
    if len(motion) < 4:
        return motion
    offsets = torch.from_numpy(default_body().offsets[:LEGS].copy())
    rotmats = motion.rotation_matrices()[:, :LEGS]
    places, turns = (x.double().numpy() for x in forward_kinematics(rotmats, torch.from_numpy(motion.pelvis), offsets))
    moves, yaws = {}, {}
    for number, side in enumerate(("left", "right")):
        points = places[:, [INDEX[f"{side}_ankle"], INDEX[f"{side}_foot"]]]
        weights = standing_weights(points, contacts[:, [number, number + 2]], motion.pelvis, motion.fps)
        yaws[side], moves[side] = hold_foot(points[..., [0, 2]], weights, motion.fps)
    if not any(np.abs(move).max() > 1e-4 for move in moves.values()):
        return motion
    shared = gaussian_filter1d((moves["left"] + moves["right"]) / 2, FOLLOW * motion.fps, axis=0, mode="nearest")
    start = shared[0].copy()  # the motion begins where it began
    shared, moves = shared - start, {side: move - start for side, move in moves.items()}
    places += _on_floor(shared)[:, None]
    rotations = motion.rotations.copy()
    for side, move in moves.items():
        chain = [INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")]
        wanted = places[:, chain[-1]] + _on_floor(move - shared)
        turned = reach_with_leg(places, turns, offsets.numpy(), side, wanted, yaws[side])
        above = np.concatenate([turns[:, :1], turned[:, :2]], axis=1)
        local = np.swapaxes(above, -1, -2) @ turned
        rotations[:, chain] = roma.rotmat_to_unitquat(torch.from_numpy(local)).float().numpy()
    return replace(motion, rotations=rotations, pelvis=(motion.pelvis + _on_floor(shared)).astype(np.float32))


def standing_weights(points: np.ndarray, contacts: np.ndarray, pelvis: np.ndarray, fps: float) -> np.ndarray:
    """(T - 1, 2) how likely ankle and ball of a foot stand from each frame to the next, 0..1.

    Args:
        points: (T, 2, 3) ankle and ball, metres.
        contacts: (T, 2) what the network says of them.
        pelvis: (T, 3); the faster it goes, the faster a standing foot may seem to slide.
    """
    low = np.stack([1 - _smoothstep(points[:, i, 1], *LOW[i]) for i in range(2)], axis=1)
    step = np.linalg.norm(np.diff(points[..., [0, 2]], axis=0), axis=-1) * fps
    pace = np.linalg.norm(np.diff(pelvis[:, [0, 2]], axis=0), axis=-1)[:, None] * fps
    slow = 1 - _smoothstep(step, SLOW[0] + SLOW[1] * pace, 2 * (SLOW[0] + SLOW[1] * pace))
    said = _smoothstep(contacts, *SAID)
    return np.minimum(low[1:], low[:-1]) * np.minimum(said[1:], said[:-1]) * slow


def hold_foot(points: np.ndarray, weights: np.ndarray, fps: float) -> tuple[np.ndarray, np.ndarray]:
    """Turn (T,) in radians and move (T, 2) in metres of a foot that hold it where it stands.

    Args:
        points: (T, 2, 2) ankle and ball over the floor, metres.
        weights: (T - 1, 2) from `standing_weights`.
    """
    foot = points[:, 1] - points[:, 0]
    heading = np.unwrap(np.arctan2(foot[:, 0], foot[:, 1]))
    yaw = _opposite_curve(np.diff(heading)[:, None], weights.min(axis=1), fps)[:, 0]
    c, s = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    turned = points.copy()
    turned[:, 1] = points[:, 0] + c * foot + s * foot[:, ::-1] * np.array([1, -1])
    sure = weights.sum(axis=1)
    slide = (weights[..., None] * np.diff(turned, axis=0)).sum(axis=1) / np.maximum(sure, 1e-9)[:, None]
    return yaw, _opposite_curve(slide, weights.max(axis=1), fps)


def _opposite_curve(slide: np.ndarray, weights: np.ndarray, fps: float) -> np.ndarray:
    """The curve o (T, C) against a slide (T - 1, C), by weights (T - 1,); see the module's text.

    Where it would exceed `FURTHEST` the slide is taken away in part: a foot that slides so far does not stand."""
    # w and m, in frames
    grip, rest = weights * (GRIP * fps) ** -2, (GLIDE * fps) ** -4
    count = len(slide) + 1
    bands = np.zeros((3, count))
    bands[2] = rest
    bands[2, :-1] += grip
    bands[2, 1:] += grip
    bands[1, 1:] -= grip
    for i, first in enumerate((1.0, -2.0, 1.0)):
        for j, second in enumerate((1.0, -2.0, 1.0)[i:], start=i):
            bands[2 - (j - i), j : count - 2 + j] += first * second
    pull = -grip[:, None] * slide
    right = np.zeros((count, slide.shape[1]))
    right[1:] += pull
    right[:-1] -= pull
    found = solveh_banded(bands, right, check_finite=False)
    size = np.linalg.norm(found, axis=-1, keepdims=True)
    return found * FURTHEST * np.tanh(size / FURTHEST) / np.maximum(size, 1e-12)


def _smoothstep(values: np.ndarray, start: np.ndarray | float, end: np.ndarray | float) -> np.ndarray:
    """0 up to ``start``, 1 from ``end``, smooth between."""
    u = np.clip((values - start) / (end - start), 0.0, 1.0)
    return u * u * (3 - 2 * u)


def _on_floor(over_floor: np.ndarray) -> np.ndarray:
    """(T, 2) x and z as (T, 3) with no height."""
    return np.stack([over_floor[:, 0], np.zeros(len(over_floor)), over_floor[:, 1]], axis=-1)
