"""Operators on the clip at the current frame: reset tweaks, rewrite keys, make final."""

import bpy

from ..clips.clip_layers import ClipError
from ..clips.properties import NEW_REDUCTION, ROOTS, VoiceToMotionClip, quietly, shown_clip
from ..clips.rewriting import rewrite_clip
from ..link.session import session
from ..rigs.rig import RigError
from ..translations import rpt_
from ..tweak.archive import ArchiveError
from .reasons import Explained

SETTINGS = ("speed", "mirror", "strength", "style", "style_strength", "smoothing", "foot_lock", "reduction", "root", "root_yaw")


class ClipOperator(Explained):
    """Mixin: runs on the clip that the character shows at the current frame."""

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be one with its raw result."""
        return "" if clip_of(context) else "The character has no generated motion: generate one first"

    def rewrite(self, context: bpy.types.Context, clip: VoiceToMotionClip, keep_edits: bool) -> set[str]:
        """Write the clip's keys, or say why not."""
        try:
            notes = rewrite_clip(context.scene, clip.id_data, clip, keep_edits)
        except (ClipError, RigError, ArchiveError) as error:
            session.fail(str(error))
            self.report({"ERROR"}, rpt_(str(error)))
            return {"CANCELLED"}
        session.clear_message()
        for note in notes:
            self.report({"INFO"}, rpt_(note))
        return {"FINISHED"}


class ConfirmedClipOperator(ClipOperator):
    """Mixin: asks whether it is meant before something is given up."""

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_confirm(self, event)


def clip_of(context: bpy.types.Context) -> VoiceToMotionClip | None:
    """The clip the panel shows."""
    return shown_clip(context.scene.voice_to_motion.character, context.scene.frame_current)


class VOICE_TO_MOTION_OT_reset_tweaks(ClipOperator, bpy.types.Operator):
    """Reset all tweaks, so that the motion is as generated. Keys made by hand stay"""

    bl_idname = "voice_to_motion.reset_tweaks"
    bl_label = "Reset Tweaks"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Rewrite the clip once for all settings."""
        clip = clip_of(context)
        before = {name: getattr(clip, name) for name in SETTINGS}
        with quietly():
            for name in SETTINGS:
                clip.property_unset(name)
            placed = clip.stored("source")  # as Placement was then; motions of earlier versions do not say
            if isinstance(placed, dict) and placed.get("root") in {name for name, *_ in ROOTS}:
                clip.root, clip.root_yaw = placed["root"], bool(placed.get("root_yaw"))
            clip.reduction = NEW_REDUCTION
        done = self.rewrite(context, clip, keep_edits=True)
        if done == {"CANCELLED"}:
            with quietly():
                for name, value in before.items():
                    setattr(clip, name, value)
        return done


class VOICE_TO_MOTION_OT_rewrite_keys(ConfirmedClipOperator, bpy.types.Operator):
    """Make all keys anew from the raw result. Changes made by hand are given up"""

    bl_idname = "voice_to_motion.rewrite_keys"
    bl_label = "Rewrite Keys"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Rewrite without looking at the keys that are there."""
        return self.rewrite(context, clip_of(context), keep_edits=False)


class VOICE_TO_MOTION_OT_keep_keys(ConfirmedClipOperator, bpy.types.Operator):
    """Keep the keys, and remove the raw result from the file. Tweaks can then no longer change"""

    bl_idname = "voice_to_motion.keep_keys"
    bl_label = "Make Final"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """The keys are ordinary keys already."""
        clip = clip_of(context)
        clips = clip.id_data.voice_to_motion.clips
        size = len(clip.raw) + len(clip.written)
        clips.remove(list(clips).index(clip))
        self.report({"INFO"}, rpt_("{} kB less in the file; the keys stay", f"{size / 1000:.0f}"))
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_reset_tweaks, VOICE_TO_MOTION_OT_rewrite_keys, VOICE_TO_MOTION_OT_keep_keys)
