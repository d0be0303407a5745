"""Talking with the hands, speeches, songs and toasts.

Beats on stressed words, open palms, the head in it.
"""

from __future__ import annotations

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import about, blur, ease, smooth_noise
from .gesture import AuthoredGesture
from .social import INWARD, gesture, jitter
from .take import AuthoredTake


def _hand(rng: np.random.Generator, at: tuple[float, float, float], palm: tuple[float, float, float], up: float) -> ArmPose:
    """A hand before the body, somewhere near a place."""
    return reach(jitter(rng, at, 0.025), (0.5, -1.0, -0.4), palm, (-0.25, up, 1.0))


def _vocabulary(rng: np.random.Generator) -> list[ArmPose]:
    """Hand poses of somebody who explains.

    Open palms, a held-up hand, a frame, a pinch, a hand aside.
    """
    return [
        _hand(rng, (0.2, 1.12, 0.34), (-0.2, 1.0, 0.2), 0.1),
        _hand(rng, (0.3, 1.16, 0.32), (-0.1, 1.0, 0.3), 0.15),
        _hand(rng, (0.18, 1.24, 0.34), INWARD, 0.4),
        _hand(rng, (0.14, 1.32, 0.3), (-0.7, -0.2, 0.6), 0.9),
        _hand(rng, (0.1, 1.18, 0.3), (-0.5, 0.2, -0.8), 0.2),
        _hand(rng, (0.26, 1.26, 0.3), (-0.3, -0.8, 0.4), 0.3),
    ]


def _speech(
    rng: np.random.Generator, tempo: float, length: float, size: float, both: float, width: float = 1.1
) -> tuple[AuthoredTake, list[tuple[float, float]]]:
    """A take of a speaker, and the beats as (time, strength).

    Args:
        size: how large gestures, head and trunk are; ``both`` is the share of phrases with two hands.
    """
    lead, tail = rng.uniform(0.2, 0.4), rng.uniform(0.3, 0.5)
    take = AuthoredTake(rng, lead + length + 0.9 + tail, width=width)
    end = lead + length
    keys = {side: [(0.0, take.rest_arm[side]), (lead, take.rest_arm[side])] for side in ("left", "right")}
    beats: list[tuple[float, float]] = []
    now = lead + 0.5
    lower = {side: _hand(rng, (0.12, 1.06, 0.28), (-0.6, 0.3, -0.5), -0.1) for side in keys}
    while now < end - 0.5:
        phrase = rng.uniform(0.9, 1.7) / tempo
        poses = _vocabulary(rng)
        pick, strokes = int(rng.integers(len(poses))), int(rng.integers(1, 4))
        two = rng.random() < both
        main = "right" if rng.random() < 0.65 else "left"
        stops = [stop for stop in np.linspace(now, now + 0.75 * phrase, strokes + 1)[1:] if stop < end]
        for side, row in keys.items():
            active = two or side == main
            target = poses[pick]
            raised = _lift(target, rng.uniform(8, 16) * size)
            if not active:
                row.append((min(now + 0.4 * phrase, end), lower[side]))
                continue
            for stop in stops:
                previous = row[-1][0]
                if stop - 0.2 > previous + 0.08:
                    row.append((stop - 0.2, raised))
                if stop > row[-1][0] + 0.03:
                    row.append((stop, target))
        beats += [(float(stop), rng.uniform(0.5, 1.0)) for stop in stops]
        now += phrase
    for side, row in keys.items():
        row += [(max(end, row[-1][0] + 0.1), row[-1][1]), (max(end, row[-1][0] + 0.1) + 0.8, take.rest_arm[side])]
        take.key_arm(side, row, lag=0.7)
    on = ease(take.t, [(lead, 0.0), (lead + 0.5, 1.0), (end, 1.0), (end + 0.6, 0.0)])
    take.head += on[:, None] * smooth_noise(rng, take.t, 5.0 * size, 3, 0.25, 0.9) * [0.8, 1.6, 0.7]
    take.spine += on[:, None] * smooth_noise(rng, take.t, 2.2 * size, 3, 0.15, 0.6) * [1.0, 1.6, 0.8]
    take.move[:, 0] += on * smooth_noise(rng, take.t, 0.02 * size, 1, 0.12, 0.35)[:, 0]
    for at, strength in beats:  # head and trunk dip with the stroke
        pulse = np.exp(-0.5 * ((take.t - at) / 0.11) ** 2)
        take.head[:, 0] += 5.0 * size * strength * pulse
        take.spine[:, 0] += 1.6 * size * strength * pulse
    return take, beats


def _lift(pose: ArmPose, degrees: float) -> ArmPose:
    """The pose with the forearm folded a little more: the hand before a beat."""
    return ArmPose(pose.collar, pose.shoulder, pose.elbow * about("y", -degrees), pose.wrist * about("z", 0.8 * degrees))


