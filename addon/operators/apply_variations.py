"""Operator: several motions of one generation become actions, and the character wears the first. One undo step."""

import bpy
from bpy.props import CollectionProperty, IntProperty, StringProperty

from ..keyframes import key_disabled_reason
from ..session import session
from ..translations import rpt_
from ..variations import mark, wear
from .apply_motion import FROM_PLAYHEAD


class VOICE_TO_MOTION_OT_apply_variations(bpy.types.Operator):
    """Make an action of each of several motion files and put the first on the character"""

    bl_idname = "voice_to_motion.apply_variations"
    bl_label = "Apply Variations"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}  # internal: it is called by Generate, with what Generate made

    files: CollectionProperty(
        type=bpy.types.OperatorFileListElement, description="Motion files, by their full paths", options={"SKIP_SAVE"}
    )
    audio: StringProperty(name="Audio", description="Recording to put on the timeline", options={"SKIP_SAVE"})
    character: StringProperty(name="Character", description="Name of the armature", options={"SKIP_SAVE"})
    frame: IntProperty(name="Frame", description="First frame", default=FROM_PLAYHEAD, options={"SKIP_SAVE"})
    request: StringProperty(name="Request", description="What was asked of the backend, as JSON", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """All of them or none: what was made before one failed is taken away again."""
        target = bpy.data.objects.get(self.character)
        reason = key_disabled_reason(target) if target is not None else "The character is gone"
        if reason:
            self.report({"ERROR"}, rpt_(reason + "."))
            return {"CANCELLED"}
        data = target.animation_data or target.animation_data_create()
        before, made = data.action, []
        for number, file in enumerate(self.files):
            # Each is what the character would wear with that variation alone: its keys so far, and the new ones.
            data.action = before.copy() if before is not None else None
            try:
                bpy.ops.voice_to_motion.apply_motion(
                    filepath=file.name,
                    audio="" if number else self.audio,
                    character=self.character,
                    frame=self.frame,
                    request=self.request,
                    into_action=True,
                )
            except RuntimeError as error:
                made.append(data.action)
                data.action = before
                bpy.data.batch_remove([action for action in made if action is not None])
                self.report({"ERROR"}, rpt_(session.message or str(error).strip().removeprefix("Error: ")))
                return {"CANCELLED"}
            made.append(data.action)
            data.action.name = f"{data.action.get('heard') or 'Motion'} {number + 1}"
        mark(made)
        wear(context.scene, target, made[0])
        session.note = rpt_("{} variations as actions. {}", len(made), session.note)
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_apply_variations,)
