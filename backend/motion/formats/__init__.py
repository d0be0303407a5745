"""Motion files of others: SMPL family, joint positions, BVH and AMC in; BVH out.

`reading.read_motion` is the way in. The exchange file is `motion.files`', retargeting `motion.retarget`'s.
"""
