"""The feature vector of the networks and its exact inverse.

D = 140 per frame, split by body part (design: one tokenizer a part):

==========  =====  =====================================================================================
dims        part   content
==========  =====  =====================================================================================
0           lower  heading change since the frame before, radians (0 at frame 0)
1:3         lower  pelvis x, z displacement since the frame before, in the heading frame of the frame before, metres
3           lower  pelvis height, metres
4:58        lower  6-D rotations of pelvis (heading removed), hips, knees, ankles, feet (`LOWER` order)
58:62       lower  foot contacts 0 / 1 (left ankle, right ankle, left foot, right foot)
62:140      upper  6-D rotations of the 13 joints above the pelvis (`UPPER` order)
==========  =====  =====================================================================================

6-D rotations (Zhou et al. 2019) are the first two columns of the rotation matrix, so features decode straight to SMPL-X
joint rotations and no inverse kinematics is needed. Fingers, jaw and eyes are not features: `from_features` gives the hands
their relaxed pose. Contacts carry no information the inverse needs; they help the network.
"""

from __future__ import annotations

import numpy as np
import roma
import torch
from torch import Tensor

from .contacts import foot_contacts
from .hands import relaxed_hands
from .motion import FPS, Motion, heading_of
from .rotations import about_y, from_six_d, to_six_d
from .skeleton import LOWER, UPPER, J

ROOT_DIMS = slice(0, 4)
CONTACT_DIMS = slice(58, 62)
LOWER_DIMS = slice(0, 62)
UPPER_DIMS = slice(62, 140)
D = 140
MAX_TURN = 0.3  # radians a frame, 1.4 turns a second: a fast spin; see `tracked_heading`


def to_features(motion: Motion) -> np.ndarray:
    """Features (T, 140) float32 of a motion at 30 fps.

    Where it stands and which way it faces at frame 0 is dropped. Raises ValueError at another frame rate."""
    if abs(motion.fps - FPS) > 1e-6:
        raise ValueError(f"features are made at {FPS:g} fps, not {motion.fps:g}: resample first")
    rotmats = motion.rotation_matrices().double()  # (T, J, 3, 3)
    heading = tracked_heading(rotmats[:, 0])
    rotmats[:, 0] = about_y(-heading) @ rotmats[:, 0]
    pelvis = torch.from_numpy(motion.pelvis).double()

    root = torch.zeros(len(motion), 4, dtype=torch.float64)
    root[1:, 0] = heading[1:] - heading[:-1]
    step = (about_y(-heading[:-1]) @ (pelvis[1:] - pelvis[:-1])[..., None])[..., 0]
    root[1:, 1:3] = step[:, [0, 2]]
    root[:, 3] = pelvis[:, 1]

    contacts = torch.from_numpy(foot_contacts(motion.positions(), motion.fps)).double()
    parts = [root, to_six_d(rotmats[:, list(LOWER)]), contacts, to_six_d(rotmats[:, list(UPPER)])]
    return torch.cat(parts, dim=-1).float().numpy()


def tracked_heading(root: Tensor) -> Tensor:
    """Heading (T,) followed smoothly through root rotations (T, 3, 3), radians, not wrapped.

    `heading_of` jumps by half a turn when the body rolls over its side. What the heading leaves over stays in the pelvis'
    rotation, so it may be followed at a bounded rate, and held while the lateral axis points up or down: the inverse is
    exact whatever heading was chosen, and no network has to learn jumps."""
    raw = heading_of(root).numpy()
    level = torch.linalg.vector_norm(root[:, [0, 2], 0], dim=-1).numpy()  # 1 when the lateral axis is level
    trust = np.clip((level - 0.3) / 0.4, 0.0, 1.0)
    followed = np.empty(len(raw))
    followed[0] = raw[0]
    for frame in range(1, len(raw)):
        turn = (raw[frame] - followed[frame - 1] + np.pi) % (2 * np.pi) - np.pi
        followed[frame] = followed[frame - 1] + np.clip(trust[frame] * turn, -MAX_TURN, MAX_TURN)
    return torch.from_numpy(followed)


def from_features(features: np.ndarray) -> Motion:
    """The motion (T frames, 30 fps) that starts over the origin facing +Z.

    Any real vector decodes to valid rotations."""
    rotmats, pelvis = decode(torch.from_numpy(np.ascontiguousarray(features)).double())
    full = torch.eye(3, dtype=torch.float64).repeat(len(features), J, 1, 1)
    full[:, : rotmats.shape[1]] = rotmats
    quaternions = roma.rotmat_to_unitquat(full).float().numpy()
    quaternions[:, 25:] = relaxed_hands()
    return Motion(quaternions, pelvis.float().numpy(), FPS)


def decode(features: Tensor) -> tuple[Tensor, Tensor]:
    """Features (..., T, 140) to local rotations (..., T, 22, 3, 3) and pelvis (..., T, 3).

    Differentiable."""
    rotmats = body_rotations(features)
    heading = features[..., 0].cumsum(-1)
    before = torch.cat([torch.zeros_like(heading[..., :1]), heading[..., :-1]], dim=-1)
    step = torch.stack([features[..., 1], torch.zeros_like(heading), features[..., 2]], dim=-1)
    pelvis = (about_y(before) @ step[..., None])[..., 0].cumsum(-2)
    pelvis = torch.stack([pelvis[..., 0], features[..., 3], pelvis[..., 2]], dim=-1)
    turned = about_y(heading) @ rotmats[..., 0, :, :]
    return torch.cat([turned[..., None, :, :], rotmats[..., 1:, :, :]], dim=-3), pelvis


def body_rotations(features: Tensor) -> Tensor:
    """Local rotations (..., T, 22, 3, 3), the pelvis' without heading: the character's own view."""
    lower = from_six_d(features[..., 4:58].unflatten(-1, (len(LOWER), 6)))
    upper = from_six_d(features[..., UPPER_DIMS].unflatten(-1, (len(UPPER), 6)))
    order = torch.argsort(torch.tensor([*LOWER, *UPPER]))
    return torch.cat([lower, upper], dim=-3)[..., order, :, :]
