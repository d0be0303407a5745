"""Measurements of where the body goes: forward, backward, sideways, round a circle, turning, fast, slow, not at all."""

from __future__ import annotations

import numpy as np

from .signals import Signals, head_angles, runs
from .verdict import Verdict, hold


def _upright(s: Signals) -> float:
    """Share of the time the pelvis is at three quarters of standing height or more."""
    return float((s.pelvis_height > 0.75).mean())


def _on_foot(s: Signals) -> float:
    """Longest time in seconds in which no foot is near the floor: a step has none, a run little, a jump plenty."""
    return max((b - a for a, b in s.airborne(0.08)), default=0) / s.fps


def _moving_pace(s: Signals) -> float:
    """Median speed in m/s of the faster half of the clip: the pace once under way."""
    return float(np.percentile(s.pace, 75))


def forward(s: Signals, least: float = 0.8, slowest: float = 0.0, fastest: float = 2.1) -> Verdict:
    """Walks forward: net displacement along the first heading, which is most of the path; upright; at walking pace."""
    ahead, _ = s.travel
    return hold(
        ("ahead_m", ahead, ">=", least), ("straight", ahead / max(s.path_length, 1e-6), ">=", 0.7),
        ("facing_it", s.way[0] / max(s.path_length, 1e-6), ">=", 0.7), ("upright", _upright(s), ">=", 0.8),
        ("pace_m_s", _moving_pace(s), "<=", fastest), ("pace_m_s ", _moving_pace(s), ">=", slowest),
        ("in_the_air_s", _on_foot(s), "<=", 0.2),
    )  # fmt: skip


def running(s: Signals, least: float = 1.5, slowest: float = 1.8) -> Verdict:
    """Runs forward: gets far along its facing, at more than a walk's pace; single bounds stay short of a jump."""
    return hold(
        ("ahead_m", s.way[0], ">=", least), ("facing_it", s.way[0] / max(s.path_length, 1e-6), ">=", 0.75),
        ("pace_m_s", _moving_pace(s), ">=", slowest), ("upright", _upright(s), ">=", 0.8),
        ("in_the_air_s", _on_foot(s), "<=", 0.35),
    )  # fmt: skip


def backward(s: Signals, least: float = 0.6) -> Verdict:
    """Walks backward: displacement against the heading, most of the path, without turning round first."""
    ahead, _ = s.travel
    return hold(
        ("back_m", -ahead, ">=", least), ("straight", -ahead / max(s.path_length, 1e-6), ">=", 0.65),
        ("back_first", -s.way[0], ">=", 0.7 * least), ("upright", _upright(s), ">=", 0.8),
        ("in_the_air_s", _on_foot(s), "<=", 0.2),
    )  # fmt: skip


def sideways(s: Signals, side: str, least: float = 0.25) -> Verdict:
    """Steps to a side: displacement is mostly lateral, and the body keeps facing its way."""
    sign = 1 if side == "left" else -1
    ahead, left = s.travel
    return hold(
        (f"{side}_m", sign * left, ">=", least), ("ahead_share", abs(ahead) / max(abs(left), 1e-6), "<=", 0.7),
        (f"{side}_as_facing_m", sign * s.way[1], ">=", 0.7 * least), ("turned_deg", abs(s.turned), "<=", 40),
        ("upright", _upright(s), ">=", 0.8), ("in_the_air_s", _on_foot(s), "<=", 0.2),
    )  # fmt: skip


def turned(s: Signals, degrees: float, tolerance: float, direction: str = "") -> Verdict:
    """Turns about the vertical by ``degrees`` on the spot, to a side or to either."""
    angle = abs(s.turned) if not direction else (s.turned if direction == "left" else -s.turned)
    return hold(
        ("turned_deg", angle, ">=", degrees - tolerance), ("turned_deg ", angle, "<=", degrees + tolerance),
        ("path_m", s.path_length, "<=", 1.6), ("upright", _upright(s), ">=", 0.8),
        ("in_the_air_s", _on_foot(s), "<=", 0.2),
    )  # fmt: skip


def circling(s: Signals, direction: str = "", least: float = 100.0) -> Verdict:
    """Walks in a curve: keeps turning one way while it keeps going forward."""
    angle = abs(s.turned) if not direction else (s.turned if direction == "left" else -s.turned)
    return hold(
        ("turned_deg", angle, ">=", least), ("ahead_m", s.way[0], ">=", 1.2),
        ("facing_it", s.way[0] / max(s.path_length, 1e-6), ">=", 0.7), ("upright", _upright(s), ">=", 0.8),
    )  # fmt: skip


def still(s: Signals, fastest: float = 0.3) -> Verdict:
    """Stands: nothing goes anywhere, hands and head hardly move, the feet stay down."""
    joints = ("pelvis", "head", "left_wrist", "right_wrist", "left_ankle", "right_ankle")
    speeds = [float(np.percentile(np.linalg.norm(s.speed(s.smooth(s[j], 0.05)), axis=-1), 95)) for j in joints]
    raised = max(float((s[f"{side}_wrist"][:, 1] - s[f"{side}_shoulder"][:, 1]).max()) for side in ("left", "right"))
    pitch, yaw = np.ptp(head_angles(s), axis=0)
    return hold(
        ("fastest_joint_m_s", max(speeds), "<=", fastest), ("path_m", s.path_length, "<=", 0.35),
        ("upright", _upright(s), ">=", 0.95), ("lean_deg", float(s.lean.max()), "<=", 30),
        ("wrist_over_shoulder_m", raised, "<=", 0.0), ("nod_deg", float(pitch), "<=", 16),
        ("look_deg", float(yaw), "<=", 42),
    )  # fmt: skip


def dancing(s: Signals) -> Verdict:
    """Dances: feet step again and again, the pelvis sways to and fro, hands move; it does not simply go somewhere."""
    steps = sum(1 for side in ("left", "right") for a, b in _runs_of_speed(s, f"{side}_foot", 0.5) if b - a >= 3)
    net = float(np.linalg.norm(s.path[-1] - s.path[0]))
    hands = np.mean(
        [np.linalg.norm(s.speed(s.seen_from(f"{d}_wrist", "pelvis")), axis=-1).mean() for d in ("left", "right")]
    )
    return hold(
        ("steps_per_s", steps / s.seconds, ">=", 0.8), ("path_m_per_s", s.path_length / s.seconds, ">=", 0.12),
        ("net_of_path", net / max(s.path_length, 1e-6), "<=", 0.85), ("hands_m_s", float(hands), ">=", 0.25),
        ("facing_of_path", abs(s.way[0]) / max(s.path_length, 1e-6), "<=", 0.75),
        ("turned_deg", abs(s.turned), "<=", 150),
        ("upright", _upright(s), ">=", 0.6), ("seconds", s.seconds, ">=", 1.5),
    )  # fmt: skip


def _runs_of_speed(s: Signals, joint: str, least: float) -> list[tuple[int, int]]:
    return runs(np.linalg.norm(s.speed(s.smooth(s[joint], 0.04)), axis=-1) > least)
