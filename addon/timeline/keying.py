"""Keys one action with a clip for each instruction, as a staged action.

Each clip begins where the one before has brought the character, goes on from its last pose, and cuts it off if it is not
over. Putting the action on the character is an operator's undo step.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import bpy

from ..clips.active_action import active_action, temporarily_active
from ..clips.arrangement import arrange_in_steps
from ..clips.clip_layers import ClipLayers, damage_as_clip_error
from ..clips.editing import remove_clip
from ..clips.moved_keys import follow_moved_keys_in_steps
from ..clips.place_motion import place_motion_in_steps
from ..clips.sequence import Slot, ordered_clips, prepare_clips, timeline_of
from ..clips.source import motion_source
from ..clips.variations import NUMBER, SET
from ..keys.keyframes import new_action
from ..motion.files import load_motion
from ..rigs.reading import read_rig


@dataclass(frozen=True)
class TimedMotion:
    """A motion to be keyed: its file, first frame, words, and the request for it."""

    file: str
    frame: int
    words: str
    request: dict


def new_direction_action(target: bpy.types.Object, name: str, fresh: bool) -> bpy.types.Action:
    """The action to be filled: an empty one if ``fresh``, else a copy of the character's own."""
    worn = active_action(target)
    action = new_action(target, name) if fresh or worn is None else worn.copy()
    for property_name in (SET, NUMBER):
        action.pop(property_name, None)  # a copy of a variation is none
    return action


def key_motions(
    scene: bpy.types.Scene, target: bpy.types.Object, action: bpy.types.Action, motions: Sequence[TimedMotion]
) -> Generator[None, None, None]:
    """Key several motions, which are in the order of their frames, step by step.

    Raises:
        MotionFileError, RigError, KeyingError, ClipError: it cannot be keyed.
    """
    rig = read_rig(scene, target)
    yield from _make_room(ClipLayers(scene, rig, action), motions[0].frame)
    for number, this in enumerate(motions):
        most = motions[number + 1].frame - this.frame if number + 1 < len(motions) else 0
        motion = load_motion(this.file)
        # As text, also where it was spoken: the recording has other instructions as well.
        source = motion_source(motion, scene, "", json.dumps({**this.request, "text": this.words}))
        if not number:
            for name, value in source.items():
                action[name] = value
        placing = place_motion_in_steps(
            scene, rig, motion, this.frame, this.words, source, into=action, most=most, slot=Slot(this.frame)
        )
        with temporarily_active(target, action):  # where the character stands is read from its active action
            next(placing)
        yield
        yield from placing


def _make_room(layers: ClipLayers, frame: int) -> Generator[None, None, None]:
    """Take away the clips from a frame on, and cut off the one under way there."""
    if not len(layers.action.voice_to_motion.clips):
        return
    with damage_as_clip_error():
        yield from follow_moved_keys_in_steps(layers)
    prepare_clips(layers.action)
    clips = ordered_clips(layers.action)
    away = [clip.uid for clip in clips if clip.start >= frame]
    under_way = [clip.uid for clip in clips if clip.start < frame <= clip.last]
    for uid in under_way:
        layers.find(uid).most = frame - layers.find(uid).start
    kept = [timed for timed in timeline_of(clips) if timed.uid not in away]
    with damage_as_clip_error():
        yield from arrange_in_steps(layers, kept, under_way, away=away)
    for uid in away:
        remove_clip(layers, uid)
