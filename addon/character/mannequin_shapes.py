"""The mannequin's surfaces: lofts through rings, balls, weights along a chain. Only numpy.

Measures of the parts are in `mannequin_parts`, Blender meshes in `mannequin`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np

SHELL, JOINT = 0, 1  # material slots


@dataclass(frozen=True)
class Part:
    """A closed surface with weights.

    Attributes:
        vertices: (V, 3) metres, Blender axes.
        faces: (F, 4) vertex rows, counter-clockwise from outside; triangles repeat their last vertex.
        weights: bone name -> (V,) weight; they add up to one for every vertex.
        materials: (F,) material slot of each face.
    """

    vertices: np.ndarray
    faces: np.ndarray
    weights: dict[str, np.ndarray]
    materials: np.ndarray

    def mirrored(self) -> Part:
        """The same part on the other side of the body, with left and right bones swapped."""
        weights = {swapped_side(name): values for name, values in self.weights.items()}
        flipped = self.faces[:, ::-1].copy()
        triangles = self.faces[:, 3] == self.faces[:, 2]  # reversed they would repeat their first vertex: a, a, b, c
        flipped[triangles] = self.faces[triangles][:, [2, 1, 0, 0]]
        return replace(self, vertices=self.vertices * (-1.0, 1.0, 1.0), faces=flipped, weights=weights)


def swapped_side(name: str) -> str:
    """``left_x`` for ``right_x`` and the other way round."""
    for side, other in (("left_", "right_"), ("right_", "left_")):
        if name.startswith(side):
            return other + name[len(side) :]
    return name


def smooth_rows(table: np.ndarray, at: np.ndarray) -> np.ndarray:
    """(N, C) rows of ``table`` (R, 1 + C), interpolated at ``at`` (N,) by the first column.

    Cubic Hermite with the slope of the neighbours (Catmull-Rom): a few rows give a smooth outline.
    """
    x, y = table[:, 0], table[:, 1:]
    slope = np.gradient(y, x, axis=0)
    row = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    width = (x[row + 1] - x[row])[:, None]
    t = np.clip((at - x[row]) / (x[row + 1] - x[row]), 0.0, 1.0)[:, None]
    first, second = y[row], y[row + 1]
    return (
        (2 * t**3 - 3 * t**2 + 1) * first
        + (t**3 - 2 * t**2 + t) * width * slope[row]
        + (-2 * t**3 + 3 * t**2) * second
        + (t**3 - t**2) * width * slope[row + 1]
    )


def loft(
    centres: np.ndarray,
    side: np.ndarray,
    front: np.ndarray,
    radii: np.ndarray,
    *,
    segments: int = 24,
    squareness: float = 2.0,
    weights: dict[str, np.ndarray] | str = "",
    materials: np.ndarray | int = SHELL,
) -> Part:
    """A surface through R rings, closed by a point in the middle of the first and last one.

    Args:
        centres: (R, 3).
        side, front: (3,) or (R, 3) unit axes of the rings, at right angles. side x front has to point from first to
        last ring. radii: (R, 3) to the side, to the front, and to the back. squareness: exponent of the superellipse;
        2 is an ellipse, larger is boxier. weights: (R,) weights of each ring by bone, or the name of the one bone all
        belongs to. materials: one slot for all, or (R - 1,) for the bands between the rings.
    """
    rings = len(centres)
    side, front = np.broadcast_to(side, (rings, 3)), np.broadcast_to(front, (rings, 3))
    cos, sin = _outline(segments, squareness)
    depth = np.where(sin >= 0, radii[:, 1:2], radii[:, 2:3])  # (R, S)
    ring = centres[:, None] + (radii[:, :1] * cos)[..., None] * side[:, None] + (depth * sin)[..., None] * front[:, None]
    vertices = np.concatenate([ring.reshape(-1, 3), centres[:1], centres[-1:]])
    bands_of = np.broadcast_to(materials, (rings - 1,))
    slots = np.concatenate([np.repeat(bands_of, segments), np.repeat(bands_of[[0, -1]], segments)])
    if isinstance(weights, str):
        weights = {weights: np.ones(rings)}
    spread = {name: np.concatenate([np.repeat(w, segments), w[[0, -1]]]) for name, w in weights.items()}
    return Part(vertices, _faces(rings, segments), spread, slots)


@functools.cache
def _outline(segments: int, squareness: float) -> tuple[np.ndarray, np.ndarray]:
    """(S,) cosine and sine of a superellipse."""
    angle = np.linspace(0.0, 2 * np.pi, segments, endpoint=False)
    cos, sin = (np.sign(f) * np.abs(f) ** (2.0 / squareness) for f in (np.cos(angle), np.sin(angle)))
    return cos, sin


@functools.cache
def _faces(rings: int, segments: int) -> np.ndarray:
    """(F, 4) bands from ring to ring, then the triangles that close the first and the last one.

    The array is cached and shared; never write to it.
    """
    here = np.arange(segments)
    after = (here + 1) % segments
    corners = np.stack([here, after, after + segments, here + segments], axis=1)  # between one ring and the next
    bands = (corners + segments * np.arange(rings - 1)[:, None, None]).reshape(-1, 4)
    first, last = rings * segments, rings * segments + 1
    top = (rings - 1) * segments
    start = np.stack([after, here, np.full(segments, first), np.full(segments, first)], axis=1)
    end = np.stack([top + here, top + after, np.full(segments, last), np.full(segments, last)], axis=1)
    return np.concatenate([bands, start, end])


def ball(centre: np.ndarray, radius: float | tuple[float, float, float], bone: str, slot: int = JOINT, segments: int = 20) -> Part:
    """A sphere or an ellipsoid about a joint."""
    radius = np.broadcast_to(radius, (3,))
    up = np.linspace(-np.pi / 2, np.pi / 2, segments // 2 + 1)[1:-1]
    centres = centre + np.outer(np.sin(up) * radius[2], (0.0, 0.0, 1.0))
    ring = np.cos(up)[:, None] * radius[[0, 1, 1]]
    part = loft(centres, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), ring, segments=segments, weights=bone, materials=slot)
    part.vertices[-2:] = centre + np.outer((-1.0, 1.0), (0.0, 0.0, radius[2]))
    return part


def limb(start: np.ndarray, end: np.ndarray, outline: np.ndarray, bone: str, *, rings: int = 9, **options) -> Part:
    """A rigid shell with rounded rims between two joints, as of an artist's mannequin.

    Args:
        start, end: (3,) the joints.
        outline: rows (place, side, front, back): place as a fraction of the way, radii in metres.
        bone: that carries it.
        rings: number along the way, without the rims.
        options: for `loft`.
    """
    axis = (end - start) / np.linalg.norm(end - start)
    front = np.array([0.0, -1.0, 0.0])
    front = front - axis * (front @ axis)
    front /= np.linalg.norm(front)
    side = np.cross(front, axis)  # side x front = axis
    places = np.linspace(outline[0, 0], outline[-1, 0], rings)
    places, radii = with_rims(places, smooth_rows(outline, places), np.linalg.norm(end - start))
    centres = start + places[:, None] * (end - start)
    return loft(centres, side, front, radii, weights=bone, **options)


def with_rims(places: np.ndarray, radii: np.ndarray, length: float, rim: float = 0.35) -> tuple[np.ndarray, np.ndarray]:
    """Places (R,) and radii (R, 3) with a quarter-round at both ends.

    It is ``rim`` times the end radius deep.
    """
    turn = np.radians([10.0, 30.0, 55.0, 80.0])
    out, around = [], []
    for row, direction in ((0, -1.0), (-1, 1.0)):
        depth = rim * radii[row].min()
        out.append(places[row] + direction * depth * np.sin(turn) / length)
        around.append(radii[row] - depth * (1 - np.cos(turn))[:, None])
    places = np.concatenate([out[0][::-1], places, out[1]])
    return places, np.concatenate([around[0][::-1], radii, around[1]])


def chain_weights(place: np.ndarray, bones: list[str], joints: list[float], blend: float) -> dict[str, np.ndarray]:
    """Weights (N,) of bones that follow each other along a line.

    Args:
        place: (N,) where on the line.
        bones: names in order.
        joints: where each bone but the first begins.
        blend: half the length over which one bone hands over to the next.
    """
    reached = [np.ones_like(place)]
    for joint in joints:
        t = np.clip((place - joint + blend) / (2 * blend), 0.0, 1.0)
        reached.append(t * t * (3 - 2 * t))
    reached.append(np.zeros_like(place))
    return {bone: reached[i] - reached[i + 1] for i, bone in enumerate(bones)}
