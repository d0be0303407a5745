"""Optional inverse kinematics for hands and feet of the default character, and the way from FK to IK and back.

limbs      which bones belong together
controls   adds controls, poles, constraints and the switch
two_bone   where the elbow is, as Blender's solver puts it (numpy)
poses      bones in armature space, frame by frame, from F-curves
snapping   keys for the one from the other, without a jump
"""
