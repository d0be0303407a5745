"""Which bone of an armature is which joint, and motions on any such rig.

    joints, rig_map            the joints a map can name, and where maps come from (presets/ and the user's own)
    bone_tree, bone_words, bone_names       the bones, and what their names say
    body_shape, facing                      arms and legs by shape alone, and where the body looks
    limb_matching, trunk_matching, hand_matching, body_matching
                               the body in any tree of bones; names are evidence
    detection                  which map fits an armature, how well, and how sure that is
    face_keys, face_and_hands  what else a character has to talk and gesture with; listed only
    scene_maps                 the map each character of a scene uses
    rig, reading               everything of an armature that motions depend on, read once
    carriers                   the bones above the pelvis, which carry the body as the object does
    rest, upright, alignment, retargeting  rest poses read, stood upright, compared, and motions retargeted
    rig_body                   the body with the rig's own legs and feet, on which motions are tweaked
    smplx_rig, smplx_transfer  the short way for bodies with SMPL-X's own bones
    channels                   a motion as channels of a rig's bones

Only scene_maps, face_and_hands, reading, rest and smplx_rig know bpy. Keys are written in `keys`.
"""
