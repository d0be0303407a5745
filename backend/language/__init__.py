"""What instructions say and mean: actions, kinds, captions, clauses, durations. No torch.

Speech becomes words in `audio`; motion is made in `generation`.
"""
