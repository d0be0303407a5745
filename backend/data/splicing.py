"""Operations on motions: stretch, shorten, hold, join, bend, splice upper bodies.

Nothing here knows keys or takes; `compose` chooses the motions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import roma
import torch
from scipy.ndimage import gaussian_filter1d

from ..motion.motion import Motion
from ..motion.rotations import slerp
from ..motion.skeleton import INDEX, UPPER, J

BLEND = 10  # frames of a crossfade
UPPER_AND_HANDS = [*UPPER, *range(22, J)]
SWAY = 9.0  # frames: faster turning of the pelvis comes from steps, not from gestures


def held(motion: Motion, frames: int) -> Motion:
    """Extend to at least ``frames`` frames by holding the last pose."""
    index = np.minimum(np.arange(max(frames, len(motion))), len(motion) - 1)
    return replace(motion, rotations=motion.rotations[index], pelvis=motion.pelvis[index])


def last_pose(motion: Motion) -> Motion:
    """The last frame as a motion of its own."""
    return motion.slice(len(motion) - 1, len(motion))


def shortened(motion: Motion, frames: int, rng: np.random.Generator | None) -> Motion:
    """Shorten to at most ``frames`` frames: up to a third faster, then cut.

    With ``rng`` it may start anywhere, as gaits can; without, at its beginning: half a bow is no bow.
    """
    if len(motion) <= frames:
        return motion
    motion = stretched(motion, max(frames / len(motion), 0.75))
    start = int(rng.integers(0, max(len(motion) - frames, 0) + 1)) if rng else 0
    return motion.slice(start, start + frames)


def stretched(motion: Motion, factor: float) -> Motion:
    """The motion stretched in time by ``factor``, at 30 fps."""
    count = max(2, round(len(motion) * factor))
    return motion.at_frames(np.linspace(0, len(motion) - 1, count))


def joined(motions: list[Motion], blend: int) -> Motion:
    """Join motions, each crossfaded over ``blend`` frames.

    Each starts at the place and heading of the one before.
    """
    out = motions[0]
    for motion in motions[1:]:
        width = min(blend, len(out) - 1, len(motion) - 1)
        if width < 1:
            continue
        yaw = float(out.headings()[-width] - motion.headings()[0])
        placed = motion.transformed(yaw, np.zeros(3))
        shift = (out.pelvis[-width] - placed.pelvis[0]) * np.array([1, 0, 1])
        placed = replace(placed, pelvis=(placed.pelvis + shift).astype(np.float32))
        fade = smooth_step(width)
        rotations = blended(out.rotations[-width:], placed.rotations[:width], fade)
        weight = fade[:, None]
        pelvis = out.pelvis[-width:] * (1 - weight) + placed.pelvis[:width] * weight
        out = replace(
            out,
            rotations=np.concatenate([out.rotations[:-width], rotations, placed.rotations[width:]]),
            pelvis=np.concatenate([out.pelvis[:-width], pelvis, placed.pelvis[width:]]).astype(np.float32),
        )
    return out


def curved(motion: Motion, yaw: float) -> Motion:
    """Bend a straight walk into an arc of ``yaw`` radians, turning in proportion to its speed."""
    speed = np.linalg.norm(np.diff(motion.pelvis[:, [0, 2]], axis=0), axis=1)
    turned = yaw * np.concatenate([[0.0], np.cumsum(speed)]) / max(speed.sum(), 1e-6)  # (T,) radians so far
    steps = np.diff(motion.pelvis, axis=0, prepend=motion.pelvis[:1])
    c, s = np.cos(turned), np.sin(turned)
    bent = np.stack([c * steps[:, 0] + s * steps[:, 2], steps[:, 1], -s * steps[:, 0] + c * steps[:, 2]], axis=1)
    turn = torch.from_numpy(np.stack([0 * s, np.sin(turned / 2), 0 * s, np.cos(turned / 2)], axis=1).astype(np.float32))
    rotations = motion.rotations.copy()
    rotations[:, 0] = roma.quat_product(turn, torch.from_numpy(rotations[:, 0])).numpy()
    return replace(motion, rotations=rotations, pelvis=(motion.pelvis[0] + np.cumsum(bent, axis=0)).astype(np.float32))


def straightened(motion: Motion) -> Motion:
    """Straighten a repeated gait whose path curves a little in every cycle."""
    path, third = motion.pelvis[:, [0, 2]], len(motion) // 3
    ways = [path[third] - path[0], path[-1] - path[-1 - third]]
    first, last = (np.arctan2(way[0], way[1]) for way in ways)
    bend = (last - first + np.pi) % (2 * np.pi) - np.pi
    return curved(motion, -1.5 * float(bend))


def with_upper_body(legs: Motion, upper: Motion) -> Motion:
    """Legs and path of one motion with the spine, arms and head of another, centred in time.

    Local rotations are copied, so the upper body follows the pelvis. The spine counteracts the pelvis' sway, or a raised hand would
    wave with every step.
    """
    frames = min(len(legs), len(upper))
    start = (len(legs) - frames) // 2
    window = slice(start, start + frames)
    edge = min(BLEND, frames // 3)
    fade = np.ones(frames, dtype=np.float32)
    if edge > 0:
        if start > 0:
            fade[:edge] = smooth_step(edge)
        if start + frames < len(legs):
            fade[-edge:] = smooth_step(edge)[::-1]
    rotations = legs.rotations.copy()
    own = rotations[window][:, UPPER_AND_HANDS]
    taken, spine = upper.rotations[:frames].copy(), INDEX["spine1"]
    level = _swaying(legs.rotations[:, 0])[window]
    taken[:, spine] = roma.quat_product(level, torch.from_numpy(taken[:, spine])).numpy()
    rotations[window, UPPER_AND_HANDS] = blended(own, taken[:, UPPER_AND_HANDS], fade)
    return replace(legs, rotations=rotations)


def _swaying(pelvis: np.ndarray) -> torch.Tensor:
    """(T, 4) quaternions that cancel the fast part of a pelvis' turning (T, 4)."""
    signs = np.cumprod(np.where((pelvis[1:] * pelvis[:-1]).sum(-1) < 0, -1.0, 1.0))
    even = pelvis * np.concatenate([[1.0], signs])[:, None]
    calm = torch.from_numpy(gaussian_filter1d(even, SWAY, axis=0, mode="nearest").astype(np.float32))
    return roma.quat_product(roma.quat_conjugation(torch.from_numpy(even.astype(np.float32))), roma.quat_normalize(calm))


def blended(first: np.ndarray, second: np.ndarray, fade: np.ndarray) -> np.ndarray:
    """Slerp (T, J, 4) quaternions by a weight per frame (T,), along the shorter arc."""
    a, b = torch.from_numpy(np.ascontiguousarray(first)), torch.from_numpy(np.ascontiguousarray(second))
    b = torch.where((a * b).sum(-1, keepdim=True) < 0, -b, b)
    weights = torch.from_numpy(np.ascontiguousarray(fade, dtype=np.float32))[:, None].expand(a.shape[:2])
    return roma.quat_normalize(slerp(a, b, weights)).numpy()


def smooth_step(count: int) -> np.ndarray:
    """(count,) weights rising smoothly from near 0 to near 1."""
    x = (np.arange(count, dtype=np.float32) + 1) / (count + 1)
    return x * x * (3 - 2 * x)
