"""Clips: generated motions on an action, with their raw results, to be written again.

The way of a motion, in order:
place_motion      a new clip where the placement says; ranges: frames regenerated; variations: one action each
sequence          the order of clips: which frames a new one gets, how others make room
arrangement       writes clips in their order, each where the one before has brought the character
editing           moves, reorders, duplicates, deletes, mutes; rewriting: when a setting changes
standing_place    where the character stands and what it holds; connection: what a clip goes on from
held_carriers     which bones above the pelvis a clip keeps still
clip_keys         writes one clip: its recipe, its channels, its keys
recipe            with what keys are made; planning: that, from settings and neighbours
reduced_channels  which frames of its channels get a key
clip_channels     tweaked motion, joins and hand edits on a rig's bones; hand_edits: the animator's own keys
moved_keys        clips follow keys that were moved, scaled or deleted; key_digest: finds them

What they stand on:
properties        what is stored of a clip; placement: the settings of new ones; source: how it was asked for
clip_layers       the clips of an action, which lie over each other; body_curves: its F-curves
current_motion    what a character does now, for the model to continue
staged_action     actions made step by step; active_action: the one that is worn
sound_strip       recordings of clips in the sequencer
"""

import bpy

from . import placement, properties, rewriting

CLASSES = (*properties.CLASSES, *placement.CLASSES)


def register() -> None:
    """Give actions their clips and scenes their placement, and listen to the clips' settings."""
    bpy.types.Action.voice_to_motion = bpy.props.PointerProperty(type=properties.VoiceToMotionClips)
    bpy.types.Scene.voice_to_motion_placement = bpy.props.PointerProperty(type=placement.VoiceToMotionPlacement)
    properties.listen(rewriting.apply_changed_setting)
    properties.listen_to_moves(rewriting.move_to_frame)


def unregister() -> None:
    """Take them away again; what is in the file stays there."""
    properties.listen(None)
    properties.listen_to_moves(None)
    del bpy.types.Scene.voice_to_motion_placement
    del bpy.types.Action.voice_to_motion
