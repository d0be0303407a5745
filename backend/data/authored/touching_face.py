"""Hands at the head and the face: touching, scratching, rubbing, covering.

One-sided gestures use the right hand; the caller mirrors them. Places are metres from the head joint, between the ears.
"""

from __future__ import annotations

import numpy as np

from .beat import Beat, along, jitter
from .curves import ease
from .gesture import AuthoredGesture
from .take import AuthoredTake

SCALP, CROWN, TEMPLE = (0.048, 0.115, 0.012), (0.02, 0.142, 0.0), (0.088, 0.06, 0.02)
CHEEK, CHIN, JAW = (0.066, -0.012, 0.075), (0.012, -0.082, 0.092), (0.05, -0.072, 0.07)
NOSE, MOUTH, BROW = (0.004, 0.012, 0.108), (0.01, -0.042, 0.106), (0.0, 0.088, 0.098)
INWARD, BACK = (-1.0, 0.0, 0.0), (0.0, 0.0, -1.0)


def scratch_head(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right fingers scratch the top or the side of the head, which tilts towards them."""
    beat = Beat.draw(rng, tempo, rise=(0.5, 0.75), hold=(1.0, 1.9))
    take = AuthoredTake(rng, beat.seconds)
    stroke = 0.016 * beat.strokes(take, round(beat.hold * rng.uniform(2.6, 3.6) * tempo**0.5))
    if rng.random() < 0.6:  # the top
        place = jitter(rng, SCALP, 0.006)
        beat.touch(
            take, "right", "head", along(place, (0.9, -0.3, 0.1), stroke), (1.0, -0.1, 0.3), (-0.35, -1.0, 0.0), (-0.8, 0.25, -0.3)
        )
    else:  # behind the temple
        place = jitter(rng, TEMPLE, 0.006)
        beat.touch(
            take, "right", "head", along(place, (0.0, 0.8, 0.6), stroke), (1.0, -0.2, 0.4), (-1.0, -0.1, 0.0), (-0.35, 0.8, -0.4)
        )
    tilt = rng.uniform(4, 11)
    beat.body(take, head=(rng.uniform(2, 10), rng.uniform(-8, 4), tilt), spine=(rng.uniform(0, 4), 0, 0.3 * tilt))
    beat.body(take, move=(rng.uniform(-0.025, 0.01), 0, 0), shift=0.1)
    return take


def touch_head(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right palm is laid on the crown and comes down again."""
    beat = Beat.draw(rng, tempo, hold=(0.5, 1.3))
    take = AuthoredTake(rng, beat.seconds)
    crown = jitter(rng, CROWN, 0.006)
    beat.touch(take, "right", "head", crown, (1.0, 0.1, 0.3), (-0.15, -1.0, -0.05), (-0.9, 0.2, -0.25), "palm", lift=4.0)
    beat.body(take, head=(rng.uniform(0, 8), 0, rng.uniform(0, 6)), spine=(0, rng.uniform(-3, 3), rng.uniform(-3, 1)))
    return take


def touch_head_both(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both palms are laid on the head, in dismay or for a rest; they stay or come down again."""
    beat = Beat.draw(rng, tempo, rise=(0.5, 0.8), hold=(0.9, 1.9), stays=rng.random() < 0.3)
    take = AuthoredTake(rng, beat.seconds)
    for side in ("left", "right"):
        place = jitter(rng, (0.06, 0.12, 0.015), 0.004)
        beat.touch(take, side, "head", place, (1.0, -0.1, 0.35), (-0.6, -0.8, 0.0), (-0.55, 0.45, -0.6), "palm", lift=4.0)
    beat.body(take, head=(rng.uniform(-8, 12), 0, rng.uniform(-2, 2)), spine=(rng.uniform(-4, 5), 0, 0))
    return take


def touch_face(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right palm lies on the cheek, sometimes strokes it."""
    beat = Beat.draw(rng, tempo, hold=(0.7, 1.6))
    take = AuthoredTake(rng, beat.seconds)
    stroke = rng.choice([0.0, 0.014]) * beat.strokes(take, 1.5)
    points = along(jitter(rng, CHEEK, 0.004), (0.0, 1.0, -0.2), stroke)
    beat.touch(take, "right", "head", points, (0.8, -1.0, 0.3), (-0.8, 0.0, -0.55), (-0.25, 0.95, 0.05))
    beat.body(take, head=(rng.uniform(0, 8), rng.uniform(-4, 6), rng.uniform(2, 8)))
    return take


def touch_nose(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A right finger goes to the tip of the nose."""
    beat = Beat.draw(rng, tempo, hold=(0.4, 1.0))
    take = AuthoredTake(rng, beat.seconds)
    rub = rng.choice([0.0, 0.009]) * beat.strokes(take, round(beat.hold * 2.5))
    points = along(jitter(rng, NOSE, 0.002), (1.0, 0.0, 0.0), rub)
    beat.touch(take, "right", "head", points, (0.8, -1.0, 0.2), (-0.5, -0.4, -0.75), (-0.55, 0.65, -0.5))
    beat.body(take, head=(rng.uniform(0, 7), 0, rng.uniform(-2, 4)))
    return take


def rub_chin(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right fingers stroke the chin; the eyes are elsewhere."""
    beat = Beat.draw(rng, tempo, hold=(1.4, 2.6))
    take = AuthoredTake(rng, beat.seconds)
    _at_chin(take, beat, 0.014 * beat.strokes(take, round(beat.hold * rng.uniform(1.0, 1.6) * tempo**0.5)))
    beat.body(take, head=(rng.uniform(-4, 8), rng.uniform(-14, 14), rng.uniform(-2, 7)), move=(rng.uniform(-0.03, 0.03), 0, 0))
    return take


def _at_chin(take: AuthoredTake, beat: Beat, stroke: np.ndarray) -> None:
    points = along(jitter(take.rng, CHIN, 0.004), (0.25, -0.5, 0.6), stroke)
    beat.touch(take, "right", "head", points, (0.55, -1.0, 0.25), (-0.45, 0.25, -0.85), (-0.6, 0.75, -0.25))


def think(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A hand at the chin, mostly over the other arm; the gaze goes up to a side and down."""
    beat = Beat.draw(rng, tempo, rise=(0.65, 0.95), hold=(1.8, 3.2), fall=(0.7, 0.95))
    take = AuthoredTake(rng, beat.seconds)
    _at_chin(take, beat, 0.008 * beat.strokes(take, round(beat.hold * 1.1)))
    if rng.random() < 0.65:
        # the left forearm lies across the belly, its hand under the right elbow
        beat.touch(take, "left", "spine2", (-0.10, -0.03, 0.165), (1.0, -0.9, 0.1), (0.0, 0.45, -0.9), (-1.0, 0.1, 0.1), "palm")
    way, middle = rng.choice([-1, 1]), beat.top + rng.uniform(0.4, 0.6) * beat.hold
    gaze = [(beat.lead, 0.0), (beat.top, 1.0), (middle - 0.3, 1.0), (middle + 0.2, 0.0), (beat.end, 0.0)]
    take.key(take.head[:, 1], [(time, way * 20 * value) for time, value in gaze])
    take.key(take.head[:, 0], [(time, -15 * value) for time, value in gaze])
    beat.body(take, head=(rng.uniform(2, 8), 0, rng.uniform(1, 7)), spine=(rng.uniform(0, 6), 0, 0), shift=0.05)
    beat.body(take, tilt=(0, 0, -2.5), move=(rng.choice([-1, 1]) * rng.uniform(0.02, 0.045), -0.004, 0), shift=0.15)
    return take


def rub_neck(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand kneads the back of the neck, the head bends forward."""
    beat = Beat.draw(rng, tempo, rise=(0.6, 0.85), hold=(1.1, 2.1))
    take = AuthoredTake(rng, beat.seconds)
    stroke = 0.014 * beat.strokes(take, round(beat.hold * rng.uniform(1.2, 1.9) * tempo**0.5))
    points = along(jitter(rng, (0.03, 0.045, -0.06), 0.004), (0.4, 1.0, 0.0), stroke)
    beat.touch(take, "right", "neck", points, (0.9, 0.25, 0.5), (-0.35, -0.1, 0.9), (-0.75, -0.1, -0.35), lift=6.0)
    roll = rng.uniform(-12, 4)
    beat.body(take, head=(rng.uniform(10, 20), rng.uniform(-6, 14), roll), spine=(rng.uniform(2, 7), 0, -0.2 * roll))
    return take


def rub_eyes(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both hands, or the right one, rub the eyes in small circles, the head a little down."""
    beat = Beat.draw(rng, tempo, hold=(1.0, 1.9))
    take = AuthoredTake(rng, beat.seconds)
    turns = round(beat.hold * rng.uniform(1.8, 2.6) * tempo**0.5)
    across, up = beat.strokes(take, turns), np.abs(beat.strokes(take, turns + 0.5))
    points = np.array([0.034, 0.052, 0.102]) + 0.011 * np.stack([across, up, 0 * up], axis=-1)
    for side in ("left", "right") if rng.random() < 0.6 else ("right",):
        beat.touch(take, side, "head", points, (0.8, -0.9, 0.25), (-0.35, -0.1, -0.95), (-0.45, 0.85, -0.2))
    beat.body(take, head=(rng.uniform(10, 20), 0, rng.uniform(-3, 3)), spine=(rng.uniform(2, 7), 0, 0))
    return take


def wipe_brow(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand wipes the sweat off the forehead, from the other side to its own."""
    beat = Beat.draw(rng, tempo, rise=(0.5, 0.75), hold=(0.8, 1.2))
    take = AuthoredTake(rng, beat.seconds)
    way = ease(take.t, [(beat.top - 0.05, 0.0), (beat.end - 0.1, 1.0)])
    start, swing = np.array([-0.035, 0.088, 0.094]), 1.15 * (1 - way)[:, None]
    bow = np.concatenate([np.sin(1.1 * (1 - swing) * 0.9), 0 * swing, np.cos(1.1 * (1 - swing) * 0.9) - 1.0], axis=-1)
    points = start + 0.095 * (bow - bow[0])
    beat.touch(take, "right", "head", points, (0.9, -0.2, 0.5), (-0.15, -0.25, -1.0), (-0.95, 0.3, 0.1))
    beat.body(take, head=(rng.uniform(3, 12), 0, rng.uniform(-4, 4)), spine=(rng.uniform(0, 7), 0, 0), move=(0, -0.006, 0))
    return take


def facepalm(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand meets the face, which sinks into it, and stays a while."""
    beat = Beat.draw(rng, tempo, rise=(0.4, 0.6), hold=(1.0, 2.0), fall=(0.6, 0.9))
    take = AuthoredTake(rng, beat.seconds)
    place = jitter(rng, (0.004, 0.052, 0.112), 0.003)
    beat.touch(take, "right", "head", place, (0.7, -1.0, 0.35), (-0.12, -0.1, -1.0), (-0.4, 0.9, -0.05), "palm")
    beat.body(
        take, head=(rng.uniform(18, 28), rng.uniform(-4, 6), rng.uniform(-3, 3)), spine=(rng.uniform(4, 10), 0, 0), shift=0.07
    )
    shake = rng.choice([0.0, rng.uniform(5, 9)]) * beat.strokes(take, round(beat.hold * 1.2))
    take.head[:, 1] += shake
    return take


def cover_face(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both palms hide the face, the head goes down; they stay or come down again."""
    return _cover(rng, tempo, (0.036, 0.035, 0.112), (-0.1, 0.0, -1.0), (-0.25, 0.95, -0.1), (0.55, -1.0, 0.3), rng.uniform(10, 24))


def cover_ears(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both palms press on the ears, elbows out, the head ducks."""
    return _cover(rng, tempo, (0.097, 0.02, 0.0), (-1.0, 0.0, 0.0), (-0.1, 0.85, -0.45), (0.9, -0.35, 0.5), rng.uniform(6, 18))


def _cover(
    rng: np.random.Generator, tempo: float, place: tuple, palm: tuple, hand: tuple, elbow: tuple, sink: float
) -> AuthoredTake:
    beat = Beat.draw(rng, tempo, rise=(0.45, 0.7), hold=(1.0, 2.0), stays=rng.random() < 0.3)
    take = AuthoredTake(rng, beat.seconds)
    for side in ("left", "right"):
        beat.touch(take, side, "head", jitter(rng, place, 0.003), elbow, palm, hand, "palm")
    beat.body(take, head=(sink, 0, rng.uniform(-3, 3)), spine=(0.5 * sink, 0, 0), shift=0.05)
    beat.body(take, move=(0, -rng.uniform(0.0, 0.02), 0))
    return take


def cover_mouth(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right palm closes the mouth, sometimes the left one over it."""
    beat = Beat.draw(rng, tempo, rise=(0.4, 0.6), hold=(0.9, 1.9), stays=rng.random() < 0.2)
    take = AuthoredTake(rng, beat.seconds)
    beat.touch(
        take,
        "right",
        "head",
        jitter(rng, (0.0, -0.045, 0.112), 0.003),
        (0.75, -1.0, 0.25),
        (-0.1, 0.05, -1.0),
        (-0.85, 0.5, -0.1),
        "palm",
    )
    beat.body(take, head=(rng.uniform(-4, 6), 0, rng.uniform(-3, 3)), spine=(rng.uniform(-5, 4), 0, 0))
    return take


def brush_hair(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand runs through the hair to the back of the head, once or a few times."""
    times = int(rng.integers(1, 4))
    beat = Beat.draw(rng, tempo, hold=(0.8 * times, 1.05 * times))
    take = AuthoredTake(rng, beat.seconds)
    keys, lifts = [], []
    for i in range(times):
        start = beat.top + i * beat.hold / times
        stop = start + 0.72 * beat.hold / times
        keys += [(start, 0.0), (stop, 1.0)]
        lifts += [(start, 0.0), (stop, 0.0), (0.5 * (stop + start + beat.hold / times), 0.05)]
    way, off = ease(take.t, keys), ease(take.t, [*lifts, (beat.end + 1e-3, 0.0)])
    angle = np.radians(42 - 100 * way)  # about the ear, from the brow over the top
    round_head = np.stack([0.045 + 0 * way, 0.026 + 0.11 * np.cos(angle), 0.108 * np.sin(angle) + 0.0], axis=-1)
    out = (round_head - (0.0, 0.02, 0.0)) / np.linalg.norm(round_head - (0.0, 0.02, 0.0), axis=-1, keepdims=True)
    palm = -np.stack([0.45 + 0 * way, np.cos(angle), np.sin(angle)], axis=-1)
    hand = np.stack([-0.75 + 0 * way, 0.35 * np.cos(angle), -0.55 + 0 * way], axis=-1)
    beat.touch(take, "right", "head", round_head + out * off[:, None], (1.0, 0.0, 0.35), palm, hand, lift=4.0)
    beat.body(take, head=(rng.uniform(-6, 4), rng.uniform(-4, 10), rng.uniform(2, 9)), spine=(0, 0, rng.uniform(-2, 3)))
    return take


def adjust_glasses(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Right finger and thumb push up glasses nobody sees, by the bridge or by the frame."""
    beat = Beat.draw(rng, tempo, rise=(0.45, 0.65), hold=(0.5, 0.9))
    take = AuthoredTake(rng, beat.seconds)
    push = 0.012 * ease(take.t, [(beat.top, 0.0), (beat.top + 0.6 * beat.hold, 1.0)])
    bridge = rng.random() < 0.5
    place = jitter(rng, (0.006, 0.042, 0.106) if bridge else (0.07, 0.044, 0.078), 0.002)
    palm, hand = ((-0.55, -0.3, -0.75), (-0.6, 0.65, -0.45)) if bridge else ((-0.85, 0.0, -0.4), (-0.35, 0.9, -0.1))
    beat.touch(take, "right", "head", along(place, (0.0, 1.0, -0.2), push), (0.8, -1.0, 0.25), palm, hand)
    beat.body(take, head=(rng.uniform(2, 8), 0, rng.uniform(-2, 3)))
    return take


GESTURES = (
    AuthoredGesture("scratch_head.right", scratch_head),
    AuthoredGesture("touch_head.right", touch_head),
    AuthoredGesture("touch_head.both", touch_head_both, 0.5),
    AuthoredGesture("touch_face.right", touch_face),
    AuthoredGesture("touch_nose.right", touch_nose),
    AuthoredGesture("rub_chin.right", rub_chin, speeds=False),
    AuthoredGesture("think", think, speeds=False),
    AuthoredGesture("rub_neck.right", rub_neck),
    AuthoredGesture("rub_eyes", rub_eyes, speeds=False),
    AuthoredGesture("wipe_brow.right", wipe_brow),
    AuthoredGesture("facepalm.right", facepalm, speeds=False),
    AuthoredGesture("cover_face", cover_face),
    AuthoredGesture("cover_ears", cover_ears),
    AuthoredGesture("cover_mouth.right", cover_mouth, speeds=False),
    AuthoredGesture("brush_hair.right", brush_hair, speeds=False),
    AuthoredGesture("adjust_glasses.right", adjust_glasses, speeds=False),
)
