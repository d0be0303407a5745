"""Measurements of where the body goes and turns, how fast, or that it stays."""

from __future__ import annotations

import numpy as np

from .signals import Signals, count_reversals, head_angles
from .verdict import Verdict, all_hold


def upright(s: Signals) -> float:
    """Share of the time the pelvis is at three quarters of standing height or more."""
    return float((s.pelvis_height > 0.75).mean())


def longest_flight(s: Signals) -> float:
    """Longest time without a foot near the floor, seconds: steps have none, jumps plenty."""
    return max((b - a for a, b in s.airborne(0.08)), default=0) / s.fps


def _moving_pace(s: Signals) -> float:
    """Median speed in m/s of the faster half of the clip: the pace once under way."""
    return float(np.percentile(s.pace, 75))


def forward(s: Signals, least: float = 0.8, slowest: float = 0.0, fastest: float = 2.1) -> Verdict:
    """Walks forward: most of the path leads along the first heading, upright, at walking pace."""
    ahead, _ = s.travel
    return all_hold(
        ("ahead_m", ahead, ">=", least), ("straight", ahead / max(s.path_length, 1e-6), ">=", 0.7),
        ("facing_it", s.gone_as_faced[0] / max(s.path_length, 1e-6), ">=", 0.7), ("upright", upright(s), ">=", 0.8),
        ("pace_m_s", _moving_pace(s), "<=", fastest), ("pace_m_s ", _moving_pace(s), ">=", slowest),
        ("in_the_air_s", longest_flight(s), "<=", 0.2),
    )  # fmt: skip


def running(s: Signals, least: float = 1.5, slowest: float = 1.8) -> Verdict:
    """Runs forward: gets far as it faces, faster than a walk, its bounds shorter than jumps."""
    return all_hold(
        ("ahead_m", s.gone_as_faced[0], ">=", least), ("facing_it", s.gone_as_faced[0] / max(s.path_length, 1e-6), ">=", 0.75),
        ("pace_m_s", _moving_pace(s), ">=", slowest), ("upright", upright(s), ">=", 0.8),
        ("in_the_air_s", longest_flight(s), "<=", 0.35),
    )  # fmt: skip


def backward(s: Signals, least: float = 0.6, slowest: float = 0.0, fastest: float = 2.4) -> Verdict:
    """Goes backward: most of the path leads against the heading, without turning round first."""
    ahead, _ = s.travel
    return all_hold(
        ("back_m", -ahead, ">=", least), ("straight", -ahead / max(s.path_length, 1e-6), ">=", 0.65),
        ("back_first", -s.gone_as_faced[0], ">=", 0.7 * least), ("upright", upright(s), ">=", 0.8),
        ("pace_m_s", _moving_pace(s), ">=", slowest), ("pace_m_s ", _moving_pace(s), "<=", fastest),
        ("in_the_air_s", longest_flight(s), "<=", 0.2),
    )  # fmt: skip


def sideways(s: Signals, side: str, least: float = 0.25) -> Verdict:
    """Steps to a side: displacement is mostly lateral, and the body keeps facing its way."""
    sign = 1 if side == "left" else -1
    ahead, left = s.travel
    return all_hold(
        (f"{side}_m", sign * left, ">=", least), ("ahead_share", abs(ahead) / max(abs(left), 1e-6), "<=", 0.7),
        (f"{side}_as_facing_m", sign * s.gone_as_faced[1], ">=", 0.7 * least), ("turned_deg", abs(s.turned), "<=", 40),
        ("upright", upright(s), ">=", 0.8), ("in_the_air_s", longest_flight(s), "<=", 0.2),
    )  # fmt: skip


