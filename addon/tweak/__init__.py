"""Changes to a motion after it was generated.

Only numpy, so that all of it is tested without Blender.

pipeline        the steps in their fixed order
pose_filters    mirror, strength, smoothing
style           changes of posture, timing and size: sad, like a robot
contacts        which feet stand
foot_lock       holds standing feet in place
trajectory      start, end and root motion
key_reduction   few Bezier keys within a bound
key_shift       where keys that were moved or scaled are now
step_join       steps into the next motion: inertialization, step_plan, foot_tracks, leg_goals
step_place      where the next motion begins and how long the way into it takes
repetition      a motion several times in a row
joins, edits    no jump at the borders, and the animator's own keys; on a rig's channels
archive         the raw result as text

What a motion is lives in `motion`. Actions and keys are the work of `clips` and `keys`.
"""
