"""Writing keys: the one place that knows the action API of every Blender, and switches keyed beside a motion.

Which values are written is decided in `rigs` and `clips`.
"""
