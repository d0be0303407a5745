"""Strikes with hands, elbows and head, guards, blades and guns, mostly from a guard.

The caller mirrors them.
"""

from __future__ import annotations

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import blur, ease, smooth_noise
from .fighting import _guard, _stance
from .gesture import AuthoredGesture
from .social import DOWN, INWARD, gesture, jitter
from .take import AuthoredTake


def _strike(
    rng: np.random.Generator,
    tempo: float,
    count: int | None,
    cocked: ArmPose,
    hit: ArmPose,
    through: ArmPose | None = None,
    *,
    turn: float = 26.0,
    dip: float = 0.02,
    pitch: float = 5.0,
) -> AuthoredTake:
    """From a guard the right arm is cocked and strikes.

    Hips and chest turn into it and the feet stay.

    Args:
        through: where the arm goes on to before it comes back.
        turn, pitch: degrees of the chest at the hit; ``dip`` is how many metres the knees give before it.
    """
    lead, tail, rise = rng.uniform(0.1, 0.35), rng.uniform(0.3, 0.6), rng.uniform(0.4, 0.55)
    load, out = rng.uniform(0.2, 0.28) / tempo**0.5, rng.uniform(0.15, 0.2) / tempo
    stay, back, fall = rng.uniform(0.08, 0.14), rng.uniform(0.3, 0.4) / tempo, rng.uniform(0.5, 0.75)
    cycle, times = load + out + stay + back + 0.08, count or 1
    take = AuthoredTake(rng, lead + rise + times * cycle + fall + tail)
    _stance(take, rng.uniform(0.2, 0.34))
    guard, rest = _guard(rng), take.rest_arm["right"]
    keys, shape = [(0.0, rest), (lead, rest), (lead + rise, guard)], [(lead, 0.0), (lead + rise, 0.0)]
    for i in range(times):
        begin = lead + rise + i * cycle
        at = begin + load + out
        keys += [(begin + load, cocked), (at, hit), (at + stay, through or hit), (at + stay + back, guard)]
        shape += [(begin + 0.9 * load, -0.5), (at - 0.02, 1.0), (at + stay, 1.0), (at + stay + back, 0.0)]
    end = lead + rise + times * cycle
    take.key_arm("right", [*keys, (end, guard), (end + fall, rest)], lag=0.35)
    other, rest = _guard(rng), take.rest_arm["left"]
    take.key_arm("left", [(0, rest), (lead, rest), (lead + rise, other), (end, other), (end + fall, rest)])
    size = ease(take.t, shape)
    take.spine[:, 1] += turn * size
    take.tilt[:, 1] += 0.6 * turn * size
    take.head[:, 1] -= 1.1 * turn * size  # eyes stay on the target
    take.spine[:, 0] += pitch * np.abs(size)
    take.move[:, 2] += 0.05 * size
    take.move[:, 1] -= dip * np.clip(-2 * size, 0, 1)
    take.feet["right"].heel += 26.0 * np.clip(size, 0, 1)
    return take


