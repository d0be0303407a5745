"""Measures segments: walks by travel, jumps by flight, sitting by height, hands by reach.

Every function takes a `Track` and returns (start, end, key) triples; other frames get no annotation. Thresholds are ours, set by
looking at the clips they are used on (`annotate` says which function is used on which
clips).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from .track import FPS, SIDES, Track, runs

Found = tuple[int, int, str]

SLOW, FAST, RUN = 0.93, 1.55, 2.1  # m/s with legs of 0.80 m: slow below, fast above, running above
SHORTEST, LONGEST = int(1.2 * FPS), 5 * FPS


def walking(track: Track, kind: str = "walk", speeds: bool = True) -> list[Found]:
    """Forward, backward and sideways walking, straight (within 20 degrees) or bending steadily."""
    ahead, aside = gaussian_filter1d(track.velocity, 6, axis=0, mode="nearest").T
    hands = np.maximum(track.raised("left"), track.raised("right"))
    standing = grounded(track) & (np.abs(track.root_height - np.median(track.root_height)) < 0.12) & (hands < -0.05)
    found: list[Found] = []
    masks = {
        "forward": (ahead > 0.45) & (np.abs(aside) < 0.5 * np.abs(ahead)),
        "backward": (ahead < -0.35) & (np.abs(aside) < 0.6 * np.abs(ahead)),
        "left": (aside > 0.25) & (np.abs(ahead) < 0.5 * np.abs(aside)),
        "right": (aside < -0.25) & (np.abs(ahead) < 0.5 * np.abs(aside)),
    }
    for way, mask in masks.items():
        for start, end in runs(mask & standing, SHORTEST - 8):
            if way in ("left", "right"):
                found += [(a, b, f"sidestep.{way}") for a, b in pieces(start, end) if abs(track.turned(a, b)) < 30]
                continue
            for a, b in steady(track, start, end):
                turned, speed = track.turned(a, b), float(np.mean(track.speed[a:b]))
                if way == "backward":
                    if abs(turned) < 25:
                        found.append((a, b, f"{kind}.backward"))
                    continue
                if abs(turned) < 20:
                    manner = "@slow" if speed < SLOW and speeds else "@fast" if speed > FAST and speeds else ""
                    found.append((a, b, f"{kind}.forward{manner}"))
                elif 40 < abs(turned) < 150:
                    found.append((a, b, f"{kind}.{'left' if turned > 0 else 'right'}"))
                elif abs(turned) >= 150:
                    found.append((a, b, f"{kind}.circle-{'left' if turned > 0 else 'right'}"))
    return found


def broken(track: Track, start: int, end: int) -> bool:
    """Whether a hand, knee, foot or head moves faster than 14 m/s: a glitch."""
    for joint in ("head", *(f"{side}_{joint}" for side in SIDES for joint in ("wrist", "ankle", "knee"))):
        local = (track.joints[joint] - track.joints["pelvis"])[start:end]
        if len(local) > 1 and np.linalg.norm(np.diff(local, axis=0), axis=1).max() * FPS > 14.0:
            return True
    return False


def dribbling(track: Track) -> list[Found]:
    """The straight parts of a walk with a ball."""
    straight = [found for found in walking(track, speeds=False) if found[2] == "walk.forward"]
    return [(start, end, "dribble.forward") for start, end, _ in straight]


def grounded(track: Track) -> np.ndarray:
    """(T,) whether the root is at standing height or below, so not on steps or a ladder."""
    return gaussian_filter1d(track.root_height, 3, mode="nearest") < 0.96


def steady(track: Track, start: int, end: int) -> list[tuple[int, int]]:
    """Cut start..end where straight walking turns into a bend and back; pieces of 1.2 to 5 s."""
    rate = np.gradient(track.heading[start:end]) * FPS if end - start > 2 else np.zeros(end - start)
    bending = np.abs(gaussian_filter1d(rate, 8, mode="nearest")) > 22
    cuts = [0, *(np.flatnonzero(np.diff(bending.astype(int))) + 1).tolist(), end - start]
    out = []
    for a, b in pairwise(cuts):
        if b - a >= SHORTEST - 8:
            out += pieces(start + a, start + b) if not bending[a] else [(start + a, start + b)]
    return out


def pieces(start: int, end: int, longest: int = LONGEST) -> list[tuple[int, int]]:
    """Split start..end into equal parts of at most ``longest`` frames."""
    edges = np.linspace(start, end, max(1, -(-(end - start) // longest)) + 1).astype(int)
    return [(int(a), int(b)) for a, b in pairwise(edges)]


def turning(track: Track) -> list[Found]:
    """Turns on the spot by about 90 or 180 degrees, cut where the turning starts and ends."""
    rate = gaussian_filter1d(np.gradient(track.heading) * FPS, 4, mode="nearest")
    slow = gaussian_filter1d(track.speed, 6, mode="nearest") < 0.55
    upright = grounded(track) & (track.root_height > 0.9 * min(np.percentile(track.root_height, 90), 0.85))
    found = []
    for sign, side in ((1, "left"), (-1, "right")):
        for start, end in runs((sign * rate > 25) & slow & upright, 12):
            a, b = max(0, start - 8), min(len(track), end + 8)
            turned, seconds = sign * track.turned(a, b), (b - a) / FPS
            if not upright[a:b].all():
                continue
            if 60 <= turned <= 125 and seconds < 4:
                found.append((a, b, f"turn.{side}"))
            elif 140 <= turned <= 220 and seconds < 6:
                found.append((a, b, "turn.around"))
    return found


def jumps(track: Track) -> list[tuple[int, int]]:
    """Flights in which the root rises, unlike running steps and tiptoeing."""
    usual = np.median(track.root_height)
    return [(start, end) for start, end in track.flights if track.root_height[start:end].max() - usual > 0.12]


def jumping(track: Track, hop: bool = False) -> list[Found]:
    """One segment per jump, from bent knees to standing; quick series also as a whole."""
    flights = jumps(track)
    found, keys = [], []
    for i, (start, end) in enumerate(flights):
        before = flights[i - 1][1] if i else 0
        after = flights[i + 1][0] if i + 1 < len(flights) else len(track)
        a = max(0, start - 21, (before + start) // 2 if i else 0)
        b = min(len(track), end + 18, (end + after) // 2 if i + 1 < len(flights) else len(track))
        ahead, aside = track.travel(a, b)
        if abs(aside) > 0.4 or ahead < -0.25:
            keys.append("")
            continue
        key = "hop" if hop else "jump.forward" if ahead > 0.35 else "jump.up" if abs(ahead) < 0.25 else ""
        keys.append(key)
        if key:
            found.append((a, b, key))
    for count in (2, 3, 4):
        for i in range(len(flights) - count + 1):
            together = all(flights[j + 1][0] - flights[j][1] < 30 for j in range(i, i + count - 1))
            if together and keys[i] and len(set(keys[i : i + count])) == 1 and i % count == 0:
                start, end = max(0, flights[i][0] - 15), min(len(track), flights[i + count - 1][1] + 15)
                found.append((start, end, f"{keys[i]}*{count}"))
    return found


def seating(track: Track) -> list[Found]:
    """Sitting down and standing up: the root between standing height and a held seat."""
    height = gaussian_filter1d(track.root_height, 4, mode="nearest")
    standing, low = np.percentile(height, 95), np.percentile(height, 5)
    if standing - low < 0.06:
        return []
    seated = height < low + 0.35 * (standing - low)
    found = []
    for start, end in runs(seated, 25):
        down = _last(height[:start] > standing - 0.12 * (standing - low))
        if down is not None and start - down < 60:
            found.append((max(0, down - 12), min(end, start + 20), "sit"))
        up = _first(height[end:] > standing - 0.12 * (standing - low))
        if up is not None and up < 60:
            found.append((max(start, end - 20), min(len(track), end + up + 12), "stand_up"))
    return found


def climbing(track: Track, key: str, rise: float) -> list[Found]:
    """Stretches in which the root climbs at least ``rise`` metres."""
    up = gaussian_filter1d(np.gradient(gaussian_filter1d(track.root_height, 5)) * FPS, 10, mode="nearest")
    found = []
    for start, end in runs(up > 0.06, 20):
        a, b = max(0, start - 6), min(len(track), end + 6)
        if track.root_height[b - 1] - track.root_height[a] >= rise:
            found.append((a, b, key))
    return found


def kicking(track: Track) -> list[Found]:
    """The kick around the fastest swing of either foot, from 1.1 s before to 0.9 s after."""
    speeds = {side: track.limb_speed(f"{side}_ankle") for side in SIDES}
    side = max(SIDES, key=lambda s: speeds[s].max())
    peak = int(speeds[side].argmax())
    return [(max(0, peak - 33), min(len(track), peak + 27), f"kick.{side}")]


def punching(track: Track, threshold: float = 0.7) -> list[Found]:
    """Punches: peaks of a wrist's speed away from its shoulder, with half a second around each."""
    found = []
    for side in SIDES:
        reach = np.linalg.norm(track.joints[f"{side}_wrist"] - track.joints[f"{side}_shoulder"], axis=1)
        speed = gaussian_filter1d(np.gradient(gaussian_filter1d(reach, 1.0)) * FPS, 1.0)
        peaks, _ = find_peaks(speed, height=threshold, distance=20)
        found += [(max(0, p - 15), min(len(track), p + 21), f"punch.{side}") for p in peaks.tolist()]
    return sorted(found)


