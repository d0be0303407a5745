"""The motion language: skeleton, body, rotations, kinematics, features, contacts, files. Knows nothing of models or Blender."""
