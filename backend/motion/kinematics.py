"""Forward kinematics in torch, differentiable: local rotations to joint positions.

Used by training losses and by everything that measures motion. Inverse kinematics is `two_bone`'s.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .rotations import product
from .skeleton import PARENTS


def _levels(parents: tuple[int, ...]) -> list[list[int]]:
    """Joints grouped by depth, so that each level is one batched product."""
    depth = [0] * len(parents)
    for joint, parent in enumerate(parents):
        depth[joint] = 0 if parent < 0 else depth[parent] + 1
    return [[j for j, d in enumerate(depth) if d == level] for level in range(1, max(depth) + 1)]


def forward_kinematics(rotmats: Tensor, pelvis: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor]:
    """World joint positions and orientations.

    Args:
        rotmats: (..., J, 3, 3) local rotations relative to the parent; J may be 22 (body) or 55.
        pelvis: (..., 3) world position of the pelvis joint, metres.
        offsets: (55, 3) or (J, 3) rest offsets, child minus parent, metres.

    Returns:
        positions (..., J, 3) in metres and global rotations (..., J, 3, 3).
    """
    num_joints = rotmats.shape[-3]
    parents = PARENTS[:num_joints]
    rotations: list[Tensor | None] = [None] * num_joints
    positions: list[Tensor | None] = [None] * num_joints
    rotations[0], positions[0] = rotmats[..., 0, :, :], pelvis
    for level in _levels(parents):
        up = [parents[j] for j in level]
        parent_rotations = torch.stack([rotations[p] for p in up], dim=-3)  # (..., n, 3, 3)
        parent_positions = torch.stack([positions[p] for p in up], dim=-2)  # (..., n, 3)
        moved = parent_positions + (parent_rotations * offsets[level].to(pelvis)[..., None, :]).sum(-1)
        turned = product(parent_rotations, rotmats[..., level, :, :])
        for i, joint in enumerate(level):
            rotations[joint], positions[joint] = turned[..., i, :, :], moved[..., i, :]
    return torch.stack(positions, dim=-2), torch.stack(rotations, dim=-3)
