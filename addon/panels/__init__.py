"""Panels in the 3D viewport's sidebar, menu entries, and what the preferences draw.

`CLASSES` is registered in the order in which Blender draws it: it follows the work. What a button does is in `operators`.
"""

from . import clips, history, main, menus, progress, result, rig, takes, timeline

CLASSES = (
    main.VOICE_TO_MOTION_PT_main,
    takes.VOICE_TO_MOTION_UL_takes,
    takes.VOICE_TO_MOTION_MT_microphones,
    takes.VOICE_TO_MOTION_PT_record,
    takes.VOICE_TO_MOTION_PT_recording,
    takes.VOICE_TO_MOTION_PT_takes,
    main.VOICE_TO_MOTION_PT_generate,
    progress.VOICE_TO_MOTION_PT_progress,
    progress.VOICE_TO_MOTION_PT_variations,
    result.VOICE_TO_MOTION_PT_result,
    clips.VOICE_TO_MOTION_UL_clips,
    history.VOICE_TO_MOTION_UL_motions,
    rig.VOICE_TO_MOTION_UL_bones,
    rig.VOICE_TO_MOTION_MT_bone_maps,
    timeline.VOICE_TO_MOTION_UL_instructions,
    main.VOICE_TO_MOTION_PT_sections,
    takes.VOICE_TO_MOTION_FH_audio,
    *menus.CLASSES,
)

__all__ = ("CLASSES", "menus")
