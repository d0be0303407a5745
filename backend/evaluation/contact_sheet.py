"""A picture of motions: poses spread over time, and the path from above.

Left limbs are warm, right limbs cold; distant limbs are paler. Drawn with matplotlib's Agg canvas, without a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from scipy.spatial.transform import Rotation

from ..motion.motion import Motion
from ..motion.skeleton import INDEX

INK, PAPER, FLOOR = "#2b2d33", "#ffffff", "#d9dce1"
TRUNK, LEFT, RIGHT, SKIN = (0.42, 0.44, 0.48), (0.91, 0.45, 0.18), (0.16, 0.46, 0.76), (0.86, 0.66, 0.52)
VIEWS = {  # yaw and elevation of the camera, degrees
    "three-quarter": (-35.0, 12.0),
    "side": (-90.0, 4.0),
    "front": (0.0, 4.0),
}
COLUMN = 1.35  # metres of width that a pose gets

# from joint, to joint, radius in metres, colour
BONES = (
    ("pelvis", "spine2", 0.105, TRUNK), ("spine2", "spine3", 0.115, TRUNK), ("spine3", "neck", 0.085, TRUNK),
    ("neck", "head", 0.05, SKIN),
    *((f"{s}_{a}", f"{s}_{b}", r, c) for s, c in (("left", LEFT), ("right", RIGHT)) for a, b, r in (
        ("collar", "shoulder", 0.06), ("shoulder", "elbow", 0.047), ("elbow", "wrist", 0.037),
        ("wrist", "middle2", 0.033),
        ("hip", "knee", 0.07), ("knee", "ankle", 0.05), ("ankle", "foot", 0.04), ("foot", "toe", 0.033))),
)  # fmt: skip


def contact_sheet(
    motions: Motion | Sequence[Motion],
    path: Path | str,
    poses: int = 8,
    titles: Sequence[str] = (),
    view: str = "three-quarter",
) -> None:
    """Write a picture with one row a motion; the suffix of ``path`` decides: png, pdf, svg.

    Args:
        motions: one motion or several.
        poses: how many poses, spread evenly from the first frame to the last.
        titles: one line of text above each row; may be shorter than the motions.
        view: "three-quarter", "side" or "front", as seen at the heading of frame 0.
    """
    rows = [motions] if isinstance(motions, Motion) else list(motions)
    if not rows or poses < 1 or view not in VIEWS:
        raise ValueError(
            f"nothing to draw: {len(rows)} motions, {poses} poses, view '{view}' (one of {', '.join(VIEWS)})"
        )
    heights = [_row_height(motion) for motion in rows]
    width, scale = 1.5 * poses + 2.4, 1.5 / COLUMN  # inches, inches a metre
    figure = Figure(figsize=(width, sum(heights) * scale), facecolor=PAPER, dpi=100)
    canvas = FigureCanvasAgg(figure)
    top = 1.0
    for i, (motion, height) in enumerate(zip(rows, heights, strict=True)):
        share = height / sum(heights)
        axes = figure.add_axes((0.0, top - share, 1.5 * poses / width, share))
        _draw_poses(axes, motion, poses, height, view, 72 * scale)
        plan = figure.add_axes((1.5 * poses / width + 0.012, top - share * 0.9, 2.1 / width, share * 0.78))
        _draw_plan(plan, motion)
        if i < len(titles):
            figure.text(0.008, top - 0.10 * scale / figure.get_figheight(), titles[i], va="top", fontsize=10, color=INK)
        top -= share
    canvas.print_figure(str(path), facecolor=PAPER)


def _row_height(motion: Motion) -> float:
    positions = motion.positions()
    tallest = max(float(positions[:, INDEX["head"], 1].max()) + 0.22, float(positions[..., 1].max()) + 0.08)
    return max(tallest, 1.2) + 0.65


def _draw_poses(axes, motion: Motion, poses: int, height: float, view: str, points: float) -> None:
    frames = np.unique(np.linspace(0, len(motion) - 1, poses).round().astype(int))
    where, turned = motion.positions(), motion.global_rotations()
    camera = _camera(motion, view)
    axes.set(xlim=(0, poses * COLUMN), ylim=(height - 0.35 - height, height - 0.35))
    axes.set_axis_off()
    axes.axhspan(-1, 0.0, color="#f3f4f6", zorder=0)
    axes.axhline(0, color=FLOOR, lw=1, zorder=1)
    lines, colours, widths = [], [], []
    for column, frame in enumerate(frames):
        segments = _segments(where[frame], turned[frame])
        middle = where[frame, 0] * [1, 0, 1]
        ends = np.array([[a - middle, b - middle] for a, b, _, _ in segments]) @ camera.T
        ends[..., 0] += (column + 0.5) * COLUMN
        depth = ends[..., 2].mean(axis=1)
        _shadow(axes, where[frame], middle, camera, (column + 0.5) * COLUMN)
        for k in np.argsort(depth):  # far first
            _, _, radius, colour = segments[k]
            paler = np.clip(0.5 - depth[k] / 0.8, 0, 1) * 0.38
            shade = tuple(np.array(colour) * (1 - paler) + paler)
            for grow, paint in ((0.022, tuple(np.array(shade) * 0.55)), (0.0, shade)):
                lines.append(ends[k, :, :2])
                colours.append(paint)
                widths.append((2 * radius + grow) * points)
        axes.text(
            (column + 0.5) * COLUMN, -0.27, f"{frame / motion.fps:.1f} s", ha="center", fontsize=8, color="#7a7f87"
        )
    axes.add_collection(LineCollection(lines, colors=colours, linewidths=widths, capstyle="round", zorder=3))


def _segments(where: np.ndarray, turned: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, float, tuple]]:
    """Thick line segments of one pose in world space."""
    extra = {}
    for side in ("left", "right"):
        foot = INDEX[f"{side}_foot"]
        extra[f"{side}_toe"] = where[foot] + Rotation.from_quat(turned[foot]).apply([0.0, 0.0, 0.06])
    head = Rotation.from_quat(turned[INDEX["head"]])

    def at(name: str) -> np.ndarray:
        return extra[name] if name in extra else where[INDEX[name]]

    out = [(at(a), at(b), radius, colour) for a, b, radius, colour in BONES]
    out += [(at("left_hip"), at("right_hip"), 0.085, TRUNK), (at("left_collar"), at("right_collar"), 0.075, TRUNK)]
    crown = at("head") + head.apply([0.0, 0.09, 0.015])
    out.append((at("head") + head.apply([0.0, 0.04, 0.01]), crown, 0.085, SKIN))
    nose = head.apply([0.0, 0.045, 0.1])
    out.append((at("head") + nose, at("head") + nose * 1.12, 0.016, (0.75, 0.4, 0.3)))
    return out


def _shadow(axes, where: np.ndarray, middle: np.ndarray, camera: np.ndarray, offset: float) -> None:
    low = where[[INDEX[n] for n in ("left_ankle", "left_foot", "right_ankle", "right_foot")]] * [1, 0, 1]
    flat = (low - middle) @ camera.T
    axes.plot(flat[:, 0] + offset, flat[:, 1], "o", ms=7, mew=0, color="#c3c8d0", alpha=0.7, zorder=2)


def _draw_plan(axes, motion: Motion) -> None:
    """The pelvis' path from above: start at the dot, a tick for where it faces."""
    x, z = motion.pelvis[:, 0], motion.pelvis[:, 2]
    axes.plot(x, z, color=INK, lw=1.4)
    axes.plot(x[0], z[0], "o", ms=5, color=INK)
    every = np.unique(np.linspace(0, len(x) - 1, 9).round().astype(int))
    heading = motion.headings()[every]
    reach = max(np.ptp(x), np.ptp(z), 1.0)
    axes.quiver(
        x[every], z[every], np.sin(heading), np.cos(heading), color="#e07a3f", scale=11, width=0.012, headwidth=4
    )
    axes.set_aspect("equal")
    centre = ((x.max() + x.min()) / 2, (z.max() + z.min()) / 2)
    axes.set(
        xlim=(centre[0] + reach * 0.65, centre[0] - reach * 0.65),
        ylim=(centre[1] - reach * 0.65, centre[1] + reach * 0.65),
    )
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(FLOOR)
    axes.set_title(f"from above, {reach * 1.3:.1f} m wide", fontsize=7, color="#7a7f87", pad=2)


def _camera(motion: Motion, view: str) -> np.ndarray:
    """Rows: right, up and towards the viewer (3, 3), fixed at frame 0's heading."""
    yaw, elevation = np.radians(VIEWS[view])
    yaw += float(motion.headings()[0])
    towards = np.array([np.sin(yaw) * np.cos(elevation), np.sin(elevation), np.cos(yaw) * np.cos(elevation)])
    right = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    return np.stack([right, np.cross(towards, right), towards])
