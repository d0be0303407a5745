"""The motion backend's own Python: set up, checked, repaired, moved and removed.

Standard library only, and no bpy, so that all of it is tested without Blender. The work is done by a process of its own,
`python -m runtime` (`__main__`), which tells its progress in lines of JSON; `task` starts it and listens. Buttons and the
preferences page are `operators.runtime`'s and `panels.installation`'s business.
"""
