"""The stage around a keyed character: checkered floor, sun, and a camera that follows.

Knows only an armature with a `pelvis` bone and its meshes; how the keys got there is not its business. Blender space
throughout: Z up, metres, a character at rest faces -Y.
"""

from __future__ import annotations

import math

import bpy
import numpy as np
from mathutils import Vector

TILE = 0.5  # metres: a foot that slides can be read off the floor
FLOOR_MARGIN = 9.0  # metres of floor around the path: tiles further away are smaller than a pixel and would flicker
AZIMUTH, ELEVATION = math.radians(38), math.radians(9)  # of the camera, from straight in front of a character at rest
FOLLOW_SECONDS = 0.6  # standard deviation of the smoothing of the camera's path
LENS, SENSOR = 50.0, 24.0  # mm; the height of the sensor is fixed, so that stills and film frame alike
FLOOR_COLOURS = ((0.86, 0.88, 0.92, 1.0), (0.66, 0.69, 0.74, 1.0))
BACKGROUND = (0.50, 0.52, 0.56)


def joint_paths(scene: bpy.types.Scene, armature: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """Play the scene; return (T, N, 3) joints and the (T, 3) pelvis, in world space."""
    frames = range(scene.frame_start, scene.frame_end + 1)
    pelvis = armature.pose.bones["pelvis"]
    bones = [pelvis, *pelvis.children_recursive]  # not the root above it, which stays where the character was made
    heads = np.empty((len(frames), len(bones), 3))
    for row, frame in enumerate(frames):
        scene.frame_set(frame)
        heads[row] = [armature.matrix_world @ bone.head for bone in bones]
    return heads, heads[:, 0]


def add_floor(scene: bpy.types.Scene, heads: np.ndarray) -> bpy.types.Object:
    """Add a checkered floor at z = 0 under the whole path. ``heads`` is (T, N, 3)."""
    low = np.floor((heads[..., :2].min(axis=(0, 1)) - FLOOR_MARGIN) / TILE).astype(int)
    high = np.ceil((heads[..., :2].max(axis=(0, 1)) + FLOOR_MARGIN) / TILE).astype(int)
    columns, rows = (high - low + 1).tolist()
    corners = [((low[0] + x) * TILE, (low[1] + y) * TILE, 0.0) for y in range(rows) for x in range(columns)]
    tiles = [(x, y) for y in range(rows - 1) for x in range(columns - 1)]
    faces = [(y * columns + x, y * columns + x + 1, (y + 1) * columns + x + 1, (y + 1) * columns + x) for x, y in tiles]
    mesh = bpy.data.meshes.new("Floor")
    mesh.from_pydata(corners, [], faces)
    mesh.polygons.foreach_set("material_index", [(x + y) % 2 for x, y in tiles])
    for number, colour in enumerate(FLOOR_COLOURS):
        mesh.materials.append(_material(f"Floor {number + 1}", colour))
    floor = bpy.data.objects.new("Floor", mesh)
    floor.display.show_shadows = False  # it throws none, and Workbench would spend half its time finding out
    scene.collection.objects.link(floor)
    return floor


def add_light(scene: bpy.types.Scene) -> None:
    """Add a soft sun over the camera's left shoulder and a plain sky.

    Workbench uses neither; EEVEE and Cycles do.
    """
    sun = bpy.data.lights.new("Sun", "SUN")
    sun.energy, sun.angle = 3.0, math.radians(12)
    holder = bpy.data.objects.new("Sun", sun)
    holder.rotation_euler = (math.radians(48), 0.0, math.radians(-70))
    scene.collection.objects.link(holder)
    world = bpy.data.worlds.new("Sky")
    world.color = BACKGROUND  # what Workbench paints
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (*BACKGROUND, 1.0)
    scene.world = world


def add_camera(scene: bpy.types.Scene, heads: np.ndarray, pelvis: np.ndarray) -> bpy.types.Object:
    """Add a camera that follows from three quarters in front and sees every joint.

    Args:
        heads: (T, N, 3) joints; pelvis: (T, 3); both metres, world.
    """
    fps = scene.render.fps / scene.render.fps_base
    target = _smoothed(pelvis, FOLLOW_SECONDS * fps)
    # One height for the whole shot: following a jump or a squat would hide it.
    low, high = -0.12, max(float(heads[..., 2].max()) + 0.2, 1.85)
    target[:, 2] = (low + high) / 2
    reach = float(np.linalg.norm((heads - target[:, None])[..., :2], axis=-1).max()) + 0.15
    half_height = math.atan(SENSOR / 2 / LENS)
    half_width = math.atan(math.tan(half_height) * scene.render.resolution_x / scene.render.resolution_y)
    distance = max((high - low) / 2 / math.tan(half_height), reach / math.tan(half_width)) + min(reach, 0.4)

    backwards = Vector((-math.sin(AZIMUTH), -math.cos(AZIMUTH), math.tan(ELEVATION))).normalized()
    data = bpy.data.cameras.new("Camera")
    data.lens, data.sensor_fit, data.sensor_height = LENS, "VERTICAL", SENSOR
    camera = bpy.data.objects.new("Camera", data)
    camera.rotation_euler = backwards.to_track_quat("Z", "Y").to_euler()
    scene.collection.objects.link(camera)
    for row, place in enumerate(target):
        camera.location = Vector(place) + backwards * distance
        camera.keyframe_insert("location", frame=scene.frame_start + row)
    scene.camera = camera
    return camera


def set_workbench(scene: bpy.types.Scene) -> None:
    """Draw with Workbench: it needs no GPU and shows form and shadow clearly."""
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.render.film_transparent = False
    scene.display.render_aa = "5"
    scene.display.light_direction = Vector((-0.45, 0.35, 0.82)).normalized()
    scene.display.shadow_focus = 0.9
    shading = scene.display.shading
    shading.light, shading.studio_light, shading.color_type = "STUDIO", "paint.sl", "MATERIAL"
    shading.show_shadows, shading.shadow_intensity = True, 0.45
    scene.view_settings.view_transform = "Standard"


def prepare_for_opening(scene: bpy.types.Scene, armature: bpy.types.Object) -> None:
    """Make the saved file complete: sound packed, first frame, views through the camera."""
    for sound in bpy.data.sounds:
        if sound.packed_file is None:
            sound.pack()
    for screen in bpy.data.screens:
        for area in screen.areas:
            if area.type == "VIEW_3D":
                area.spaces.active.region_3d.view_perspective = "CAMERA"
    bpy.context.view_layer.objects.active = armature
    scene.sync_mode = "AUDIO_SYNC"
    scene.frame_set(scene.frame_start)


def _material(name: str, colour: tuple[float, float, float, float]) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.diffuse_color = colour
    material.roughness = 0.7
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = colour
    shader.inputs["Roughness"].default_value = 0.7
    return material


def _smoothed(path: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian smoothing of (T, 3) over frames; the ends stand still beyond the motion."""
    half = math.ceil(3 * sigma)
    weights = np.exp(-0.5 * (np.arange(-half, half + 1) / max(sigma, 1e-6)) ** 2)
    padded = np.pad(path, ((half, half), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, weights / weights.sum(), mode="valid") for column in padded.T], axis=1)
