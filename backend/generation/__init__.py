"""What we build around the paper's networks, to answer a request with a trained pack.

The networks are in `model`, learning is in `training`. `ours` lists what can be switched off.
"""
