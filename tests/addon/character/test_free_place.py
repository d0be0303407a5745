"""A new character stands beside what is there, not in it."""

from __future__ import annotations

import numpy as np
import pytest
from mathutils import Vector


def box(blender, place, size=2.0, height=None):
    """A box that stands around a place, like Blender's default cube."""
    blender.ops.mesh.primitive_cube_add(size=1.0, location=place, scale=(size, size, size if height is None else height))
    blender.context.view_layer.update()
    return blender.context.object


def bounds(thing):
    corners = np.array([thing.matrix_world @ Vector(corner) for corner in thing.bound_box])
    return corners.min(axis=0), corners.max(axis=0)


def create(blender, scene):
    assert blender.ops.voice_to_motion.create_character() == {"FINISHED"}
    blender.context.view_layer.update()
    return scene.voice_to_motion.character


def apart(one, other) -> bool:
    (low, high), (other_low, other_high) = bounds(one), bounds(other)
    return bool((high < other_low).any() or (other_high < low).any())


def test_at_the_cursor_where_nothing_stands(blender, scene):
    scene.cursor.location = (1.0, 2.0, 0.5)
    assert create(blender, scene).location == scene.cursor.location


@pytest.mark.parametrize(("place", "size", "height"), [
    ((0, 0, 0), 2.0, 2.0), ((0, 0, 0), 6.0, 3.0), ((0.9, 0, 1), 1.0, 1.0), ((0, -1.0, 1), 0.5, 4.0), ((0, 0, 1.5), 0.3, 0.3),
])  # fmt: skip
def test_beside_what_stands_at_the_cursor(blender, scene, place, size, height):
    there = box(blender, place, size, height)
    character = create(blender, scene)
    assert apart(character, there) and character.location.z == 0.0
    assert character.location.length < size + 2.0, "not farther than needed"


def test_the_way_ahead_is_free(blender, scene):
    there = box(blender, (0, 0, 0))
    place = create(blender, scene).location
    low, high = bounds(there)
    assert place.y < low[1] or abs(place.x) > high[0], "it would walk into the cube"


def test_several_stand_beside_each_other(blender, scene):
    found = [create(blender, scene) for _ in range(4)]
    assert all(apart(one, other) for one in found for other in found if one != other)


def test_floors_and_what_is_hidden_do_not_count(blender, scene):
    box(blender, (0, 0, -0.05), 30.0, 0.1)
    blender.ops.mesh.primitive_plane_add(size=40.0)
    box(blender, (0, 0, 1)).hide_set(True)
    assert create(blender, scene).location == Vector()


def test_in_a_room_it_stands_at_the_cursor(blender, scene):
    box(blender, (0, 0, 0), 60.0)
    assert create(blender, scene).location == Vector()
