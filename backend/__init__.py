"""Voice to Motion's backend: spoken instructions to SMPL-X motion. Runs in its own Python process, without Blender."""
