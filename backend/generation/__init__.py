"""From an instruction to a motion with a trained pack: windows, rejection sampling, counting, editing, confidence.

All of this is ours, around the paper's networks in `model`. Nothing is trained here.
"""
