"""Authored clips: gestures of which no free source has enough, made from key poses and steps, with variation per take.

`authored_clips` makes them, `build_authored` writes them beside an index. They are marked as authored wherever used.
"""

from .build import AuthoredClip, authored_clips, build_authored

__all__ = ["AuthoredClip", "authored_clips", "build_authored"]
