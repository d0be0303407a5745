"""Writes the clips of an action in their order, each where the one before ends.

Clips that move are lifted first: their keys are taken away, and hand edits, markers and the ranges that lie over them are
kept. Then they are put down one after the other. The cascade ends at the first clip for which nothing has changed.
"""

from __future__ import annotations

import json
from collections.abc import Container, Generator, Iterable
from dataclasses import dataclass, field, replace
from itertools import takewhile

import numpy as np

from ..keys.keyframes import clear_keys, hold_values
from ..tweak.archive import unpack_motion
from ..tweak.edits import Edit
from ..tweak.pipeline import tweak_motion
from ..tweak.trajectory import Spot, carried_spot, spot_of
from .body_curves import Curves, body_paths, read_body_curves
from .clip_channels import require_root
from .clip_keys import write_clip_in_steps
from .clip_layers import ClipLayers
from .connection import SAME_PLACE, at_home
from .hand_edits import current_edits
from .held_carriers import held_carriers
from .own_action import foreign_frames
from .planning import plan_recipe, planned_length
from .properties import VoiceToMotionClip, quietly
from .recipe import Recipe
from .sequence import Slot, Timed, settled


@dataclass
class _Lifted:
    """What comes back with a clip.

    Attributes:
        recipe: with what its keys were written; None where it has none.
        ranges: uid, first frame from the clip's, and spot of each range that lies over it.
        markers: name and frame from the clip's.
    """

    start: int
    recipe: Recipe | None
    ranges: list[tuple[str, int, Spot | None]] = field(default_factory=list)
    markers: list[tuple[str, int]] = field(default_factory=list)


def arrange_in_steps(
    layers: ClipLayers, order: Iterable[Timed], changed: Iterable[str] = (), keep_edits: bool = True, away: Iterable[str] = ()
) -> Generator[None, None, list[str]]:
    """Put the clips of an action in this order, step by step.

    Everything that can fail is found out before the first key changes.

    Args:
        order: the clips of the order that are not muted, in time, with the lengths they had.
        changed: uids of those to be written in any case, at the length their settings now ask for.
        keep_edits: whether hand edits of the changed ones are kept.
        away: uids of clips that are lifted and not put down again.

    Returns:
        What the user should know, in short sentences without final period.

    Raises:
        ClipError, RigError, ArchiveError: nothing was changed.
    """
    order, changed, away, notes = list(order), set(changed), list(away), []
    curves = read_body_curves(layers.curve_owner, layers.rig)
    edits = _all_edits(layers, [*away, *(timed.uid for timed in order)], set() if keep_edits else changed, curves)
    order = [replace(each, length=_new_length(layers, each, curves, notes)) if each.uid in changed else each for each in order]
    starts, clear = settled(order), []
    for uid in away:
        with quietly():
            for other in ranges_over(layers, layers.find(uid)):
                other.muted = True
        _lift(layers, layers.find(uid), edits, clear)
    lifted = {uid: _lift(layers, layers.find(uid), edits, clear) for uid in _moving(layers, order, starts)}
    _clear_keys(layers, clear)
    for uid in lifted:
        with quietly():
            layers.find(uid).start = starts[uid]
    yield
    cascade = False
    for place, timed in enumerate(order):
        uid = timed.uid
        clip = layers.find(uid)
        if uid not in lifted and uid not in changed:
            if not cascade or not _goes_elsewhere(layers, clip):
                cascade = False
                continue
            lifted |= _lift_at_once(layers, [uid, *_going_on(layers, order[place + 1 :], lifted.keys() | changed)], edits)
        up = lifted.get(uid) or _lift_at_once(layers, [uid], edits)[uid]
        _move_to(layers, uid, up, starts[uid])
        known = None if uid in changed else up.recipe
        notes += yield from write_clip_in_steps(layers, layers.index_of(uid), known=known)
        yield
        clip = layers.find(uid)
        hold_values(layers.rig.armature, layers.action, layers.rig.switches, clip.start, clip.last)
        if uid not in changed and clip.start != up.start and not any("begins at frame" in note for note in notes):
            notes.append(f"“{clip.name}” behind it begins at frame {clip.start} now")
        _move_markers(layers, uid, up)
        notes += yield from _put_ranges_down(layers, uid, up)
        cascade = True
    notes += yield from _hold_carriers(layers, [timed.uid for timed in order], edits)
    return notes