def turned(
    s: Signals, degrees: float, tolerance: float, direction: str = "", slowest: float = 0.0, fastest: float = 1e3
) -> Verdict:
    """Turns on the spot by ``degrees`` to a side or either, at a rate within limits (degrees/s)."""
    rate = float(np.abs(np.degrees(s.speed(s.smooth(s.heading, 0.15)))).max())
    angle = abs(s.turned) if not direction else (s.turned if direction == "left" else -s.turned)
    return all_hold(
        ("turned_deg", angle, ">=", degrees - tolerance), ("turned_deg ", angle, "<=", degrees + tolerance),
        ("path_m", s.path_length, "<=", 1.6), ("upright", upright(s), ">=", 0.8),
        ("in_the_air_s", longest_flight(s), "<=", 0.2), ("deg_per_s", rate, ">=", slowest), ("deg_per_s ", rate, "<=", fastest),
    )  # fmt: skip


def circling(s: Signals, direction: str = "", least: float = 100.0, slowest: float = 0.0, fastest: float = 2.1) -> Verdict:
    """Goes in a curve: keeps turning one way while going forward, at a pace within limits (m/s)."""
    angle = abs(s.turned) if not direction else (s.turned if direction == "left" else -s.turned)
    return all_hold(
        ("turned_deg", angle, ">=", least), ("ahead_m", s.gone_as_faced[0], ">=", 1.2),
        ("facing_it", s.gone_as_faced[0] / max(s.path_length, 1e-6), ">=", 0.7), ("upright", upright(s), ">=", 0.8),
        ("pace_m_s", _moving_pace(s), "<=", fastest), ("pace_m_s ", _moving_pace(s), ">=", slowest),
    )  # fmt: skip


def veering(s: Signals, direction: str, slowest: float = 0.0, fastest: float = 2.1) -> Verdict:
    """Goes to a side: the path bends there, or leads there sideways, and gets somewhere."""
    sign = 1 if direction == "left" else -1
    aside = sign * s.travel[1]
    share = max(min(aside / 0.25, aside / max(s.path_length, 1e-6) / 0.15), sign * s.turned / 30)
    return all_hold(
        ("aside_or_turned", share, ">=", 1.0), ("turned_deg", sign * s.turned, ">=", -20),
        ("turned_deg ", sign * s.turned, "<=", 200), ("path_m", s.path_length, ">=", 0.5), ("upright", upright(s), ">=", 0.8),
        ("pace_m_s", _moving_pace(s), "<=", fastest), ("pace_m_s ", _moving_pace(s), ">=", slowest),
        ("in_the_air_s", longest_flight(s), "<=", 0.35),
    )  # fmt: skip


def spinning(s: Signals, least: float = 270.0) -> Verdict:
    """Spins: turns most of the way round or more, one way, upright, without going anywhere far."""
    net = float(np.linalg.norm(s.path[-1] - s.path[0]))
    return all_hold(
        ("turned_deg", abs(s.turned), ">=", least), ("net_m", net, "<=", 1.5), ("upright", upright(s), ">=", 0.8),
        ("path_m_per_s", s.path_length / s.seconds, "<=", 0.8),
    )  # fmt: skip


def sneaking(s: Signals, least: float = 0.6) -> Verdict:
    """Sneaks: gets ahead on foot, slower than a walk, bent over, the pelvis a little low."""
    return all_hold(
        ("ahead_m", s.gone_as_faced[0], ">=", least), ("facing_it", s.gone_as_faced[0] / max(s.path_length, 1e-6), ">=", 0.7),
        ("pace_m_s", _moving_pace(s), "<=", 1.15), ("lean_deg", float(np.median(s.lean)), ">=", 8),
        ("lean_deg ", float(np.median(s.lean)), "<=", 60), ("in_the_air_s", longest_flight(s), "<=", 0.2),
    )  # fmt: skip


def dodging(s: Signals, direction: str) -> Verdict:
    """Dodges: moves to a side or backward, quicker than a step, still facing the same way."""
    ahead, left = s.travel
    way = {"left": left, "right": -left, "backward": -ahead}[direction]
    path = s.smooth(s["pelvis"][:, [0, 2]], 0.06)
    fastest = float(np.linalg.norm(s.speed(path), axis=-1).max())
    across = abs(left) if direction == "backward" else abs(ahead)
    return all_hold(
        (f"{direction}_m", way, ">=", 0.3), ("fastest_m_s", fastest, ">=", 1.2),
        ("across_share", across / max(way, 1e-6), "<=", 0.8), ("turned_deg", abs(s.turned), "<=", 60),
        ("upright", upright(s), ">=", 0.7), ("seconds", s.seconds, "<=", 4.0),
    )  # fmt: skip


