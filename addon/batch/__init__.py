"""A folder of recordings becomes a library of actions, one for each.

run         the batch under way: its recordings, its requests, what became of each
asset       a motion as an action asset; thumbnail: its picture

Requests go the same way as for a single recording; buttons are in `operators` and `panels`.
"""
