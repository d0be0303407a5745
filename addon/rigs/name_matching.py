"""Which bone is which joint where nothing but names and hierarchy is known. No bpy."""

from __future__ import annotations

from collections.abc import Mapping

from .body_matching import match_body
from .bone_tree import bone_tree


def match_names(parents: Mapping[str, str]) -> dict[str, str]:
    """Joint key -> bone name, for as many joints as names and hierarchy give away.

    Args:
        parents: bone name -> name of its parent, empty for none.
    """
    return match_body(bone_tree(parents)).bones
