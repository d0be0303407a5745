"""Reads SMPL-family motion: AMASS, SMPL-X and BEAT2 `.npz`, Z up or Y up, any rate.

The pose transfers one to one, since the default body has SMPL-X's joints and rest orientations. What is not done: the
body's shape is not known without the gated model file, so the root is not scaled to the default body's legs; only the
floor is found anew. Files of our own are read by `backend.motion.files`, which this agrees with.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...errors import UserError
from ...motion.body import default_body
from ...motion.files import MAX_FRAMES
from ...motion.floor import floor_height
from ...motion.hands import relaxed_hands
from ...motion.motion import Motion
from ...motion.skeleton import J
from ...packs.npz import read_arrays

# columns of "poses" by layout: SMPL (body and two hand balls), SMPL-H (body and fingers), SMPL-X (all 55 joints)
LAYOUTS = {72: "SMPL", 156: "SMPL-H", 165: "SMPL-X"}
RATES = ("mocap_frame_rate", "mocap_framerate")
_MOST = MAX_FRAMES * max(LAYOUTS) * 8  # bytes
_WANTED = {
    "poses": ("fiu", _MOST), "trans": ("fiu", _MOST), "pelvis_rest": ("fiu", 64), "up_axis": ("U", 64),
    **dict.fromkeys(RATES, ("fiu", 8)),
}  # fmt: skip
Z_TO_Y = Rotation.from_matrix([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def load_amass(path: Path | str, up_axis: str | None = None) -> Motion:
    """The motion of an AMASS / SMPL-X file on the default body.

    It stands on the floor at the origin, at the file's frame rate.

    Args:
        up_axis: "Y" or "Z"; None believes the file's own "up_axis" and, without one, looks which way the pelvis
            stands on average.

    Raises:
        UserError("bad_amass"): not such a file: missing keys, other shapes, no numbers, Python objects inside.
    """
    name = Path(path).name
    if up_axis not in (None, "Y", "Z"):
        raise UserError("bad_amass", f"The up axis is Y or Z, not '{up_axis}'.")
    try:
        with Path(path).open("rb") as stream:
            data = read_arrays(stream, _WANTED)
        poses, trans = data["poses"], data["trans"]
        rate = next((float(data[key].item()) for key in RATES if key in data), None)
        rest = data.get("pelvis_rest", default_body().rest_pelvis)
        named = str(data.get("up_axis", "")).upper()
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = f"{error}. AMASS and SMPL-X files hold 'poses', 'trans' and 'mocap_frame_rate'."
        raise UserError("bad_amass", f"{name} is not an AMASS or SMPL-X motion.", hint) from error
    if poses.ndim != 2 or poses.shape[1] not in LAYOUTS or trans.shape != (len(poses), 3) or rest.shape != (3,):
        expected = ", ".join(f"{n} ({kind})" for n, kind in LAYOUTS.items())
        raise UserError(
            "bad_amass", f"{name} has poses {poses.shape} and trans {trans.shape}; known widths are {expected}."
        )
    if not 0 < len(poses) <= MAX_FRAMES or rate is None or not 0 < rate < 1000:
        raise UserError("bad_amass", f"{name} has no frames, too many, or no sensible frame rate.")
    if not (np.issubdtype(poses.dtype, np.number) and np.isfinite(poses).all() and np.isfinite(trans).all()):
        raise UserError("bad_amass", f"{name} contains values that are not finite numbers.")

    turned = Rotation.from_rotvec(poses.reshape(-1, 3).astype(np.float64)).as_quat().reshape(len(poses), -1, 4)
    quaternions = np.zeros((len(poses), J, 4))
    quaternions[..., 3] = 1.0
    quaternions[:, :22] = turned[:, :22]
    quaternions[:, 25:] = relaxed_hands()
    if poses.shape[1] == 156:
        quaternions[:, 25:] = turned[:, 22:]
    elif poses.shape[1] == 165:
        quaternions[:, 22:] = turned[:, 22:]
    pelvis = trans.astype(np.float64) + rest
    if (up_axis or named or _standing_axis(quaternions[:, 0])) == "Z":
        quaternions[:, 0] = (Z_TO_Y * Rotation.from_quat(quaternions[:, 0])).as_quat()
        pelvis = Z_TO_Y.apply(pelvis)
    motion = Motion(quaternions.astype(np.float32), pelvis.astype(np.float32), rate)
    floor = floor_height(motion.positions(), rate, default_body())
    lowered = motion.pelvis - np.array([0.0, floor, 0.0], dtype=np.float32)
    return Motion(motion.rotations, lowered, rate).placed_at_origin()


def _standing_axis(root: np.ndarray) -> str:
    """The world axis, Y or Z, that the pelvis' own up direction is nearest to over the clip."""
    up = Rotation.from_quat(root).apply([0.0, 1.0, 0.0]).mean(axis=0)
    return "Z" if abs(up[2]) > abs(up[1]) else "Y"
