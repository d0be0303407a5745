"""What this machine and installation lack, with a fix for each: `python -m backend doctor`.

Works where any package is missing. Printing is `commands.doctor`'s; the add-on's table is in the add-on.
"""
