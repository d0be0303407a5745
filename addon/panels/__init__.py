"""Panels in the 3D viewport's sidebar, menu entries, and what the preferences draw.

`CLASSES` is registered in the order in which Blender draws it. What a button does is in `operators`.
"""

from . import batch, generate, history, installation, main, menus, placement, result, rig, smplx_body, takes, timeline, tweak

CLASSES = (
    main.VOICE_TO_MOTION_PT_main,
    takes.VOICE_TO_MOTION_UL_takes,
    takes.VOICE_TO_MOTION_MT_microphones,
    takes.VOICE_TO_MOTION_PT_record,
    takes.VOICE_TO_MOTION_PT_recording,
    takes.VOICE_TO_MOTION_PT_takes,
    main.VOICE_TO_MOTION_PT_character,
    generate.VOICE_TO_MOTION_PT_generate,
    generate.VOICE_TO_MOTION_PT_progress,
    generate.VOICE_TO_MOTION_PT_variations,
    result.VOICE_TO_MOTION_PT_result,
    tweak.VOICE_TO_MOTION_PT_tweak,
    placement.VOICE_TO_MOTION_PT_range,
    history.VOICE_TO_MOTION_UL_motions,
    history.VOICE_TO_MOTION_PT_history,
    rig.VOICE_TO_MOTION_UL_bones,
    rig.VOICE_TO_MOTION_MT_bone_maps,
    rig.VOICE_TO_MOTION_PT_bone_map,
    smplx_body.VOICE_TO_MOTION_PT_smplx_body,
    rig.VOICE_TO_MOTION_PT_ik,
    placement.VOICE_TO_MOTION_PT_placement,
    timeline.VOICE_TO_MOTION_UL_instructions,
    timeline.VOICE_TO_MOTION_PT_timeline,
    batch.VOICE_TO_MOTION_PT_batch,
    generate.VOICE_TO_MOTION_PT_options,
    installation.VOICE_TO_MOTION_PT_doctor,
    takes.VOICE_TO_MOTION_FH_audio,
    *menus.CLASSES,
)

__all__ = ("CLASSES", "menus")
