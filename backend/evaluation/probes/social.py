"""Probes of gestures to other people: handshakes, hugs, pats, giving, toasts, songs."""

from __future__ import annotations

from functools import partial

import numpy as np

from .gestures import hands_meeting
from .signals import Signals, count_reversals, true_runs
from .travel import feet_staying
from .verdict import Verdict, all_hold, at_once, count_checks, in_order

OTHER = {"left": "right", "right": "left"}


def _hand(s: Signals, side: str) -> tuple[np.ndarray, np.ndarray]:
    """(T, 3) wrist against the shoulder (outward, up, forward) and its speed (T,) in m/s."""
    wrist = s.seen_from(f"{side}_wrist", f"{side}_shoulder") * [1 if side == "left" else -1, 1, 1]
    return wrist, np.linalg.norm(s.speed(s.smooth(wrist, 0.04)), axis=-1)


def _longest(mask: np.ndarray, s: Signals) -> float:
    return max((b - a for a, b in true_runs(mask)), default=0) / s.fps


def _stays(s: Signals) -> list[tuple[str, float, str, float]]:
    return [("path_m", s.path_length, "<=", 1.0), ("lowest", float(s.pelvis_height.min()), ">=", 0.85)]


def _shakes(s: Signals, side: str, low: float, high: float, least: float) -> int:
    """Reversals up and down of a hand held out ahead between two heights."""
    wrist, _ = _hand(s, side)
    at = (wrist[:, 2] > 0.26) & (wrist[:, 1] > low) & (wrist[:, 1] < high) & (s.stretch(side) > 0.66)
    return max((count_reversals(s.smooth(wrist[a:b, 1], 0.02), least) for a, b in true_runs(at) if b - a >= 8), default=0)


def shaking_hands(s: Signals) -> Verdict:
    """A hand is held out ahead below the chest and goes up and down; the other hangs."""
    found = {d: _shakes(s, d, -0.42, -0.1, 0.03) for d in OTHER}
    side = max(found, key=found.get)
    other = _hand(s, OTHER[side])[0]
    return all_hold(
        ("reversals", found[side], ">=", 3), ("other_ahead_m", float(np.percentile(other[:, 2], 80)), "<=", 0.25), *_stays(s),
        ("lean_deg", float(s.lean.max()), "<=", 30),
    )  # fmt: skip


