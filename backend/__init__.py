"""Voice to Motion's backend: spoken instructions to SMPL-X motion, in a process of its own.

Blender is not imported here; what runs inside it is in `addon/`.
"""
