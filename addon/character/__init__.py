"""The default character: its armature, the shapes of its bones, the mannequin.

Other armatures are read in `rigs`; the user's own SMPL-X body is built in `smplx`.
"""
