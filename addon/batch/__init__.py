"""A folder of recordings becomes a library of actions, one for each.

Requests go the same way as for a single recording; buttons are in `operators` and `panels`.
"""
