"""The motion language: skeleton, body, rotations, kinematics, features, contacts, retargeting, files.

Nothing here knows of models, words or Blender.
"""
