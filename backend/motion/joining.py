"""Putting a piece of motion into another, or behind it, so that no border shows.

Poses meet by letting the difference at a border, with its speed and acceleration, die away over a moment ("inertialization",
Bollo 2018). A path that must end at a given place is bent over its whole length, most where the body travels anyway. How the piece
is made is not asked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import roma
import torch

from .motion import Motion
from .skeleton import INDEX, J

EASE = 0.5  # seconds over which a difference at a border dies away
MOST = 0.8  # of a range: else both borders together leave nothing of what was made for a short one


def insert_range(around: Motion, made: Motion, first: int, last: int, start: int, own: Sequence[int] = ()) -> Motion:
    """``around`` with frames first..last from ``made``; all others stay as they are, to the bit.

    Args:
        made: frames start.. of the result, at the same frame rate, anywhere and facing anywhere. Reaches two frames over first and
            last, as far as ``around`` does: how it goes on there tells how the two differ.
        own: joints that keep ``around``'s rotations in the range, too; with the pelvis its path stays as well.
    """
    frames, left, right = last - first + 1, first > 0, last + 1 < len(around)
    at, end = first - start, last - start  # the range, counted in ``made``
    width = min(round(EASE * around.fps), round(MOST * frames)) + 1
    if left or not right:
        made = align_placement(made, max(at - 1, 0), around, max(first - 1, 0))
    else:
        made = align_placement(made, end + 1, around, last + 1)
    if left and right:
        made = bend_path_to(made, at - 1, end + 1, around, last + 1)
    if left:
        made = blend_out_difference(made, at - 1, around.slice(max(first - 3, 0), first), width)
    if right:
        back = blend_out_difference(_reversed(made), len(made) - 2 - end, _reversed(around.slice(last + 1, last + 4)), width)
        made = _reversed(back)
    rotations, pelvis = around.rotations.copy(), around.pelvis.copy()
    new = [joint for joint in range(J) if joint not in own]
    rotations[first : last + 1, new] = made.rotations[at : end + 1, new]
    if INDEX["pelvis"] in new:
        pelvis[first : last + 1] = made.pelvis[at : end + 1]
    return replace(around, rotations=rotations, pelvis=pelvis)


def continue_motion(given: Motion, made: Motion, at: int) -> Motion:
    """Frames at.. of ``made``, from the last pose of ``given`` on, at its place and speed."""
    made = align_placement(made, at, given, len(given) - 1)
    made = blend_out_difference(made, at, given.slice(max(len(given) - 3, 0), len(given)), round(EASE * given.fps) + 1)
    return made.slice(at, len(made))


def align_placement(made: Motion, frame: int, like: Motion, its_frame: int) -> Motion:
    """``made`` moved over the floor so that a frame stands and faces as a frame of ``like``."""
    turned = made.transformed(float(like.headings()[its_frame] - made.headings()[frame]), np.zeros(3))
    move = (like.pelvis[its_frame] - turned.pelvis[frame]) * np.array([1, 0, 1], dtype=np.float32)
    return replace(turned, pelvis=turned.pelvis + move)


def bend_path_to(made: Motion, start: int, end: int, like: Motion, its_frame: int) -> Motion:
    """``made`` with its path bent so that ``end`` stands and faces as a frame of ``like``.

    Up to ``start`` nothing changes. The bend is spread by how fast the body travels, so that standing feet slide least, and begins
    and ends gently."""
    steps = np.diff(made.pelvis, axis=0)[start:end]  # (N, 3), from start to end
    pace = np.linalg.norm(steps[:, [0, 2]], axis=1)
    weights = (pace + 0.1 * pace.mean() + 1e-4) * np.sin(np.pi * (np.arange(len(pace)) + 0.5) / len(pace)) ** 2
    share = np.concatenate([np.zeros(start + 1), np.cumsum(weights) / weights.sum(), np.ones(len(made) - end - 1)])
    turn = float(like.headings()[its_frame] - made.headings()[end])
    yaw = share * ((turn + np.pi) % (2 * np.pi) - np.pi)  # (T,) radians, the short way round
    steps = np.diff(made.pelvis, axis=0)
    c, s = np.cos(yaw[:-1]), np.sin(yaw[:-1])
    turned = np.stack([c * steps[:, 0] + s * steps[:, 2], steps[:, 1], -s * steps[:, 0] + c * steps[:, 2]], axis=1)
    pelvis = np.concatenate([made.pelvis[:1], made.pelvis[:1] + np.cumsum(turned, axis=0)])
    pelvis += share[:, None] * (like.pelvis[its_frame] - pelvis[end]) * np.array([1, 0, 1])
    about = np.stack([0 * yaw, np.sin(yaw / 2), 0 * yaw, np.cos(yaw / 2)], axis=1).astype(np.float32)
    rotations = made.rotations.copy()
    rotations[:, 0] = roma.quat_product(torch.from_numpy(about), torch.from_numpy(rotations[:, 0])).numpy()
    return replace(made, rotations=rotations, pelvis=pelvis.astype(np.float32))


def blend_out_difference(made: Motion, at: int, given: Motion, width: int) -> Motion:
    """``made`` with frame ``at`` as ``given``'s last, going on with the speed of its last three.

    The difference dies away over the ``width`` frames behind; frames before ``at`` stay. What fewer given frames do not tell does
    not change."""
    last = len(given) - 1
    apart, moved = _difference(given, last, made, at)
    speed, moving, push, pushing = np.zeros_like(apart), np.zeros_like(moved), np.zeros_like(apart), np.zeros_like(moved)
    if last > 0 and at > 0:
        apart_before, moved_before = _difference(given, last - 1, made, at - 1)
        speed, moving = apart - apart_before, moved - moved_before
    if last > 1 and 0 < at < len(made) - 1:
        # Of the frame before, because that of the last one would need a frame more. What is made has it where it goes on.
        push, pushing = (a - b for a, b in zip(_acceleration(given, last - 1), _acceleration(made, at), strict=True))
    count = min(width, len(made) - at)
    u = np.arange(count) / width
    # Of the polynomials of the fifth degree that end in rest at u = 1: value, slope and bend at u = 0.
    value, slope = 1 - 10 * u**3 + 15 * u**4 - 6 * u**5, width * (u - 6 * u**3 + 8 * u**4 - 3 * u**5)
    bend = width**2 * (u**2 - 3 * u**3 + 3 * u**4 - u**5) / 2
    shares = (value, slope, bend)
    window = slice(at, at + count)
    turn = sum(share[:, None, None] * part for share, part in zip(shares, (apart, speed, push), strict=True))  # (count, J, 3)
    shift = sum(share[:, None] * part for share, part in zip(shares, (moved, moving, pushing), strict=True))
    rotations, pelvis = made.rotations.copy(), made.pelvis.copy()
    q = roma.quat_product(roma.rotvec_to_unitquat(torch.from_numpy(turn.astype(np.float32))), torch.from_numpy(rotations[window]))
    rotations[window] = q.numpy()
    pelvis[window] += shift.astype(np.float32)
    rotations[at], pelvis[at] = given.rotations[-1], given.pelvis[-1]
    return replace(made, rotations=rotations, pelvis=pelvis)


def _acceleration(motion: Motion, frame: int) -> tuple[np.ndarray, np.ndarray]:
    """Change of each joint's turn (J, 3) and of the pelvis' move (3,) at a frame; per frame."""
    turned, moved = _difference(motion, frame + 1, motion, frame)
    turned_before, moved_before = _difference(motion, frame, motion, frame - 1)
    return turned - turned_before, moved - moved_before


def _difference(given: Motion, frame: int, made: Motion, its_frame: int) -> tuple[np.ndarray, np.ndarray]:
    """From a pose of ``made`` to one of ``given``: rotation vectors (J, 3), and metres (3,)."""
    wanted, there = torch.from_numpy(given.rotations[frame]), torch.from_numpy(made.rotations[its_frame])
    apart = roma.quat_product(wanted, roma.quat_conjugation(there))
    apart = torch.where(apart[:, 3:] < 0, -apart, apart)
    return roma.unitquat_to_rotvec(apart).numpy(), given.pelvis[frame] - made.pelvis[its_frame]


def _reversed(motion: Motion) -> Motion:
    """The same played backwards."""
    return replace(motion, rotations=motion.rotations[::-1].copy(), pelvis=motion.pelvis[::-1].copy())
