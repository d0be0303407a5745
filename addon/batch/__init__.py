"""A folder of recordings becomes a library of actions, one for each.

run         the batch under way: its files, its requests, what became of each
listing     the files of a folder, in steps; report_file: what became of them, for the next time
report_text the report as a text to read
asset       a motion as an action asset; thumbnail: its picture

Requests go the same way as for a single recording; buttons are in `operators` and `panels`.
"""
