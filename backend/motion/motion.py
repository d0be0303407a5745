"""`Motion`: local rotations and a pelvis path of one character, and common edits.

Arrays are numpy; rotation algebra is roma's. Reading and writing files is `files`' job, network features are `features`'.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import roma
import torch

from .body import default_body
from .kinematics import forward_kinematics
from .rotations import slerp
from .skeleton import MIRROR, NUM_BODY, J

FPS = 30.0


@dataclass(frozen=True)
class Motion:
    """T frames of motion of the default body. Y up, metres, floor at y = 0.

    Attributes:
        rotations: (T, 55, 4) float32 local unit quaternions, xyzw, relative to the parent (SMPL-X convention).
        pelvis: (T, 3) float32 world position of the pelvis joint.
        fps: frames per second.
    """

    rotations: np.ndarray
    pelvis: np.ndarray
    fps: float = FPS

    def __post_init__(self) -> None:
        frames = len(self.pelvis)
        if self.rotations.shape != (frames, J, 4) or self.pelvis.shape != (frames, 3) or frames == 0:
            raise ValueError(f"expected (T, {J}, 4) and (T, 3), got {self.rotations.shape} and {self.pelvis.shape}")

    def __len__(self) -> int:
        return len(self.pelvis)

    @property
    def seconds(self) -> float:
        return len(self) / self.fps

    def rotation_matrices(self) -> torch.Tensor:
        """(T, 55, 3, 3) local rotation matrices."""
        return roma.unitquat_to_rotmat(torch.from_numpy(np.ascontiguousarray(self.rotations)))

    def _kinematics(self, joints: int = J) -> tuple[torch.Tensor, torch.Tensor]:
        offsets = torch.tensor(default_body().offsets)
        rotations = self.rotation_matrices()[:, :joints]
        return forward_kinematics(rotations, torch.from_numpy(np.ascontiguousarray(self.pelvis)), offsets)

    def body_positions(self) -> np.ndarray:
        """(T, 22, 3) world joint positions without face and fingers, metres."""
        return self._kinematics(NUM_BODY)[0].numpy()

    def positions(self) -> np.ndarray:
        """(T, 55, 3) world joint positions of the default body, metres."""
        return self._kinematics()[0].numpy()

    def global_rotations(self) -> np.ndarray:
        """(T, 55, 4) world joint orientations, xyzw."""
        return roma.rotmat_to_unitquat(self._kinematics()[1]).numpy()

    def slice(self, start: int, end: int) -> Motion:
        """Frames start..end-1."""
        return replace(self, rotations=self.rotations[start:end], pelvis=self.pelvis[start:end])

    def resampled(self, fps: float) -> Motion:
        """The same motion at another frame rate; first and last pose stay.

        Rotations are interpolated by slerp, the pelvis linearly."""
        if fps == self.fps or len(self) == 1:
            return replace(self, fps=fps)
        count = max(2, round((len(self) - 1) * fps / self.fps) + 1)
        return replace(self.at_frames(np.linspace(0.0, len(self) - 1, count)), fps=fps)

    def at_frames(self, frames: np.ndarray) -> Motion:
        """Poses at fractional frame numbers (N,), each within 0..T-1."""
        low = np.clip(np.floor(frames).astype(int), 0, max(len(self) - 2, 0))
        high = np.minimum(low + 1, len(self) - 1)
        weight = (frames - low).astype(np.float32)
        first, second = (torch.from_numpy(np.ascontiguousarray(self.rotations[i])) for i in (low, high))
        second = torch.where((first * second).sum(-1, keepdim=True) < 0, -second, second)
        steps = torch.from_numpy(weight)[:, None].expand(first.shape[:2])
        rotations = slerp(first, second, steps)
        pelvis = self.pelvis[low] + (self.pelvis[high] - self.pelvis[low]) * weight[:, None]
        return replace(self, rotations=rotations.numpy(), pelvis=pelvis.astype(np.float32))

    def mirrored(self) -> Motion:
        """Left and right exchanged: reflection in the plane x = 0."""
        rotations = self.rotations[:, list(MIRROR)] * np.array([1, -1, -1, 1], dtype=np.float32)
        return replace(self, rotations=rotations, pelvis=self.pelvis * np.array([-1, 1, 1], dtype=np.float32))

    def transformed(self, yaw: float, move: np.ndarray) -> Motion:
        """Turned by yaw radians about the world's Y axis, then moved by (3,) metres."""
        turn = torch.tensor([0.0, np.sin(yaw / 2), 0.0, np.cos(yaw / 2)], dtype=torch.float32)
        rotations = self.rotations.copy()
        root = torch.from_numpy(rotations[:, 0])
        rotations[:, 0] = roma.quat_product(turn.expand_as(root), root).numpy()
        pelvis = roma.quat_action(turn.expand(len(self), 4), torch.from_numpy(self.pelvis)).numpy()
        return replace(self, rotations=rotations, pelvis=(pelvis + move).astype(np.float32))

    def placed_at_origin(self) -> Motion:
        """Turned and moved so that frame 0 stands over x = z = 0 facing +Z; heights stay."""
        turned = self.transformed(-float(self.headings()[0]), np.zeros(3))
        return replace(turned, pelvis=turned.pelvis - turned.pelvis[0] * np.array([1, 0, 1], dtype=np.float32))

    def headings(self) -> np.ndarray:
        """(T,) yaw of the pelvis in radians, 0 = facing +Z, positive to the left; see `heading_of`."""
        root = torch.from_numpy(np.ascontiguousarray(self.rotations[:, 0]))
        return heading_of(roma.unitquat_to_rotmat(root)).numpy()


def heading_of(root: torch.Tensor) -> torch.Tensor:
    """Yaw (...,) of root rotation matrices (..., 3, 3).

    The pelvis' lateral axis (its local X) is projected on the floor: unlike the forward axis it stays well defined when the
    body bows, sits, or lies on its back or belly.
    """
    lateral = root[..., :, 0]
    return torch.atan2(-lateral[..., 2], lateral[..., 0])
