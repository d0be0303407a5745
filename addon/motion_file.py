"""Reading the exchange file: `.npz` in the AMASS / SMPL-X layout, Y up. Nothing in it is trusted; only numpy.

Writing such files is the backend's job; turning the motion into keys is `pose_transfer`'s and `keyframes`'.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .body_data import default_body

MAX_FRAMES = 36_000  # 20 minutes at 30 fps; more is no motion of ours
MAX_BYTES = 128 * 2**20  # unpacked; 36,000 frames need 25 MB


class MotionFileError(Exception):
    """The file cannot be used. The text is one sentence for the user."""


@dataclass(frozen=True)
class MotionData:
    """T frames of SMPL-X motion, Y up, metres, floor at y = 0.

    Attributes:
        rotations: (T, J, 3) local rotation vectors, radians, SMPL-X order.
        pelvis: (T, 3) world position of the pelvis joint.
        fps: frames per second.
        heard: the words the backend understood; seed: -1 where unknown; model, audio: where it came from.
    """

    rotations: np.ndarray
    pelvis: np.ndarray
    fps: float
    heard: str = ""
    seed: int = -1
    model: str = ""
    audio: str = ""


def _check_size(path: Path) -> None:
    """Refuse before unpacking what would fill the memory: an npz is a zip, and a zip says how large it unpacks."""
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
            raise MotionFileError(f"{path.name} is too large for a motion.")


def load_motion(path: Path | str) -> MotionData:
    """Read and check a motion file.

    Raises:
        MotionFileError: missing, not a motion file, wrong shapes, not finite, not Y up, or too large.
    """
    path = Path(path)
    joints = len(default_body().names)
    try:
        _check_size(path)
        with np.load(path, allow_pickle=False) as data:
            poses, trans = data["poses"], data["trans"]
            rest = data["pelvis_rest"] if "pelvis_rest" in data else default_body().offsets[0]
            fps = float(data["mocap_frame_rate"])
            up = str(data["up_axis"]) if "up_axis" in data else ""
            words = {key: str(data[key]) if key in data else "" for key in ("heard", "model", "audio")}
            seed = int(data["seed"]) if "seed" in data else -1
    except FileNotFoundError as error:
        raise MotionFileError(f"{path.name} does not exist.") from error
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise MotionFileError(f"{path.name} is not a motion file of Voice to Motion.") from error
    if up != "Y":
        raise MotionFileError(f"{path.name} does not say that Y is up, as motion files of Voice to Motion do.")
    if not all(array.dtype.kind == "f" for array in (poses, trans, rest)):
        raise MotionFileError(f"{path.name} has arrays that are not numbers.")
    if poses.ndim != 2 or poses.shape[1] != joints * 3 or trans.shape != (len(poses), 3) or rest.shape != (3,):
        raise MotionFileError(f"{path.name} has arrays of the wrong shape for an SMPL-X motion.")
    if not 0 < len(poses) <= MAX_FRAMES or not 1.0 <= fps <= 1000.0:
        raise MotionFileError(f"{path.name} has {len(poses)} frames at {fps:g} fps, which is no usable motion.")
    if not all(np.isfinite(array).all() for array in (poses, trans, rest)):
        raise MotionFileError(f"{path.name} contains numbers that are not finite.")
    rotations = poses.reshape(-1, joints, 3).astype(np.float64)
    return MotionData(rotations, trans.astype(np.float64) + rest, fps, seed=seed, **words)