def reaching(track: Track) -> list[Found]:
    """One or both hands held well above the shoulders with the feet on the ground: reaching up."""
    up = {side: gaussian_filter1d(track.raised(side), 3) > 0.30 for side in SIDES}
    found = []
    for start, end in runs(up["left"] | up["right"], 9):
        a, b = max(0, start - 24), min(len(track), end + 24)
        if any(s < end and e > start for s, e in jumps(track)) or b - a > 180:
            continue
        left, right = (up[side][start:end].mean() > 0.4 for side in SIDES)
        if left and right:
            found.append((a, b, "reach.up"))
        else:
            found.append((a, b, f"reach.{'left' if left else 'right'}.up"))
    return found


def lifting(track: Track) -> list[Found]:
    """Bending down to the floor and rising with a hand raised: picking something up."""
    lowest = np.minimum(track.joints["left_wrist"][:, 1], track.joints["right_wrist"][:, 1])
    peaks, _ = find_peaks(-gaussian_filter1d(lowest, 4), height=-0.45, distance=40)
    return [(max(0, p - 36), min(len(track), p + 36), "pick_up") for p in peaks.tolist()]


def drinking(track: Track) -> list[Found]:
    """Drinking: stretches in which a wrist is near the head."""
    found = []
    for side in SIDES:
        gap = np.linalg.norm(track.joints[f"{side}_wrist"] - track.joints["head"], axis=1)
        near = gaussian_filter1d(gap, 3) < np.min(gap) + 0.10
        for start, end in runs(near, 15):
            if np.min(gap) < 0.40:
                a, b = max(0, start - 40), min(len(track), end + 40)
                found.append((a, min(b, a + 225), "drink"))
    return found


def balancing(track: Track) -> list[Found]:
    """Standing on one leg: one ankle clearly higher than the other for at least a second."""
    gap = gaussian_filter1d(track.feet_height[:, 0] - track.feet_height[:, 1], 4)
    found = []
    for sign, side in ((1, "right"), (-1, "left")):
        for start, end in runs(sign * gap > 0.12, 30):
            a, b = max(0, start - 20), min(len(track), end + 20)
            found += [(c, d, f"balance.{side}") for c, d in pieces(a, b, 200)]
    return found


def windows(track: Track, key: str, seconds: float = 5.0) -> list[Found]:
    """The whole clip in equal pieces of at most ``seconds``."""
    return [(a, b, key) for a, b in pieces(0, len(track), int(seconds * FPS))]


def _first(mask: np.ndarray) -> int | None:
    hits = np.flatnonzero(mask)
    return int(hits[0]) if len(hits) else None


def _last(mask: np.ndarray) -> int | None:
    hits = np.flatnonzero(mask)
    return int(hits[-1]) if len(hits) else None
