"""Calibrates a rig map on the rig's own clips: ``python -m backend data calibrate``.

For rigs whose rest pose is not enough.

Run once when a map is added. It writes into the map:

- "twist": the degrees by which limbs turn about themselves so that knees and elbows bend about SMPL-X's axes.
- "axes", with ``--axes``: the bone axes of a rig whose rest pose is not a standing person, averaged over standing frames
  (unit quaternions xyzw, with the frames they came from). They replace those that `motion.alignment` reads off the rest pose.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from scipy.spatial.transform import Rotation

from ...errors import UserError
from ...motion.alignment import bone_axes
from ...motion.body import default_body
from ...motion.hinges import HINGES, SURE, twist_against_hinge
from ...motion.retarget import world_orientations
from ...motion.rig import RigMap, SourceClip, detect
from ...motion.rig_maps import FOLDER, read_map, rig_maps
from .clips import load_clip

POSES = 16  # frames averaged, at most two of one clip
SLACK = 8.0  # degrees a frame may be further off than the best one


def neutrality(clip: SourceClip, found: dict[str, tuple[int, ...]]) -> np.ndarray:
    """(T,) distance of each frame from standing straight with hanging arms, in degrees.

    The mean angle of trunk and limbs, plus the disagreement in facing of hips, shoulders and feet.
    """
    at = {joint: clip.positions[:, hits[0]] for joint, hits in found.items()}
    down = np.array([0.0, -1.0, 0.0])

    def off(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        cosine = (a * b).sum(-1) / np.maximum(np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1), 1e-9)
        return np.degrees(np.arccos(np.clip(cosine, -1, 1)))

    hips, shoulders = at["left_hip"] - at["right_hip"], at["left_shoulder"] - at["right_shoulder"]
    cost = 2 * off(at["left_hip"] + at["right_hip"] - at["left_shoulder"] - at["right_shoulder"], down)
    cost += 2 * off(hips, shoulders) + 2 * np.abs(off(hips, -down[None]) - 90)
    ahead = np.cross(hips, -down)
    for side in ("left", "right"):
        for joint, child in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
            cost += off(at[f"{side}_{child}"] - at[f"{side}_{joint}"], down)
        if f"{side}_foot" in at:
            toes = (at[f"{side}_foot"] - at[f"{side}_ankle"]) * [1, 0, 1]
            cost += np.maximum(off(toes, ahead) - 10, 0)
            rise = at[f"{side}_foot"][:, 1] - np.percentile(at[f"{side}_foot"][:, 1], 5)
            cost += 200 * np.maximum(rise - 0.02, 0)
    return cost / 16


def calibrate(rig: RigMap, clips: list[tuple[str, SourceClip]]) -> tuple[dict[str, list[float]], list[str]]:
    """Axes of ``rig`` averaged over the most neutral frames, and those frames."""
    ranked = []
    for name, clip in clips:
        found = rig.resolve(clip.names)
        if found is None:
            continue
        cost = neutrality(clip, found)
        ranked += [(float(cost[t]), name, int(t), clip, found) for t in _separate_minima(cost)]
    if not ranked:
        raise UserError("no_clips", f"No clip of the rig '{rig.name}' is there to calibrate on.")
    ranked.sort(key=lambda entry: entry[0])
    ranked = [entry for entry in ranked if entry[0] <= ranked[0][0] + SLACK][:POSES]
    sums: dict[str, np.ndarray] = {}
    for _, _, t, clip, found in ranked:
        measured = bone_axes(clip.positions[t], clip.rotations[t], found, rig, default_body())
        for joint, axis in measured.items():
            sums[joint] = sums.get(joint, 0) + axis
    means = {
        joint: Rotation.from_matrix(total / np.cbrt(max(np.linalg.det(total), 1e-9))) for joint, total in sums.items()
    }
    used = [f"{name} frame {t} ({cost:.1f} degrees off)" for cost, name, t, _, _ in ranked]
    return {joint: [round(float(v), 5) for v in r.as_quat()] for joint, r in means.items()}, used


def _separate_minima(cost: np.ndarray) -> list[int]:
    first = int(np.argmin(cost))
    rest = np.where(np.abs(np.arange(len(cost)) - first) > 15, cost, np.inf)
    return [first] + ([int(np.argmin(rest))] if np.isfinite(rest).any() else [])


def hinge_twist(rig: RigMap, clips: list[tuple[str, SourceClip]]) -> dict[str, float]:
    """Limb ("left_hip" ...) -> degrees that turn its median hinge onto SMPL-X's.

    The steadier of its two bones decides.

    Limbs that never bend, or that turn too freely to tell, are left out.
    """
    seen: dict[str, tuple[list, list]] = {}
    for _, clip in clips:
        found = rig.resolve(clip.names)
        if found is None:
            continue
        world = world_orientations(clip, rig, found, default_body())
        for side in ("left", "right"):
            for limb in HINGES:
                upper, lower, bend = twist_against_hinge(world, side, limb, default_body())
                both = seen.setdefault(f"{side}_{limb[0]}", ([], []))
                both[0].append(upper[bend > SURE])
                both[1].append(lower[bend > SURE])
    out = {}
    for name, both in seen.items():
        best = None
        for angles in (np.concatenate(part) for part in both):
            if len(angles) < 20:
                continue
            middle = float(np.median(angles))
            spread = float(np.median(np.abs(angles - middle)))
            if spread < 15.0 and (best is None or spread < best[0] - 2.0):
                best = (spread, middle)
        if best is not None and abs(best[1]) > 1.0:
            out[name] = round(-best[1], 1)
    return out


def command(
    name: Annotated[str, typer.Argument(help="A rig map in backend/motion/rigs.")],
    folder: Annotated[Path, typer.Argument(help="Clips (.npz); those that fit the map are measured.")],
    axes: Annotated[bool, typer.Option("--axes", help="Measure the joints' axes, too, instead of taking the rest pose.")] = False,
) -> None:
    """Measure a rig map again on clips, and rewrite its file."""
    path = FOLDER / f"{name}.json"
    rig = read_map(path)
    data = json.loads(path.read_text(encoding="utf-8"))
    rig = replace(rig, twist={})
    clips = []
    for file in sorted(folder.glob("*.npz")):
        clip = load_clip(file)
        if rig.resolve(clip.names) is not None and detect(clip.names, list(rig_maps()))[0].name == name:
            clips.append((file.stem, clip))
    if axes:
        data["axes"], data["reference"] = calibrate(replace(rig, axes={}), clips)
        rig = replace(rig, axes={k: Rotation.from_quat(v).as_matrix() for k, v in data["axes"].items()})
    data["twist"] = hinge_twist(rig, clips)
    path.write_text(_pretty(data), encoding="utf-8")
    print(f"{name}: {len(clips)} clips, twist {data['twist']}, axes from {data.get('reference', 'the rest pose')}")


def _pretty(data: dict) -> str:
    """JSON with one entry a line, so that changes can be read."""
    parts = []
    for key, value in data.items():
        if key in ("joints", "axes") and value:
            inner = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            parts.append(f' "{key}": {{\n{inner}\n }}')
        elif key == "reference" and value:
            parts.append(' "reference": [\n' + ",\n".join(f"  {json.dumps(line)}" for line in value) + "\n ]")
        else:
            parts.append(f" {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"

