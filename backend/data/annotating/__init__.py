"""How the annotations were made: what a clip does is measured, and rules turn labels and measures into keys.

Reading annotations is `data.annotations`' job.
"""
