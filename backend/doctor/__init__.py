"""What this machine and this installation lack, with a fix for each. Works where torch or typer are missing.

The command around it is `commands.doctor`.
"""