def talk(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Talks to somebody: hands beat and open, weight and head move with the words."""
    take, _ = _speech(rng, tempo, rng.uniform(3.0, 6.0), rng.uniform(0.8, 1.1), 0.45)
    return take


def give_speech(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Speaks to a crowd: larger beats, a raised hand or fist, the gaze from side to side."""
    take, _ = _speech(rng, tempo, rng.uniform(4.5, 6.5), rng.uniform(1.3, 1.6), 0.6, 1.4)
    start = rng.uniform(0.35, 0.55) * float(take.t[-1])
    high = arm((0.6, 0.1, 0.6), (0.1, 1.0, 0.35), (-0.3, 0.0, 1.0))
    path = ArmPose(*(_held(getattr(high, joint), len(take.t)) for joint in ("collar", "shoulder", "elbow", "wrist")))
    take.path_arm("right", start, start + rng.uniform(1.3, 1.8), path, blend=0.4)
    keys = [(0.4, 0.0), (1.2, 26.0), (2.2, 22.0), (3.0, -26.0), (4.0, -22.0), (4.8, 8.0), (float(take.t[-1]), 0.0)]
    way = rng.choice([-1.0, 1.0])
    take.key(take.head[:, 1], [(time, way * value) for time, value in keys])
    take.key(take.spine[:, 1], [(time, 0.35 * way * value) for time, value in keys])
    take.spine[:, 0] -= 3.0
    return take


def _held(rotation: object, frames: int) -> object:
    return rotation[np.zeros(frames, dtype=int)]


def sing(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A microphone in the right hand at the mouth; the left hand and the trunk carry the song."""
    lead, tail, rise = rng.uniform(0.15, 0.35), rng.uniform(0.3, 0.5), rng.uniform(0.6, 0.8)
    length = rng.uniform(3.5, 5.5)
    take = AuthoredTake(rng, lead + rise + length + 0.9 + tail, width=1.3)
    start, end = lead + rise, lead + rise + length
    mouth = reach((0.12, 1.44, 0.21), (0.9, -0.7, 0.1), (-0.8, 0.2, -0.5), (-0.75, 0.6, 0.05))
    rest = take.rest_arm["right"]
    take.key_arm("right", [(0, rest), (lead, rest), (start, mouth), (end, mouth), (end + 0.8, rest)])
    out = arm((0.8, -0.45, 0.5), (0.7, 0.05, 0.9), (0.1, 1.0, 0.3))
    high = arm((0.85, 0.3, 0.4), (0.65, 0.8, 0.5), (-0.2, 0.3, 1.0))
    heart = reach((-0.02, 1.32, 0.18), (0.8, -0.6, 0.0), (-0.1, 0.0, -1.0), (-1.0, 0.15, 0.0))
    low = arm((0.35, -1.0, 0.1), (0.2, -0.7, 0.6), INWARD)
    keys, now = [(0.0, take.rest_arm["left"]), (lead + 0.2, take.rest_arm["left"])], start + 0.3
    order = rng.permutation(4)
    number = 0
    while now < end - 0.3:
        pose = (out, high, heart, low)[int(order[number % 4])]
        keys += [(now, pose), (now + rng.uniform(0.3, 0.6), pose)]
        now, number = keys[-1][0] + rng.uniform(0.6, 0.85) / tempo, number + 1
    take.key_arm("left", [*keys, (max(end, keys[-1][0]) + 0.8, take.rest_arm["left"])])
    on = ease(take.t, [(lead, 0.0), (start + 0.3, 1.0), (end, 1.0), (end + 0.6, 0.0)])
    beat = 2 * np.pi * (take.t - start) / (rng.uniform(1.3, 1.8) / tempo)
    sway = on * np.sin(beat)
    take.move[:, 0] += 0.035 * sway
    take.spine[:, 2] += 5.0 * sway
    take.tilt[:, 2] -= 2.5 * sway
    take.head[:, 2] += 5.0 * sway
    take.move[:, 1] -= on * 0.012 * (0.5 + 0.5 * np.cos(2 * beat))
    lift = on * np.clip(smooth_noise(rng, take.t, 1.0, 1, 0.15, 0.4)[:, 0], 0, 2)
    take.head[:, 0] -= 9.0 * blur(lift, 0.1)
    take.spine[:, 0] -= 4.0 * blur(lift, 0.1)
    return take


def toast(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand raises a glass to somebody, brings it to the mouth, and lowers it."""
    held = reach((0.16, 1.16, 0.3), (0.5, -1.0, -0.3), INWARD, (-0.2, 0.35, 1.0))
    high = reach(jitter(rng, (0.16, 1.56, 0.44)), (0.7, -1.0, 0.0), INWARD, (-0.3, 0.7, 0.7))
    mouth = reach((0.08, 1.49, 0.22), (0.7, -0.9, 0.1), (-0.9, 0.0, -0.5), (-0.75, 0.45, 0.05))
    tipped = reach((0.08, 1.53, 0.2), (0.9, -0.6, 0.2), (-0.8, 0.0, -0.7), (-0.8, 0.35, -0.15))
    stages = [(0.55, held), (rng.uniform(0.1, 0.3), held), (0.6, high), (rng.uniform(0.5, 1.0), high), (0.6, mouth), (0.3, tipped)]
    stages += [(rng.uniform(0.3, 0.6), tipped), (0.5, held), (0.2, held)]
    take = gesture(rng, tempo, stages, spine_yaw=4)
    pace = 1 / tempo
    raised = take.lead + sum(stage[0] for stage in stages[:3]) * pace
    sip = take.lead + sum(stage[0] for stage in stages[:5]) * pace
    for channel, size in ((take.head, 1.0), (take.spine, 0.4)):
        channel[:, 0] += size * ease(take.t, [(raised - 0.5, 0.0), (raised, -6.0), (sip - 0.3, -4.0), (sip, 0.0)])
        channel[:, 0] += size * ease(take.t, [(sip, 0.0), (sip + 0.35, -18.0), (sip + 0.7, -18.0), (sip + 1.2, 0.0)])
    return take


GESTURES = (
    AuthoredGesture("talk", talk, speeds=False),
    AuthoredGesture("give_speech", give_speech, speeds=False),
    AuthoredGesture("sing", sing, speeds=False),
    AuthoredGesture("toast", toast),
)
