"""The user's own SMPL-X body, from the model file they have a licence for.

Nothing of the model is part of this add-on.

model_file   reads and checks SMPLX_*.npz (numpy)
character    armature, mesh, shape keys, skinning
fitting      joints for another shape
"""

LICENCE = "SMPL-X is not part of this add-on. Its own licence applies: non-commercial research, or a commercial licence of yours"
WEBSITE = "https://smpl-x.is.tue.mpg.de"
