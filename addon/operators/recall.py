"""Operator: the settings a motion was made with, back into the panel."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..clips.active_action import active_action, is_generated
from ..scene import LARGEST_SEED
from ..takes.audio import set_path
from ..translations import rpt_
from .reasons import Explained


class VOICE_TO_MOTION_OT_recall(Explained, bpy.types.Operator):
    """Take recording, seed, length, guidance and Follow My Voice of this motion back into the panel"""

    bl_idname = "voice_to_motion.recall"
    bl_label = "Reuse Settings of This Motion"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """The character must wear a motion of ours."""
        action = active_action(context.scene.voice_to_motion.character)
        if action is None or not is_generated(action):
            return "Click a motion in the list first: the character wears none that was generated"
        return ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Lock the seed; say so where the recording is gone."""
        settings = context.scene.voice_to_motion
        action = active_action(settings.character)
        try:
            seed = int(action["seed"])
        except (TypeError, ValueError):
            seed = -1
        if 0 <= seed <= LARGEST_SEED:
            settings.seed, settings.use_random_seed, settings.variations = seed, False, 1
        for name, automatic in (("guidance", "use_auto_guidance"), ("seconds", "use_auto_length")):
            value = action.get(name)
            setattr(settings, automatic, not isinstance(value, int | float))
            if isinstance(value, int | float):
                setattr(settings, name, value)
        if isinstance(action.get("follow"), int | float):  # motions of earlier versions do not say
            settings.follow = action["follow"]
        audio, text = str(action.get("audio", "")), str(action.get("text", ""))
        if text:
            settings.typed = text
            self.report({"INFO"}, rpt_("Seed {} is locked, and the words are back", seed))
        elif audio and Path(bpy.path.abspath(audio)).is_file():
            set_path(settings, audio)
            self.report({"INFO"}, rpt_("Seed {} is locked, and {} is chosen", seed, Path(audio).name))
        else:
            self.report({"WARNING"}, rpt_("Seed {} is locked, but the recording is gone: {}", seed, audio or "?"))
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_recall,)
