"""A motion as arrays: skeletons, kinematics, coordinates, quaternions, motion files.

Only numpy.

Changing a motion is `tweak`'s job; putting it on an armature is `rigs`' and `clips`'.
"""
