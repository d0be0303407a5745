"""Answering requests: the server and its messages, jobs, recording, splitting, result files.

The command line uses the same jobs. What a motion is made of is decided in `generation`.
"""
