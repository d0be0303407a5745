"""What this machine and this installation lack, with a fix for each: behind `python -m backend doctor`.

Works where torch, typer or every package is missing. Printing is `commands.doctor`'s; the add-on's table is in the add-on.
"""
