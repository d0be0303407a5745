"""What is done to a motion after it was generated. Only numpy: no bpy here, so that all of it is tested without Blender.

One idea a file; `pipeline` puts them in their fixed order. Keys and actions are `keyframes`' and `clips`' job.
"""
