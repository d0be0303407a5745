"""Putting a piece of motion into another, or behind it, so that no border shows: place, speed and heading go on.

Poses meet by letting the difference at a border die away over a moment ("inertialization", Bollo 2018), and a path that must end
at a given place is bent over its whole length, most where the body travels anyway. How the piece is made is not asked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import roma
import torch

from .motion import Motion
from .skeleton import INDEX, J

EASE = 0.4  # seconds over which a difference at a border dies away


def inserted(around: Motion, made: Motion, first: int, last: int, start: int, own: Sequence[int] = ()) -> Motion:
    """``around`` with its frames first..last taken from ``made``; all others stay as they are, to the bit.

    Args:
        made: frames start.. of the result, at the same frame rate, anywhere and facing anywhere. Reaches two frames over first
            and last, as far as ``around`` does: how it goes on there tells how the two differ.
        own: joints that keep ``around``'s rotations in the range, too; with the pelvis its path stays as well.
    """
    frames, left, right = last - first + 1, first > 0, last + 1 < len(around)
    at, end = first - start, last - start  # the range, counted in ``made``
    width = min(round(EASE * around.fps), frames) + 1
    if left or not right:
        made = placed(made, max(at - 1, 0), around, max(first - 1, 0))
    else:
        made = placed(made, end + 1, around, last + 1)
    if left and right:
        made = led_to(made, at - 1, end + 1, around, last + 1)
    if left:
        made = eased(made, at - 1, around.slice(max(first - 2, 0), first), width)
    if right:
        back = eased(_reversed(made), len(made) - 2 - end, _reversed(around.slice(last + 1, last + 3)), width)
        made = _reversed(back)
    rotations, pelvis = around.rotations.copy(), around.pelvis.copy()
    new = [joint for joint in range(J) if joint not in own]
    rotations[first : last + 1, new] = made.rotations[at : end + 1, new]
    if INDEX["pelvis"] in new:
        pelvis[first : last + 1] = made.pelvis[at : end + 1]
    return replace(around, rotations=rotations, pelvis=pelvis)


def continued(given: Motion, made: Motion, at: int) -> Motion:
    """Frames at.. of ``made``, beginning with the last pose of ``given``, at its place, heading and speed."""
    made = placed(made, at, given, len(given) - 1)
    made = eased(made, at, given.slice(len(given) - 2 if len(given) > 1 else 0, len(given)), round(EASE * given.fps) + 1)
    return made.slice(at, len(made))


def placed(made: Motion, frame: int, like: Motion, its_frame: int) -> Motion:
    """``made`` turned and moved along the floor so that one frame stands where and faces as a frame of ``like``."""
    turned = made.transformed(float(like.headings()[its_frame] - made.headings()[frame]), np.zeros(3))
    move = (like.pelvis[its_frame] - turned.pelvis[frame]) * np.array([1, 0, 1], dtype=np.float32)
    return replace(turned, pelvis=turned.pelvis + move)


def led_to(made: Motion, start: int, end: int, like: Motion, its_frame: int) -> Motion:
    """``made`` with its path bent between two frames so that it stands at ``end`` where, and faces as, a frame of ``like``.

    Up to ``start`` nothing changes. The bend is spread by how fast the body travels, so that standing feet slide least, and
    begins and ends gently."""
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


def eased(made: Motion, at: int, given: Motion, width: int) -> Motion:
    """``made`` with its frame ``at`` as the last of ``given``, and the speed there that ``given``'s two frames have.

    The difference dies away over the ``width`` frames behind; frames before ``at`` stay. One given frame has no speed."""
    apart, moved = _difference(given, len(given) - 1, made, at)
    if len(given) > 1 and at > 0:
        apart_before, moved_before = _difference(given, len(given) - 2, made, at - 1)
        speed, moving = apart - apart_before, moved - moved_before
    else:
        speed, moving = np.zeros_like(apart), np.zeros_like(moved)
    count = min(width, len(made) - at)
    u = np.arange(count) / width
    value, slope = 2 * u**3 - 3 * u**2 + 1, width * (u**3 - 2 * u**2 + u)  # of the cubic that ends in rest at u = 1
    window = slice(at, at + count)
    bend = (value[:, None, None] * apart + slope[:, None, None] * speed).astype(np.float32)  # (count, J, 3) rotation vectors
    rotations, pelvis = made.rotations.copy(), made.pelvis.copy()
    q = roma.quat_product(roma.rotvec_to_unitquat(torch.from_numpy(bend)), torch.from_numpy(rotations[window]))
    rotations[window] = q.numpy()
    pelvis[window] += (value[:, None] * moved + slope[:, None] * moving).astype(np.float32)
    rotations[at], pelvis[at] = given.rotations[-1], given.pelvis[-1]
    return replace(made, rotations=rotations, pelvis=pelvis)


def _difference(given: Motion, frame: int, made: Motion, its_frame: int) -> tuple[np.ndarray, np.ndarray]:
    """What is missing from a pose of ``made`` to one of ``given``: rotation vectors (J, 3), and metres (3,)."""
    wanted, there = torch.from_numpy(given.rotations[frame]), torch.from_numpy(made.rotations[its_frame])
    apart = roma.quat_product(wanted, roma.quat_conjugation(there))
    apart = torch.where(apart[:, 3:] < 0, -apart, apart)
    return roma.unitquat_to_rotvec(apart).numpy(), given.pelvis[frame] - made.pelvis[its_frame]


def _reversed(motion: Motion) -> Motion:
    """The same played backwards."""
    return replace(motion, rotations=motion.rotations[::-1].copy(), pelvis=motion.pelvis[::-1].copy())
