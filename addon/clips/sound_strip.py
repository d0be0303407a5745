"""The recordings of clips in the sequencer, whose strips are sequences before 4.4."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import bpy

from .active_action import active_action


def add_sound_strip(scene: bpy.types.Scene, path: str, frame: int) -> tuple[str, str]:
    """Add a sound strip starting at ``frame``, on the first channel that is free there.

    Returns:
        The strip's name, and what to tell the user if it did not work; empty if it did. A strip with the same sound that
        already starts there is taken.
    """
    strips = _strips_of(scene)
    for strip in strips:
        if strip.type == "SOUND" and int(strip.frame_start) == frame and _same_file(strip.sound, path):
            return strip.name, ""
    name = Path(path).name
    try:
        strip = strips.new_sound(name=name, filepath=path, channel=_free_channel(strips, frame), frame_start=frame)
    except RuntimeError:
        return "", f"{name} could not be put on the timeline"
    # How long a strip is, is known only once it exists; a longer one may reach into a neighbour.
    strip.channel = _free_channel([other for other in strips if other != strip], frame, int(strip.frame_final_end))
    return strip.name, ""


@contextlib.contextmanager
def sound_follows(scene: bpy.types.Scene, armature: bpy.types.Object) -> Iterator[None]:
    """What happens in here to the clips of a character happens to their sound strips.

    A strip moves by as many frames as its clip, is muted with it, and goes where its clip is gone.
    """
    before = _sounding_clips(armature)
    yield
    after = _sounding_clips(armature)
    for uid, (name, start, _) in before.items():
        strip = _find(scene, name)
        if strip is None:
            continue
        if uid not in after:
            _strips_of(scene).remove(strip)
            continue
        _, new_start, strip.mute = after[uid]
        if new_start != start:
            others = [other for other in _strips_of(scene) if other != strip]
            first, end = int(strip.frame_final_start) + new_start - start, int(strip.frame_final_end) + new_start - start
            strip.channel = _free_channel(others, first, end)
            strip.frame_start += new_start - start


def _sounding_clips(armature: bpy.types.Object) -> dict[str, tuple[str, int, bool]]:
    """Strip, first frame and mute of the clips with a strip, by uid."""
    action = active_action(armature)
    clips = action.voice_to_motion.clips if action is not None else ()
    return {clip.uid: (clip.strip, clip.start, clip.muted) for clip in clips if clip.strip}


def _strips_of(scene: bpy.types.Scene):
    editor = scene.sequence_editor or scene.sequence_editor_create()
    # Asked by name: an empty list of strips is falsy.
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def _find(scene: bpy.types.Scene, name: str):
    return _strips_of(scene).get(name) if name and scene.sequence_editor is not None else None


def _same_file(sound: bpy.types.Sound | None, path: str) -> bool:
    return sound is not None and Path(bpy.path.abspath(sound.filepath)) == Path(path)


def _free_channel(strips, start: int, end: int | None = None) -> int:
    """The lowest channel nothing occupies between ``start`` and ``end``."""
    end = start + 1 if end is None else max(end, start + 1)
    taken = {s.channel for s in strips if s.frame_final_start < end and s.frame_final_end > start}
    return next(channel for channel in range(1, 129) if channel not in taken)
