"""The raw result as text, stored in the .blend on the action that was made from it.

A property of the action is saved, copied, appended, linked and undone together with it. A second data-block (a text, a
hidden action) would be left behind when an action is copied. Blender's string properties end at the first zero byte, so
the bytes are written in base64. A minute of motion takes about 0.7 MB.

Stored are rotation vectors and the pelvis' path, in single precision as the backend writes them.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from functools import lru_cache

import numpy as np

from ..motion.coordinates import continuous_signs, quaternions_from_rotation_vectors
from ..motion.files import MotionData
from ..motion.motion import Motion

_HEAD = struct.Struct("<4sIId")  # format, frames, joints, frames per second
_FORMAT = b"V2M1"
_MAX_FRAMES, _MAX_JOINTS = 36_000, 256


class ArchiveError(ValueError):
    """The text is no motion. The text of the error is one sentence for the user."""


def pack_motion(data: MotionData) -> str:
    """The motion as text, which `unpack_motion` reads."""
    count, joints = data.rotations.shape[:2]
    numbers = np.concatenate([data.rotations.reshape(count, -1), data.pelvis], axis=1).astype("<f4")
    # One channel after the other, first bytes first: neighbours then resemble each other, which halves the size.
    shuffled = numbers.T.copy().view(np.uint8).reshape(-1, 4).T.tobytes()
    return base64.b64encode(_HEAD.pack(_FORMAT, count, joints, data.fps) + zlib.compress(shuffled, 6)).decode("ascii")


@lru_cache(maxsize=8)
def unpack_motion(text: str) -> Motion:
    """The motion in a text of `pack_motion`; its arrays are shared, so never write to them.

    Raises ArchiveError.
    """
    try:
        content = base64.b64decode(text, validate=True)
        kind, count, joints, fps = _HEAD.unpack_from(content)
        if kind != _FORMAT or not 0 < count <= _MAX_FRAMES or not 0 < joints <= _MAX_JOINTS or not 1.0 <= fps <= 1000.0:
            raise ArchiveError("The stored raw motion is of another kind.")
        size = count * (joints + 1) * 3 * 4
        raw = zlib.decompressobj().decompress(content[_HEAD.size :], size)
        numbers = np.frombuffer(raw, np.uint8).reshape(4, size // 4).T.copy().view("<f4").reshape(-1, count).T
    except (binascii.Error, struct.error, zlib.error, ValueError) as error:
        raise ArchiveError("The stored raw motion is damaged.") from error
    if not np.isfinite(numbers).all():
        raise ArchiveError("The stored raw motion is damaged.")
    numbers = numbers.astype(np.float64)
    rotations = quaternions_from_rotation_vectors(numbers[:, :-3].reshape(count, joints, 3))
    return Motion(continuous_signs(rotations), numbers[:, -3:], fps)
