"""Instructions as words and meanings: kinds, captions, clauses, durations. Never torch.

Speech becomes words in `audio`; motion is made in `generation`.
"""
