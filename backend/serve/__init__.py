"""Answering requests: the server's messages, jobs, recording, splitting, and the files that come out.

The command line uses the same jobs. What a motion is made of is decided in `generation`.
"""
