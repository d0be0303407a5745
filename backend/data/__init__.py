"""Training data: clips, captions, composition, samples, splits, licences.

Never in the extension's zip.

Nothing that answers a request imports from here.
"""
