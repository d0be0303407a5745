"""One foot, before a join and in the next motion: where it is, and when it stands."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from ..motion.body import Skeleton, forward_kinematics
from ..motion.coordinates import quaternions_from_rotation_vectors
from ..motion.motion import Motion
from ..motion.quaternions import IDENTITY, about_y, conjugate, multiply, normalized, rotate, rotation_vectors, slerp, yaw_of
from ..motion.two_bone import leg_joints
from .contacts import FASTEST, standing_points, true_runs
from .inertialization import SPEED_FADE, quintic_fading

SIDES = ("left", "right")
ON_FEET = 0.4  # metres; a lower pelvis lies or crawls
_FLAT = 0.5  # cosine of the angle between a standing foot and the floor
_SLIDING = 0.3  # of the body's speed: a runner's foot that is slower than this stands
_LOWER = 0.7  # of the body's speed: a foot near the floor that is slower slides on it
_CREEPING = 0.7  # metres per second: the same for a body that stands
_NEAR_FLOOR = 0.03  # metres
_UNREACHABLE = 1.1  # of a leg's length over the floor: the next motion's foot is elsewhere
_CATCHING_UP = 0.2  # seconds in which a foot comes to its own path again
_FLICKER = 0.1  # seconds; a shorter lift is none
HELD = 0.08  # metres off its own place at which a foot may wait for the next motion to lift it
TWISTED = np.radians(30.0)  # and how far it may be turned then
_CALM = 1.5  # metres per second of a foot in the middle of a calm step
_WALKING, _RUNNING = 1.5, 3.0  # metres per second: feet in the air follow a faster body
_SETTLING = 0.04  # seconds in which a foot that still slides comes to rest


@dataclass(frozen=True)
class FootTrack:
    """One foot over the T rows of the next motion; places are those of its ball, metres.

    Attributes:
        stands: whether it stands one row before.
        hurries: 0..1, how fast the body is one row before: it walks with 0 and runs with 1.
        waits: whether it may stand where it was until the next motion lifts it.
        fastest: metres per second that it may swing.
        held, held_turn: (T, 3), (T, 4) where it is and how it is turned in the world if it stays where it was.
        path, turned: (T, 3), (T, 4) the same in the next motion.
        standing: (T,) bool, whether it stands there.
        carried: (T,) bool, whether it goes along with the body there, out of reach of its own place.
        along: (T, 3) where it is in the body that is only inertialized.
        rests, rest_turn: (T, 3), (T, 4) where it would stand under the moving body.
        hips, ankles: (T, 3) hip and ankle of the body that is only inertialized.
        to_ankle: (T, 3) from ball to ankle in the next motion.
        leg: length, metres.
    """

    stands: bool
    waits: bool
    hurries: float
    fastest: float
    held: np.ndarray
    held_turn: np.ndarray
    path: np.ndarray
    turned: np.ndarray
    standing: np.ndarray
    carried: np.ndarray
    along: np.ndarray
    rests: np.ndarray
    rest_turn: np.ndarray
    hips: np.ndarray
    ankles: np.ndarray
    to_ankle: np.ndarray
    leg: float

    def first_rows(self, count: int) -> FootTrack:
        """The track over fewer rows."""
        arrays = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(self, **{name: each[:count] for name, each in arrays.items() if isinstance(each, np.ndarray)})


def foot_tracks(before: Motion, motion: Motion, body: Motion, frames: int, skeleton: Skeleton) -> list[FootTrack]:
    """The left and the right foot.

    Args:
        before: what is shown up to the frame before; at least two rows.
        motion: what comes, at its place.
        body: the same with its transition, feet not yet cared for.
        frames: rows of the transition.
    """
    rows, legs = skeleton.legs()
    known = [forward_kinematics(each.rotations[:, rows], each.pelvis, legs) for each in (_led_on(before), motion, body)]
    stands = _feet_before(*known[0], before, legs)
    balls = [legs.index(f"{side}_foot") for side in SIDES]
    moved = [np.linalg.norm(np.diff(places[:, balls], axis=0), axis=-1) for places, _ in known[:2]]
    fastest = max(_CALM, motion.fps * max(float(np.percentile(each, 98)) if len(each) else 0.0 for each in moved))
    return [
        _foot_track(side, stand, fastest, before, motion, body, known, frames, legs)
        for side, stand in zip(SIDES, stands, strict=True)
    ]


def _feet_before(places: np.ndarray, turned: np.ndarray, before: Motion, skeleton: Skeleton) -> list[bool]:
    """Which foot stands at the end of ``before``, whose joints are at ``places`` (T, J, 3).

    More feet stand than contacts say: a slow foot close to the floor makes no step, it slides.
    """
    last = len(before) - 1
    body = float(np.linalg.norm(before.pelvis[-1] - before.pelvis[-2]))
    stands = []
    for side in SIDES:
        ankle, ball = leg_joints(side, skeleton)[2], skeleton.index(f"{side}_foot")
        height = min(places[last, ankle, 1] - skeleton.ankle_height, places[last, ball, 1] - skeleton.ball_height)
        speed = np.linalg.norm(places[last, [ankle, ball]] - places[last - 1, [ankle, ball]], axis=-1).min()
        slides = height < _NEAR_FLOOR and speed < max(_LOWER * body, _CREEPING / before.fps)
        flat = rotate(turned[last, ankle], np.array([0.0, 1.0, 0.0]))[1] > _FLAT
        stands.append(bool((slides and flat) or _standing(places, turned, ankle, ball, before.fps, skeleton)[last]))
    return stands


def _led_on(before: Motion) -> Motion:
    """The motion with some more rows that go on as it ends, so that contacts there are known."""
    more = max(round(0.1 * before.fps), 2)
    rotations, pelvis = before.rotations, before.pelvis
    spin = rotation_vectors(multiply(rotations[-1], conjugate(rotations[-2])))
    ahead = np.arange(1, more + 1)[:, None, None]
    later = multiply(quaternions_from_rotation_vectors(ahead * spin), rotations[-1])
    moved = pelvis[-1] + ahead[:, 0] * (pelvis[-1] - pelvis[-2])
    return Motion(np.concatenate([rotations, later]), np.concatenate([pelvis, moved]), before.fps)


def _foot_track(
    side: str,
    stands: bool,
    fastest: float,
    before: Motion,
    motion: Motion,
    body: Motion,
    known: list[tuple[np.ndarray, np.ndarray]],
    frames: int,
    legs: Skeleton,
) -> FootTrack:
    hip, knee, ankle = leg_joints(side, legs)
    ball = legs.index(f"{side}_foot")
    (old, old_turn), (new, new_turn), (moved, moved_turn) = known
    last, count = len(before) - 1, len(motion)
    standing = _standing(new, new_turn, ankle, ball, motion.fps, legs)

    leg = float(np.linalg.norm(legs.offsets[knee]) + np.linalg.norm(legs.offsets[ankle]))
    far = np.linalg.norm((moved[:, hip] - new[:, ankle])[:, [0, 2]], axis=-1) > _UNREACHABLE * leg
    path, carried = _carried(new[:, ball], far, body.pelvis - motion.pelvis, motion.fps)
    standing &= ~carried
    path = _still_where_standing(path, standing, frames)
    flat = _flat(new_turn[standing, ankle])
    _, fast = quintic_fading(count, SPEED_FADE * motion.fps)
    settling = _settling(count, _SETTLING * motion.fps)
    start, speed, turn = old[last, ball], old[last, ball] - old[last - 1, ball], old_turn[last, ankle]
    spin = rotation_vectors(multiply(turn, conjugate(old_turn[last - 1, ankle])))
    fast_body = before.fps * float(np.linalg.norm((before.pelvis[-1] - before.pelvis[-2])[[0, 2]]))
    hurries = float(np.clip((fast_body - _WALKING) / (_RUNNING - _WALKING), 0.0, 1.0))
    waits = False
    if stands:
        tilt = multiply(about_y(-yaw_of(turn)), turn)
        still = count if standing.all() else int(np.argmin(standing))
        drift = np.zeros((count, 3))
        heading = np.full(count, yaw_of(turn))
        if still:
            rows = np.minimum(np.arange(count), still - 1)
            moves, turns = path[rows] - path[0], np.unwrap(yaw_of(new_turn[rows, ankle]))
            off = float(np.linalg.norm((start - path[0])[[0, 2]]))
            waits = bool(off < HELD and abs(_half_turns(heading[0] - turns[0])) < TWISTED)
            if waits and (np.linalg.norm(moves[:, [0, 2]], axis=-1).max() > HELD or np.abs(turns - turns[0]).max() > TWISTED):
                # The motion turns on this foot, or shuffles; then so does it.
                drift, heading = moves, heading + turns - turns[0]
        # A foot that cannot wait makes a step of its own, and stands flat until then.
        level, tilts = _settled(start[1], tilt, path[:, 1], new_turn[:, ankle], still if waits else 0, flat, motion.fps, legs)
        held = start + drift + settling[:, None] * speed
        held[:, 1] = np.maximum(level + fast * speed[1], min(start[1], legs.ball_height))
        held_turn = multiply(quaternions_from_rotation_vectors(settling[:, None] * spin), multiply(about_y(heading), tilts))
    else:
        held = start + fast[:, None] * speed
        held_turn = multiply(quaternions_from_rotation_vectors(fast[:, None] * spin), turn)
        if hurries > 0:
            held = held + hurries * (moved[:, ball] - held)
            held_turn = slerp(held_turn, moved_turn[:, ankle], np.full(count, hurries))

    # Where a foot rests: as it is below the pelvis on the average of the next motion.
    facing = about_y(-yaw_of(motion.rotations[:, 0]))
    off = rotate(facing, new[:, ball] - motion.pelvis).mean(axis=0)
    outward = np.median(_half_turns(yaw_of(new_turn[:, ankle]) - yaw_of(motion.rotations[:, 0])))
    heading = yaw_of(body.rotations[:, 0])
    rests = body.pelvis + rotate(about_y(heading), np.broadcast_to(off, body.pelvis.shape))
    rests[:, 1] = _resting(1.0, legs)
    return FootTrack(
        stands, waits, hurries, fastest, held, held_turn, path, new_turn[:, ankle], standing, carried,
        moved[:, ball], rests, multiply(about_y(heading + outward), flat), moved[:, hip], moved[:, ankle],
        new[:, ankle] - new[:, ball], leg,
    )  # fmt: skip


def _standing(places: np.ndarray, turned: np.ndarray, ankle: int, ball: int, fps: float, skeleton: Skeleton) -> np.ndarray:
    """(T,) bool: whether a foot stands on the floor with its sole."""
    speed = np.linalg.norm(np.gradient(places[:, 0, [0, 2]], axis=0), axis=-1) * fps
    points = np.repeat(places[:, [ankle, ball]], 2, axis=1)[:, [0, 2, 1, 3]]
    fastest = np.maximum(FASTEST, _SLIDING * speed)[:, None]
    down = standing_points(points, fps, skeleton, fastest)[:, :2].any(axis=1)
    for first, end in true_runs(~down):
        if first > 0 and end + 1 < len(down) and end - first < _FLICKER * fps:
            down[first : end + 1] = True
    return down & (rotate(turned[:, ankle], np.array([0.0, 1.0, 0.0]))[:, 1] > _FLAT)


def _settled(
    height: float,
    tilt: np.ndarray,
    heights: np.ndarray,
    turned: np.ndarray,
    still: int,
    flat: np.ndarray,
    fps: float,
    legs: Skeleton,
) -> tuple[np.ndarray, np.ndarray]:
    """How a foot that stays settles: (T,) ball height, (T, 4) tilt.

    It comes down flat, then tilts as the next motion's foot does, for example onto its toes, until that one lifts.

    Args:
        height, tilt: of the foot before.
        heights, turned: (T,), (T, 4) of the foot in the next motion.
        still: rows until that one lifts; 0 where this foot does not wait for it.
        flat: (4,) its tilt when it stands flat.
    """
    count = len(heights)
    value, _ = quintic_fading(count, SPEED_FADE * fps)
    rows = np.minimum(np.arange(count), max(still - 1, 0))
    own = multiply(about_y(-yaw_of(turned)), turned)[rows] if still else np.repeat(flat[None], count, axis=0)
    share = 1 - value
    between = slerp(np.broadcast_to(flat, own.shape), own, share)
    away = rotation_vectors(multiply(conjugate(flat), tilt))
    rest = _resting(height, legs)
    level = rest + share * (heights[rows] - rest) if still else np.full(count, rest)
    return level + value * (height - rest), multiply(between, quaternions_from_rotation_vectors(value[:, None] * away))


def _flat(turned: np.ndarray) -> np.ndarray:
    """(4,) the mean tilt of a standing foot, without its heading; world rotations (N, 4)."""
    if not len(turned):
        return IDENTITY
    tilts = multiply(about_y(-yaw_of(turned)), turned)
    return normalized((tilts * np.sign(tilts[:, :1])).sum(axis=0))


def _carried(path: np.ndarray, far: np.ndarray, behind: np.ndarray, fps: float) -> tuple[np.ndarray, np.ndarray]:
    """A ball's path (T, 3) under a body elsewhere at first; when it is carried along (T,).

    As long as the next motion's own foot is out of the body's reach, the foot goes along with the body and stands nowhere.

    Args:
        far: (T,) bool, out of reach.
        behind: (T, 3) from the next motion's pelvis to the body's.
    """
    if not far.any():
        return path, far
    last = len(far) - 1 - int(np.argmax(far[::-1]))
    rows = np.arange(len(path))
    t = np.clip((rows - last) / (_CATCHING_UP * fps), 0.0, 1.0)[:, None]
    share = 1 - t**3 * (10 - 15 * t + 6 * t**2)
    return path + share * behind * np.array([1.0, 0.0, 1.0]), rows < last + _CATCHING_UP * fps


def _still_where_standing(path: np.ndarray, standing: np.ndarray, frames: int) -> np.ndarray:
    """(T, 3) the path of a ball that does not slide while it first stands in the transition.

    The way it would have slid is made up for in its next step. A foot that is turned on, or shuffles, is left alone.
    """
    result = path.copy()
    runs = true_runs(standing)
    for number, (first, last) in enumerate(runs):
        slid = path[first : last + 1, [0, 2]] - path[first, [0, 2]]
        if first > frames or np.linalg.norm(slid, axis=-1).max() > HELD:
            continue
        result[first : last + 1, [0, 2]] = path[first, [0, 2]]
        back = runs[number + 1][0] if number + 1 < len(runs) else min(last + frames, len(path))
        t = np.arange(1, back - last) / max(back - last, 1)
        result[last + 1 : back, [0, 2]] -= (1 - t**3 * (10 - 15 * t + 6 * t**2))[:, None] * slid[-1]
    return result


def _settling(count: int, frames: float) -> np.ndarray:
    """(count,) the way to a rest within ``frames``, for a speed of one metre a frame."""
    t = np.minimum(np.arange(1, count + 1) / frames, 1.0)
    return frames * (t - t**3 + t**4 / 2)


def _resting(height: float, skeleton: Skeleton) -> float:
    """Metres above the floor at which a ball stands that came down at ``height``."""
    return min(height, skeleton.ball_height + 0.01)


def _half_turns(angles: np.ndarray) -> np.ndarray:
    """The same angles between -pi and pi."""
    return (angles + np.pi) % (2 * np.pi) - np.pi
