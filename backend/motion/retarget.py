"""From any named source rig to the default SMPL-X body.

World orientations come from the source bones through the constant axes of `alignment`; limbs are then pointed the small rest of the
way onto the source's own joint-to-joint directions, which also serves rigs whose feet hang from the root instead of the shins.
Spines and necks with another number of bones are interpolated. The root is scaled by leg length; its height is moved by one
constant per clip (`floor`). Fingers get the relaxed pose. Which bone is which is the rig map's business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from .alignment import bone_axes, level_soles, rotation_path, twist_axes
from .body import Body, default_body
from .floor import floor_height, lost_height
from .hands import relaxed_hands
from .hinges import mend_limbs
from .motion import Motion
from .rig import CHAINS, RigMap, SourceClip
from .rotations import angle_between, shortest_turn
from .skeleton import INDEX, NUM_BODY, PARENTS, J

LIMBS = tuple(
    (f"{side}_{joint}", f"{side}_{child}")
    for side in ("left", "right")
    for joint, child in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"))
)
Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])  # (x, y, z) with Z up to Y up


@dataclass(frozen=True)
class Retargeted:
    """A retargeted clip and what was measured on the way.

    Attributes:
        motion: on the floor, at the origin, facing +Z at frame 0.
        scale: source units to metres of the default body, by leg length.
        direction_error: mean angle, degrees, between source and target arm and leg bones.
        bone_error: the same before the limbs were swung: how far the rig's rest pose and its motion disagree.
        mended: joint frames whose twist was lost in the source and repaired (`hinges`).
        floor: height of the floor that was subtracted, metres.
        source_feet: (T, 4, 3) source ankles and balls in target metres and placement, for measuring skate (balls may
            be NaN).
    """

    motion: Motion
    scale: float
    direction_error: float
    bone_error: float
    mended: int
    floor: float
    source_feet: np.ndarray


def retarget(clip: SourceClip, rig: RigMap, found: dict[str, tuple[int, ...]], body: Body | None = None) -> Retargeted:
    """Move ``clip`` to the default body, at the clip's frame rate.

    ``found`` is `rig.resolve(clip.names)`."""
    body = body or default_body()
    at = _joint_positions(clip, rig, found)
    world = world_orientations(clip, rig, found, body)
    bone_error = _point_limbs(world, at, body)
    mended = mend_limbs(world, body)
    scale = body.leg_length / _leg_length(at)
    local = _local(world)

    hips = (at["left_hip"] + at["right_hip"]) / 2 * scale
    own = (body.offsets[INDEX["left_hip"]] + body.offsets[INDEX["right_hip"]]) / 2
    pelvis = hips - world[:, 0] @ own
    quaternions = np.zeros((len(clip), J, 4), dtype=np.float32)
    quaternions[..., 3] = 1.0
    quaternions[:, :NUM_BODY] = Rotation.from_matrix(local.reshape(-1, 3, 3)).as_quat().reshape(len(clip), NUM_BODY, 4)
    quaternions[:, 25:] = relaxed_hands()
    motion = Motion(_continuous(quaternions), pelvis.astype(np.float32), clip.fps)

    where = motion.positions()
    lost = lost_height(at["pelvis"] * scale, where, body)
    if lost is not None:
        motion = Motion(motion.rotations, motion.pelvis - _vertical(lost), clip.fps)
        where = motion.positions()
    floor = floor_height(where, clip.fps, body)
    feet = np.full((len(clip), 4, 3), np.nan)
    for i, joint in enumerate(("left_ankle", "right_ankle", "left_foot", "right_foot")):
        if joint in at:
            feet[:, i] = at[joint] * scale - [0.0, floor, 0.0]
    motion = Motion(motion.rotations, motion.pelvis - _vertical(np.full(len(clip), floor)), clip.fps)
    return Retargeted(motion.placed_at_origin(), scale, _direction_error(where, at), bone_error, mended, floor, feet)


def world_orientations(clip: SourceClip, rig: RigMap, found: dict[str, tuple[int, ...]], body: Body) -> np.ndarray:
    """World orientations (T, 22, 3, 3) of the target joints as the source bones turn them.

    Limbs are not pointed and twist is not mended yet."""
    at = _joint_positions(clip, rig, found)
    rotations = Z_UP @ clip.rotations if rig.up == "Z" else clip.rotations
    axes = twist_axes(rig.axes or bone_axes(*_upright_rest(clip, rig), found, rig, body), rig.twist, body)
    turned = {}
    for joint, hits in found.items():
        for k, source in enumerate(hits):
            turned[f"{joint}.{k}" if joint in CHAINS else joint] = rotations[:, source]
    axes = axes | level_soles(axes, turned, at, body.leg_length / _leg_length(at), clip.fps)
    return _driven({name: turned[name] @ axes[name] for name in turned if name in axes})


def _joint_positions(clip: SourceClip, rig: RigMap, found: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """(T, 3) of each mapped joint in source units, Y up."""
    positions = clip.positions @ Z_UP.T if rig.up == "Z" else clip.positions
    return {joint: positions[:, hits[0]] for joint, hits in found.items()}


def _upright_rest(clip: SourceClip, rig: RigMap) -> tuple[np.ndarray, np.ndarray]:
    if rig.up == "Z":
        return clip.rest_positions @ Z_UP.T, Z_UP @ clip.rest_rotations
    return clip.rest_positions, clip.rest_rotations


def _vertical(heights: np.ndarray) -> np.ndarray:
    return np.stack([np.zeros_like(heights), heights, np.zeros_like(heights)], axis=-1).astype(np.float32)


def _leg_length(at: dict[str, np.ndarray]) -> float:
    """Hip to ankle along the bones in source units: the mean of both legs' medians over time."""
    total = 0.0
    for side in ("left", "right"):
        for upper, lower in (("hip", "knee"), ("knee", "ankle")):
            total += np.median(np.linalg.norm(at[f"{side}_{upper}"] - at[f"{side}_{lower}"], axis=-1))
    return float(max(total / 2, 1e-6))