def still(s: Signals, fastest: float = 0.3) -> Verdict:
    """Stands: nothing goes anywhere, hands and head hardly move, the feet stay down."""
    joints = ("pelvis", "head", "left_wrist", "right_wrist", "left_ankle", "right_ankle")
    speeds = [float(np.percentile(np.linalg.norm(s.speed(s.smooth(s[j], 0.05)), axis=-1), 95)) for j in joints]
    raised = max(float((s[f"{side}_wrist"][:, 1] - s[f"{side}_shoulder"][:, 1]).max()) for side in ("left", "right"))
    pitch, yaw = np.ptp(head_angles(s), axis=0)
    return all_hold(
        ("fastest_joint_m_s", max(speeds), "<=", fastest), ("path_m", s.path_length, "<=", 0.35),
        ("upright", upright(s), ">=", 0.95), ("lean_deg", float(s.lean.max()), "<=", 30),
        ("wrist_over_shoulder_m", raised, "<=", 0.0), ("nod_deg", float(pitch), "<=", 16),
        ("look_deg", float(yaw), "<=", 42),
    )  # fmt: skip


def dancing(s: Signals) -> Verdict:
    """Dances: weight and hips go to and fro, hands and feet keep moving, without going away.

    Sway is how fast the pelvis moves about its own path of the last half second; a body that rolls on the spot may keep
    its feet where they are.
    """
    pelvis = s["pelvis"][:, [0, 2]]
    sway = float(np.linalg.norm(s.speed(s.smooth(pelvis, 0.05) - s.smooth(pelvis, 0.5)), axis=-1).mean())
    across = (s.speed(s.smooth(pelvis, 0.08)) * np.stack([np.cos(s.heading), -np.sin(s.heading)], -1)).sum(-1)
    trunk = s["neck"] - s["pelvis"]
    rolls = s.speed(s.smooth(trunk / np.linalg.norm(trunk, axis=-1, keepdims=True), 0.05))
    hips = count_reversals(s.smooth(np.degrees(s.heading), 0.08), 12.0) / s.seconds
    feet = [np.linalg.norm(s.speed(s.smooth(s[f"{d}_foot"], 0.04)), axis=-1).mean() for d in ("left", "right")]
    hands = [np.linalg.norm(s.speed(s.seen_from(f"{d}_wrist", "pelvis")), axis=-1).mean() for d in ("left", "right")]
    alive = max(min(feet) / 0.1, float(np.linalg.norm(rolls, axis=-1).mean()) / 0.5)
    return all_hold(
        ("sway_m_s", sway, ">=", 0.11), ("shifts_per_s", count_reversals(across, 0.15) / s.seconds, ">=", 0.7),
        ("hips_or_sway", max(hips / 0.2, sway / 0.3), ">=", 1.0), ("feet_or_trunk", alive, ">=", 1.0),
        ("faster_hand_m_s", float(max(hands)), ">=", 0.45), ("seconds", s.seconds, ">=", 1.5),
        ("facing_of_path", abs(s.gone_as_faced[0]) / max(s.path_length, 1e-6), "<=", 0.9),
        ("highest", float(s.pelvis_height.max()), "<=", 1.25),
    )  # fmt: skip


def lasting(s: Signals, seconds: float, tolerance: float = 1.0) -> Verdict:
    """Lasts about as long as was said."""
    return all_hold(("seconds", s.seconds, ">=", seconds - tolerance), ("seconds ", s.seconds, "<=", seconds + tolerance))


def feet_staying(s: Signals, most: float = 0.12) -> Verdict:
    """Keeps both feet in place: neither gets further than ``most`` metres from its median place."""
    away = []
    for joint in ("left_foot", "right_foot"):
        place = np.median(s[joint], axis=0)
        away.append(float(np.percentile(np.linalg.norm(s[joint] - place, axis=-1), 97)))
    return all_hold(("furthest_foot_m", max(away), "<=", most))
