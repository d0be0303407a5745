"""Keys: the one place that knows the action API of every Blender.

channels    what is to be keyed, as arrays
keyframes   actions, and their keys in bulk
keyed_pose  poses from F-curves, without evaluating the scene

Which values are written is decided in `rigs` and `clips`.
"""