def patting(s: Signals, count: int | None = None) -> Verdict:
    """A hand is held out ahead at shoulder height and comes down on something again and again."""
    found = {d: _shakes(s, d, -0.24, 0.2, 0.04) for d in OTHER}
    side = max(found, key=found.get)
    pats = -(-found[side] // 2)
    return all_hold(*count_checks("pats", pats, count, (2, 7)), *_stays(s), ("lean_deg", float(s.lean.max()), "<=", 30))


def _five(s: Signals, side: str) -> bool:
    wrist, _ = _hand(s, side)
    rate = s.speed(s.smooth(wrist, 0.02))
    return bool(((rate[:, 2] > 1.5) & (wrist[:, 1] > 0.12) & (wrist[:, 2] > 0.05)).any() and (wrist[:, 1] > 0.14).mean() < 0.6)


def high_fiving(s: Signals, side: str = "") -> Verdict:
    """A raised palm claps forward over the shoulder; with ``side`` "both" two do."""
    found = {d: _five(s, d) for d in OTHER}
    wanted = min(found.values()) if side == "both" else found[side] if side else max(found.values())
    most = max(float(_hand(s, d)[0][:, 1].max()) for d in OTHER)
    checks = [("claps", int(wanted), ">=", 1), ("hand_m", most, "<=", 0.5), *_stays(s), ("seconds", s.seconds, "<=", 5.5)]
    if side in OTHER:
        checks.append(("other_claps", int(found[OTHER[side]]), "<=", 0))
    return all_hold(*checks)


def bumping_fists(s: Signals) -> Verdict:
    """A fist goes straight ahead at chest height and stops, slower than a punch."""
    best, side = 0.0, "left"
    for d in OTHER:
        wrist, speed = _hand(s, d)
        at = (wrist[:, 2] > 0.36) & (wrist[:, 1] < -0.02) & (wrist[:, 1] > -0.3) & (s.stretch(d) > 0.8)
        held = _longest(at, s)
        if held > best and speed.max() < 3.4:
            best, side = held, d
    return all_hold(
        ("out_s", best, ">=", 0.15), ("out_most_s", best, "<=", 1.4), *_stays(s),
        ("other_m", float(_hand(s, OTHER[side])[0][:, 2].max()), "<=", 0.25),
    )  # fmt: skip


def hugging(s: Signals) -> Verdict:
    """Both arms close around somebody ahead, the wrists past the middle, and stay so."""
    at = np.ones(len(s), dtype=bool)
    opened = 0.0
    for d in OTHER:
        wrist, _ = _hand(s, d)
        at &= (wrist[:, 0] < -0.05) & (wrist[:, 2] > 0.24) & (wrist[:, 1] > -0.36) & (wrist[:, 1] < 0.2)
        opened = max(opened, float((wrist[:, 0] * (wrist[:, 1] > -0.4)).max()))
    return all_hold(("held_s", _longest(at, s), ">=", 0.6), ("opened_m", opened, ">=", 0.12), *_stays(s))


def poking(s: Signals, count: int | None = None) -> Verdict:
    """Short jabs of a hand straight ahead, at the chest's height and by half an arm only."""
    found = {}
    for d in OTHER:
        wrist, _ = _hand(s, d)
        reach = s.smooth(s.stretch(d), 0.02)
        at = (wrist[:, 2] > 0.16) & (wrist[:, 1] > -0.34) & (wrist[:, 1] < 0.05) & (reach > 0.45)
        pokes = 0
        for a, b in true_runs(at):
            pokes += sum(
                reach[a + m : a + n].max() - min(reach[a : a + m].min(initial=1.0), 1.0) > 0.1
                for m, n in true_runs(reach[a:b] > reach[a:b].max() - 0.09)
                if m > 0 and n - m < 18 and wrist[a + m : a + n, 2].max() > 0.36
            )  # fmt: skip
        found[d] = pokes
    side = max(found, key=found.get)
    most = float(_hand(s, OTHER[side])[0][:, 2].max())
    return all_hold(*count_checks("pokes", found[side], count, (1, 5)), ("other_m", most, "<=", 0.25), *_stays(s))


def slapping(s: Signals) -> Verdict:
    """An open arm swings inward at the height of a face, faster than 4 m/s."""
    best = 0.0
    for d in OTHER:
        wrist, _ = _hand(s, d)
        rate = -s.speed(s.smooth(wrist, 0.02))[:, 0]
        at = (np.abs(wrist[:, 1]) < 0.3) & (wrist[:, 2] > 0.15) & (s.stretch(d) > 0.8)
        best = max(best, float(np.where(at, rate, 0.0).max()))
    return all_hold(("inward_m_s", best, ">=", 4.0), *_stays(s))


def handing_over(s: Signals) -> Verdict:
    """A hand is held out ahead below the chest and waits there; the other hangs."""
    best, side = 0.0, "left"
    for d in OTHER:
        wrist, speed = _hand(s, d)
        at = (wrist[:, 2] > 0.34) & (wrist[:, 1] < -0.1) & (wrist[:, 1] > -0.42) & (s.stretch(d) > 0.72) & (speed < 0.35)
        if _longest(at, s) > best:
            best, side = _longest(at, s), d
    return all_hold(
        ("held_s", best, ">=", 0.35), ("other_m", float(np.percentile(_hand(s, OTHER[side])[0][:, 2], 90)), "<=", 0.22), *_stays(s),
        ("shakes", _shakes(s, side, -0.42, -0.1, 0.03), "<=", 2),
    )  # fmt: skip


def taking(s: Signals) -> Verdict:
    """A hand reaches ahead, then comes to rest near the belly."""
    best, side = 0.0, "left"
    for d in OTHER:
        wrist, speed = _hand(s, d)
        out = true_runs((wrist[:, 2] > 0.34) & (wrist[:, 1] < 0.0) & (s.stretch(d) > 0.7))
        near = (wrist[:, 0] < 0.05) & (wrist[:, 2] > 0.1) & (wrist[:, 2] < 0.33) & (wrist[:, 1] < -0.12) & (speed < 0.3)
        if out:
            held = _longest(near[out[0][1] :], s)
            if held > best:
                best, side = held, d
    other = float(_hand(s, OTHER[side])[0][:, 2].max())
    return all_hold(("kept_s", best, ">=", 0.25), ("other_m", other, "<=", 0.25), *_stays(s))


def introducing(s: Signals, direction: str = "") -> Verdict:
    """An arm opens to its side below the shoulder and shows something there."""
    held = {}
    for d in OTHER:
        wrist, speed = _hand(s, d)
        flat = wrist / np.linalg.norm(wrist, axis=-1, keepdims=True)
        at = (flat[:, 0] > 0.45) & (flat[:, 1] < 0.1) & (flat[:, 1] > -0.75) & (wrist[:, 2] > 0.1) & (s.stretch(d) > 0.74)
        held[d] = _longest(at & (speed < 0.5), s)
    best = held[direction] if direction else max(held.values())
    return all_hold(("held_s", best, ">=", 0.45), ("both_s", min(held.values()), "<=", 0.2), *_stays(s))


def waving_off(s: Signals) -> Verdict:
    """A hand before the chest flicks outward, away from the body."""
    best = 0
    for d in OTHER:
        wrist, _ = _hand(s, d)
        rate = s.speed(s.smooth(wrist, 0.02))
        for a, b in true_runs((rate[:, 0] > 0.8) & (np.abs(wrist[:, 1] + 0.05) < 0.22) & (wrist[:, 2] > 0.12)):
            gone = wrist[a : b + 3, 0].max() - wrist[max(0, a - 2) : b, 0].min()
            best = max(best, int(gone > 0.14 and wrist[max(0, a - 2), 0] < 0.0 and wrist[a : b + 4, 2].max() > 0.24))
    high = max(float(_hand(s, d)[0][:, 1].max()) for d in OTHER)
    return all_hold(("flicks", best, ">=", 1), ("hand_m", high, "<=", 0.16), *_stays(s), ("seconds", s.seconds, "<=", 4.5))


def _at_mouth(s: Signals, side: str) -> np.ndarray:
    hand = s[f"{side}_middle1"] - s["head"]
    sine, cosine = np.sin(s.heading), np.cos(s.heading)
    out, ahead = hand[:, 0] * cosine - hand[:, 2] * sine, hand[:, 0] * sine + hand[:, 2] * cosine
    return (np.abs(out) < 0.12) & (hand[:, 1] > -0.24) & (hand[:, 1] < 0.12) & (ahead > 0.03) & (ahead < 0.3)


def blowing_kiss(s: Signals) -> Verdict:
    """A hand at the lips opens out ahead within a second."""
    best = 0.0
    for d in OTHER:
        wrist, _ = _hand(s, d)
        for _, b in true_runs(_at_mouth(s, d)):
            later = np.where(wrist[b : b + 26, 1] > -0.16, wrist[b : b + 26, 2], 0.0)
            best = max(best, float(later.max(initial=0.0)))
    return all_hold(("ahead_m", best, ">=", 0.36), *_stays(s))


def toasting(s: Signals) -> Verdict:
    """A hand is held up ahead as high as the face and then comes to the mouth."""
    best = 0.0
    for d in OTHER:
        wrist, speed = _hand(s, d)
        up = (wrist[:, 1] > 0.03) & (wrist[:, 1] < 0.3) & (wrist[:, 2] > 0.32) & (speed < 0.4)
        for a, b in true_runs(up):
            best = max(best, (b - a) / s.fps * _at_mouth(s, d)[b:].any())
    return all_hold(("raised_s", float(best), ">=", 0.3), *_stays(s))


def singing(s: Signals) -> Verdict:
    """A hand holds something at the mouth for seconds, while the other moves about."""
    held = {d: _longest(_at_mouth(s, d), s) for d in OTHER}
    side = max(held, key=held.get)
    return all_hold(
        ("held_s", held[side], ">=", 2.0), ("other_m", float(np.ptp(_hand(s, OTHER[side])[0], axis=0).max()), ">=", 0.3),
        *_stays(s),
    )  # fmt: skip


def pointing_up(s: Signals, side: str = "") -> Verdict:
    """A nearly straight arm is held up and ahead, the other hangs."""
    held = {}
    for d in OTHER:
        wrist, speed = _hand(s, d)
        flat = wrist / np.linalg.norm(wrist, axis=-1, keepdims=True)
        at = (flat[:, 1] > 0.45) & (flat[:, 2] > 0.22) & (s.stretch(d) > 0.84) & (speed < 0.6)
        held[d] = _longest(at, s)
    best = held[side] if side else max(held.values())
    return all_hold(("held_s", best, ">=", 0.5), ("both_s", min(held.values()), "<=", 0.2), *_stays(s))


def clapping_overhead(s: Signals, count: int | None = None) -> Verdict:
    """The hands clap over the head."""
    over = np.minimum(*(s[f"{d}_wrist"][:, 1] - s["head"][:, 1] for d in OTHER))
    start, end = max(true_runs(over > 0.1), key=lambda run: run[1] - run[0], default=(0, 2))
    claps = hands_meeting(s.part(max(0, start - 4), min(len(s), end + 4)), count)
    return all_hold(("claps", int(claps.passed), ">=", 1), ("up_s", (end - start) / s.fps, ">=", 0.6), *_stays(s))


ROWS = (
    ("handshake", "shake hands with someone", "handshake", shaking_hands),
    ("high five", "give me a high five", "high_five", high_fiving),
    ("high five", "give a high five with your left hand", "high_five.left", partial(high_fiving, side="left")),
    ("high five", "do a double high five", "high_five.both", partial(high_fiving, side="both")),
    ("fist bump", "give someone a fist bump", "fist_bump", bumping_fists),
    ("hug", "give someone a hug", "hug", hugging),
    ("pat", "pat someone on the shoulder", "pat", patting),
    ("poke", "poke someone with your finger", "poke", poking),
    ("slap", "slap someone in the face", "slap", slapping),
    ("give", "hand something over", "give", handing_over),
    ("take", "take something from someone", "take", taking),
    ("introduce", "introduce your friend", "introduce", introducing),
    ("introduce", "present something on your left", "introduce.left", partial(introducing, direction="left")),
    ("dismiss", "wave someone away", "dismiss", waving_off),
    ("blow a kiss", "blow a kiss", "blow_kiss", blowing_kiss),
    ("toast", "raise your glass in a toast", "toast", toasting),
    ("sing", "sing a song", "sing", singing),
    ("point up", "point at the sky", "point_up", pointing_up),
    ("point up", "point up with your right hand", "point_up.right", partial(pointing_up, side="right")),
    ("clap overhead", "clap over your head", "clap_overhead", clapping_overhead),
    ("feet in place", "sing without moving your feet", "stand+sing", at_once(singing, feet_staying)),
    ("feet in place", "blow a kiss without moving your feet", "stand+blow_kiss", at_once(blowing_kiss, feet_staying)),
    ("feet in place", "make a toast while standing still", "stand+toast", at_once(toasting, feet_staying)),
    ("feet in place", "hug someone without moving your feet", "stand+hug", at_once(hugging, feet_staying)),
    ("feet in place", "shake hands while standing still", "stand+handshake", at_once(shaking_hands, feet_staying)),
    ("feet in place", "clap overhead without moving your feet", "stand+clap_overhead", at_once(clapping_overhead, feet_staying)),
    ("feet in place", "point up while standing still", "stand+point_up", at_once(pointing_up, feet_staying)),
    ("hug, then pat", "hug someone then pat them on the back", "hug>pat", in_order(hugging, patting)),
    ("toast, then hug", "raise a glass and then hug someone", "toast>hug", in_order(toasting, hugging)),
    ("handshake, then hug", "shake hands and then give a hug", "handshake>hug", in_order(shaking_hands, hugging)),
)
