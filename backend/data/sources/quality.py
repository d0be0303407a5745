"""Quality of retargeted clips: measurements, trims that save a clip, gates that reject one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ...motion.motion import Motion
from ...motion.rotations import angle_between
from ...motion.skeleton import INDEX, NUM_BODY

MIN_FRAMES = 8
SNAP_SPEED = 20.0  # m/s between two frames: a glitch, unless the joint is fast in the frames around as well
MAX_SPEED = 30.0  # m/s of any joint; recorded punches and kicks stay under 15, animated ones under 26
MAX_TURN = 95.0  # degrees between neighbouring frames at 30 fps, for joints of trunk, arms and legs (wrists may flick)
MAX_TILT = 115.0  # same for wrists, ankles, feet, which end short limbs
T_POSE = 18.0  # degrees from straight sideways arms
LONGEST_FLIGHT = 0.9  # seconds off the floor without support; the best jumpers stay up for 0.8
AIR = 0.12  # metres under the lowest joint that count as off the floor
LOOSE = tuple(INDEX[n] for n in ("left_wrist", "right_wrist", "left_ankle", "right_ankle", "left_foot", "right_foot"))


@dataclass(frozen=True)
class Quality:
    """Measurements of a clip, and why it is rejected ("" = accepted).

    Attributes:
        max_speed: m/s of the fastest joint; max_turn: degrees between frames of the fastest turning joint.
        airborne: share of frames in which no joint is near the floor; raised: those of them in which something rests on
            something (a step, a stool); t_pose: share of frames in a T-pose.
    """

    max_speed: float
    max_turn: float
    airborne: float
    raised: float
    t_pose: float
    reason: str


def snaps(motion: Motion) -> np.ndarray:
    """(T-1,) whether a joint jumps between two frames faster than people move."""
    positions = motion.positions()[:, :NUM_BODY]
    speed = np.linalg.norm(np.diff(positions, axis=0), axis=-1) * motion.fps
    padded = np.pad(speed, ((1, 1), (0, 0)), mode="edge")
    alone = speed > 2.0 * np.maximum(padded[:-2], padded[2:])
    fast = ((speed > MAX_SPEED) | ((speed > SNAP_SPEED) & alone)).any(axis=-1)
    turn = _turns(motion)
    limit = np.full(NUM_BODY, MAX_TURN)
    limit[list(LOOSE)] = MAX_TILT
    return fast | (turn * (motion.fps / 30.0) > limit).any(axis=-1)


def in_t_pose(positions: np.ndarray) -> np.ndarray:
    """(T,) whether arms are straight out sideways and legs straight: a rig at rest."""
    sideways = positions[:, INDEX["left_shoulder"]] - positions[:, INDEX["right_shoulder"]]
    still = np.ones(len(positions), dtype=bool)
    for side, sign in (("left", 1), ("right", -1)):
        for joint, child in (("shoulder", "elbow"), ("elbow", "wrist")):
            bone = positions[:, INDEX[f"{side}_{child}"]] - positions[:, INDEX[f"{side}_{joint}"]]
            still &= np.degrees(angle_between(bone, sign * sideways)) < T_POSE
        thigh = positions[:, INDEX[f"{side}_knee"]] - positions[:, INDEX[f"{side}_hip"]]
        shin = positions[:, INDEX[f"{side}_ankle"]] - positions[:, INDEX[f"{side}_knee"]]
        down = np.array([0.0, -1.0, 0.0])
        still &= np.degrees(np.maximum(angle_between(thigh, shin) / 8.0, angle_between(thigh, down) / 12.0)) < 1.0
    return still


def trim(motion: Motion) -> tuple[int, int]:
    """First and last + 1 frame of the part to keep: the longest piece between T-poses and snaps."""
    posed = in_t_pose(motion.positions())
    start, end = 0, len(motion)
    while start < end and posed[start]:
        start += 1
    while end > start and posed[end - 1]:
        end -= 1
    if end - start < MIN_FRAMES:
        return 0, len(motion)
    # leaving a T-pose takes a few frames of arms swinging down: skip them as well
    start = min(start + 8, end - MIN_FRAMES) if start else 0
    end = max(end - 8, start + MIN_FRAMES) if end < len(motion) else end
    cuts = [start, *(int(c) + 1 for c in np.flatnonzero(snaps(motion)) if start <= c < end - 1), end]
    pieces = sorted(itertools.pairwise(cuts), key=lambda piece: piece[0] - piece[1])
    return pieces[0]


def judge(motion: Motion, frames_before: int) -> Quality:
    """Measure ``motion`` (after trimming from ``frames_before`` frames) and decide."""
    positions = motion.positions()[:, :NUM_BODY]
    if len(motion) < 2:
        return Quality(0.0, 0.0, 0.0, 0.0, 0.0, f"shorter than {MIN_FRAMES} frames")
    finite = np.isfinite(positions).all() and np.isfinite(motion.rotations).all()
    speed = float((np.linalg.norm(np.diff(positions, axis=0), axis=-1) * motion.fps).max())
    turn = float(_turns(motion).max())
    off = positions[..., 1].min(axis=1) > AIR
    lowest = np.linalg.norm(np.gradient(positions, axis=0), axis=-1)[np.arange(len(off)), positions[..., 1].argmin(axis=1)]
    standing = off & (lowest * motion.fps < 0.3)
    airborne, raised = float(off.mean()), float(standing.mean())
    posed = float(in_t_pose(positions).mean())
    reason = ""
    if not finite:
        reason = "numbers that are not finite"
    elif len(motion) < MIN_FRAMES:
        reason = f"shorter than {MIN_FRAMES} frames"
    elif len(motion) < 0.5 * frames_before:
        reason = f"less than half of {frames_before} frames between snaps"
    elif speed > MAX_SPEED:
        reason = f"a joint moves at {speed:.0f} m/s"
    elif _longest(off & ~standing) > LONGEST_FLIGHT * motion.fps:
        reason = "floats above the floor"
    elif posed > 0.5:
        reason = "stands in a T-pose"
    return Quality(speed, turn, airborne, raised, posed, reason)


def _longest(flags: np.ndarray) -> int:
    """Length of the longest run of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _turns(motion: Motion) -> np.ndarray:
    """(T-1, 22) degrees between neighbouring frames."""
    q = motion.rotations[:, :NUM_BODY].astype(np.float64)
    dot = np.abs((q[1:] * q[:-1]).sum(-1)).clip(0, 1)
    return np.degrees(2 * np.arccos(dot))