def _hold_carriers(layers: ClipLayers, uids: list[str], edits: dict[str, list[Edit]]) -> Generator[None, None, list[str]]:
    """Write clips again which keys of other clips on bones above the pelvis would now move."""
    notes: list[str] = []
    if not any(layers.find(uid).root == "ROOT" for uid in uids):
        return notes
    for uid in uids:
        clip = layers.find(uid)
        recipe = Recipe.from_text(clip.written)
        needed = held_carriers(layers, clip, recipe, np.arange(recipe.start, recipe.last + 1))
        if set(needed) != {name or layers.rig.root for name in recipe.held}:
            up = _lift_at_once(layers, [uid], edits)[uid]
            notes += yield from write_clip_in_steps(layers, layers.index_of(uid))
            notes += yield from _put_ranges_down(layers, uid, up)
    return notes


def ranges_over(layers: ClipLayers, clip: VoiceToMotionClip) -> list[VoiceToMotionClip]:
    """The regenerated ranges that lie over a clip."""
    ranges = [other for other in layers.clips if other.fits_range]
    inside = [other for other in ranges if not other.over and clip.start <= other.start <= clip.last]  # of older files
    return [other for other in ranges if other.over == clip.uid] + (inside if clip.written else [])


def _all_edits(layers: ClipLayers, uids: list[str], given_up: set[str], curves: Curves) -> dict[str, list[Edit]]:
    """The hand edits of clips and of the ranges over them, by uid.

    Raises what writing them would raise.
    """
    found = {}
    for uid in uids:
        clip = layers.find(uid)
        if clip.root == "ROOT":
            require_root(layers.rig)
        for each in (clip, *ranges_over(layers, clip)):
            unpack_motion(each.raw)
            found[each.uid] = [] if each.uid in given_up else current_edits(layers, layers.index_of(each.uid), curves)
    return found


def _new_length(layers: ClipLayers, timed: Timed, curves: Curves, notes: list[str]) -> int:
    """How long a clip becomes. It ends before keys of others that come after it."""
    clip = layers.find(timed.uid)
    foreign = foreign_frames(layers, Slot(clip.last + 1)) if clip.written else []
    with quietly():
        clip.room = 0
    length = planned_length(layers, clip, curves)
    with quietly():
        clip.room = int(foreign[0]) - clip.start if len(foreign) else 0
    if clip.room and length > clip.room:
        notes.append(f"“{clip.name}” is cut at frame {clip.start + clip.room - 1}, because other keys begin there")
        return clip.room
    return length


def _moving(layers: ClipLayers, order: list[Timed], starts: dict[str, int]) -> list[str]:
    """The uids of clips that begin elsewhere in time or, behind a new motion, in space."""
    found: list[str] = []
    for place, timed in enumerate(order):
        clip = layers.find(timed.uid)
        if clip.start != starts[timed.uid] or not clip.written:
            found.append(timed.uid)
        if not clip.written:
            found += _going_on(layers, order[place + 1 :], found)
    return list(dict.fromkeys(found))


def _going_on(layers: ClipLayers, behind: list[Timed], left_out: Container[str]) -> list[str]:
    """The uids of clips that go on from each other, up to one that does not.

    Lifted at once their keys are only appended, which is faster than writing each between those of its neighbours.
    """
    goes_on = takewhile(lambda timed: not layers.find(timed.uid).cut, behind)
    return [timed.uid for timed in goes_on if timed.uid not in left_out]


def _lift_at_once(layers: ClipLayers, uids: list[str], edits: dict[str, list[Edit]]) -> dict[str, _Lifted]:
    clear: list[tuple[float, float]] = []
    up = {uid: _lift(layers, layers.find(uid), edits, clear) for uid in uids}
    _clear_keys(layers, clear)
    return up


def _clear_keys(layers: ClipLayers, ranges: list[tuple[float, float]]) -> None:
    paths = body_paths(layers.curve_owner, layers.rig) | {each.data_path for each in layers.rig.switches}
    clear_keys(layers.curve_owner, paths, *ranges)


def _lift(layers: ClipLayers, clip: VoiceToMotionClip, edits: dict[str, list[Edit]], clear: list[tuple[float, float]]) -> _Lifted:
    """Take a clip out of the order; the frames of its keys are added to ``clear``."""
    recipe = Recipe.from_text(clip.written)
    up = _Lifted(clip.start, recipe)
    for other in ranges_over(layers, clip):
        own = Recipe.from_text(other.written)
        up.ranges.append((other.uid, other.start - clip.start, _spot_at(layers, other, own, 0) if own is not None else None))
        _forget_keys(other, own, edits[other.uid], clear)
    if recipe is not None:
        inside = [marker for marker in layers.action.pose_markers if recipe.start <= marker.frame <= recipe.last]
        up.markers = [(marker.name, marker.frame - recipe.start) for marker in inside]
    _forget_keys(clip, recipe, edits[clip.uid], clear)
    return up


