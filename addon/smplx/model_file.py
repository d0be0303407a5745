"""Reading an SMPL-X model file, such as `SMPLX_NEUTRAL.npz`, in steps. Needs only numpy.

Nothing in it is trusted, and pickles are refused. Read are v_template (V, 3), f (F, 3), weights (V, 55), J_regressor (55, V),
shapedirs (V, 3, S), kintree_table (2, 55), and on demand posedirs (V, 3, 486), which are as large as all others together. A file
has a hundred megabytes or more, so it is read by generators whose steps take some milliseconds each.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..motion.body import BodyData, default_body
from ..motion.npz import NpzError, read_in_steps

SHAPES, EXPRESSIONS = 10, 10
_SHAPE_SPACE = 300  # of files with 300 + 100 directions: expressions begin here; shorter files have 10 + 10
_MOST_VERTICES = 50_000
_WANTED = {
    "v_template": ("f", 2 * 2**20),
    "f": ("iu", 2 * 2**20),
    "weights": ("f", 24 * 2**20),
    "J_regressor": ("f", 24 * 2**20),
    "shapedirs": ("f", 256 * 2**20),
    "kintree_table": ("iu", 4096),
}
_POSE_WANTED = {"posedirs": ("f", 256 * 2**20)}
_NUMBERS = 1 << 19  # checked in one step
_ADVICE = "Take the .npz of SMPL-X v1.1 from its website."


class ModelFileError(Exception):
    """The file is no usable SMPL-X model. The text is one or two sentences for the user."""


@dataclass(frozen=True)
class SmplxModel:
    """A body model in SMPL-X space: Y up, facing +Z, metres.

    V vertices, F triangles, J = 55 joints, S betas, E expressions.

    Attributes:
        vertices: (V, 3) the mean body.
        faces: (F, 3).
        weights: (V, J) linear blend skinning, rows sum to 1.
        joint_regressor: (J, V).
        shapes: (V, 3, S) what each beta adds; expressions: (V, 3, E).
    """

    vertices: np.ndarray
    faces: np.ndarray
    weights: np.ndarray
    joint_regressor: np.ndarray
    shapes: np.ndarray
    expressions: np.ndarray

    def joints(self, betas: np.ndarray | None = None) -> np.ndarray:
        """(J, 3) joints of the body with these betas."""
        shaped = self.vertices if betas is None else self.vertices + self.shapes @ betas
        return self.joint_regressor @ shaped

    def joint_shapes(self) -> np.ndarray:
        """(J, 3, S) how joints move with each beta: they are linear in them."""
        return np.tensordot(self.joint_regressor, self.shapes, axes=1)


def load_model(path: Path) -> Generator[None, None, SmplxModel]:
    """Read and check a model file in steps; the last returns the model.

    Raises:
        ModelFileError: missing, no SMPL-X model, or holding pickled objects.
    """
    arrays = yield from _read(path, _WANTED)
    yield from _check(path.name, arrays)
    shapedirs = arrays["shapedirs"]
    count = shapedirs.shape[2]
    first = _SHAPE_SPACE if count > _SHAPE_SPACE else SHAPES
    return SmplxModel(
        vertices=arrays["v_template"].astype(np.float64),
        faces=arrays["f"].astype(np.int32),
        weights=arrays["weights"].astype(np.float64),
        joint_regressor=arrays["J_regressor"].astype(np.float64),
        shapes=shapedirs[:, :, :SHAPES].astype(np.float64),
        expressions=shapedirs[:, :, first : first + EXPRESSIONS].astype(np.float64),
    )


def load_pose_directions(path: Path) -> Generator[None, None, np.ndarray]:
    """Read the pose correctives in steps; the last returns (486, V, 3) in single precision.

    There are nine directions for each joint below the pelvis. They are put one after the other, as shape keys need them: in
    the file's order, the numbers of one are spread over a hundred megabytes.

    Raises:
        ModelFileError: as `load_model`.
    """
    directions = (yield from _read(path, _POSE_WANTED))["posedirs"]
    joints = len(default_body().names) - 1
    if directions.ndim != 3 or directions.shape[1:] != (3, joints * 9) or not 0 < len(directions) <= _MOST_VERTICES:
        raise ModelFileError(f"{path.name} has pose correctives of another size than SMPL-X's. {_ADVICE}")
    yield from _refuse_not_finite(path.name, directions)
    ordered = np.empty((joints * 9, len(directions), 3), np.float32)
    for first in range(0, len(ordered), 8):  # eight numbers are a line of the processor's cache
        ordered[first : first + 8] = np.moveaxis(directions[:, :, first : first + 8], 2, 0)
        yield
    return ordered


def _read(path: Path, wanted: dict[str, tuple[str, int]]) -> Generator[None, None, dict[str, np.ndarray]]:
    try:
        with path.open("rb") as stream:
            arrays = yield from read_in_steps(stream, wanted)
    except OSError as error:
        raise ModelFileError(f"{path.name} cannot be read: {error.strerror}.") from error
    except NpzError as error:
        raise ModelFileError(f"{path.name} cannot be used, because {error}. {_ADVICE}") from error
    missing = [name for name in wanted if name not in arrays]
    if missing:
        raise ModelFileError(f"{path.name} is no SMPL-X model: it lacks {', '.join(missing)}. {_ADVICE}")
    return arrays


def _check(name: str, arrays: dict[str, np.ndarray]) -> Generator[None, None, None]:
    body = default_body()
    joints = len(body.names)
    template, weights, regressor = arrays["v_template"], arrays["weights"], arrays["J_regressor"]
    vertices = len(template)
    right = (
        template.ndim == 2 and template.shape[1:] == (3,) and 0 < vertices <= _MOST_VERTICES
        and weights.shape == (vertices, joints) and regressor.shape == (joints, vertices)
        and arrays["f"].ndim == 2 and arrays["f"].shape[1:] == (3,) and len(arrays["f"]) > 0
        and arrays["shapedirs"].ndim == 3 and arrays["shapedirs"].shape[:2] == (vertices, 3)
        and arrays["shapedirs"].shape[2] >= SHAPES + EXPRESSIONS and arrays["kintree_table"].shape == (2, joints)
    )  # fmt: skip
    if not right:
        raise ModelFileError(f"{name} has arrays of other sizes than an SMPL-X model with {joints} joints. {_ADVICE}")
    if int(arrays["f"].min()) < 0 or int(arrays["f"].max()) >= vertices:
        raise ModelFileError(f"{name} has faces of vertices that do not exist.")
    if tuple(arrays["kintree_table"][0][1:].tolist()) != body.parents[1:]:
        raise ModelFileError(f"{name} has another hierarchy of joints than SMPL-X. {_ADVICE}")
    for key in ("v_template", "weights", "J_regressor", "shapedirs"):
        yield from _refuse_not_finite(name, arrays[key])
    if not np.allclose(weights.sum(axis=1), 1.0, atol=1e-3) or weights.min() < -1e-6:
        raise ModelFileError(f"{name} has skinning weights that do not add up to 1.")


def _refuse_not_finite(name: str, array: np.ndarray) -> Generator[None, None, None]:
    flat = array.ravel(order="K")  # in the order of memory: a view
    for first in range(0, flat.size, _NUMBERS):
        if not np.isfinite(flat[first : first + _NUMBERS]).all():
            raise ModelFileError(f"{name} contains numbers that are not finite.")
        yield


def standing_body(joints: np.ndarray, lowest: float) -> BodyData:
    """A skeleton with these (J, 3) joints, whose lowest vertex, at ``lowest``, is on the floor."""
    body = default_body()
    offsets = joints.copy()
    offsets[1:] -= joints[list(body.parents[1:])]
    return BodyData(body.names, body.parents, offsets, float(joints[0, 1] - lowest))
