"""Optional IK for hands and feet of the default character, and snapping between FK and IK.

controls     the limbs, and adding controls, poles, constraints and the switch
snapping     keys for FK from IK and the other way round, without a jump

Where elbow and knee are, `motion.two_bone` computes. IK of other rigs is their own.
"""