def _forget_keys(clip: VoiceToMotionClip, recipe: Recipe | None, edits: list[Edit], clear: list[tuple[float, float]]) -> None:
    if recipe is not None:
        clear.append((recipe.start - recipe.hold, recipe.last))
    with quietly():
        clip.edits, clip.written = json.dumps([edit.as_json() for edit in edits]), ""


def _spot_at(layers: ClipLayers, clip: VoiceToMotionClip, recipe: Recipe, row: int) -> Spot:
    """Where the character stands at a row of a clip's motion."""
    motion = tweak_motion(clip.raw, replace(recipe.tweaks, root="PELVIS"), layers.rig.skeleton, recipe.fps).motion
    row = min(max(row, 0), len(motion) - 1)
    return spot_of(motion.pelvis[row], motion.rotations[row, 0])


def _goes_elsewhere(layers: ClipLayers, clip: VoiceToMotionClip) -> bool:
    """Whether a clip no longer fits what is before it."""
    old = Recipe.from_text(clip.written)
    new = plan_recipe(layers, clip, old, read_body_curves(layers.curve_owner, layers.rig), old)
    if old is None or (old.hold, old.lead, bool(old.tweaks.before)) != (new.hold, new.lead, bool(new.tweaks.before)):
        return True
    here, there = at_home(old.tweaks), new.tweaks
    if here.before != there.before or _away(here.start, there.start) or _away(here.home, there.home):
        return True
    return not there.before and old.before != new.before


def _away(here: Spot | None, there: Spot | None) -> bool:
    """Whether two spots are not the same; where one is not known, they are."""
    if here is None or there is None:
        return False
    turn = (here.yaw - there.yaw + np.pi) % (2 * np.pi) - np.pi
    return max(abs(here.x - there.x), abs(here.z - there.z), abs(turn)) > SAME_PLACE


def _move_to(layers: ClipLayers, uid: str, up: _Lifted, frame: int) -> None:
    """Set a clip and what lies over it to its first frame, before it is written."""
    with quietly():
        layers.find(uid).start = frame
        for other, offset, _ in up.ranges:  # so that it is not keyed under them
            layers.find(other).start = frame + offset


def _put_ranges_down(layers: ClipLayers, uid: str, up: _Lifted) -> Generator[None, None, list[str]]:
    """Write the ranges over a clip, each where it was on it. What a trim has cut off is removed."""
    notes = []
    for other, offset, own in up.ranges:
        clip, found = layers.find(uid), layers.find(other)
        new = Recipe.from_text(clip.written)
        if up.recipe is not None and own is not None:
            old_place = _spot_at(layers, clip, up.recipe, up.recipe.lead + offset)
            offset, stretch = _offset_in(up.recipe, new, offset)
            place = carried_spot(own, old_place, _spot_at(layers, clip, new, new.lead + offset))
            if not 0 <= offset < new.length:
                notes.append(f"“{found.name}” was regenerated in frames that are trimmed away now, and is gone")
                layers.action.voice_to_motion.clips.remove(layers.index_of(other))
                continue
            with quietly():
                found.start, found.length = new.start + offset, max(round((found.length - 1) * stretch) + 1, 2)
                found.has_start, found.start_spot = True, (place.x, place.z, place.yaw)
        notes += yield from write_clip_in_steps(layers, layers.index_of(other))
    return notes


def _move_markers(layers: ClipLayers, uid: str, up: _Lifted) -> None:
    """Markers of the action keep their place in the motion."""
    new = Recipe.from_text(layers.find(uid).written)
    for name, offset in up.markers:
        marker = layers.action.pose_markers.get(name)
        if marker is not None:
            marker.frame = new.start + _offset_in(up.recipe, new, offset)[0]


def _offset_in(old: Recipe, new: Recipe, offset: int) -> tuple[int, float]:
    """The frame, from the first, that shows the same moment of the raw result.

    And how many times as many frames the same time takes.
    """
    moment = old.tweaks.skipped + offset / old.fps * old.tweaks.speed
    stretch = new.fps / new.tweaks.speed / (old.fps / old.tweaks.speed)
    return round((moment - new.tweaks.skipped) * new.fps / new.tweaks.speed), stretch
