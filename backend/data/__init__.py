"""Training data: clips, captions on them, composition, samples, splits, licences. Never in the extension's zip.

Nothing that answers a request imports from here.
"""
