"""A made-up SMPL-X model, SMPL-X's formula written out, and what the package `smplx` makes of one pose.

``PYTHONPATH=. python tests/backend/motion/smplx_reference.py`` writes the reference anew, where `smplx` is installed. Add-on and
backend are held against it everywhere else: the package is for non-commercial research, so no environment of ours installs it.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from backend.motion.body import default_body
from backend.motion.skeleton import PARENTS
from tests.addon.smplx import make_model

REFERENCE = Path(make_model.__file__).with_name("smplx_reference.npz")


def arrays() -> dict[str, np.ndarray]:
    """The arrays of the model file, with pose correctives."""
    body = SimpleNamespace(parents=PARENTS, rest_positions=default_body().rest_positions)
    return make_model.with_correctives(make_model.arrays(body, directions=400))


def formula(betas, pose, v_template, shapedirs, posedirs, J_regressor, parents, lbs_weights, pose2rot=True):
    """What `smplx.lbs.lbs` calculates, for rotation matrices (B, J, 3, 3): vertices (B, V, 3) and joints (B, J, 3)."""
    assert not pose2rot
    shaped = v_template + torch.einsum("bs,vcs->bvc", betas, shapedirs)
    rest = torch.einsum("jv,bvc->bjc", J_regressor, shaped)
    shaped = shaped + ((pose[:, 1:] - torch.eye(3)).flatten(1) @ posedirs).reshape(shaped.shape)
    turned, placed, skin = [], [], torch.zeros_like(shaped)
    for joint, parent in enumerate(parents.tolist()):
        turned.append(pose[:, joint] if parent < 0 else turned[parent] @ pose[:, joint])
        bone = rest[:, joint] - (rest[:, parent] if parent >= 0 else 0)
        placed.append(bone if parent < 0 else placed[parent] + (turned[parent] @ bone[..., None])[..., 0])
        here = (shaped - rest[:, joint, None]) @ turned[joint].transpose(1, 2) + placed[joint][:, None]
        skin = skin + lbs_weights[:, joint, None] * here
    return skin, torch.stack(placed, 1)


def posed(lbs) -> dict[str, np.ndarray]:
    """Vertices and joints of one pose and shape by a function with the arguments of `smplx.lbs.lbs`."""
    data, random = arrays(), np.random.default_rng(11)
    betas, turns = random.normal(size=10).round(3), (0.5 * random.normal(size=(55, 3))).round(3)
    import roma

    tensors = {
        "v_template": data["v_template"], "shapedirs": data["shapedirs"][:, :, :10], "J_regressor": data["J_regressor"],
        "posedirs": data["posedirs"].reshape(-1, 486).T, "lbs_weights": data["weights"],
    }  # fmt: skip
    vertices, joints = lbs(
        torch.from_numpy(betas)[None], roma.rotvec_to_rotmat(torch.from_numpy(turns))[None],
        **{name: torch.from_numpy(np.ascontiguousarray(array, np.float64)) for name, array in tensors.items()},
        parents=torch.tensor([-1, *PARENTS[1:]]), pose2rot=False,
    )  # fmt: skip
    return {
        "betas": betas, "pose": turns, "vertices": vertices[0].numpy().astype(np.float32),
        "joints": joints[0].numpy().astype(np.float32),
    }  # fmt: skip


if __name__ == "__main__":
    from smplx.lbs import lbs

    np.savez_compressed(REFERENCE, **posed(lbs))
