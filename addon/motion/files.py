"""Motion files: `.npz` in the AMASS / SMPL-X layout, Y up.

Their contents are not trusted; `npz` bounds the sizes.

The backend writes results; the add-on writes only motions to continue from. `rigs` and `keys` turn a motion into keys. The
backend's twin is `backend/motion/files.py`, see `tests/test_twins.py`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .body import default_body
from .npz import NpzError, read_arrays

MAX_FRAMES = 36_000  # 20 minutes at 30 fps
LARGEST = 10_000.0  # radians or metres; larger numbers are damage
MAX_WORDS = 64 * 2**10  # bytes of a text, four per letter
_WANTED = {
    "poses": ("f", MAX_FRAMES * 165 * 8),
    "trans": ("f", MAX_FRAMES * 3 * 8),
    "pelvis_rest": ("f", 64),
    "mocap_frame_rate": ("fiu", 8),
    "seed": ("iu", 8),
    "up_axis": ("U", 64),
    "heard": ("U", MAX_WORDS),
    "model": ("U", MAX_WORDS),
    "audio": ("U", MAX_WORDS),
    "weights_licence": ("U", MAX_WORDS),
}


class MotionFileError(Exception):
    """The file cannot be used; the text is a sentence for the user."""


@dataclass(frozen=True)
class MotionData:
    """T frames of SMPL-X motion, Y up, metres, floor at y = 0.

    Attributes:
        rotations: (T, J, 3) local rotation vectors, radians, SMPL-X order.
        pelvis: (T, 3) world position of the pelvis joint.
        fps: frames per second.
        heard: the words the backend understood.
        seed: -1 where unknown.
        model, audio: what it was made with and from.
        weights_licence: of the model's weights.
    """

    rotations: np.ndarray
    pelvis: np.ndarray
    fps: float
    heard: str = ""
    seed: int = -1
    model: str = ""
    audio: str = ""
    weights_licence: str = ""


def load_motion(path: Path | str) -> MotionData:
    """Read and check a motion file.

    Raises:
        MotionFileError: missing, not a motion file, wrong shapes, not finite, not Y up, or too large.
    """
    path = Path(path)
    joints = len(default_body().names)
    try:
        with path.open("rb") as stream:
            data = read_arrays(stream, _WANTED)
        poses, trans = data["poses"], data["trans"]
        rest = data.get("pelvis_rest", default_body().offsets[0])
        fps = float(data["mocap_frame_rate"].item())
        up = _text(data, "up_axis")
        seed = int(data["seed"].item()) if "seed" in data else -1
    except FileNotFoundError as error:
        raise MotionFileError(f"{path.name} does not exist.") from error
    except NpzError as error:
        raise MotionFileError(f"{path.name} is not a motion file of Voice to Motion: {error}.") from error
    except (OSError, ValueError, KeyError) as error:  # ValueError: a zero byte in the path, or more numbers than one
        raise MotionFileError(f"{path.name} is not a motion file of Voice to Motion.") from error
    if up != "Y":
        raise MotionFileError(f"{path.name} does not say that Y is up, as motion files of Voice to Motion do.")
    if poses.ndim != 2 or poses.shape[1] != joints * 3 or trans.shape != (len(poses), 3) or rest.shape != (3,):
        raise MotionFileError(f"{path.name} has arrays of the wrong shape for an SMPL-X motion.")
    if not 0 < len(poses) <= MAX_FRAMES or not 1.0 <= fps <= 1000.0:
        raise MotionFileError(f"{path.name} has {len(poses)} frames at {fps:g} fps, which is no usable motion.")
    if not all(np.isfinite(array).all() for array in (poses, trans, rest)):
        raise MotionFileError(f"{path.name} contains numbers that are not finite.")
    if any(np.abs(array).max() > LARGEST for array in (poses, trans, rest)):
        raise MotionFileError(f"{path.name} contains numbers too large for a motion.")
    rotations = poses.reshape(-1, joints, 3).astype(np.float64)
    words = {key: _text(data, key) for key in ("heard", "model", "audio", "weights_licence")}
    return MotionData(rotations, trans.astype(np.float64) + rest, fps, seed=seed, **words)


def is_exchange_file(path: Path) -> bool:
    """Whether a file is one of ours, by its small arrays; False for what cannot be read."""
    try:
        with path.open("rb") as stream:
            found = read_arrays(stream, {name: _WANTED[name] for name in ("pelvis_rest", "up_axis")})
    except (OSError, ValueError):  # ValueError: NpzError, or a zero byte in the path
        return False
    return "pelvis_rest" in found and _text(found, "up_axis") == "Y"


def save_motion(path: Path, motion: MotionData) -> None:
    """Write a motion for the backend, the whole file or nothing. Raises OSError."""
    rest = default_body().offsets[0]
    arrays = {
        "poses": motion.rotations.reshape(len(motion.rotations), -1).astype(np.float32),
        "trans": (motion.pelvis - rest).astype(np.float32),
        "betas": np.zeros(16, dtype=np.float32),
        "gender": np.array("neutral"),
        "mocap_frame_rate": np.float64(motion.fps),
        "surface_model_type": np.array("smplx"),
        "up_axis": np.array("Y"),
        "pelvis_rest": rest.astype(np.float32),
    }
    archive = io.BytesIO()  # one on a full disk would be closed twice, the second time with a traceback on stderr
    np.savez(archive, **arrays)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(archive.getbuffer())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _text(data: dict[str, np.ndarray], key: str) -> str:
    """A text array of one element, safe to show and store; empty if there is none."""
    try:
        value = data[key].item() if key in data and data[key].size == 1 else ""
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    except (ValueError, SystemError):  # numbers that are no letters; numpy answers with either
        return ""
