"""Motion itself: skeleton, body, rotations, kinematics, features, retargeting, files.

Nothing here knows of models, words or Blender.
"""