def _driven(turned: dict[str, np.ndarray]) -> np.ndarray:
    """World orientations (T, 22, 3, 3) of the target from those of the mapped bones.

    Unmapped joints follow their parent."""
    frames = len(turned["pelvis"])
    world = np.tile(np.eye(3), (frames, NUM_BODY, 1, 1))
    known = {INDEX[name] for name in turned if name in INDEX}
    for joint in known:
        world[:, joint] = turned[next(name for name in turned if INDEX.get(name) == joint)]
    spine = [turned["pelvis"], *(turned[name] for name in sorted(n for n in turned if n.startswith("spine.")))]
    for k, name in enumerate(("spine1", "spine2", "spine3"), start=1):
        world[:, INDEX[name]] = _along(spine, k / 3)
    necks = [turned[name] for name in sorted(n for n in turned if n.startswith("neck."))]
    chest, head = world[:, INDEX["spine3"]], turned["head"]
    # a single neck bone drives the neck; two are met half way; with none the head's turn is shared
    world[:, INDEX["neck"]] = _along(necks, 0.5) if necks else rotation_path(chest, head)(0.5)
    known |= {INDEX[name] for name in ("spine1", "spine2", "spine3", "neck")}
    for joint in range(1, NUM_BODY):
        if joint not in known:
            world[:, joint] = world[:, PARENTS[joint]]
    return world


def _along(chain: list[np.ndarray], u: float) -> np.ndarray:
    """Orientation (T, 3, 3) at fraction u of a chain, interpolated between neighbours."""
    place = u * (len(chain) - 1)
    low = min(int(place), max(len(chain) - 2, 0))
    if len(chain) == 1 or place == low:
        return chain[low]
    return rotation_path(chain[low], chain[low + 1])(place - low)


def _point_limbs(world: np.ndarray, at: dict[str, np.ndarray], body: Body) -> float:
    """Point arm and leg bones in place along the source's directions.

    Returns the mean angle, degrees, that this took."""
    angles = []
    for joint, child in LIMBS:
        own = world[:, INDEX[joint]] @ body.offsets[INDEX[child]]
        target = at[child] - at[joint]
        angles.append(angle_between(own, target))
        world[:, INDEX[joint]] = shortest_turn(own, target) @ world[:, INDEX[joint]]
    return float(np.degrees(np.mean(angles)))


def _local(world: np.ndarray) -> np.ndarray:
    local = world.copy()
    for joint in range(1, NUM_BODY):
        local[:, joint] = world[:, PARENTS[joint]].transpose(0, 2, 1) @ world[:, joint]
    return local


def _continuous(quaternions: np.ndarray) -> np.ndarray:
    """The same rotations, signs chosen so that neighbours in time are in one half of the sphere."""
    flips = np.sign((quaternions[1:] * quaternions[:-1]).sum(-1))
    flips = np.concatenate([np.ones_like(flips[:1]), np.where(flips == 0, 1, flips)])
    return quaternions * np.cumprod(flips, axis=0)[..., None].astype(np.float32)


def _direction_error(where: np.ndarray, at: dict[str, np.ndarray]) -> float:
    pairs = [(where[:, INDEX[c]] - where[:, INDEX[j]], at[c] - at[j]) for j, c in LIMBS]
    return float(np.degrees(np.mean([angle_between(a, b) for a, b in pairs])))
