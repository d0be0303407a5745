"""Which bone of an armature is which joint, and motion on any such rig.

    joints, rig_map, presets   what a map is and where maps come from (JSON files in presets/ and the user's own)
    name_matching, detection   which map fits an armature, with a score
    rest, alignment, transfer  rest poses read, compared, and the motion carried over (only `rest` knows bpy)
    characters, channels       the map a scene's character uses, and its keys

`smplx_rig` and `pose_transfer` are the short way for bodies that are SMPL-X's own.
"""
