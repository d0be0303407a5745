"""Why a button is disabled, as one sentence that Blender shows in its tooltip."""

from __future__ import annotations

import bpy

from ..installation import BackendNotFoundError
from ..rigs.readiness import object_reason
from ..rigs.reading import read_rig
from ..rigs.rig import Rig, RigError
from ..runtime.configuration import backend_command
from ..translations import tip_


class Explained:
    """Mixin for operators: `poll` by way of `disabled_reason`."""

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """One sentence without final period, or empty when the operator can run."""
        raise NotImplementedError

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Blender's question; the answer's reason goes into the tooltip."""
        reason = cls.disabled_reason(context)
        if reason:
            cls.poll_message_set(tip_(reason).replace("%", "%%"))
        return not reason


def backend_reason() -> str:
    """Why the backend cannot be started; empty when it can."""
    try:
        backend_command()
    except BackendNotFoundError as error:
        return f"{error} {error.hint}".rstrip(".")
    return ""


def leaving_key(context: bpy.types.Context) -> str:
    """The key that leads back to Object Mode. In Pose Mode, Tab leads to Edit Mode instead."""
    return "Tab" if context.mode.startswith("EDIT") else "Ctrl Tab"


def character_rig(scene: bpy.types.Scene, character: bpy.types.Object | None) -> Rig:
    """The rig of a character, read where an operation begins.

    Raises RigError where it cannot get keys in this scene.
    """
    reason = object_reason(scene, character)
    if reason:
        raise RigError(reason + ".")
    return read_rig(scene, character)