def hook(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right fist swings around level with the chin, the elbow bent and high."""
    cocked = reach((0.34, 1.38, 0.1), (1.0, -0.35, -0.3), INWARD, (-0.1, 0.5, 1.0))
    hit = reach(jitter(rng, (-0.03, 1.44, 0.4)), (1.0, 0.1, 0.1), DOWN, (-1.0, 0.05, 0.3))
    through = reach((-0.16, 1.42, 0.3), (0.9, 0.05, 0.5), DOWN, (-1.0, 0.0, -0.1))
    return _strike(rng, tempo, count, cocked, hit, through, turn=rng.uniform(28, 34), dip=0.03)


def uppercut(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The knees give, and the right fist drives up under a chin, the palm to the body."""
    cocked = reach((0.2, 1.06, 0.12), (0.4, -0.6, -1.0), (-0.4, 0.6, -0.4), (-0.1, 0.3, 1.0))
    hit = reach(jitter(rng, (0.04, 1.58, 0.36)), (0.3, -1.0, 0.25), (0.0, 0.0, -1.0), (0.0, 1.0, 0.1))
    take = _strike(rng, tempo, count, cocked, hit, turn=rng.uniform(22, 28), dip=rng.uniform(0.08, 0.13), pitch=-2)
    return take


def elbow_strike(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right elbow swings across in front, the forearm folded."""
    cocked = reach((0.26, 1.36, 0.06), (1.0, -0.1, -0.5), DOWN, (-0.6, 0.1, 0.8))
    hit = arm((-0.05, 0.12, 1.0), (-0.75, 0.12, -0.62), DOWN)
    through = arm((-0.4, 0.1, 0.9), (-0.7, 0.1, -0.8), DOWN)
    return _strike(rng, tempo, count, cocked, hit, through, turn=rng.uniform(30, 36), dip=0.02)


def karate_chop(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The edge of the right hand comes down from beside the ear, the knees giving."""
    cocked = reach((0.26, 1.7, 0.0), (1.0, -0.3, 0.1), (-0.9, 0.0, 0.4), (-0.1, 1.0, -0.3))
    low = rng.uniform(1.1, 1.3)
    hit = reach(jitter(rng, (0.0, low, 0.48)), (0.6, -0.8, 0.0), INWARD, (-0.15, -0.15, 1.0))
    take = _strike(rng, tempo, count, cocked, hit, turn=rng.uniform(14, 20), dip=0.01, pitch=rng.uniform(9, 14))
    take.move[:, 1] -= 0.05 * np.clip(blur(take.spine[:, 0], 0.03) / 12.0, 0, 1)
    return take


def backhand(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The back of the right hand sweeps from the other shoulder out to the side."""
    cocked = reach((-0.16, 1.42, 0.22), (0.8, -0.2, 0.6), (0.1, -0.4, -1.0), (-1.0, 0.25, -0.1))
    hit = arm((0.6, 0.0, 1.0), (0.55, 0.15, 1.0), INWARD)
    through = arm((1.0, 0.0, 0.35), (1.0, 0.12, 0.4), (-0.6, -0.5, 0.6))
    take = _strike(rng, tempo, count, cocked, hit, through, turn=-rng.uniform(18, 24), dip=0.0, pitch=2)
    return take


def stab(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand thrusts a knife ahead from the hip, low and straight."""
    cocked = reach((0.24, 1.1, 0.0), (0.4, -0.4, -1.0), INWARD, (-0.1, 0.05, 1.0))
    hit = reach(jitter(rng, (0.06, rng.uniform(1.1, 1.26), 0.52)), (0.4, -1.0, 0.0), (-0.7, -0.7, 0.0), (-0.05, 0.05, 1.0))
    return _strike(rng, tempo, count, cocked, hit, turn=rng.uniform(18, 26), dip=0.02, pitch=rng.uniform(9, 14))


def headbutt(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Hands seize something ahead, the head goes back and is thrown forward."""
    grip = reach((0.13, 1.38, 0.44), (0.8, -0.6, 0.0), INWARD, (-0.2, 0.2, 1.0))
    pull = reach((0.13, 1.33, 0.3), (0.9, -0.6, -0.2), INWARD, (-0.2, 0.2, 1.0))
    rise, wind, hit = rng.uniform(0.5, 0.65), rng.uniform(0.35, 0.45), rng.uniform(0.14, 0.18)
    stages = [(rise, grip), (wind, grip), (hit, pull), (0.15, pull), (0.3, grip)]
    take = gesture(rng, tempo, stages, stages, lag=0.5)
    _stance(take, rng.uniform(0.18, 0.3))
    start = take.lead + rise / tempo
    back, at = start + 0.9 * wind / tempo, start + (wind + hit) / tempo
    shape = [(start - 0.1, 0.0), (back, -0.5), (at, 1.0), (at + 0.12, 1.0), (at + 0.75, 0.0)]
    for channel, column, size in ((take.spine, 0, 26.0), (take.head, 0, 26.0), (take.tilt, 0, 10.0), (take.move, 2, 0.04)):
        take.key(channel[:, column], [(time, size * rng.uniform(0.9, 1.1) * value) for time, value in shape])
    return take


def block(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both forearms come up before the face, take a hit or two, and go down."""
    height = rng.uniform(1.52, 1.6)
    guard = reach(jitter(rng, (0.05, height, 0.24), 0.012), (0.5, -1.0, 0.5), (-0.6, 0.0, -0.8), (-0.12, 1.0, 0.05))
    pushed = reach((0.04, height + 0.01, 0.18), (0.6, -1.0, 0.3), (-0.6, 0.0, -0.8), (-0.12, 1.0, -0.1))
    rise, hits = rng.uniform(0.24, 0.34), int(rng.integers(1, 3))
    stages = [(rise, guard), (rng.uniform(0.3, 0.5), guard)]
    for _ in range(hits):
        stages += [(0.08, pushed), (rng.uniform(0.3, 0.45), guard)]
    stages.append((rng.uniform(0.3, 0.6), guard))
    take = gesture(rng, tempo, stages, stages, lag=0.3, spine_pitch=rng.uniform(8, 14), head_pitch=rng.uniform(10, 16), down=0.05)
    _stance(take, rng.uniform(0.16, 0.3))
    now = take.lead + (stages[0][0] + stages[1][0]) / tempo
    for _ in range(hits):
        jolt = [(now - 0.04, 0.0), (now + 0.07, 1.0), (now + 0.4, 0.0)]
        take.key(take.move[:, 2], [(time, -0.04 * value) for time, value in jolt])
        take.key(take.spine[:, 0], [(time, -6.0 * value) for time, value in jolt])
        now += 0.46 / tempo
    return take


def guard(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A boxer's stance: fists at the chin, light on the feet, bouncing and shifting."""
    lead, rise, fall, tail = rng.uniform(0.15, 0.35), rng.uniform(0.4, 0.55), rng.uniform(0.6, 0.8), rng.uniform(0.25, 0.5)
    length = rng.uniform(2.5, 4.5)
    take = AuthoredTake(rng, lead + rise + length + fall + tail)
    _stance(take, rng.uniform(0.22, 0.36))
    end = lead + rise + length
    up = ease(take.t, [(lead, 0.0), (lead + rise, 1.0), (end, 1.0), (end + fall, 0.0)])
    beat = rng.uniform(1.9, 2.5) * tempo
    phase = 2 * np.pi * beat * (take.t - lead)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        high, rest = _guard(rng), take.rest_arm[side]
        ready = reach(jitter(rng, (0.1, 1.42, 0.26 + 0.04 * sign), 0.015), (0.45, -1.0, 0.1), (-1.0, 0.0, -0.3), (-0.2, 0.9, 0.4))
        middle = lead + rise + rng.uniform(0.3, 0.7) * length
        keys = [(0, rest), (lead, rest), (lead + rise, ready), (middle - 0.3, ready), (middle, high), (middle + 0.3, ready)]
        take.key_arm(side, [*keys, (end, ready), (end + fall, rest)], lag=0.5)
    bounce = 0.5 - 0.5 * np.cos(phase)
    take.move[:, 1] += up * (0.022 * bounce - 0.03)
    take.move[:, 2] += up * 0.03 * np.sin(phase / 2)
    take.move[:, 0] += up * smooth_noise(rng, take.t, 0.02, 1, 0.3, 0.8)[:, 0]
    take.spine[:, 0] += up * (9.0 + 2.0 * np.sin(phase))
    take.head[:, 0] += up * 4.0
    take.spine[:, 1] += up * smooth_noise(rng, take.t, 4.0, 1, 0.4, 1.0)[:, 0]
    for side in ("left", "right"):
        take.feet[side].heel += up * (7.0 + 9.0 * bounce)
    return take


def draw_sword(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand crosses to the left hip, draws a blade up and out, and holds it ready."""
    hip = reach((-0.17, 1.02, 0.2), (0.6, -0.2, 0.8), (0.2, 0.3, -1.0), (-1.0, -0.3, 0.2))
    across = reach((-0.08, 1.34, 0.34), (0.8, -0.1, 0.6), (-0.2, -0.6, -0.8), (-0.8, 0.5, 0.3))
    out = arm((0.75, 0.25, 0.75), (0.55, 0.45, 0.9), (-0.4, -0.9, 0.3))
    ready = reach(jitter(rng, (0.14, 1.2, 0.4)), (0.6, -1.0, -0.2), INWARD, (-0.1, 0.6, 0.9))
    stages = [(rng.uniform(0.55, 0.7), hip), (rng.uniform(0.12, 0.25), hip), (0.22, across), (0.2, out), (0.16, out), (0.4, ready)]
    stages.append((rng.uniform(0.6, 1.1), ready))
    scabbard = reach((0.2, 0.98, 0.08), (0.5, -0.4, -1.0), INWARD, (-0.2, -0.5, 0.8))
    total = sum(stage[0] for stage in stages)
    left = [(stages[0][0], scabbard), (0.8, scabbard), (total - stages[0][0] - 0.8, scabbard)]
    take = gesture(rng, tempo, stages, left, lag=0.6, down=0.03)
    lead, pace = take.lead, 1 / tempo
    drawn = lead + (stages[0][0] + stages[1][0]) * pace
    turn = [(lead, 0.0), (drawn, 1.0), (drawn + 0.5 * pace, -0.8), (take.end, -0.2), (take.end + 0.7, 0.0)]
    take.key(take.spine[:, 1], [(time, rng.uniform(20, 26) * value) for time, value in turn])
    look = [(lead, 0.0), (lead + 0.4 * pace, 1.0), (drawn + 0.1, 0.8), (drawn + 0.4, 0.0)]
    take.key(take.head[:, 0], [(time, 16.0 * value) for time, value in look])
    take.key(take.head[:, 1], [(time, -18.0 * value) for time, value in turn[1:]])
    return take


def shoot(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A rifle or a pistol comes up, is aimed, recoils with each shot, and goes down."""
    rifle = rng.random() < 0.55
    shots = count or int(rng.integers(1, 4))
    if rifle:
        right = lambda kick: reach((0.0, 1.44, 0.24 - kick), (1.0, -0.5, -0.1), (-0.9, -0.3, 0.0), (-0.6, 0.1, 1.0))  # noqa: E731
        left = lambda kick: reach((0.16, 1.43 + 0.6 * kick, 0.5 - kick), (0.4, -1.0, 0.0), (-0.5, 1.0, 0.0), (0.0, 0.1, 1.0))  # noqa: E731
        carried = reach((0.12, 1.12, 0.24), (0.6, -0.6, -0.8), (-0.8, 0.0, 0.3), (-0.6, -0.2, 0.8))
        other = reach((0.02, 1.14, 0.36), (0.6, -1.0, 0.0), (-0.3, 1.0, 0.0), (-0.7, 0.3, 0.7))
    else:
        right = lambda kick: reach((-0.02, 1.44 + 1.6 * kick, 0.52 - kick), (0.7, -1.0, 0.0), INWARD, (-0.1, 3.0 * kick, 1.0))  # noqa: E731
        left = lambda kick: reach((0.0, 1.42 + 1.6 * kick, 0.5 - kick), (0.7, -1.0, 0.0), INWARD, (-0.15, 3.0 * kick, 1.0))  # noqa: E731
        carried = reach((0.05, 1.1, 0.3), (0.5, -1.0, -0.2), INWARD, (-0.2, -0.4, 1.0))
        other = reach((0.03, 1.08, 0.3), (0.5, -1.0, -0.2), INWARD, (-0.2, -0.4, 1.0))
    kick, wait, ready = rng.uniform(0.025, 0.045), rng.uniform(0.35, 0.7), rng.uniform(0.4, 0.55)
    rows = []
    for pose, low in ((right, carried), (left, other)):
        stages = [(ready, low), (0.5, pose(0.0)), (wait, pose(0.0))]
        for _ in range(shots):
            stages += [(0.06, pose(kick)), (0.2, pose(0.0)), (0.14, pose(0.0))]
        rows.append([*stages, (0.3, pose(0.0)), (0.5, low)])
    take = gesture(rng, tempo, *rows, lag=0.25)
    _stance(take, rng.uniform(0.16, 0.3))
    aim = take.lead + (ready + 0.5) / tempo
    down = [(take.lead + ready / tempo, 0.0), (aim, 1.0), (take.end - 0.5 / tempo, 1.0), (take.end, 0.0)]
    yaw = rng.uniform(20, 30) if rifle else rng.uniform(-4, 4)  # the shoulder of the rifle's side goes back
    for channel, column, size in (
        (take.head, 0, 10.0), (take.head, 2, 12.0 if rifle else 0.0), (take.spine, 1, -yaw), (take.head, 1, yaw),
        (take.spine, 0, rng.uniform(4, 8)),
    ):  # fmt: skip
        take.key(channel[:, column], [(time, size * value) for time, value in down])
    for shot in range(shots):
        now = aim + (wait + 0.4 * shot) / tempo
        jolt = [(now, 0.0), (now + 0.07, 1.0), (now + 0.35, 0.0)]
        take.key(take.spine[:, 0], [(time, -4.0 * value) for time, value in jolt])
        take.key(take.move[:, 2], [(time, -0.012 * value) for time, value in jolt])
    return take


def tai_chi(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Cloud hands.

    Low and wide, the weight goes slowly from leg to leg, the hands float across in circles.
    """
    lead, sink, tail = rng.uniform(0.2, 0.4), rng.uniform(0.8, 1.0), rng.uniform(0.3, 0.5)
    length = rng.uniform(4.6, 5.8)
    take = AuthoredTake(rng, min(lead + sink + length + 1.0 + tail, 8.8), width=rng.uniform(2.0, 2.5), idle=0.5)
    start, end = lead + 0.6 * sink, take.t[-1] - tail - 1.0
    low = ease(take.t, [(lead, 0.0), (lead + sink, 1.0), (end, 1.0), (take.t[-1] - tail, 0.0)])
    period = rng.uniform(2.6, 3.2) / tempo**0.6
    phase = 2 * np.pi * (take.t - start) / period
    side = np.sin(phase)  # 1: the weight is on the left foot
    take.move[:, 1] -= rng.uniform(0.1, 0.16) * low
    take.move[:, 0] += rng.uniform(0.07, 0.1) * low * side
    take.spine[:, 1] += rng.uniform(26, 36) * low * side
    take.tilt[:, 1] += 8.0 * low * side
    take.head[:, 1] += 12.0 * low * side
    take.splay[:] = 14.0 * low
    for name, shift in (("left", 0.0), ("right", np.pi)):
        turn = phase + shift
        up, across = 0.5 + 0.5 * np.sin(turn), np.cos(turn)
        place = np.stack([0.16 + 0.12 * across, 1.06 + 0.36 * up, 0.3 + 0.07 * up], axis=-1)
        palm = np.stack([-0.3 - 0 * up, 0.2 - 0.3 * up, -0.6 * up - 0.2], axis=-1)
        fingers = np.stack([-1.0 + 0.4 * up, 0.1 + 0.6 * up, 0.5 + 0 * up], axis=-1)
        take.path_arm(name, lead + 0.2, take.t[-1] - tail + 0.1, reach(place, (0.9, -0.7, -0.1), palm, fingers), blend=0.9)
    return take


FIVE = (2, 3, 4, 5)
GESTURES = (
    AuthoredGesture("hook.right", hook, counts=FIVE),
    AuthoredGesture("uppercut.right", uppercut, counts=FIVE),
    AuthoredGesture("elbow_strike.right", elbow_strike, counts=FIVE),
    AuthoredGesture("karate_chop", karate_chop, counts=FIVE),
    AuthoredGesture("backhand", backhand, speeds=False),
    AuthoredGesture("stab", stab, counts=FIVE),
    AuthoredGesture("headbutt", headbutt, speeds=False),
    AuthoredGesture("block", block, speeds=False),
    AuthoredGesture("guard", guard),
    AuthoredGesture("draw_sword", draw_sword),
    AuthoredGesture("shoot", shoot, speeds=False),
    AuthoredGesture("tai_chi", tai_chi, speeds=False),
)
