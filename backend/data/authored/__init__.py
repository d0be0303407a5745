"""Authored clips: gestures that free sources lack, made from key poses and steps.

`authored_clips` makes them, `build_authored` writes them beside an index. They are marked as authored wherever used.
"""

from .build import AuthoredClip, authored_clips, build_authored

__all__ = ["AuthoredClip", "authored_clips", "build_authored"]
