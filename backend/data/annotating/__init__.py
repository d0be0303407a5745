"""How the annotations were made: clips are measured, and rules turn labels into keys.

Reading annotations is `data.annotations`' job.
"""
