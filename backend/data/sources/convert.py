"""Retargets a folder of clips to motions of the default body and writes an index. Resumable.

Which words belong to a clip is the captions' business: the index only says what each motion is, where it came from
and, where a clip was rejected, why.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...motion.contacts import foot_skate
from ...motion.files import save_motion
from ...motion.motion import FPS
from ...motion.retarget import retarget
from ...motion.rig import detect
from ...motion.rig_maps import rig_maps
from .clips import load_clip
from .quality import judge, trim
from .treadmill import with_travel

VERSION = 4  # raised when retargeting changes, so that older files are made again


def retarget_all(
    shared: Path,
    out: Path,
    tiers: Iterable[str] = ("open", "sharealike"),
    progress: Callable[[int, int], None] | None = None,
    workers: int = 2,
) -> dict[str, int]:
    """Retarget every clip of ``tiers`` and write an index.

    Clips in ``shared``/motion become ``out``/<clip id>.npz and ``out``/index.jsonl.

    Clips in the index with this version of the retargeter are skipped. Entries of other tiers in the index stay.

    Args:
        shared: the folder that holds motion/clips.jsonl and motion/clips/.
        progress: called with (done, total) after every clip.
        workers: processes; they run at low priority.

    Returns:
        counts: accepted, rejected, skipped (done before).

    Raises:
        UserError: the clips are not there, or the output folder cannot be written.
    """
    listing = Path(shared) / "motion" / "clips.jsonl"
    try:
        entries = [json.loads(line) for line in listing.read_text(encoding="utf-8").splitlines() if line.strip()]
        Path(out).mkdir(parents=True, exist_ok=True)
    except FileNotFoundError as error:
        raise UserError(
            "no_clips", f"There is no clip listing at {listing}.", "Give the folder that holds motion/."
        ) from error
    except OSError as error:
        raise UserError("cannot_write", f"The folder {out} cannot be used.", str(error)) from error
    index_path = Path(out) / "index.jsonl"
    done = {row["clip"]: row for row in read_index(index_path)} if index_path.exists() else {}
    wanted = [entry for entry in entries if entry["tier"] in set(tiers)]
    todo = [entry for entry in wanted if not _is_done(done.get(entry["id"]), Path(out))]
    counts = {"accepted": 0, "rejected": 0, "skipped": len(wanted) - len(todo)}
    jobs = [(entry, Path(shared) / "motion" / "clips" / f"{entry['id']}.npz", Path(out)) for entry in todo]
    with ProcessPoolExecutor(max_workers=workers, initializer=_modest) as pool:
        for number, row in enumerate(pool.map(_one, jobs, chunksize=8), start=1):
            done[row["clip"]] = row
            counts["accepted" if row["accepted"] else "rejected"] += 1
            if number % 200 == 0:
                _write_index(index_path, done)
            if progress:
                progress(number, len(jobs))
    _write_index(index_path, done)
    return counts


def read_index(path: Path) -> list[dict]:
    """The rows of an index.jsonl written by `retarget_all`."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]


@cache
def known_bad() -> dict[str, str]:
    """Clip -> fault, for clips that pass every measurement but look wrong."""
    return json.loads(Path(__file__).with_name("known_bad.json").read_text(encoding="utf-8"))


def convert_clip(path: Path) -> tuple[object, dict]:
    """Retarget one clip file: the trimmed motion and its row of the index."""
    clip = load_clip(path)
    rig, found = detect(clip.names, list(rig_maps()))
    result = retarget(clip, rig, found)
    whole = result.motion if abs(result.motion.fps - FPS) < 1e-3 else result.motion.resampled(FPS)
    start, end = trim(whole)
    motion, travel = with_travel(whole.slice(start, end).placed_at_origin())
    quality = judge(motion, len(whole))
    row = {
        "rig": rig.name, "frames": len(motion), "start": start, "source_frames": len(clip),
        "accepted": quality.reason == "", "reason": quality.reason, "scale": round(result.scale, 4),
        "direction_error": round(result.direction_error, 3), "bone_error": round(result.bone_error, 2),
        "floor": round(result.floor, 4), "skate": round(foot_skate(motion.positions(), motion.fps), 4),
        "max_speed": round(quality.max_speed, 2), "max_turn": round(quality.max_turn, 1),
        "airborne": round(quality.airborne, 3), "raised": round(quality.raised, 3), "added_travel": round(travel, 3),
        "mended": result.mended,
    }  # fmt: skip
    return motion, row


def _one(job: tuple[dict, Path, Path]) -> dict:
    entry, path, out = job
    head = {"clip": entry["id"], "dataset": entry["dataset"], "tier": entry["tier"], "subject": entry.get("subject")}
    target = out / f"{entry['id']}.npz"
    try:
        if entry["id"] in known_bad():
            raise UserError("known_bad", known_bad()[entry["id"]])
        motion, row = convert_clip(path)
    except (UserError, ValueError, np.linalg.LinAlgError) as error:
        target.unlink(missing_ok=True)
        return head | {"accepted": False, "reason": str(error), "frames": 0, "version": VERSION}
    if row["accepted"]:
        save_motion(target, motion)
    else:
        target.unlink(missing_ok=True)
    return head | row | {"version": VERSION}


def _is_done(row: dict | None, out: Path) -> bool:
    if row is None or row.get("version") != VERSION:
        return False
    if row["accepted"] and row["clip"] in known_bad():
        return False
    return not row["accepted"] or (out / f"{row['clip']}.npz").exists()


def _modest() -> None:
    import torch

    os.nice(10)
    torch.set_num_threads(1)


def _write_index(path: Path, rows: dict[str, dict]) -> None:
    temporary = path.with_suffix(".writing")
    temporary.write_text("".join(json.dumps(rows[clip]) + "\n" for clip in sorted(rows)), encoding="utf-8")
    os.replace(temporary, path)
