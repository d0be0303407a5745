"""A place for a new character: at the 3D cursor, or beside what stands there, in view."""

from __future__ import annotations

from collections.abc import Callable

import bpy
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d, region_2d_to_origin_3d
from mathutils import Vector

STEP, FARTHEST, DIRECTIONS = 0.25, 8.0, 24  # metres between two rings, to the last ring; places on each
AHEAD = 2.0  # metres that should be free in front of it, where a first motion walks
GAP = 0.3  # metres between it and what is there
FLAT = 0.1  # metres: what is lower is a floor
SOLID = {"MESH", "CURVE", "SURFACE", "META", "FONT", "VOLUME", "CURVES", "POINTCLOUD", "ARMATURE"}
MARGIN = 30  # pixels of the viewport's edges in which nothing is seen well


def free_place(context: bpy.types.Context, armature: bpy.types.Object) -> Vector:
    """Where the armature, standing at the world's origin, should be put.

    The nearest to the 3D cursor of the places that are free, with a free way ahead, and seen; else of those that are free and
    seen, or free; at last the cursor itself.
    """
    cursor = np.array(context.scene.cursor.location)
    joints = np.array([end for bone in armature.data.bones for end in (bone.head_local, bone.tail_local)])
    low, high = joints.min(axis=0) - GAP, joints.max(axis=0) + GAP
    boxes = _boxes(context, armature, cursor)
    places = cursor + _offsets()
    places = places[~_meet(boxes, places + low, places + high)]
    heights, is_seen, second = joints[:, 2].max() * np.array([0.05, 0.5, 0.95]), _sight(context, boxes), None
    blocked = _meet(boxes, places + low - (0.0, AHEAD, 0.0), places + high)
    for place, is_blocked in zip(places, blocked, strict=True):
        if (second is None or not is_blocked) and is_seen(place, heights):
            if not is_blocked:
                return Vector(place)
            second = place
    found = [second] if second is not None else [*places[:1], cursor]
    return Vector(found[0])


def _offsets() -> np.ndarray:
    """From the cursor outwards, as array[P, 3]; on each ring, sides before front and back."""
    turns = 2.0 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    turns = turns[np.argsort(-np.abs(np.cos(turns)), kind="stable")]
    radii = np.arange(STEP, FARTHEST + STEP / 2, STEP)[:, None]
    ring = np.stack([radii * np.cos(turns), radii * np.sin(turns), np.zeros((len(radii), len(turns)))], axis=-1)
    return np.concatenate([np.zeros((1, 3)), ring.reshape(-1, 3)])


def _boxes(context: bpy.types.Context, armature: bpy.types.Object, cursor: np.ndarray) -> np.ndarray:
    """World bounding boxes of what stands near, visible and no floor.

    Returns:
        array[N, 2, 3]: lower and upper corners.
    """
    near = 2.0 * FARTHEST
    found = []
    for thing in context.visible_objects:
        if thing.type not in SOLID or armature in (thing, thing.parent):
            continue
        corners = np.array([thing.matrix_world @ Vector(corner) for corner in thing.bound_box])
        low, high = corners.min(axis=0), corners.max(axis=0)
        if high[2] - max(low[2], cursor[2]) > FLAT and (low < cursor + near).all() and (high > cursor - near).all():
            found.append((low, high))
    return np.array(found).reshape(-1, 2, 3)


def _meet(boxes: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether each of P boxes, given by their corners as arrays[P, 3], meets one of ``boxes``."""
    return ((boxes[:, 0] < high[:, None]) & (low[:, None] < boxes[:, 1])).all(axis=2).any(axis=1)


def _hides(boxes: np.ndarray, eye: np.ndarray, point: np.ndarray) -> bool:
    """Whether a box lies between the eye and a point; one that the eye is in does not count."""
    way = np.where(np.abs(point - eye) < 1e-9, 1e-9, point - eye)
    ends = (boxes - eye) / way  # [N, 2, 3] in shares of the way
    enter, leave = ends.min(axis=1).max(axis=1), ends.max(axis=1).min(axis=1)
    return bool(((enter < leave) & (enter > 0.0) & (enter < 1.0)).any())


def _sight(context: bpy.types.Context, boxes: np.ndarray) -> Callable[[np.ndarray, np.ndarray], bool]:
    """A function that tells of a place whether it is seen.

    That is, points above it, at the given heights, lie inside the viewport and behind nothing. Without a viewport, everything is
    seen.
    """
    areas = [context.area, *(context.screen.areas if context.screen is not None else ())]
    area = next((area for area in areas if area is not None and area.type == "VIEW_3D"), None)
    if area is None or bpy.app.background:
        return lambda place, heights: True
    regions = {region.type: region for region in area.regions}
    region, sidebar, data = regions["WINDOW"], regions.get("UI"), area.spaces.active.region_3d
    right = region.width - MARGIN
    if sidebar is not None and sidebar.width > 1:
        right = min(right, sidebar.x - region.x - MARGIN)

    def is_seen(place: np.ndarray, heights: np.ndarray) -> bool:
        for height in heights:
            point = np.append(place[:2], place[2] + height)
            on_screen = location_3d_to_region_2d(region, data, Vector(point))
            if on_screen is None or not (MARGIN < on_screen.x < right and MARGIN < on_screen.y < region.height - MARGIN):
                return False
            if _hides(boxes, np.array(region_2d_to_origin_3d(region, data, on_screen)), point):
                return False
        return True

    return is_seen
