"""The backend process: pipes, messages, session, tasks, results, and the timer.

Nothing here touches a scene or draws. What a result does to a character is its task's `on_end`, which an operator gives. Only
`timer` needs Blender.
"""
