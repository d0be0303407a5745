"""Puts the recording on the sequencer's timeline, whose strips are sequences before 4.4."""

from __future__ import annotations

from pathlib import Path

import bpy


def add_audio_strip(scene: bpy.types.Scene, path: str, frame: int) -> str:
    """Add a sound strip starting at ``frame``, on the first channel that is free there.

    Returns:
        What to tell the user if it did not work; empty if it did, or if the same sound already starts there.
    """
    editor = scene.sequence_editor or scene.sequence_editor_create()
    # Asked by name: an empty list of strips is falsy.
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    for strip in strips:
        if strip.type == "SOUND" and int(strip.frame_start) == frame and _same_file(strip.sound, path):
            return ""
    name = Path(path).name
    try:
        strip = strips.new_sound(name=name, filepath=path, channel=_free_channel(strips, frame), frame_start=frame)
    except RuntimeError:
        return f"{name} could not be put on the timeline"
    # How long a strip is, is known only once it exists; a longer one may reach into a neighbour.
    strip.channel = _free_channel([other for other in strips if other != strip], frame, int(strip.frame_final_end))
    return ""


def _same_file(sound: bpy.types.Sound | None, path: str) -> bool:
    return sound is not None and Path(bpy.path.abspath(sound.filepath)) == Path(path)


def _free_channel(strips, start: int, end: int | None = None) -> int:
    """The lowest channel nothing occupies between ``start`` and ``end``."""
    end = start + 1 if end is None else max(end, start + 1)
    taken = {s.channel for s in strips if s.frame_final_start < end and s.frame_final_end > start}
    return next(channel for channel in range(1, 129) if channel not in taken)
