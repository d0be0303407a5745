"""Joints and vertices of a motion on the user's SMPL-X body, by the package `smplx`.

The package and the model file are licensed for non-commercial research only. Neither is part of this program; both are loaded
when a body is asked for. The model file is read by our own reader, because `smplx` would run the pickles in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..errors import UserError
from ..packs.npz import NpzError, read_arrays
from ..packs.whole_files import npz_bytes, write_whole
from .body import default_body
from .motion import Motion
from .skeleton import BODY, PARENTS, J

BETAS = 10
LOWEST = 5.0  # percentile of the frames' lowest vertices that is put on the floor; a jump or one bad frame does not count
_BONE = 0.01  # metres that a bone may well differ from the default body's, as one beta may from 0
_FRAMES = 32  # at once: a megabyte each
_WANTED = {  # array -> (kinds of numbers, most bytes)
    "v_template": ("f", 2 * 2**20), "f": ("iu", 2 * 2**20), "weights": ("f", 24 * 2**20), "J_regressor": ("f", 24 * 2**20),
    "shapedirs": ("f", 256 * 2**20), "posedirs": ("f", 256 * 2**20), "kintree_table": ("iu", 4096),
}  # fmt: skip


@dataclass(frozen=True)
class BodyModel:
    """An SMPL-X model as tensors: Y up, facing +Z, metres; V vertices, J = 55 joints.

    Attributes:
        template: (V, 3) the mean body.
        shapes: (V, 3, 10) what each beta adds.
        pose_directions: (486, 3 V) what each element of the joints' rotation matrices adds; zeros where the file has none.
        regressor: (J, V) joints of vertices.
        weights: (V, J) of linear blend skinning.
        faces: (F, 3) triangles.
    """

    template: Tensor
    shapes: Tensor
    pose_directions: Tensor
    regressor: Tensor
    weights: Tensor
    faces: np.ndarray

    def joints_at_rest(self, betas: Tensor) -> Tensor:
        """(J, 3) joints of the rest pose in model space, of the body with betas (10,)."""
        return self.regressor @ (self.template + self.shapes @ betas)


@dataclass(frozen=True)
class BodyMotion:
    """A motion on a body in metres, Y up, feet on the floor.

    Joints (T, J, 3), vertices (T, V, 3) or None, and betas (10,).
    """

    joints: np.ndarray
    vertices: np.ndarray | None
    betas: np.ndarray
    faces: np.ndarray
    fps: float


def load_body_model(path: Path) -> BodyModel:
    """Read an SMPL-X model file, SMPLX_NEUTRAL.npz and the like.

    Raises:
        UserError: ``missing_package`` without `smplx`, ``bad_body_model`` where the file is none.
    """
    _skinning()
    try:
        with path.open("rb") as stream:
            arrays = read_arrays(stream, _WANTED)
    except (OSError, NpzError) as error:
        raise UserError("bad_body_model", f"The body model {path.name} cannot be read: {error}.") from error
    missing = sorted(_WANTED.keys() - arrays.keys() - {"posedirs"})
    if missing:
        raise UserError("bad_body_model", f"The body model {path.name} lacks {', '.join(missing)}.")
    V = len(arrays["v_template"])
    expected = {"v_template": (V, 3), "weights": (V, J), "J_regressor": (J, V), "kintree_table": (2, J)}
    pose_directions = arrays.get("posedirs", np.zeros((V, 3, 9 * (J - 1)), np.float32))
    shapes = arrays["shapedirs"]
    fits = all(arrays[name].shape == shape for name, shape in expected.items())
    fits = fits and shapes.ndim == 3 and shapes.shape[:2] == (V, 3) and shapes.shape[2] >= BETAS
    fits = fits and pose_directions.shape == (V, 3, 9 * (J - 1)) and arrays["f"].ndim == 2 and arrays["f"].max(initial=0) < V
    if not fits or tuple(arrays["kintree_table"][0, 1:].tolist()) != PARENTS[1:]:
        raise UserError("bad_body_model", f"The body model {path.name} has other sizes than an SMPL-X model.")
    numbers = (arrays["v_template"], shapes, pose_directions, arrays["J_regressor"], arrays["weights"])
    if not all(np.isfinite(array).all() for array in numbers):
        raise UserError("bad_body_model", f"The body model {path.name} contains numbers that are not finite.")
    directions = pose_directions.reshape(3 * V, -1).T
    arranged = (arrays["v_template"], shapes[:, :, :BETAS], directions, arrays["J_regressor"], arrays["weights"])
    tensors = (torch.from_numpy(np.ascontiguousarray(array, np.float32)) for array in arranged)
    return BodyModel(*tensors, faces=arrays["f"].astype(np.int32))


def fitted_betas(model: BodyModel) -> np.ndarray:
    """(10,) betas of the body nearest to the default body, for which motions are generated.

    The maximum a posteriori shape: bones of the 22 body joints differ from the default body's by 1 cm or so, betas from 0 by 1.
    """
    children = [joint for joint in BODY if joint > 0]
    parents = [PARENTS[joint] for joint in children]
    joints = (model.regressor @ model.template).double()
    moves = torch.einsum("jv,vcb->jcb", model.regressor, model.shapes).double()  # joints are linear in the betas
    wanted = torch.from_numpy(default_body().offsets[children]).double() - (joints[children] - joints[parents])
    slopes = (moves[children] - moves[parents]).reshape(-1, BETAS) / _BONE
    solved = torch.linalg.solve(slopes.T @ slopes + torch.eye(BETAS).double(), slopes.T @ wanted.reshape(-1) / _BONE)
    return solved.float().numpy()


@torch.inference_mode()
def on_body(model: BodyModel, motion: Motion, betas: np.ndarray | None = None, *, vertices: bool = False) -> BodyMotion:
    """Put a motion on a body.

    The path is scaled by the height of the standing pelvis, and the motion moved up or down until the feet (or whatever is
    lowest) are on the floor.

    Args:
        model: the body.
        motion: for the default body.
        betas: (10,) the body's shape; None fits it to the default body.
        vertices: keep the vertices, 125 kB a frame.
    """
    lbs = _skinning()
    shape = torch.from_numpy(np.asarray(fitted_betas(model) if betas is None else betas, np.float32))
    rest, shaped = model.joints_at_rest(shape), model.template + model.shapes @ shape
    scale = float(rest[0, 1] - shaped[:, 1].min()) / default_body().standing_pelvis_height
    moved = torch.from_numpy(motion.pelvis) * scale - rest[0]  # (T, 3)
    turned = motion.rotation_matrices().float()  # (T, J, 3, 3)
    joints, skins, lowest = [], [], []
    for start in range(0, len(motion), _FRAMES):
        part = slice(start, start + _FRAMES)
        skin, placed = lbs(
            shape.expand(len(turned[part]), -1), turned[part], model.template, model.shapes, model.pose_directions,
            model.regressor, torch.tensor([-1, *PARENTS[1:]]), model.weights, pose2rot=False,
        )  # fmt: skip
        joints.append(placed + moved[part, None])
        skin = skin + moved[part, None]
        lowest.append(skin[..., 1].amin(dim=1))
        if vertices:
            skins.append(skin)
    floor = torch.tensor([0.0, float(torch.quantile(torch.cat(lowest), LOWEST / 100)), 0.0])
    return BodyMotion(
        (torch.cat(joints) - floor).numpy(), (torch.cat(skins) - floor).numpy() if vertices else None, shape.numpy(), model.faces,
        motion.fps,
    )  # fmt: skip


def save_body_motion(path: Path, found: BodyMotion) -> None:
    """Write joints, betas, frame rate and, if kept, vertices with faces; all or nothing."""
    arrays = {
        "joints": found.joints, "betas": found.betas, "mocap_frame_rate": np.float64(found.fps), "up_axis": np.array("Y"),
        "surface_model_type": np.array("smplx"),
    }  # fmt: skip
    if found.vertices is not None:
        arrays |= {"vertices": found.vertices, "faces": found.faces}
    write_whole(path, npz_bytes(arrays))


def _skinning():
    """`smplx.lbs.lbs`: linear blend skinning with shape and pose correctives.

    Raises UserError where it is not installed.
    """
    try:
        from smplx.lbs import lbs
    except ModuleNotFoundError as error:
        raise UserError(
            "missing_package",
            f"A body needs the Python package {error.name}, which is for non-commercial research only.",
            "Where that is what you do: python3 build.py setup smplx in a checkout",
        ) from error
    return lbs
