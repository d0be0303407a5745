"""The backend process and what is asked of it: pipes, messages, tasks, results, refusals, and the timer that looks.

Nothing here touches a scene or draws. What a result does to a character is its task's `on_end`, given by an operator.
"""
