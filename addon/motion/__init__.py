"""What a motion is, as arrays: the body, coordinates, quaternions, motion files. Only numpy.

Changing a motion is `tweak`'s job; putting it on an armature is `rigs`' and `clips`'.
"""
